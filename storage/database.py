"""One SQLite file: one writer, one lock from BEGIN to COMMIT, and complaints in words of the house."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager
from functools import wraps
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import aiosql
import aiosqlite
from aiosql.adapters.aiosqlite import AioSQLiteAdapter

from conversations.errors import DatabaseUnusable, SchemaTooNew, StorageError
from storage.files import make_private

Connection = aiosqlite.Connection
HERE = Path(__file__).parent
MIGRATIONS = HERE / "migrations"

BUSY_SECONDS = 10  # the command line may write beside `serve`; each of its transactions is short
CHECKPOINT_MILLISECONDS = 500  # everybody waits meanwhile; a reader in the way is met again at the next one
ATTEMPTS = 3  # times BUSY_SECONDS before we say that the database is held by somebody else

PRAGMAS = (
    ("page_size", "4096", 4096),  # the size of a box is chosen so that a row never leaves its page
    ("journal_mode", "WAL", "wal"),
    ("synchronous", "FULL", 2),
    ("secure_delete", "ON", 1),  # Debian's SQLite has it on by itself, others do not
    ("foreign_keys", "ON", 1),
    ("temp_store", "MEMORY", 2),
    ("trusted_schema", "OFF", 0),
    ("busy_timeout", str(BUSY_SECONDS * 1_000), BUSY_SECONDS * 1_000),
)
"""What is set on every connection, and what it must answer afterwards."""

P = ParamSpec("P")
T = TypeVar("T")


class OneTrip(AioSQLiteAdapter):
    """Runs each statement in one trip to the driver's thread; three are usual, and cost most of a turn."""

    async def select(
        self, conn: Connection, _name: str, sql: str, parameters: Any, _record: object = None
    ) -> AsyncIterator[Any]:
        """Give every row."""
        for row in await conn.execute_fetchall(sql, parameters):
            yield row

    async def select_one(
        self, conn: Connection, _name: str, sql: str, parameters: Any, _record: object = None
    ) -> Any:
        """Return the first row, or None."""
        return next(iter(await conn.execute_fetchall(sql, parameters)), None)

    async def select_value(self, conn: Connection, _name: str, sql: str, parameters: Any) -> Any:
        """Return the first row's only value, or None."""
        row = await self.select_one(conn, _name, sql, parameters)
        return None if row is None else row[0]

    async def insert_update_delete(self, conn: Connection, _name: str, sql: str, parameters: Any) -> None:
        """Run a statement that gives nothing back: who was first is told by RETURNING, never by a number."""
        await conn.execute_fetchall(sql, parameters)


def load_queries(name: str) -> Any:
    """Return the named statements of one file in `queries/`."""
    adapter: Any = OneTrip  # aiosql's own types do not know that an async generator gives rows
    return aiosql.from_path(HERE / "queries" / f"{name}.sql", adapter)


_queries = load_queries("database")


def uninterrupted(work: Callable[P, Coroutine[Any, Any, T]]) -> Callable[P, Coroutine[Any, Any, T]]:
    """Let `work` run to its end even if whoever waits for it goes away: no key outlives its row."""

    @wraps(work)
    async def to_the_end(*args: P.args, **kwargs: P.kwargs) -> T:
        task = asyncio.ensure_future(work(*args, **kwargs))
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            await asyncio.wait([task])
            raise

    return to_the_end


class Database:
    """One SQLite file with one connection; who wants it waits for the lock."""

    def __init__(self, path: Path, connection: Connection) -> None:
        self.path = path
        self._connection = connection
        self._lock = asyncio.Lock()

    @classmethod
    async def open(cls, path: Path, migrations: Path) -> "Database":
        """Open a file, made if it is missing, and bring it to the newest schema.

        Raises:
            SchemaTooNew: a newer version of the program wrote it.
            DatabaseUnusable: it cannot be read or written, or is no database of ours.
        """
        make_private(path)
        with sqlite_in_our_words(path):
            connection = await aiosqlite.connect(path, timeout=BUSY_SECONDS, isolation_level=None)
        database = cls(path, connection)
        try:
            with sqlite_in_our_words(path):
                await database._prepare(migrations)
        except BaseException:
            await connection.close()
            raise
        return database

    @asynccontextmanager
    async def unit_of_work(self) -> AsyncIterator[Connection]:
        """Hold the lock from BEGIN IMMEDIATE to COMMIT; an exception inside takes everything back.

        Raises:
            StorageError: nothing was stored.
        """
        async with self._lock:
            with sqlite_in_our_words(self.path):
                try:
                    await self._begin()
                    yield self._connection
                    await self._connection.commit()
                except BaseException:
                    await asyncio.shield(self._connection.rollback())
                    raise

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Connection]:
        """Hold the lock while reading, so that nobody sees half a unit of work."""
        async with self._lock:
            with sqlite_in_our_words(self.path):
                yield self._connection

    async def checkpoint(self) -> bool:
        """Truncate the log, so that what was deleted is gone; say whether nobody was in the way.

        Never an error: what came before is stored, and the next checkpoint tries again.
        """
        async with self._lock:
            try:
                with sqlite_in_our_words(self.path):
                    await self._connection.execute(f"PRAGMA busy_timeout = {CHECKPOINT_MILLISECONDS}")
                    try:
                        busy = await _queries.truncate_log(self._connection)
                    finally:
                        await self._connection.execute(f"PRAGMA busy_timeout = {BUSY_SECONDS * 1_000}")
            except StorageError:
                return False
            return bool(busy == 0)

    async def close(self) -> None:
        """Close the file; closing it again does nothing."""
        async with self._lock:
            with sqlite_in_our_words(self.path):
                await self._connection.close()

    async def _begin(self) -> None:
        for attempt in range(1, ATTEMPTS + 1):
            try:
                await self._connection.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError as caught:
                if not _is_busy(caught) or attempt == ATTEMPTS:
                    raise
            else:
                return

    async def _prepare(self, migrations: Path) -> None:
        scripts = _scripts(migrations)
        await self._check_version(len(scripts))
        for name, wanted, answer in PRAGMAS:
            await self._connection.execute(f"PRAGMA {name} = {wanted}")
            async with self._connection.execute(f"PRAGMA {name}") as cursor:
                row = await cursor.fetchone()
            if row is None or row[0] != answer:
                raise DatabaseUnusable(
                    f"{self.path} cannot be used with {name} = {wanted}; move the data folder to a local disk"
                )
        for version, (name, script) in enumerate(scripts, start=1):
            await self._migrate(version, name, script)

    async def _check_version(self, known: int) -> None:
        """Refuse a file of a newer program, or of another one, before anything is written."""
        if not await _queries.has_tables(self._connection):
            return
        if not await _queries.has_migrations(self._connection):
            raise DatabaseUnusable(
                f"{self.path} belongs to another program; set PORTEVOIX_DATA_DIR elsewhere"
            )
        version = await _queries.schema_version(self._connection) or 0
        if version > known:
            raise SchemaTooNew(
                f"{self.path} was written by a newer version of portevoix (schema {version}, this one knows"
                f" {known}); install that version again, nothing was changed"
            )

    async def _migrate(self, version: int, name: str, script: str) -> None:
        """Run one migration and record it, in one transaction; one that ran before is left alone."""
        async with self.unit_of_work() as db:
            if await _queries.has_migrations(db) and version <= (await _queries.schema_version(db) or 0):
                return
            for statement in _statements(script):
                await db.execute(statement)
            await _queries.record_migration(db, version=version, name=name)


def _scripts(migrations: Path) -> list[tuple[str, str]]:
    """Return the migrations of a folder, oldest first: their names and what they run."""
    return [(file.stem, file.read_text("utf-8")) for file in sorted(migrations.glob("*.sql"))]


def _statements(script: str) -> Iterator[str]:
    """Split a script into statements: `executescript` would commit in between."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""


def _is_busy(caught: sqlite3.Error) -> bool:
    return _code(caught) in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


def _code(caught: sqlite3.Error) -> int:
    return getattr(caught, "sqlite_errorcode", 0) & 0xFF


@contextmanager
def sqlite_in_our_words(path: Path) -> Iterator[None]:
    """Translate what the driver complains about; its own words may hold what was to be stored."""
    try:
        yield
    except sqlite3.Error as caught:
        raise _translated(path, caught) from None
    except ValueError as caught:
        if str(caught) not in ("Connection closed", "no active connection"):
            raise
        raise DatabaseUnusable(f"{path} was closed before") from None


def _translated(path: Path, caught: sqlite3.Error) -> StorageError:
    match _code(caught):
        case sqlite3.SQLITE_FULL:
            words = f"the disk that holds {path} is full; free some space and start again (nothing was lost)"
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            words = f"{path} is held by another program; wait for it, or stop it, and try again"
        case sqlite3.SQLITE_READONLY | sqlite3.SQLITE_CANTOPEN | sqlite3.SQLITE_PERM | sqlite3.SQLITE_AUTH:
            words = (
                f"{path} cannot be written; give the user who runs portevoix the right to write there,"
                " or set PORTEVOIX_DATA_DIR to another folder"
            )
        case sqlite3.SQLITE_NOTADB | sqlite3.SQLITE_CORRUPT:
            words = f"{path} is not a whole database; restore it from a backup, or move it away to begin anew"
        case sqlite3.SQLITE_IOERR:
            words = f"{path} cannot be read or written; look at its disk (is it full, or gone?)"
        case _:
            name = getattr(caught, "sqlite_errorname", type(caught).__name__)
            return StorageError(f"{path.name} refused a statement ({name}); nothing was stored")
    return DatabaseUnusable(words)
