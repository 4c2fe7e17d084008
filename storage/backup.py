"""Backups: both databases, without keys, sealed to a passphrase, taken right after a flush."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import date
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from conversations.errors import SchemaTooNew, StorageError
from storage.answers import SHARE
from storage.database import MIGRATIONS, Connection, load_queries
from storage.envelope import MODERATE, Cost, Kind, check_free, read_sealed, write_sealed
from storage.images import content_of, copied
from storage.keyring import KeyFolder
from storage.opening import CONTACTS, DATABASE
from storage.sealing import subkey

_queries = load_queries("backup")
_versions = load_queries("database")

TRIES = 5  # flushes, until a moment is met in which too few answers wait for another one
SCHEMAS: Mapping[str, Path] = {DATABASE: MIGRATIONS, CONTACTS: MIGRATIONS / "contacts"}
"""The databases of a backup, in their order, and where their schemas lie."""

Flush = Callable[[], Awaitable[object]]


class Manifest(BaseModel):
    """What a backup says of itself: no time finer than a day, no number of people."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    program: str
    made_on: date
    installation: str
    """A keyed hash of nothing: the same as long as the installation's key is the same."""
    schemas: dict[str, int]
    rounds: dict[str, str]
    sizes: dict[str, int]


def installation_tag(keys: KeyFolder) -> str:
    """Return what tells whether two backups come from the same installation, and nothing else."""
    return subkey(keys.installation(), "backup").hex()


class Backups:
    """Takes backups of one data folder, beside a program that serves it."""

    def __init__(self, data_dir: Path, program: str, cost: Cost = MODERATE) -> None:
        self._data_dir = data_dir
        self._program = program
        self._cost = cost

    async def take(
        self, file: Path, passphrase: str, flush: Flush, at_least: int, today: date, force: bool = False
    ) -> Manifest:
        """Flush, copy both databases as they are right then, seal them into `file`, and read it back.

        Raises:
            StorageError: the file is there already (without `force`), or it cannot be written.
        """
        check_free(file, force)
        schemas: dict[str, int] = {}
        main, rounds = await self._flushed_copy(flush, at_least, schemas)
        with copied(self._data_dir / CONTACTS) as copy:
            schemas[CONTACTS] = _versions.schema_version(copy)
            contacts = content_of(copy)
        manifest = Manifest(
            program=self._program,
            made_on=today,
            installation=installation_tag(KeyFolder(self._data_dir)),
            schemas=schemas,
            rounds=rounds,
            sizes={DATABASE: len(main), CONTACTS: len(contacts)},
        )
        first_line = manifest.model_dump_json().encode() + b"\n"
        content = b"".join((first_line, main, contacts))
        write_sealed(file, Kind.BACKUP, passphrase, content, force, self._cost)
        return manifest

    async def _flushed_copy(
        self, flush: Flush, at_least: int, schemas: dict[str, int]
    ) -> tuple[bytes, dict[str, str]]:
        """Copy the main database at a moment in which no round waits for a flush."""
        for _ in range(TRIES):
            await flush()
            with copied(self._data_dir / DATABASE) as copy:
                over = _queries.fullest(copy, at_least=at_least, share=SHARE)
                if over is not None and over >= 0:
                    continue
                _leave_out(copy)
                schemas[DATABASE] = _versions.schema_version(copy)
                return content_of(copy), dict(_queries.rounds(copy))
        raise StorageError("answers come in faster than they are boxed; try again in a minute")


def _leave_out(copy: Connection) -> None:
    """Drop what nobody needs after a restore: update numbers, and whatever hangs on an address for a time.

    So nothing of people who opt out since can come back with it, either.
    """
    _queries.forget_seen_even(copy)
    _queries.forget_seen_odd(copy)
    _queries.forget_notices(copy)
    _queries.forget_told(copy)
    _queries.forget_evenings(copy)


def read_backup(file: Path, passphrase: str) -> tuple[Manifest, dict[str, bytes]]:
    """Open a backup: its manifest and the bytes of its databases.

    Raises:
        StorageError: it cannot be opened; the words say why and what to do.
        SchemaTooNew: a newer version of the program made it.
    """
    content = read_sealed(file, Kind.BACKUP, passphrase)
    first_line, _, rest = content.partition(b"\n")
    try:
        manifest = Manifest.model_validate_json(first_line)
    except ValidationError:
        raise StorageError(
            f"{file} says nothing of itself that can be read; take an earlier backup"
        ) from None
    for name, folder in SCHEMAS.items():
        if manifest.schemas.get(name, 0) > len(list(folder.glob("*.sql"))):
            raise _too_new(file)
    images: dict[str, bytes] = {}
    for name in SCHEMAS:
        size = manifest.sizes.get(name, 0)
        images[name], rest = rest[:size], rest[size:]
    return manifest, images


def _too_new(file: Path) -> SchemaTooNew:
    return SchemaTooNew(
        f"{file} was made by a newer version of portevoix; install that version and try again"
    )
