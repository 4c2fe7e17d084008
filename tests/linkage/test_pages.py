"""The reader of SQLite's bytes sees what SQLite sees, and what SQLite hides."""

import sqlite3

import pytest

from tests.linkage.logs import cut, frames, versions
from tests.linkage.pages import Image

SCHEMA = """
    CREATE TABLE numbered (name TEXT, content BLOB, amount INTEGER) STRICT;
    CREATE TABLE named (name TEXT PRIMARY KEY, content BLOB, amount INTEGER) STRICT, WITHOUT ROWID;
"""


@pytest.fixture
def database(tmp_path):
    db = sqlite3.connect(tmp_path / "some.db", isolation_level=None)
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA wal_autocheckpoint = 0")
    db.execute("PRAGMA secure_delete = ON")
    db.executescript(SCHEMA)
    yield db
    db.close()


def fill(db, people, size="abs(random()) % 9000"):
    for table in ("numbered", "named"):
        for number in range(people):
            row = f"hex(randomblob(16)), randomblob({size}), {number - 5} * 1000003"
            db.execute(f"INSERT INTO {table} VALUES ({row})")


def files(tmp_path):
    return (tmp_path / "some.db").read_bytes(), (tmp_path / "some.db-wal").read_bytes()


@pytest.mark.parametrize("checkpointed", [True, False])
def test_rows_are_what_sqlite_selects(tmp_path, database, checkpointed):
    fill(database, 200)
    if checkpointed:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    image = versions(*files(tmp_path))[-1]

    for table in ("numbered", "named"):
        seen = [image.whole(cell) for cell in image.rows(table)]
        assert seen == database.execute(f"SELECT * FROM {table}").fetchall()
        assert any(cell.overflow for cell in image.rows(table))
    assert [cell.rowid for cell in image.rows("numbered")] == list(range(1, 201))
    assert {cell.rowid for cell in image.rows("named")} == {None}


def test_every_commit_in_the_log_is_a_version(tmp_path, database):
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    fill(database, 10, "20")

    found = versions(*files(tmp_path))

    assert [len(image.rows("numbered")) for image in found] == [*range(11), *[10] * 10]
    assert sum(frame.commits for frame in frames(files(tmp_path)[1])) == 20


def test_a_log_that_is_cut_holds_whole_frames_only(tmp_path, database):
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    fill(database, 10, "20")
    content, log = files(tmp_path)

    assert len(frames(cut(log, 7))) == 7
    assert len(frames(cut(log, 7) + b"half a frame")) == 7
    assert len(versions(content, cut(log, 1))) == 2


def test_free_pages_are_as_many_as_sqlite_counts(tmp_path, database):
    fill(database, 200)
    database.execute("DELETE FROM numbered WHERE amount > 0")
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    image = Image.of_file(files(tmp_path)[0])

    assert len(image.free()) == database.execute("PRAGMA freelist_count").fetchone()[0] > 10


@pytest.mark.parametrize("secure", [True, False])
def test_remains_are_found_where_deletion_was_not_secure(tmp_path, database, secure):
    database.execute(f"PRAGMA secure_delete = {'ON' if secure else 'OFF'}")
    secret = b"\xfe\xed" * 100
    for number in range(50):
        content = secret if number % 2 else b"\x01" * 200
        database.execute("INSERT INTO numbered VALUES (?, ?, ?)", (f"{number}", content, number))
    database.execute("DELETE FROM numbered WHERE amount % 2 = 1")
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    remains = list(Image.of_file(files(tmp_path)[0]).remains())

    assert remains
    assert any(secret[:50] in part for part in remains) is not secure
