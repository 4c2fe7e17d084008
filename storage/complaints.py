"""What SQLite complains about, in words of the house; its own words may hold what was to be stored."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from conversations.errors import DatabaseUnusable, StorageError


def is_busy(caught: sqlite3.Error) -> bool:
    """Say whether somebody else held the database."""
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
