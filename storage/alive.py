"""When the program last heard from outside: the time of an empty file, and nothing else."""

import os
from datetime import UTC, datetime
from pathlib import Path

from storage.files import disk_in_our_words, make_private

ALIVE = "alive"


class AliveFile:
    """Keeps one moment as the time of an empty file in the data folder."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / ALIVE

    def at(self) -> datetime | None:
        """Return the moment that was marked last, aware, UTC, or None."""
        with disk_in_our_words(self._path):
            try:
                return datetime.fromtimestamp(self._path.stat().st_mtime, UTC)
            except FileNotFoundError:
                return None

    def mark(self, now: datetime) -> None:
        """Mark a moment in place of the one before."""
        make_private(self._path)
        with disk_in_our_words(self._path):
            os.utime(self._path, (now.timestamp(), now.timestamp()))


class RememberedMoment:
    """Keeps one moment in memory."""

    def __init__(self) -> None:
        self._moment: datetime | None = None

    def at(self) -> datetime | None:
        """Return the moment that was marked last, or None."""
        return self._moment

    def mark(self, now: datetime) -> None:
        """Mark a moment in place of the one before."""
        self._moment = now
