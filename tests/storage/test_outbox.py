"""What every outbox promises."""

from datetime import timedelta

from conversations.identifiers import Locale
from conversations.ports import Notice, NoticeButton, Outcome
from tests.storage.people import KEY, OTHER_KEY, ROUND, TODAY, TOMORROW, a_draft, a_notice, save


async def tell(stores, notice):
    await stores.conversations.take_turn(None, {}, TODAY, lambda _: Outcome(notices=(notice,)))


async def test_a_saved_turn_waits_to_be_said(stores):
    await save(stores, a_draft(turn=3), speak=True)

    (parcel,) = await stores.outbox.waiting()

    assert (parcel.key, parcel.turn, parcel.notice) == (KEY, 3, None)


async def test_a_turn_that_says_nothing_puts_nothing_in(stores):
    await save(stores, a_draft())

    assert await stores.outbox.waiting() == []


async def test_a_newer_turn_stands_for_the_older_ones_of_its_session(stores):
    await save(stores, a_draft(OTHER_KEY), speak=True)
    for turn in (1, 2, 3):
        await save(stores, a_draft(turn=turn), speak=True)

    turns = {parcel.key: parcel.turn for parcel in await stores.outbox.waiting()}

    assert turns == {KEY: 3, OTHER_KEY: 1}
    assert len(await stores.outbox.waiting()) == 2


async def test_what_was_said_is_struck_out_and_noted(stores):
    await save(stores, a_draft(turn=3), speak=True)
    (parcel,) = await stores.outbox.waiting()

    await stores.outbox.said(parcel, "message 99")

    assert await stores.outbox.waiting() == []
    draft = await stores.conversations.draft(KEY)
    assert (draft.shown, draft.session) == ("message 99", a_draft(turn=3).session)


async def test_saying_without_a_note_leaves_the_note(stores):
    await save(stores, a_draft(), speak=True)
    (parcel,) = await stores.outbox.waiting()

    await stores.outbox.said(parcel)

    assert (await stores.conversations.draft(KEY)).shown == "message 12"


async def test_a_note_survives_a_newer_turn_that_came_in_between(stores):
    await save(stores, a_draft(turn=3), speak=True)
    (older,) = await stores.outbox.waiting()
    await save(stores, a_draft(turn=4), speak=True)

    await stores.outbox.said(older, "message 99")

    (newer,) = await stores.outbox.waiting()
    assert newer.turn == 4
    assert (await stores.conversations.draft(KEY)).shown == "message 99"


async def test_saying_to_a_session_that_is_gone_is_no_fault(stores):
    await save(stores, a_draft(), speak=True)
    (parcel,) = await stores.outbox.waiting()
    await stores.conversations.take_turn(None, {ROUND: KEY}, TODAY, lambda _: Outcome(erase=KEY))

    await stores.outbox.said(parcel, "message 99")

    assert await stores.conversations.draft(KEY) is None


async def test_a_notice_comes_out_as_it_went_in(stores):
    button = NoticeButton("n1", "reminder.stop", {"round": "spring"})
    notice = Notice("web:1", Locale("ar"), "round.released", {"people": 120}, (button,))

    await tell(stores, notice)

    (parcel,) = await stores.outbox.waiting()
    assert (parcel.notice, parcel.key, parcel.turn) == (notice, None, None)
    await stores.outbox.said(parcel)
    assert await stores.outbox.waiting() == []


async def test_what_could_not_be_said_for_two_days_is_dropped(stores):
    await tell(stores, a_notice())

    assert await stores.outbox.drop_old(TOMORROW) == 0
    assert await stores.outbox.drop_old(TODAY + timedelta(days=2)) == 1
    assert await stores.outbox.waiting() == []


async def test_a_notice_keeps_what_it_takes_the_place_of(stores):
    notice = Notice("telegram:1099511627777:0", Locale("en"), "notice.erased", shown='{"message": 7}')
    await stores.conversations.take_turn(None, {}, TODAY, lambda _: Outcome(notices=(notice,)))

    waiting = await stores.outbox.waiting()

    assert [parcel.notice for parcel in waiting] == [notice]
