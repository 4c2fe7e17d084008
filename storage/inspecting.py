"""How a data folder lies: keys shut to others and complete, and no backup or escrow beside them."""

import stat
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from storage.envelope import LONGEST_LINE, MAGIC, Kind
from storage.keyring import BOXES, FOLDER, PSEUDONYMS, TEXTS

OTHERS = stat.S_IRWXG | stat.S_IRWXO
"""Leave for anybody but the user whom the program runs as."""


@dataclass(frozen=True, slots=True)
class KeysSeen:
    """What was seen of a data folder before anything in it was opened, or mended.

    `open_to_others` are paths in it that another user may enter or read, `sealed_inside` backups and escrows.
    """

    folder: Path
    open_to_others: tuple[str, ...] = ()
    sealed_inside: tuple[str, ...] = ()

    def missing(self, rounds: Iterable[str]) -> list[tuple[str, str]]:
        """Return (round, file) of every key that rounds which are not released need and do not have."""
        found: list[tuple[str, str]] = []
        for name in rounds:
            place = self._round(name)
            for pair in (BOXES, TEXTS):
                if not any((place / f"{pair}.{form}").exists() for form in ("key", "held")):
                    found.append((name, f"{pair}.key"))
            needed = (PSEUDONYMS, f"{BOXES}.pub", f"{TEXTS}.pub")
            found += [(name, file) for file in needed if not (place / file).exists()]
        return sorted(found)

    def left(self, rounds: Iterable[str]) -> list[str]:
        """Return those of these released rounds whose pseudonym secret still lies there."""
        return [name for name in rounds if (self._round(name) / PSEUDONYMS).exists()]

    @staticmethod
    def backups_in(folder: Path) -> tuple[list[tuple[str, datetime]], list[str]]:
        """Return (name, moment of writing) of the backups in a folder, and the names of escrows there."""
        kept = [
            (path.name, datetime.fromtimestamp(path.stat().st_mtime, UTC))
            for path in _sealed_in(folder, Kind.BACKUP)
        ]
        return kept, [path.name for path in _sealed_in(folder, Kind.KEYS)]

    def _round(self, name: str) -> Path:
        return self.folder / FOLDER / "rounds" / name


def look_at(data_dir: Path) -> KeysSeen:
    """Look at a data folder without changing anything."""
    keys = data_dir / FOLDER
    paths = [keys, *sorted(keys.rglob("*"))] if keys.is_dir() else []
    loose = tuple(str(path.relative_to(data_dir)) for path in paths if path.stat().st_mode & OTHERS)
    sealed = tuple(path.name for kind in (Kind.BACKUP, Kind.KEYS) for path in _sealed_in(data_dir, kind))
    return KeysSeen(data_dir, loose, sealed)


def kind_of(file: Path) -> str | None:
    """Return what a sealed file holds, from its first line that anybody can read; None for other files."""
    try:
        with file.open("rb") as opened:
            line = opened.read(LONGEST_LINE)
    except OSError:
        return None
    if not line.startswith(MAGIC):
        return None
    word = line.removeprefix(MAGIC).split(b" ", 1)[0].decode("ascii", "replace")
    return word if word in list(Kind) else None


def _sealed_in(folder: Path, kind: Kind) -> list[Path]:
    """Return the sealed files of one kind that lie directly in a folder."""
    if not folder.is_dir():
        return []
    return [path for path in sorted(folder.iterdir()) if path.is_file() and kind_of(path) == kind]
