"""One SQLite file: one writer, one transaction at a time, and complaints in words of the house."""

import asyncio
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import aiosql
import aiosqlite

from conversations.errors import DatabaseUnusable, SchemaTooNew, StorageError
from storage.complaints import is_busy, sqlite_in_our_words
from storage.files import make_private

Connection = sqlite3.Connection
HERE = Path(__file__).parent
MIGRATIONS = HERE / "migrations"

BUSY_SECONDS = 10  # the command line may write beside `serve`; each of its transactions is short
CHECKPOINT_MILLISECONDS = 500  # everybody waits meanwhile; a reader in the way is met again at the next one
ATTEMPTS = 3  # times BUSY_SECONDS before we say that the database is held by somebody else
TOGETHER = 50  # units of work that share one commit at most, so that nobody waits long for the others

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

T = TypeVar("T")
Afterwards = Callable[[Connection], object]


def load_queries(name: str) -> Any:
    """Return the named statements of one file in `queries/`."""
    return aiosql.from_path(HERE / "queries" / f"{name}.sql", "sqlite3")


_queries = load_queries("database")


@dataclass(slots=True, eq=False)
class Unit:
    """One unit of work that waits: stored whole or not at all; `then` runs after its commit."""

    work: Callable[[Connection], Any]
    then: Afterwards | None
    done: "asyncio.Future[Any]"
    result: Any = None
    failure: BaseException | None = None


class Database:
    """One SQLite file with one connection, used by one thread: each unit of work is one trip to it.

    Units that wait at the same moment share one commit, each within a savepoint of its own, so that a slow
    disk is waited for once. Whoever waits for a unit hears of it after the commit, never before. A unit runs
    to its end even if nobody waits for it any more, so that no key outlives its row.
    """

    def __init__(self, path: Path, connection: aiosqlite.Connection) -> None:
        self.path = path
        self._connection = connection
        self._units: list[Unit] = []
        self._running: asyncio.Task[None] | None = None

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
                await database._trip(lambda db: database._prepare(db, migrations))
        except BaseException:
            await connection.close()
            raise
        return database

    async def write(self, work: Callable[[Connection], T], then: Afterwards | None = None) -> T:
        """Run `work` between BEGIN IMMEDIATE and COMMIT; an exception inside takes everything of it back.

        `then` runs right after the commit, before anything else: what must follow it, such as the
        destruction of a key.

        Raises:
            StorageError: nothing was stored.
        """
        unit = Unit(work, then, asyncio.get_running_loop().create_future())
        self._units.append(unit)
        if self._running is None:
            self._running = asyncio.create_task(self._run())
        await asyncio.shield(unit.done)
        result: T = unit.result
        return result

    async def read(self, work: Callable[[Connection], T]) -> T:
        """Run `work`, which only reads, between two units of work."""
        with sqlite_in_our_words(self.path):
            return await self._trip(work)

    async def checkpoint(self) -> bool:
        """Truncate the log, so that what was deleted is gone; say whether nobody was in the way.

        Never an error: what came before is stored, and the next checkpoint tries again.
        """
        try:
            return await self.read(truncate_log)
        except StorageError:
            return False

    async def close(self) -> None:
        """Finish what waits and close the file; closing it again does nothing."""
        while self._running is not None:
            await asyncio.wait([self._running])
        with sqlite_in_our_words(self.path):
            await self._connection.close()

    async def _trip(self, work: Callable[[Connection], T]) -> T:
        """Run something in the connection's thread, which alone may touch it."""
        # The driver offers one trip for each statement only; a test holds it to this way in.
        result: T = await self._connection._execute(lambda: work(self._connection._conn))  # type: ignore[no-untyped-call]
        return result

    async def _run(self) -> None:
        """Run the units that wait, as many together as there are, until none is left."""
        try:
            while self._units:
                units, self._units = self._units[:TOGETHER], self._units[TOGETHER:]
                await self._run_together(units)
        finally:
            self._running = None

    async def _run_together(self, units: Sequence[Unit]) -> None:
        try:
            await self._trip(lambda db: self._commit_together(db, units))
        except BaseException as caught:  # the connection was closed, or the thread is gone
            for unit in units:
                unit.failure = unit.failure or caught
        for unit in units:
            if unit.done.done():
                continue
            if unit.failure is None:
                unit.done.set_result(None)
            else:
                unit.done.set_exception(self._in_our_words(unit.failure))
                unit.done.exception()  # nobody may wait any more

    def _commit_together(self, db: Connection, units: Sequence[Unit]) -> None:
        """Run units in one transaction; what fails on its own takes back only itself."""
        try:
            self._begin(db)
            for unit in units:
                self._run_one(db, unit, alone=len(units) == 1)
            db.execute("COMMIT")
        except BaseException as caught:
            with suppress(sqlite3.Error):
                db.rollback()
            for unit in units:
                unit.failure = unit.failure or caught
            return
        for unit in units:
            if unit.failure is None and unit.then is not None:
                try:
                    unit.then(db)
                except Exception as caught:
                    unit.failure = caught

    def _run_one(self, db: Connection, unit: Unit, alone: bool) -> None:
        """Run one unit: within the whole transaction if it is alone, else within a savepoint."""
        if alone:
            unit.result = unit.work(db)
            return
        db.execute("SAVEPOINT unit")
        try:
            unit.result = unit.work(db)
        except BaseException as caught:
            unit.failure = caught
            if not db.in_transaction:  # the disk is full, say: SQLite has taken everything back
                raise
            db.execute("ROLLBACK TO unit")
        db.execute("RELEASE unit")

    def _in_our_words(self, caught: BaseException) -> BaseException:
        try:
            with sqlite_in_our_words(self.path):
                raise caught
        except BaseException as translated:
            return translated

    def _begin(self, db: Connection) -> None:
        if db.in_transaction:  # one that failed could not be ended then
            db.rollback()
        for attempt in range(1, ATTEMPTS + 1):
            try:
                db.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError as caught:
                if not is_busy(caught) or attempt == ATTEMPTS:
                    raise
            else:
                return

    def _prepare(self, db: Connection, migrations: Path) -> None:
        scripts = _scripts(migrations)
        self._check_version(db, len(scripts))
        for name, wanted, answer in PRAGMAS:
            db.execute(f"PRAGMA {name} = {wanted}")
            row = db.execute(f"PRAGMA {name}").fetchone()
            if row is None or row[0] != answer:
                raise DatabaseUnusable(
                    f"{self.path} cannot be used with {name} = {wanted}; move the data folder to a local disk"
                )
        for version, (name, script) in enumerate(scripts, start=1):
            self._migrate(db, version, name, script)

    def _check_version(self, db: Connection, known: int) -> None:
        """Refuse a file of a newer program, or of another one, before anything is written."""
        if not _queries.has_tables(db):
            return
        if not _queries.has_migrations(db):
            raise DatabaseUnusable(
                f"{self.path} belongs to another program; set PORTEVOIX_DATA_DIR elsewhere"
            )
        version = _queries.schema_version(db) or 0
        if version > known:
            raise SchemaTooNew(
                f"{self.path} was written by a newer version of portevoix (schema {version}, this one knows"
                f" {known}); install that version again, nothing was changed"
            )

    def _migrate(self, db: Connection, version: int, name: str, script: str) -> None:
        """Run one migration and record it, in one transaction; one that ran before is left alone."""
        self._begin(db)
        try:
            if not _queries.has_migrations(db) or version > (_queries.schema_version(db) or 0):
                for statement in _statements(script):
                    db.execute(statement)
                _queries.record_migration(db, version=version, name=name)
            db.execute("COMMIT")
        except BaseException:
            db.rollback()
            raise


def truncate_log(db: Connection) -> bool:
    """Bring everything home and empty the write-ahead log; say whether no reader was in the way."""
    db.execute(f"PRAGMA busy_timeout = {CHECKPOINT_MILLISECONDS}")
    try:
        return bool(_queries.truncate_log(db) == 0)
    except sqlite3.Error:
        return False
    finally:
        db.execute(f"PRAGMA busy_timeout = {BUSY_SECONDS * 1_000}")


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
