"""Backups: consistent, without keys, right after a flush; what was erased since never comes back."""

import sqlite3
import stat
from contextlib import closing

import pytest

from conversations.errors import DatabaseUnusable, SchemaTooNew, StorageError
from conversations.facilitating import Evening
from conversations.identifiers import Locale, RelayId
from conversations.ports import Contact, Outcome
from conversations.rounds import RoundState
from storage.backup import Backups, read_backup
from storage.envelope import Cost
from storage.erasures import FILE, Erasures
from storage.escrow import Escrow
from storage.files import Claim
from storage.keyring import KeyFolder
from storage.opening import CONTACTS, DATABASE, open_stores
from storage.restoring import restore
from tests.storage.disk import rows
from tests.storage.people import (
    ADDRESS,
    CODE,
    OTHER_ROUND,
    ROUND,
    TEXT,
    TODAY,
    a_draft,
    a_notice,
    a_round,
    a_sent_draft,
    key_of,
    save,
    send,
)

PASSPHRASE = "five words that nobody says"
ESCROW = "five other words of somebody else"
CHEAP = Cost(1, 8 * 1024**2)  # what a test may spend on a passphrase
FLUSH_AT = 10
OTHER_CODE = "0000111122223333"
SOMEBODY = Contact("telegram:7300099555555", Locale("fr"))
SOMEBODY_ELSE = Contact("telegram:7300099666666", Locale("ar"))


class Installation:
    """A data folder with an open round, and a place for backups beside it."""

    def __init__(self, place):
        self.folder = place / "data"
        self.file = place / "monday.backup"
        self.keys_file = place / "round.keys"
        self.backups = Backups(self.folder, "1.0", CHEAP)
        self.escrow = Escrow(self.folder, CHEAP)

    async def open(self):
        self.stores = await open_stores(self.folder)
        return self.stores

    async def begin(self):
        await self.open()
        await self.stores.rounds.add(a_round(state=RoundState.OPEN))
        self.stores.keyring.make_round(ROUND)

    async def flush(self):
        await self.stores.answers.flush(ROUND, FLUSH_AT)

    async def back_up(self, flush=None):
        return await self.backups.take(self.file, PASSPHRASE, flush or self.flush, FLUSH_AT, TODAY)

    def restore(self, **ways):
        return restore(self.folder, self.file, PASSPHRASE, TODAY, **ways)

    def lose_the_disk(self):
        self.folder.rename(self.folder.with_name("lost"))

    async def contacts(self):
        return {contact.address for contact in await self.stores.contacts.all()}


@pytest.fixture
async def installation(tmp_path):
    installation = Installation(tmp_path)
    await installation.begin()
    yield installation
    await installation.stores.close()


def image(installation, name=DATABASE) -> bytes:
    return read_backup(installation.file, PASSPHRASE)[1][name]


def in_image(installation, statement, name=DATABASE) -> list:
    with closing(sqlite3.connect(":memory:")) as database:
        database.deserialize(image(installation, name))
        return database.execute(statement).fetchall()


async def test_a_backup_says_what_it_holds_and_holds_no_key(installation):
    await send(installation.stores, 12)
    manifest = await installation.back_up()

    keys = [path.read_bytes() for path in (installation.folder / "keys").rglob("*") if path.is_file()]
    whole = b"".join(read_backup(installation.file, PASSPHRASE)[1].values())

    assert (manifest.program, manifest.made_on, manifest.rounds) == ("1.0", TODAY, {ROUND: "open"})
    assert manifest.schemas == {
        DATABASE: rows(installation.folder, "SELECT max(version) FROM migrations")[0][0],
        CONTACTS: 1,
    }
    assert len([key for key in keys if len(key) == 32]) > 3
    assert [key for key in keys if key and (key in whole or key.hex().encode() in whole)] == []
    assert stat.S_IMODE(installation.file.stat().st_mode) == 0o600
    assert [path.name for path in installation.file.parent.iterdir()] == ["monday.backup", "data"] or len(
        list(installation.file.parent.iterdir())
    ) == 2


async def test_nothing_of_anybody_can_be_read_in_the_file(installation):
    await save(installation.stores, a_draft())
    await installation.stores.contacts.opt_in(SOMEBODY, TODAY)
    await send(installation.stores, 12, first=1)
    await installation.back_up()

    sealed = installation.file.read_bytes()

    for canary in (ADDRESS, SOMEBODY.address, TEXT, CODE, ROUND, key_of(3), "Spring", "SQLite format"):
        assert canary.encode() not in sealed


async def test_a_backup_leaves_out_update_numbers_words_to_addresses_and_deleted_remains(installation):
    stores = installation.stores
    await stores.conversations.take_turn(
        "77001100220033", {}, TODAY, lambda _: Outcome(notices=(a_notice(),))
    )
    await save(stores, a_draft(key_of(77)))
    await send(stores, 12)
    await stores.conversations.take_turn(None, {}, TODAY, lambda _: Outcome(erase=key_of(77)))
    await installation.back_up()

    assert b"77001100220033" not in image(installation)
    assert key_of(77).encode() not in image(installation)
    assert in_image(installation, "SELECT count(*) FROM outbox WHERE sealed IS NOT NULL") == [(0,)]
    assert in_image(installation, "PRAGMA freelist_count") == [(0,)]


async def test_a_backup_leaves_out_who_was_told_what_and_where_somebody_helps(installation):
    """Nobody who opts out since comes back as a hash that the installation's key can find."""
    stores = installation.stores
    await stores.told.tell("invite:spring", {SOMEBODY.address: None}, TODAY)
    chat = "telegram:7300099555555"
    evening = Evening(chat=chat, relay=RelayId("r0001"), person=7, leaving=None, began_on=TODAY, proof="")
    await stores.facilitating.keep(evening)
    await installation.back_up()

    assert in_image(installation, "SELECT count(*) FROM told") == [(0,)]
    assert in_image(installation, "SELECT count(*) FROM facilitating") == [(0,)]
    assert rows(installation.folder, "SELECT count(*) FROM told") == [(2,)]


async def test_a_backup_is_taken_right_after_a_flush(installation):
    await send(installation.stores, 12)

    await installation.back_up()

    assert in_image(installation, "SELECT count(*) FROM open_sessions") == [(0,)]
    assert in_image(installation, "SELECT count(*) FROM boxes") == [(12,)]


async def test_a_flush_is_tried_again_when_answers_come_in_between(installation):
    calls = []

    async def flush():
        await installation.flush()
        calls.append(None)
        if len(calls) == 1:
            await send(installation.stores, 10, first=100)

    await installation.back_up(flush)

    assert len(calls) == 2
    assert in_image(installation, "SELECT count(*) FROM boxes") == [(10,)]


async def test_without_a_flush_there_is_no_backup(installation):
    async def flush():
        pass

    await send(installation.stores, 10)

    with pytest.raises(StorageError, match="answers come in faster than they are boxed; try again"):
        await installation.back_up(flush)

    assert not installation.file.exists()


async def test_a_restored_folder_goes_on_where_the_backup_was_taken(installation):
    await send(installation.stores, 12)
    await save(installation.stores, a_draft(key_of(50)))
    await installation.stores.contacts.opt_in(SOMEBODY, TODAY)
    await installation.back_up()
    await installation.stores.close()
    for path in installation.folder.glob("*.db*"):
        path.unlink()

    done = installation.restore()
    stores = await installation.open()

    assert done.put_aside is None
    assert (done.without_keys, done.contacts_left_out) == ((), False)
    assert len(await stores.answers.open_boxes(ROUND)) == 12
    assert await stores.conversations.draft(key_of(50)) == a_draft(key_of(50))
    assert await installation.contacts() == {SOMEBODY.address}


async def test_withdrawn_answers_and_erased_drafts_do_not_come_back(installation):
    stores = installation.stores
    await send(stores, 10, wants_code=True, withdrawal_code=OTHER_CODE)
    await save(stores, a_sent_draft(key_of(20), wants_code=True))
    await stores.answers.flush(ROUND, 1)
    await save(stores, a_draft(key_of(30)))
    await save(stores, a_draft(key_of(31)), speak=True)
    await installation.back_up()
    assert await stores.answers.withdraw(ROUND, CODE)
    await stores.conversations.take_turn(None, {}, TODAY, lambda _: Outcome(erase=key_of(31)))
    await stores.close()

    installation.restore(replace=True)
    stores = await installation.open()

    assert len(await stores.answers.open_boxes(ROUND)) == 10
    assert len(await stores.answers.open_texts(ROUND)) == 10
    assert rows(installation.folder, "SELECT key FROM open_sessions") == [(key_of(30),)]
    assert rows(installation.folder, "SELECT count(*) FROM outbox") == [(0,)]
    left = b"".join(path.read_bytes() for path in installation.folder.glob("portevoix.db*"))
    assert key_of(31).encode() not in left


async def test_who_opted_out_does_not_come_back_unless_they_opted_in_again(installation):
    contacts = installation.stores.contacts
    for contact in (SOMEBODY, SOMEBODY_ELSE):
        await contacts.opt_in(contact, TODAY)
    await installation.back_up()
    await contacts.opt_out(SOMEBODY.address)
    await contacts.opt_out(SOMEBODY_ELSE.address)
    await contacts.opt_in(SOMEBODY_ELSE, TODAY)
    await installation.stores.close()

    installation.restore(replace=True)
    await installation.open()

    assert await installation.contacts() == {SOMEBODY_ELSE.address}


async def test_a_database_that_is_there_is_kept_and_put_aside_only_when_asked(installation):
    await send(installation.stores, 10)
    await installation.back_up()
    await send(installation.stores, 10, first=10)
    await installation.flush()
    await installation.stores.close()

    with pytest.raises(StorageError, match=r"there is a database in .* already; add --replace"):
        installation.restore()
    done = installation.restore(replace=True)

    assert done.put_aside is not None
    assert rows(done.put_aside, "SELECT count(*) FROM boxes") == [(20,)]
    assert rows(installation.folder, "SELECT count(*) FROM boxes") == [(10,)]


async def test_nothing_is_restored_under_a_program_that_serves(installation):
    await installation.back_up()
    serving = Claim(installation.folder)
    serving.take()

    with pytest.raises(DatabaseUnusable, match=r"another portevoix serve uses .*; stop it first"):
        installation.restore(replace=True)

    serving.give_back()


async def test_a_refused_backup_changes_nothing(installation):
    await installation.back_up()
    await installation.stores.close()
    before = (installation.folder / DATABASE).read_bytes()

    with pytest.raises(StorageError, match="the passphrase does not open"):
        restore(installation.folder, installation.file, "another passphrase", TODAY, replace=True)

    assert (installation.folder / DATABASE).read_bytes() == before
    assert list(installation.folder.glob("replaced-*")) == []


async def test_a_backup_of_a_newer_schema_has_its_own_words(installation):
    await installation.stores.close()
    with closing(sqlite3.connect(installation.folder / DATABASE)) as database:
        database.execute("INSERT INTO migrations (version, name) VALUES (9999, 'later')")
        database.commit()

    async def nothing():
        pass

    await installation.back_up(nothing)

    with pytest.raises(SchemaTooNew, match="was made by a newer version of portevoix; install that version"):
        installation.restore(replace=True)


async def test_a_lost_disk_loses_contacts_and_the_keys_that_were_not_in_escrow(installation):
    await send(installation.stores, 12)
    await installation.stores.contacts.opt_in(SOMEBODY, TODAY)
    await installation.back_up()
    await installation.stores.close()
    installation.lose_the_disk()

    done = installation.restore()
    stores = await installation.open()

    assert done.without_keys == (ROUND,)
    assert done.contacts_left_out
    assert await installation.contacts() == set()
    with pytest.raises(StorageError, match="the keys of round 2026-spring are gone"):
        await stores.answers.open_boxes(ROUND)


async def test_keys_in_escrow_open_the_boxes_again(installation):
    await send(installation.stores, 12)
    await installation.back_up()
    assert not installation.escrow.escrowed(ROUND)
    assert installation.escrow.write(installation.keys_file, ESCROW, [ROUND, OTHER_ROUND]) == (ROUND,)
    assert installation.escrow.escrowed(ROUND)
    await installation.stores.close()
    installation.lose_the_disk()
    installation.restore()

    done = await installation.escrow.recover(installation.keys_file, ESCROW)

    stores = await installation.open()
    assert (done.rounds, done.left_out) == ((ROUND,), ())
    assert installation.escrow.escrowed(ROUND)
    assert len(await stores.answers.open_boxes(ROUND)) == 12
    assert len(await stores.answers.open_texts(ROUND)) == 12


async def test_notes_that_were_copied_elsewhere_hold_after_a_lost_disk(installation):
    await send(installation.stores, 12, wants_code=True, withdrawal_code=OTHER_CODE)
    await save(installation.stores, a_sent_draft(key_of(20), wants_code=True))
    await installation.stores.answers.flush(ROUND, 1)
    await installation.back_up()
    installation.escrow.write(installation.keys_file, ESCROW, [ROUND])
    assert await installation.stores.answers.withdraw(ROUND, CODE)
    notes = (installation.folder / FILE).read_bytes()
    await installation.stores.close()
    installation.lose_the_disk()

    installation.folder.mkdir()
    (installation.folder / FILE).write_bytes(notes)
    installation.restore()
    await installation.escrow.recover(installation.keys_file, ESCROW)

    stores = await installation.open()
    assert len(await stores.answers.open_boxes(ROUND)) == 12


async def test_keys_never_replace_others(installation):
    installation.escrow.write(installation.keys_file, ESCROW, [ROUND])
    secret = installation.folder / "keys" / "rounds" / ROUND / "pseudonyms.key"
    secret.write_bytes(bytes(32))

    with pytest.raises(StorageError, match="round 2026-spring has other keys here than in this file"):
        await installation.escrow.recover(installation.keys_file, ESCROW)

    assert secret.read_bytes() == bytes(32)


async def test_keys_of_released_rounds_stay_destroyed(installation):
    stores = installation.stores
    installation.escrow.write(installation.keys_file, ESCROW, [ROUND])
    stores.keyring.destroy_round(ROUND)
    stores.keyring.destroy_texts(ROUND)
    for before, after in (("OPEN", "CLOSED"), ("CLOSED", "RELEASED")):
        moved = a_round(state=RoundState[after])
        assert await stores.rounds.advance(a_round(state=RoundState[before]), moved)

    done = await installation.escrow.recover(installation.keys_file, ESCROW)

    assert (done.rounds, done.left_out) == ((), (ROUND,))
    assert not list((installation.folder / "keys" / "rounds" / ROUND).glob("*.key"))


async def test_there_is_nothing_to_put_in_escrow_without_rounds(installation):
    with pytest.raises(StorageError, match="no round is open: there are no keys to put in escrow"):
        installation.escrow.write(installation.keys_file, ESCROW, [OTHER_ROUND])

    assert not installation.keys_file.exists()


async def test_keys_need_a_database_first(installation, tmp_path):
    installation.escrow.write(installation.keys_file, ESCROW, [ROUND])

    with pytest.raises(StorageError, match=r"there is no database in .*; portevoix restore comes first"):
        await Escrow(tmp_path / "new").recover(installation.keys_file, ESCROW)


def test_notes_of_erasures_show_neither_order_nor_time(tmp_path):
    keys = KeyFolder(tmp_path)
    keys.make_round(ROUND)
    erasures = Erasures(tmp_path, keys)
    hashes = [bytes([number]) * 32 for number in range(40)]
    for hash_ in hashes:
        erasures.note_answers(ROUND, hash_)
    erasures.note_answers(ROUND, hashes[7])

    content = (tmp_path / FILE).read_bytes()
    notes = [content[start : start + 32] for start in range(0, len(content), 32)]

    assert len(notes) == 40
    assert notes == sorted(notes)
    assert [hash_ for hash_ in hashes if hash_ in content] == []
    assert (tmp_path / FILE).stat().st_mtime == 0
    assert stat.S_IMODE((tmp_path / FILE).stat().st_mode) == 0o600
    assert erasures.withdrawn(ROUND, [*hashes, b"other"]) == set(hashes)
    assert erasures.opted_out(hashes) == set()
