"""Keys in escrow: those of rounds that are not released, sealed to a passphrase of their own."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from conversations.errors import StorageError
from conversations.identifiers import RoundId
from storage.database import MIGRATIONS, Database, load_queries, truncate_log
from storage.envelope import MODERATE, Cost, Kind, check_free, read_sealed, write_sealed
from storage.erasures import Erasures
from storage.files import UNFINISHED, disk_in_our_words, make_folder, write_durably
from storage.keyring import FOLDER, KeyFolder
from storage.opening import DATABASE
from storage.restoring import NEEDS_KEYS, leave_out_withdrawn

_queries = load_queries("backup")
MARKER = "escrowed"
"""A file beside a round's keys; it says that copies of them exist elsewhere, and nothing else."""


class Keys(BaseModel):
    """What an escrow file holds: of each round, its key files by name, in hex."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    rounds: dict[str, dict[str, str]]


@dataclass(frozen=True, slots=True)
class Recovered:
    """Rounds whose keys were brought back, and those of the file that this database does not wait for."""

    rounds: tuple[str, ...]
    left_out: tuple[str, ...]


class Escrow:
    """Writes the keys of rounds to a file, and brings them back."""

    def __init__(self, data_dir: Path, cost: Cost = MODERATE) -> None:
        self._cost = cost
        self._data_dir = data_dir
        self._rounds = data_dir / FOLDER / "rounds"

    def escrowed(self, round_id: RoundId) -> bool:
        """Say whether keys of this round were ever put in escrow: that file is to be destroyed."""
        return (self._rounds / round_id / MARKER).exists()

    def write(
        self, file: Path, passphrase: str, rounds: Iterable[RoundId], force: bool = False
    ) -> tuple[RoundId, ...]:
        """Seal the keys of rounds into a file, after marking the rounds, and return those that have keys.

        Raises:
            StorageError: none of them has keys, or the file is there already (without `force`).
        """
        check_free(file, force)
        found = {round_id: self._keys_of(round_id) for round_id in rounds}
        kept = {round_id: keys for round_id, keys in found.items() if keys}
        if not kept:
            raise StorageError("no round is open: there are no keys to put in escrow")
        for round_id in kept:
            write_durably(self._rounds / round_id / MARKER, b"")
        document = Keys(
            rounds={
                round_id: {name: key.hex() for name, key in keys.items()} for round_id, keys in kept.items()
            }
        )
        write_sealed(file, Kind.KEYS, passphrase, document.model_dump_json().encode(), force, self._cost)
        return tuple(kept)

    async def recover(self, file: Path, passphrase: str) -> Recovered:
        """Bring keys back where they are missing, and leave out what was withdrawn meanwhile.

        Raises:
            StorageError: the file cannot be opened; there is no database; other keys are in the way.
        """
        path = self._data_dir / DATABASE
        if not path.exists():
            raise StorageError(f"there is no database in {self._data_dir}; portevoix restore comes first")
        document = _read(file, passphrase)
        database = await Database.open(path, MIGRATIONS)
        try:
            states: dict[str, str] = dict(await database.read(lambda db: list(_queries.rounds(db))))
            wanted = {id_: keys for id_, keys in document.items() if states.get(id_) in NEEDS_KEYS}
            self._check_same(wanted)
            for round_id, keys in wanted.items():
                self._put_back(round_id, keys)
            folder = KeyFolder(self._data_dir)
            erasures = Erasures(self._data_dir, folder)
            await database.write(lambda db: leave_out_withdrawn(db, erasures, folder), truncate_log)
        finally:
            await database.close()
        return Recovered(tuple(wanted), tuple(sorted(document.keys() - wanted.keys())))

    def _keys_of(self, round_id: str) -> dict[str, bytes]:
        """Return the key files of a round as they lie there."""
        folder = self._rounds / round_id
        with disk_in_our_words(folder):
            if not folder.is_dir():
                return {}
            return {
                path.name: path.read_bytes()
                for path in sorted(folder.iterdir())
                if path.name != MARKER and path.suffix != UNFINISHED
            }

    def _check_same(self, rounds: dict[str, dict[str, bytes]]) -> None:
        """Refuse keys that differ from those that are there, before anything is written."""
        for round_id, keys in rounds.items():
            there = self._keys_of(round_id)
            if any(name in there and there[name] != key for name, key in keys.items()):
                raise StorageError(
                    f"round {round_id} has other keys here than in this file; nothing was changed:"
                    " is it the right data folder, and the right file?"
                )

    def _put_back(self, round_id: str, keys: dict[str, bytes]) -> None:
        folder = self._rounds / round_id
        make_folder(folder.parent)
        make_folder(folder)
        write_durably(folder / MARKER, b"")
        for name, key in keys.items():
            write_durably(folder / name, key)


def _read(file: Path, passphrase: str) -> dict[str, dict[str, bytes]]:
    """Open an escrow file, and refuse names that are no names of files."""
    content = read_sealed(file, Kind.KEYS, passphrase)
    try:
        document = Keys.model_validate_json(content)
        found = {
            round_id: {name: bytes.fromhex(key) for name, key in keys.items()}
            for round_id, keys in document.rounds.items()
        }
    except (ValidationError, ValueError):
        raise StorageError(f"{file} holds no keys that can be read; make a new one") from None
    for round_id, keys in found.items():
        if any(Path(name).name != name or name.startswith(".") for name in (round_id, *keys)):
            raise StorageError(f"{file} holds names that are none of ours; nothing was changed")
    return found
