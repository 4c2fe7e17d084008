"""Anonymity looked at as bytes: what lies on the disk, before and after the flush and after a crash."""

import json
import secrets
import sqlite3
import stat

import pytest

from conversations.ports import Contact, Outcome
from storage.boxes import withdrawal_hashes
from storage.database import MIGRATIONS
from storage.files import NO_TIME
from storage.opening import CONTACTS, DATABASE
from tests.storage.disk import WAL, drafts_of, every_byte, rows
from tests.storage.people import (
    ADDRESS,
    CODE,
    KEY,
    OTHER_KEY,
    ROUND,
    TEXT,
    TODAY,
    YESTERDAY,
    a_draft,
    a_notice,
    a_sent_draft,
    a_text,
    key_of,
    save,
    send,
)

PLANTED = "perfectly-plain-choice"


def forms(secret: str) -> list[bytes]:
    """How something might lie about in the clear."""
    found = [
        secret.encode(),
        secret.encode("utf-16-le"),
        json.dumps(secret).encode(),
        secret.encode().hex().encode(),
    ]
    digits = "".join(letter for letter in secret if letter.isdigit())
    if len(digits) > 8:
        found += [digits.encode(), int(digits).to_bytes(8, "big"), int(digits).to_bytes(8, "little")]
    return found


@pytest.mark.parametrize("flushed", [False, True])
async def test_nothing_that_somebody_said_lies_about_in_the_clear(tmp_path, sqlite, flushed):
    await save(sqlite, a_draft(), speak=True)
    await save(sqlite, a_sent_draft(OTHER_KEY, choice=PLANTED, wants_code=True), speak=True)
    await sqlite.conversations.take_turn(None, {}, TODAY, lambda _: Outcome(notices=(a_notice(),)))
    await sqlite.contacts.opt_in(Contact(ADDRESS, "fr"), TODAY)
    if flushed:
        await sqlite.answers.flush(ROUND, 1)

    files = every_byte(tmp_path)

    for secret in (ADDRESS, TEXT, PLANTED, CODE, "message 12"):
        for form in forms(secret):
            assert [name for name, content in files.items() if form in content] == []
    assert any(KEY.encode() in content for content in files.values())  # the search finds what is there


async def test_the_key_folder_is_for_this_user_alone(tmp_path, sqlite):
    await save(sqlite, a_draft())

    paths = [tmp_path / "keys", *(tmp_path / "keys").rglob("*")]

    assert {stat.S_IMODE(path.stat().st_mode) for path in paths if path.is_dir()} == {0o700}
    assert {stat.S_IMODE(path.stat().st_mode) for path in paths if path.is_file()} == {0o600}
    assert {stat.S_IMODE((tmp_path / name).stat().st_mode) for name in (DATABASE, WAL, CONTACTS)} == {0o600}


async def test_the_times_of_key_files_tell_nothing(tmp_path, sqlite):
    await save(sqlite, a_draft())

    draft, folder = drafts_of(tmp_path)[0], tmp_path / "keys" / "drafts"

    assert (draft.stat().st_mtime, folder.stat().st_mtime) == NO_TIME


async def test_every_draft_has_a_key_of_its_own(tmp_path, sqlite):
    await save(sqlite, a_draft())
    await save(sqlite, a_draft(OTHER_KEY))
    await save(sqlite, a_draft(turn=2))

    keys = [path.read_bytes() for path in drafts_of(tmp_path)]

    assert len(keys) == len(set(keys)) == 2
    names = {path.name for path in drafts_of(tmp_path)}
    assert {row[0] for row in rows(tmp_path, "SELECT draft_key_id FROM open_sessions")} == names


async def test_drafts_are_padded_to_whole_steps(tmp_path, sqlite):
    for number in range(12):
        text = "x" * (number * 60)
        await save(sqlite, a_draft(key_of(number), answers={"text": {"text": text}}))

    lengths = {length for (length,) in rows(tmp_path, "SELECT length(sealed) - 40 FROM open_sessions")}

    assert {length % 1024 for length in lengths} == {0}
    assert len(lengths) <= 2


async def test_erasing_destroys_the_key_at_once(tmp_path, sqlite):
    await save(sqlite, a_draft())
    (path,) = drafts_of(tmp_path)
    key = path.read_bytes()

    await sqlite.conversations.take_turn(None, {ROUND: KEY}, TODAY, lambda _: Outcome(erase=KEY))

    assert drafts_of(tmp_path) == []
    assert all(key not in content for content in every_byte(tmp_path).values())
    assert (tmp_path / WAL).stat().st_size == 0


@pytest.mark.parametrize("way", ["idle", "closed"])
async def test_drafts_that_run_out_lose_their_keys(tmp_path, sqlite, way):
    await save(sqlite, a_draft(touched_on=YESTERDAY))

    if way == "idle":
        await sqlite.conversations.forget_idle(TODAY)
    else:
        await sqlite.conversations.erase_round(ROUND)

    assert drafts_of(tmp_path) == []


async def test_forgetting_the_address_of_a_sent_draft_gives_it_a_new_key(tmp_path, sqlite):
    await save(sqlite, a_sent_draft())
    (before,) = drafts_of(tmp_path)

    await sqlite.conversations.forget_address(KEY)

    (after,) = drafts_of(tmp_path)
    assert after.name != before.name
    assert (await sqlite.conversations.draft(KEY)).address == ""


async def test_all_boxes_are_of_one_size_of_at_most_900_bytes(tmp_path, sqlite):
    await save(sqlite, a_sent_draft(choice="x"))
    await save(sqlite, a_sent_draft(OTHER_KEY, choice="abcdefghijklmnopqrstuvwxyz" * 4))
    await sqlite.answers.flush(ROUND, 1)

    lengths = {length for (length,) in rows(tmp_path, "SELECT length(sealed) FROM boxes")}

    assert len(lengths) == 1
    assert lengths.pop() <= 900


async def test_the_schema_refuses_a_box_of_another_size(tmp_path, sqlite):
    connection = sqlite3.connect(tmp_path / DATABASE)

    with pytest.raises(sqlite3.IntegrityError):
        connection.execute("INSERT INTO boxes VALUES (randomblob(16), 'r', randomblob(881), NULL)")
    connection.close()


async def test_no_box_leaves_its_page(tmp_path):
    connection = sqlite3.connect(tmp_path / "boxes.db")
    connection.executescript((MIGRATIONS / "0001_first_light.sql").read_text())
    fullest = "randomblob(16), printf('%.64c', 'r'), randomblob(880), randomblob(32)"
    connection.executescript("".join(f"INSERT INTO boxes VALUES ({fullest});" for _ in range(100)))

    kinds = {kind for (kind,) in connection.execute("SELECT pagetype FROM dbstat WHERE name = 'boxes'")}

    connection.close()
    assert kinds == {"leaf", "internal"}


async def test_text_boxes_hold_whole_steps(tmp_path, sqlite):
    texts = (a_text("x"), a_text("".join(chr(0x4E00 + secrets.randbelow(20_000)) for _ in range(2_000))))
    await save(sqlite, a_sent_draft(texts=texts))
    await sqlite.answers.flush(ROUND, 1)

    lengths = {length - 48 for (length,) in rows(tmp_path, "SELECT length(sealed) FROM text_boxes")}

    assert lengths == {4096, 8192}


async def test_a_written_page_and_one_word_look_alike(tmp_path, sqlite):
    page = "The evening course starts while my shift still runs, and nobody could tell me where else to go. "
    for number, text in enumerate(["No.", page * 10, "אין מקום בקורס. " * 60, "не хватает мест " * 100]):
        answers = {"text": {"text": text[:2_000]}, "more": {"text": text[:2_000]}}
        await save(sqlite, a_draft(key_of(number), answers=answers))
        await save(sqlite, a_sent_draft(key_of(number + 10), texts=(a_text(text[:2_000]),)))
    await sqlite.answers.flush(ROUND, 1)

    for table in ("open_sessions", "text_boxes"):
        assert len(set(rows(tmp_path, f"SELECT length(sealed) FROM {table}"))) == 1


async def test_a_flush_leaves_neither_drafts_nor_keys_nor_a_log(tmp_path, sqlite):
    await send(sqlite, 10)

    await sqlite.answers.flush(ROUND, 10)

    assert (tmp_path / WAL).stat().st_size == 0
    assert drafts_of(tmp_path) == []
    assert rows(tmp_path, "SELECT key FROM open_sessions UNION SELECT key FROM outbox") == []
    assert len(rows(tmp_path, "SELECT key FROM took_part")) == 10


async def test_a_flush_gives_every_box_away_in_a_new_order(tmp_path, sqlite):
    await send(sqlite, 20)
    await sqlite.answers.flush(ROUND, 10)

    boxes = rows(tmp_path, "SELECT hex(id), round, length(sealed), withdrawal FROM boxes")

    assert len({box[0] for box in boxes}) == 20
    assert {box[1:] for box in boxes} == {(ROUND, 880, None)}


async def test_withdrawal_hashes_of_box_and_text_do_not_meet(tmp_path, sqlite):
    await save(sqlite, a_sent_draft(wants_code=True))
    await save(sqlite, a_sent_draft(OTHER_KEY, wants_code=False))
    await sqlite.answers.flush(ROUND, 1)

    boxes = {hash_ for (hash_,) in rows(tmp_path, "SELECT withdrawal FROM boxes")}
    texts = {hash_ for (hash_,) in rows(tmp_path, "SELECT withdrawal FROM text_boxes")}

    assert boxes & texts == {None}
    assert {len(hash_) for hash_ in boxes | texts if hash_} == {32}


def test_the_same_code_hashes_otherwise_in_another_round():
    assert not set(withdrawal_hashes(CODE, b"1" * 32)) & set(withdrawal_hashes(CODE, b"2" * 32))


async def test_withdrawn_answers_leave_no_log(tmp_path, sqlite):
    await save(sqlite, a_sent_draft(wants_code=True))
    await sqlite.answers.flush(ROUND, 1)
    (box,) = rows(tmp_path, "SELECT sealed FROM boxes")[0]

    await sqlite.answers.withdraw(ROUND, CODE)

    assert all(box[:64] not in content for content in every_byte(tmp_path).values())
