"""What every keeper of who was told what promises: once, at most weekly, and never who needed no letter."""

from datetime import timedelta

import pytest

from conversations.conduct import Hours
from conversations.identifiers import Locale
from conversations.letters import as_letter, invitation, reminder
from conversations.ports import Contact, Notice, Outcome
from conversations.session import Status
from storage.opening import DATABASE, open_stores
from storage.told import RESTORED, note_restored
from tests.conftest import NOON
from tests.storage.people import KEY, OTHER_KEY, TODAY, a_draft, key_of, save, send

HERE, THERE = "telegram:2200000000001:0", "telegram:2200000000002:0"
CAUSE, NEXT = invitation("spring"), reminder("spring", 1)


def a_letter(address=HERE):
    return as_letter(Notice(address, Locale("fr"), "letter.invitation"), Hours(), "UTC", NOON)


async def waiting(stores):
    return sorted(parcel.notice.address for parcel in await stores.outbox.waiting())


async def test_a_letter_is_put_once(stores):
    letters = {HERE: a_letter(), THERE: a_letter(THERE)}

    told = [await stores.told.tell(CAUSE, letters, TODAY + timedelta(days=30 * n)) for n in range(3)]

    assert told == [2, 0, 0]
    assert await waiting(stores) == [HERE, THERE]
    assert await stores.told.due(CAUSE, [HERE, THERE], TODAY) == {}


async def test_nobody_gets_two_letters_within_a_week_whatever_the_cause(stores):
    await stores.told.tell(CAUSE, {HERE: a_letter()}, TODAY)

    within = await stores.told.tell(NEXT, {HERE: a_letter()}, TODAY + timedelta(days=6))
    free = await stores.told.due(NEXT, [HERE, THERE], TODAY + timedelta(days=6))
    after = await stores.told.tell(NEXT, {HERE: a_letter()}, TODAY + timedelta(days=7))

    assert (within, after) == (0, 1)
    assert free == {HERE: TODAY + timedelta(days=7), THERE: TODAY + timedelta(days=6)}
    assert await waiting(stores) == [HERE, HERE]


async def test_who_needs_no_letter_is_noted_all_the_same(stores):
    assert await stores.told.tell(CAUSE, {HERE: None}, TODAY) == 1

    assert await waiting(stores) == []
    assert await stores.told.due(CAUSE, [HERE], TODAY) == {}
    assert await stores.told.due(NEXT, [HERE], TODAY) == {HERE: TODAY + timedelta(days=7)}


async def test_whoever_opts_out_leaves_no_row_and_no_letter(stores):
    for address in (HERE, THERE):
        await stores.contacts.opt_in(Contact(address, Locale("en")), TODAY)
    await stores.told.tell(CAUSE, {HERE: a_letter(), THERE: a_letter(THERE)}, TODAY)

    await stores.contacts.opt_out(HERE)
    await stores.contacts.opt_out(HERE)

    assert await waiting(stores) == [THERE]
    assert await stores.told.due(CAUSE, [HERE, THERE], TODAY) == {HERE: TODAY}
    assert await stores.contacts.known([HERE, THERE]) == {THERE}


async def test_other_notices_to_somebody_who_opts_out_are_still_said(stores):
    said = Outcome(notices=(Notice(HERE, Locale("en"), "notice.news_no"),))
    await stores.conversations.take_turn(None, {}, TODAY, lambda _: said)

    await stores.contacts.opt_out(HERE)

    assert await waiting(stores) == [HERE]


async def test_rows_go_with_their_cause_and_the_cap_after_eight_days(stores):
    await stores.told.tell(CAUSE, {HERE: None}, TODAY)

    await stores.told.keep_only({CAUSE}, TODAY + timedelta(days=8))
    assert await stores.told.told([CAUSE]) == 1
    await stores.told.keep_only({NEXT}, TODAY + timedelta(days=9))

    assert await stores.told.told([CAUSE]) == 0
    assert await stores.told.due(CAUSE, [HERE], TODAY) == {HERE: TODAY}


async def test_notices_that_wait_are_counted(stores):
    await stores.told.tell(CAUSE, {HERE: a_letter(), THERE: None}, TODAY)
    await save(stores, a_draft(), speak=True)

    assert await stores.told.waiting() == 1


async def test_who_has_begun_and_who_has_sent_is_found_by_key(stores):
    await save(stores, a_draft())
    await send(stores, 12, first=50)

    found = await stores.conversations.standing([KEY, OTHER_KEY, key_of(50)])
    await stores.answers.flush(a_draft().session.round, 10)
    later = await stores.conversations.standing([KEY, OTHER_KEY, key_of(50)])

    assert found == later == {KEY: Status.WAITING, key_of(50): Status.SENT}


async def test_after_a_restore_the_day_of_it_is_known(tmp_path, sqlite):
    assert await sqlite.told.restored_on() is None

    note_restored(tmp_path, TODAY)

    assert await sqlite.told.restored_on() == TODAY
    assert (tmp_path / RESTORED).read_text() == TODAY.isoformat()


async def test_two_programs_tell_each_address_once(tmp_path, sqlite):
    other = await open_stores(tmp_path)
    people = [f"telegram:{2**41 + number}:0" for number in range(60)]
    batches = [people[start : start + 20] for start in range(0, 60, 20)]

    told = 0
    for batch in batches:
        for stores in (sqlite, other):
            told += await stores.told.tell(CAUSE, {one: a_letter(one) for one in batch}, TODAY)
    await other.close()

    assert told == 60
    assert await waiting(sqlite) == sorted(people)
    assert (tmp_path / DATABASE).exists()


async def test_a_letter_that_cannot_be_kept_takes_every_row_of_its_transaction_back(sqlite):
    broken = Notice(THERE, Locale("fr"), "letter.invitation", {"day": object()})

    with pytest.raises(TypeError):
        await sqlite.told.tell(CAUSE, {HERE: a_letter(), THERE: broken}, TODAY)

    assert await sqlite.told.told([CAUSE, "week"]) == 0
    assert await waiting(sqlite) == []
