"""Whole databases in memory, taken from a file that others write, and without remains of what was deleted."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from conversations.errors import StorageError
from storage.complaints import sqlite_in_our_words
from storage.database import BUSY_SECONDS, Connection


@contextmanager
def copied(path: Path) -> Iterator[Connection]:
    """Copy a database into memory as it was at one moment, whoever writes to it."""
    with sqlite_in_our_words(path), closing(_memory()) as copy:
        source = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=BUSY_SECONDS)
        with closing(source):
            source.backup(copy)
        _set_up(copy)
        yield copy


@contextmanager
def opened(content: bytes, path: Path) -> Iterator[Connection]:
    """Open the bytes of a database in memory, after checking that they are whole; `path` names them.

    Raises:
        StorageError: they are not.
    """
    with sqlite_in_our_words(path), closing(_memory()) as image:
        image.deserialize(content)
        _set_up(image)
        if [row[0] for row in image.execute("PRAGMA integrity_check")] != ["ok"]:
            raise StorageError(f"the database in {path} is not whole; take an earlier backup")
        yield image


def content_of(image: Connection) -> bytes:
    """Return a database in memory as bytes, written anew: no free page, nothing of what was deleted."""
    image.execute("VACUUM")
    return image.serialize()


def _memory() -> Connection:
    return sqlite3.connect(":memory:", isolation_level=None)


def _set_up(image: Connection) -> None:
    for pragma in ("temp_store = MEMORY", "secure_delete = ON", "foreign_keys = ON", "trusted_schema = OFF"):
        image.execute(f"PRAGMA {pragma}")
