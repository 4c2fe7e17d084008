"""What SQLite must keep to: pragmas, schema, migrations, and complaints in our words."""

import asyncio
import errno
import os
import re
import sqlite3
import threading
from pathlib import Path

import pytest

import storage
from conversations.errors import DatabaseUnusable, SchemaTooNew, StorageError
from conversations.ports import Outcome
from storage.database import BUSY_SECONDS, MIGRATIONS, PRAGMAS, Database
from storage.files import Claim, disk_in_our_words
from storage.opening import CONTACTS, DATABASE, open_stores
from storage.rounds import COLUMNS
from tests.storage.people import KEY, ROUND, TEXT, TODAY, a_draft, a_round, save

HERE = Path(storage.__file__).parent
SCHEMAS = {"schema.sql": MIGRATIONS, "schema_contacts.sql": MIGRATIONS / "contacts"}


@pytest.fixture
async def database(tmp_path):
    database = await Database.open(tmp_path / DATABASE, MIGRATIONS)
    yield database
    await database.close()


def rows(path: Path, statement: str) -> list:
    """What another program reads in the file."""
    connection = sqlite3.connect(path)
    try:
        return connection.execute(statement).fetchall()
    finally:
        connection.close()


def change(path: Path, script: str) -> None:
    """What another program does to the file."""
    connection = sqlite3.connect(path)
    connection.executescript(script)
    connection.close()


@pytest.mark.parametrize("name, expected", [(name, answer) for name, _, answer in PRAGMAS])
async def test_the_pragma_is_on(database, name, expected):
    assert await database.read(lambda db: db.execute(f"PRAGMA {name}").fetchone()[0]) == expected


def test_every_pragma_that_anonymity_asks_for_is_asserted():
    asked = {"journal_mode": "wal", "synchronous": 2, "secure_delete": 1, "foreign_keys": 1, "temp_store": 2}

    assert asked.items() <= {name: answer for name, _, answer in PRAGMAS}.items()


@pytest.mark.parametrize("schema", SCHEMAS)
async def test_the_written_schema_is_what_the_migrations_make(schema, tmp_path):
    made = await Database.open(tmp_path / "made.db", SCHEMAS[schema])
    await made.close()
    change(tmp_path / "written.db", (HERE / schema).read_text("utf-8"))

    statement = "SELECT type, name, sql FROM sqlite_schema ORDER BY type, name"
    assert rows(tmp_path / "made.db", statement) == rows(tmp_path / "written.db", statement)
    assert len(rows(tmp_path / "made.db", statement)) >= 2


@pytest.mark.parametrize("schema", SCHEMAS)
async def test_every_table_is_strict(schema, tmp_path):
    change(tmp_path / "written.db", (HERE / schema).read_text("utf-8"))

    tables = rows(tmp_path / "written.db", "SELECT name, strict FROM pragma_table_list WHERE type = 'table'")

    loose = {name for name, strict in tables if not strict and not name.startswith("sqlite_")}
    assert loose == set()
    assert len(tables) > 2


async def test_no_table_of_people_or_answers_has_row_numbers(tmp_path, database):
    statement = "SELECT name FROM pragma_table_list WHERE wr = 1"

    without = {name for (name,) in rows(tmp_path / DATABASE, statement)}

    assert without == {
        "boxes", "text_boxes", "took_part", "open_sessions", "outbox", "seen_even", "seen_odd",
        "progress", "audit", "city_answers", "relays", "told", "facilitating",
        "codes", "receipts", "redeemed",
    }  # fmt: skip


async def test_migrations_are_recorded_and_run_once(tmp_path, database):
    again = await Database.open(tmp_path / DATABASE, MIGRATIONS)
    await again.close()

    recorded = rows(tmp_path / DATABASE, "SELECT version, name FROM migrations")

    assert recorded == [
        (number, file.stem) for number, file in enumerate(sorted(MIGRATIONS.glob("*.sql")), start=1)
    ]


async def test_a_migration_that_fails_leaves_nothing_behind(tmp_path):
    (tmp_path / "0001_good.sql").write_text((MIGRATIONS / "0001_first_light.sql").read_text())
    (tmp_path / "0002_bad.sql").write_text(
        "CREATE TABLE half (a TEXT) STRICT;\nCREATE TABLE rounds (a TEXT);"
    )

    with pytest.raises(StorageError):
        await Database.open(tmp_path / DATABASE, tmp_path)

    assert rows(tmp_path / DATABASE, "SELECT max(version) FROM migrations") == [(1,)]
    assert rows(tmp_path / DATABASE, "SELECT name FROM sqlite_schema WHERE name = 'half'") == []


@pytest.mark.parametrize("name", [DATABASE, CONTACTS])
async def test_a_newer_database_is_refused_and_not_touched(name, tmp_path):
    await (await open_stores(tmp_path)).close()
    change(tmp_path / name, "INSERT INTO migrations VALUES (99, 'later')")
    before = (tmp_path / name).read_bytes()

    with pytest.raises(SchemaTooNew, match="newer version of portevoix"):
        await open_stores(tmp_path)

    assert (tmp_path / name).read_bytes() == before


async def test_what_is_no_database_is_refused(tmp_path):
    (tmp_path / DATABASE).write_bytes(b"a shopping list " * 300)

    with pytest.raises(DatabaseUnusable, match="not a whole database; restore it"):
        await open_stores(tmp_path)


async def test_the_database_of_another_program_is_refused(tmp_path):
    change(tmp_path / DATABASE, "CREATE TABLE songs (title TEXT)")

    with pytest.raises(DatabaseUnusable, match="belongs to another program"):
        await open_stores(tmp_path)


async def test_a_data_folder_that_is_a_file_is_refused(tmp_path):
    (tmp_path / "file").write_text("")

    with pytest.raises(DatabaseUnusable, match="set PORTEVOIX_DATA_DIR"):
        await open_stores(tmp_path / "file")
    with pytest.raises(DatabaseUnusable, match="set PORTEVOIX_DATA_DIR"):
        await open_stores(tmp_path / "file" / "below")


@pytest.mark.parametrize(
    "number, words",
    [
        (errno.ENOSPC, "is full; free some space"),
        (errno.EDQUOT, "is full; free some space"),
        (errno.EACCES, "cannot be written; give the user"),
        (errno.EROFS, "cannot be written; give the user"),
        (errno.EIO, "look at its disk"),
    ],
)
def test_the_disks_complaints_say_what_to_do(number, words):
    with pytest.raises(DatabaseUnusable, match=words), disk_in_our_words(Path("data")):
        raise OSError(number, "no")


@pytest.fixture
def ordinary_user():
    """Nobody in particular, even if the tests are run by root."""
    mine = os.geteuid()
    if mine == 0:
        os.seteuid(65534)
    yield
    os.seteuid(mine)


async def test_a_folder_that_may_not_be_written_is_refused(tmp_path, request):
    tmp_path.chmod(0o500)
    request.getfixturevalue("ordinary_user")

    with pytest.raises(DatabaseUnusable, match="cannot be written; give the user"):
        await open_stores(tmp_path)


async def test_a_full_disk_is_said_and_nothing_is_lost(tmp_path):
    database = await Database.open(tmp_path / DATABASE, MIGRATIONS)
    await database.write(lambda db: db.execute("INSERT INTO definitions VALUES ('kept', 'document')"))
    await database.read(
        lambda db: db.execute("PRAGMA max_page_count = 1").fetchall()
    )  # as good as a full disk

    with pytest.raises(DatabaseUnusable, match="is full; free some space") as caught:
        await database.write(
            lambda db: db.execute("INSERT INTO definitions VALUES ('lost', ?)", (TEXT * 10_000,))
        )

    await database.close()
    assert TEXT not in str(caught.value)
    assert rows(tmp_path / DATABASE, "SELECT fingerprint FROM definitions") == [("kept",)]


async def test_complaints_of_the_driver_carry_no_parameters(database):
    with pytest.raises(StorageError) as caught:
        await database.write(lambda db: db.execute("INSERT INTO took_part VALUES (?, ?)", (TEXT, None)))

    assert TEXT not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


async def test_a_checkpoint_that_fails_leaves_the_patience_as_it_was(database):
    await database.read(lambda db: db.execute("BEGIN IMMEDIATE"))  # no log is truncated in mid-transaction

    assert await database.checkpoint() is False

    await database.read(lambda db: db.rollback())
    patience = await database.read(lambda db: db.execute("PRAGMA busy_timeout").fetchone())
    assert patience == (BUSY_SECONDS * 1_000,)
    assert await database.checkpoint() is True


async def test_a_closed_database_says_so(tmp_path):
    stores = await open_stores(tmp_path)
    await stores.close()

    with pytest.raises(DatabaseUnusable, match="closed before"):
        await stores.rounds.all()


async def test_a_second_serve_on_the_same_folder_is_refused(tmp_path):
    stores = await open_stores(tmp_path)
    stores.claim_serving()
    stores.claim_serving()

    with pytest.raises(DatabaseUnusable, match="another portevoix serve"):
        Claim(tmp_path).take()

    await stores.close()
    later = Claim(tmp_path)
    later.take()
    later.give_back()


async def test_the_command_line_works_beside_serve(tmp_path, sqlite):
    sqlite.claim_serving()
    beside = await open_stores(tmp_path)

    await beside.rounds.add(a_round())
    await asyncio.gather(
        *(save(stores, a_draft(KEY[:31] + str(n))) for n, stores in enumerate((sqlite, beside) * 4))
    )

    assert await sqlite.rounds.get(ROUND) == a_round()
    assert await sqlite.conversations.draft(KEY[:31] + "1") is not None
    await beside.close()


async def test_opening_beside_serve_destroys_no_key_in_use(tmp_path, sqlite):
    await save(sqlite, a_draft())

    beside = await open_stores(tmp_path)

    assert await beside.conversations.draft(KEY) == a_draft()
    await beside.close()


async def test_somebody_who_went_away_does_not_stop_a_turn(sqlite):
    turn = asyncio.create_task(
        sqlite.conversations.take_turn(None, {ROUND: KEY}, TODAY, lambda _: Outcome(save=a_draft()))
    )
    await asyncio.sleep(0)

    turn.cancel()
    with pytest.raises(asyncio.CancelledError):
        await turn

    assert await sqlite.conversations.draft(KEY) == a_draft()


def test_the_statements_name_a_rounds_columns_in_their_order():
    script = (HERE / "queries" / "rounds.sql").read_text("utf-8")

    named = [re.findall(r"\w+", part) for part in re.findall(r"SELECT\n(.+?)\nFROM", script, re.DOTALL)]

    assert named == [list(COLUMNS)] * 2


async def test_every_trip_goes_to_the_drivers_own_thread(database):
    threads = {await database.read(lambda _: threading.get_ident()) for _ in range(3)}
    threads.add(await database.write(lambda _: threading.get_ident()))

    assert len(threads) == 1
    assert threading.get_ident() not in threads
