"""What a crash, or an exception in the middle, leaves behind: everything or nothing."""

import pytest

from conversations.errors import StorageError
from conversations.ports import Contact
from storage.answers import Answers
from storage.database import MIGRATIONS, Database
from storage.erasures import Erasures
from storage.keyring import KeyFolder
from storage.opening import DATABASE, open_stores
from tests.storage.disk import drafts_of, rows
from tests.storage.people import (
    ADDRESS,
    KEY,
    ROUND,
    TODAY,
    a_draft,
    save,
    send,
)


async def test_a_draft_whose_key_is_gone_counts_as_none(tmp_path, sqlite):
    await save(sqlite, a_draft())
    await sqlite.close()
    for path in drafts_of(tmp_path):
        path.unlink()

    stores = await open_stores(tmp_path)
    assert await stores.conversations.draft(KEY) is None
    await save(stores, a_draft(turn=1))

    assert await stores.conversations.draft(KEY) == a_draft(turn=1)
    await stores.close()


async def test_a_crash_between_commit_and_destruction_is_finished_at_the_next_start(tmp_path, sqlite):
    await send(sqlite, 3)
    saved = {path.name: path.read_bytes() for path in drafts_of(tmp_path)}
    await sqlite.answers.flush(ROUND, 1)
    await sqlite.close()
    for name, key in saved.items():  # as if the power had gone right after the commit
        (tmp_path / "keys" / "drafts" / name).write_bytes(key)

    stores = await open_stores(tmp_path)

    assert drafts_of(tmp_path) == []
    assert await stores.answers.count(ROUND) == 3
    assert await stores.answers.flush(ROUND, 1) == 0
    await stores.close()


async def test_a_crash_before_the_flush_commits_loses_nothing(tmp_path, sqlite):
    await send(sqlite, 3)
    database = await Database.open(tmp_path / DATABASE, MIGRATIONS)
    pair = tmp_path / "keys" / "rounds" / ROUND / "texts.pub"
    public = pair.read_bytes()
    pair.unlink()
    keys = KeyFolder(tmp_path)
    answers = Answers(database, keys, Erasures(tmp_path, keys))

    with pytest.raises(StorageError):
        await answers.flush(ROUND, 1)

    pair.write_bytes(public)
    assert await answers.flush(ROUND, 1) == 3
    await database.close()


async def test_a_half_written_key_is_swept_away(tmp_path, sqlite):
    await save(sqlite, a_draft())
    await sqlite.close()
    (tmp_path / "keys" / "drafts" / "abc.unfinished").write_bytes(b"half")

    stores = await open_stores(tmp_path)

    assert len(drafts_of(tmp_path)) == 1
    assert await stores.conversations.draft(KEY) == a_draft()
    await stores.close()


async def test_everything_is_still_there_after_a_restart(tmp_path, sqlite):
    await save(sqlite, a_draft(), speak=True)
    await sqlite.contacts.opt_in(Contact(ADDRESS, "fr"), TODAY)
    secret = sqlite.keyring.round_secret(ROUND)
    await sqlite.close()

    stores = await open_stores(tmp_path)

    assert await stores.conversations.draft(KEY) == a_draft()
    assert len(await stores.outbox.waiting()) == 1
    assert await stores.contacts.all() == [Contact(ADDRESS, "fr")]
    assert stores.keyring.round_secret(ROUND) == secret
    await stores.close()


async def test_a_turn_that_fails_gives_nothing_to_the_log(tmp_path, sqlite):
    await save(sqlite, a_draft())
    before = rows(tmp_path, "SELECT * FROM open_sessions"), drafts_of(tmp_path)

    def interrupt(_known):
        raise InterruptedError

    with pytest.raises(InterruptedError):
        await sqlite.conversations.take_turn("1", {ROUND: KEY}, TODAY, interrupt)

    assert (rows(tmp_path, "SELECT * FROM open_sessions"), drafts_of(tmp_path)) == before
    assert rows(tmp_path, "SELECT seen FROM seen_even UNION SELECT seen FROM seen_odd") == []


async def test_the_destruction_of_a_round_destroys_the_keys_of_its_last_drafts(tmp_path, sqlite):
    await save(sqlite, a_draft())
    await send(sqlite, 2)

    await sqlite.answers.destroy(ROUND)

    assert drafts_of(tmp_path) == []
    assert rows(tmp_path, "SELECT key FROM open_sessions") == []
