"""What lies on the disk, read as anybody with the files would read it."""

import sqlite3
from pathlib import Path

from storage.opening import CONTACTS, DATABASE

WAL = f"{DATABASE}-wal"


def drafts_of(folder: Path) -> list[Path]:
    return sorted((folder / "keys" / "drafts").iterdir())


def rows(folder: Path, statement: str) -> list:
    connection = sqlite3.connect(folder / DATABASE)
    try:
        return connection.execute(statement).fetchall()
    finally:
        connection.close()


def every_byte(folder: Path) -> dict[str, bytes]:
    files = {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    assert {DATABASE, WAL, f"{DATABASE}-shm", CONTACTS, f"{CONTACTS}-wal", "keys/contacts"} <= set(files)
    return files
