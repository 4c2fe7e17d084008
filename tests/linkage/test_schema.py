"""Every column and every file, and what each can say about one person; what is new has to be written here."""

import re
import sqlite3

import pytest

from storage.opening import CONTACTS, DATABASE, open_stores
from tests.storage.people import KEY as SOMEBODY
from tests.storage.people import ROUND, a_draft, save, send

NOBODY = "nothing about a person"
PUBLISHED = "nothing about a person: announced to everybody"
KEY = "which pseudonym it is; in random order, for it is a keyed hash"
RANDOM = "nothing: random"
SIZE = "how much was said, in whole steps"

ROUND_COLUMNS = (
    *("id", "name", "city", "series", "purpose", "benchmark", "state", "opens_at", "closes_at", "timezone"),
    *("languages", "draft_languages", "k", "demonstration", "plan", "definitions"),
    *("opened_at", "closed_at", "released_at", "staff_key", "number", "schedule", "note", "without_answer"),
    "conduct",
)
AUDIT_COLUMNS = ("round", "place", "change", "at", "made_by", "reason")
RELAY = "nothing about a person: an association, and how its links stand"
RELAY_COLUMNS = (
    *("id", "number", "name", "kind", "city", "series", "languages", "ends_on", "generation", "revoked"),
    *("page", "facilitator"),
)
SAYS = {
    "migrations.version": NOBODY,
    "migrations.name": NOBODY,
    "definitions.fingerprint": NOBODY,
    "definitions.document": NOBODY,
    "releases.round": NOBODY,
    "releases.part": NOBODY,
    "releases.content": NOBODY,
    "releases.sha256": NOBODY,
    "seen_days.parity": NOBODY,
    "seen_days.day": "the day of the updates in one of two sets; gone after two",
    "seen_even.seen": "that an update came on that day; whose it was only the channel knows",
    "seen_odd.seen": "that an update came on that day; whose it was only the channel knows",
    "open_sessions.key": KEY,
    "open_sessions.round": "that this pseudonym is in the middle of this round",
    "open_sessions.turn": "how many turns somebody took so far; gone at the flush",
    "open_sessions.state": "whether somebody has sent; gone at the flush",
    "open_sessions.draft_key_id": RANDOM,
    "open_sessions.sealed": SIZE,
    "open_sessions.touched_on": "the day of somebody's last turn; gone at the flush",
    "outbox.id": RANDOM,
    "outbox.key": "that this pseudonym is to be told its turn; before the flush only",
    "outbox.turn": "the turn that is to be told; before the flush only",
    "outbox.sealed": SIZE,
    "outbox.day": "the day on which something was to be said; gone when it was, or after two days",
    "boxes.id": RANDOM,
    "boxes.round": "the round",
    "boxes.sealed": "nothing: one size",
    "boxes.withdrawal": "that somebody asked for a code",
    "text_boxes.id": RANDOM,
    "text_boxes.round": "the round",
    "text_boxes.sealed": SIZE,
    "text_boxes.withdrawal": "that somebody asked for a code",
    "text_boxes.reviewed": "that somebody of the staff has looked at it",
    "progress.round": NOBODY,
    "progress.side": NOBODY,
    "progress.step": "nothing about a person: more than ten people, or none",
    "progress.people": "nothing about a person: how many answered, rounded up to ten",
    "progress.counted_on": "nothing about a person: the day of the count",
    **dict.fromkeys((f"relays.{column}" for column in RELAY_COLUMNS), RELAY),
    "facilitating.id": "that somebody helps in a chat; in random order, for it is a keyed hash",
    "facilitating.sealed": "nothing: one size",
    "facilitating.began_on": "the day on which an evening of helping began; gone with it",
    **dict.fromkeys((f"audit.{column}" for column in AUDIT_COLUMNS), f"{NOBODY}: a round's life"),
    **dict.fromkeys((f"schedules.{column}" for column in ("id", "document", "ended")), PUBLISHED),
    "city_answers.round": PUBLISHED,
    "city_answers.document": PUBLISHED,
    "city_answers.written_on": PUBLISHED,
    "codes.id": "that a card was not used yet, whosesoever; in random order, for it is a keyed hash",
    "codes.series": "what a card was printed for",
    "codes.relay": "what a card was printed for",
    "receipts.round": NOBODY,
    "receipts.given": "nothing about a person: how many receipts were given, as of the last flush",
    "redeemed.id": "that a receipt was redeemed; in random order, for it is a keyed hash",
    "redeemed.relay": "where a receipt was redeemed, whosesoever",
    "redeemed.week": "the week in which a receipt was redeemed, whosesoever",
    "took_part.key": KEY,
    "took_part.round": "that this pseudonym took part in this round",
    "told.id": "which contact was told something, or needed no letter: a keyed hash, so in random order",
    "told.cause": "what a contact was told; the same row whether they have finished or not",
    "told.told_on": "the day of it",
    "contacts.id": "which contact it is; in random order, for it is a keyed hash",
    "contacts.sealed": "nothing: one size",
    "contacts.used_on": "the day on which somebody last opted in, or was last written to",
} | dict.fromkeys((f"rounds.{column}" for column in ROUND_COLUMNS), PUBLISHED)
"""Column -> what it can say about one person."""

WITH_ROWID = {"migrations", "rounds", "definitions", "releases", "schedules", "seen_days"}
"""Tables whose rows are numbered in the order in which they came: none may hold a row per person."""

TIMES = {"began_on", "ends_on", "told_on", "touched_on", "used_on", "day", "counted_on", "written_on"}
"""Columns that hold a day, in tables with a row per person; none holds anything finer."""

FILES = {
    rf"{DATABASE}": "when the log was last brought home: at a flush or an erasure",
    rf"{DATABASE}-(wal|shm)": "when the last turn was, whosesoever",
    rf"{CONTACTS}(-wal|-shm)?": "when somebody last opted in or out",
    r"serve\.lock": NOBODY,
    r"restored": NOBODY,
    r"erasures": "when somebody last withdrew or opted out; its notes are sorted keyed hashes",
    r"alive": "when the channel was last heard, whosesoever update it was",
    r"keys/contacts": NOBODY,
    r"keys/rounds/[^/]+/[^/]+": NOBODY,
    r"keys/drafts/[0-9a-f]{32}": "its change time: when somebody began, until the draft is flushed or erased",
}
"""Name of a file -> what its times can say; no other file is there."""


@pytest.fixture
async def schemas(tmp_path, sqlite):
    connections = [sqlite3.connect(tmp_path / name) for name in (DATABASE, CONTACTS)]
    yield connections
    for connection in connections:
        connection.close()


def _columns(connection):
    statement = """SELECT s.name || '.' || c.name FROM sqlite_schema s, pragma_table_info(s.name) c
        WHERE s.type = 'table'"""
    return {name for (name,) in connection.execute(statement)}


async def test_every_column_is_written_down_with_what_it_says(schemas):
    assert set().union(*map(_columns, schemas)) == set(SAYS)


async def test_no_table_with_a_row_per_person_counts_its_rows(schemas):
    statement = "SELECT name FROM pragma_table_list WHERE type = 'table' AND schema = 'main' AND NOT wr"
    numbered = {
        name for one in schemas for (name,) in one.execute(statement) if not name.startswith("sqlite_")
    }

    assert numbered == WITH_ROWID
    scripts = [sql for one in schemas for (sql,) in one.execute("SELECT sql FROM sqlite_schema") if sql]
    assert not [sql for sql in scripts if "AUTOINCREMENT" in sql.upper()]


async def test_there_is_nothing_but_tables_and_indexes(schemas):
    kinds = {kind for one in schemas for (kind,) in one.execute("SELECT DISTINCT type FROM sqlite_schema")}

    assert kinds <= {"table", "index"}


async def test_every_day_that_is_kept_of_a_person_is_a_whole_one(schemas):
    for name in SAYS:
        table, column = name.split(".")
        looks_like_a_time = re.search(r"(_at|_on|day|time|when|date|moment|since|until)$", column)
        if table not in WITH_ROWID and looks_like_a_time:
            assert column in TIMES
            sql = next(sql for one in schemas for (sql,) in one.execute(
                "SELECT sql FROM sqlite_schema WHERE name = ?", (table,)
            ))  # fmt: skip
            assert f"{column} TEXT NOT NULL CHECK (length({column}) = 10)" in sql


async def test_every_file_is_written_down_with_what_its_times_say(tmp_path, sqlite):
    sqlite.claim_serving()
    await save(sqlite, a_draft(), speak=True)
    await send(sqlite, 3, first=50)
    await sqlite.answers.flush(ROUND, 1)

    names = {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file()}

    assert [name for name in names if not any(re.fullmatch(pattern, name) for pattern in FILES)] == []


async def test_key_files_say_nothing_by_the_times_that_a_program_can_set(tmp_path, sqlite):
    await save(sqlite, a_draft())

    times = {
        (path.stat().st_mtime, path.stat().st_atime) for path in (tmp_path / "keys" / "drafts").rglob("*")
    }

    assert times == {(0.0, 0.0)}


async def test_key_files_say_nothing_after_a_restart_either(tmp_path, sqlite):
    await save(sqlite, a_draft())
    await sqlite.close()

    stores = await open_stores(tmp_path)
    await stores.conversations.draft(SOMEBODY)
    await stores.close()

    (path,) = (tmp_path / "keys" / "drafts").iterdir()
    assert path.stat().st_atime == 0.0
