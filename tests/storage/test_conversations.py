"""What every keeper of conversations promises."""

import asyncio
from datetime import timedelta

import pytest

from conversations.errors import Conflict, StorageError
from conversations.identifiers import UpdateId
from conversations.ports import Draft, Outcome
from conversations.rounds import RoundState
from conversations.session import Answer, Status
from tests.storage.people import (
    KEY,
    OTHER_KEY,
    OTHER_ROUND,
    ROUND,
    TODAY,
    TOMORROW,
    YESTERDAY,
    a_draft,
    a_notice,
    a_round,
    a_sent_draft,
    a_text,
    key_of,
    known,
    save,
)

UPDATE = UpdateId("telegram:814")
NOTHING = Outcome()


async def turn(stores, decide, update=None, today=TODAY, keys=None):
    return await stores.conversations.take_turn(update, keys or {ROUND: KEY}, today, decide)


class Interrupted(Exception):
    """Something goes wrong in the middle of a turn."""


async def test_what_was_saved_is_found_again(stores):
    draft = a_draft()

    await save(stores, draft)

    assert await stores.conversations.draft(KEY) == draft
    assert (await known(stores)).drafts == (draft,)


async def test_nobody_finds_the_draft_of_somebody_else(stores):
    await save(stores, a_draft())

    assert await stores.conversations.draft(OTHER_KEY) is None
    assert (await known(stores, OTHER_KEY)).drafts == ()


async def test_a_turn_finds_the_drafts_of_all_open_rounds(stores):
    spring, summer = a_draft(), a_draft(OTHER_KEY, round=OTHER_ROUND)
    await save(stores, spring)
    await save(stores, summer)

    outcome = await turn(
        stores, lambda known: Outcome(value=known.drafts), keys={ROUND: KEY, OTHER_ROUND: OTHER_KEY}
    )

    assert set(map(repr, outcome.value)) == {repr(spring), repr(summer)}
    assert {draft.session.round for draft in outcome.value} == {ROUND, OTHER_ROUND}


async def test_an_update_is_taken_once(stores):
    called = []

    first = await turn(stores, lambda _: called.append(1) or NOTHING, UPDATE)
    second = await turn(stores, lambda _: called.append(2) or NOTHING, UPDATE)

    assert first is NOTHING
    assert second is None
    assert called == [1]


async def test_an_update_is_still_known_the_next_day(stores):
    await turn(stores, lambda _: NOTHING, UPDATE)

    assert await turn(stores, lambda _: NOTHING, UPDATE, TOMORROW) is None


@pytest.mark.parametrize("tidied", [True, False])
async def test_an_update_is_forgotten_after_two_days(stores, tidied):
    later = TODAY + timedelta(days=2)
    await turn(stores, lambda _: NOTHING, UPDATE)
    if tidied:
        await stores.conversations.forget_updates(later)

    assert await turn(stores, lambda _: NOTHING, UPDATE, later) is NOTHING


async def test_tidying_forgets_no_update_of_yesterday(stores):
    await turn(stores, lambda _: NOTHING, UPDATE, YESTERDAY)

    await stores.conversations.forget_updates(TODAY)

    assert await turn(stores, lambda _: NOTHING, UPDATE) is None


async def test_lower_update_numbers_than_the_last_are_taken_too(stores):
    await turn(stores, lambda _: NOTHING, UpdateId("900"))

    assert await turn(stores, lambda _: NOTHING, UpdateId("12")) is NOTHING


async def test_a_turn_that_fails_leaves_everything_as_it_was(stores):
    await save(stores, a_draft())

    def interrupt(_known):
        raise Interrupted

    with pytest.raises(Interrupted):
        await turn(stores, interrupt, UPDATE)

    assert await stores.conversations.draft(KEY) == a_draft()
    assert await turn(stores, lambda _: NOTHING, UPDATE) is NOTHING


async def test_a_turn_that_comes_too_late_leaves_nothing_behind(stores):
    await save(stores, a_draft(turn=5))
    late = Outcome(save=a_draft(turn=4, locale="fr"), speak=True, notices=(a_notice(),))

    with pytest.raises(Conflict):
        await turn(stores, lambda _: late, UPDATE)

    assert (await stores.conversations.draft(KEY)).session.turn == 5
    assert await stores.outbox.waiting() == []
    assert await turn(stores, lambda _: NOTHING, UPDATE) is NOTHING


async def test_the_same_turn_is_not_saved_twice(stores):
    await save(stores, a_draft(turn=5))

    with pytest.raises(Conflict):
        await save(stores, a_draft(turn=5))


async def test_a_later_turn_replaces_the_draft(stores):
    await save(stores, a_draft(turn=5))

    await save(stores, a_draft(turn=7, address="web:other"))

    assert (await stores.conversations.draft(KEY)).session.turn == 7
    assert (await stores.conversations.draft(KEY)).address == "web:other"


async def test_many_turns_at_once_are_taken_one_after_the_other(stores):
    await save(stores, a_draft(turn=1))

    def one_more(found):
        session = found.drafts[0].session
        return Outcome(save=Draft(session.model_copy(update={"turn": session.turn + 1})))

    await asyncio.gather(*(turn(stores, one_more, UpdateId(str(number))) for number in range(20)))

    assert (await stores.conversations.draft(KEY)).session.turn == 21


async def test_an_erased_draft_is_gone_with_what_it_had_to_say(stores):
    await save(stores, a_draft(), speak=True)

    await turn(stores, lambda _: Outcome(erase=KEY))

    assert await stores.conversations.draft(KEY) is None
    assert await stores.outbox.waiting() == []


async def test_erasing_what_is_not_there_is_no_fault(stores):
    assert await turn(stores, lambda _: Outcome(erase=KEY, value="done")) == Outcome(erase=KEY, value="done")


async def test_a_new_beginning_erases_and_saves_in_one_turn(stores):
    await save(stores, a_draft(turn=9))

    await turn(stores, lambda _: Outcome(erase=KEY, save=a_draft(turn=1)))

    assert (await stores.conversations.draft(KEY)).session.turn == 1


async def test_idle_drafts_are_forgotten_and_others_are_not(stores):
    await save(stores, a_draft(touched_on=YESTERDAY), speak=True)
    await save(stores, a_draft(OTHER_KEY))

    assert await stores.conversations.forget_idle(TODAY) == 1

    assert await stores.conversations.draft(KEY) is None
    assert await stores.conversations.draft(OTHER_KEY) is not None
    assert await stores.outbox.waiting() == []


async def test_sent_drafts_are_not_idle(stores):
    await save(stores, a_sent_draft(touched_on=YESTERDAY))

    assert await stores.conversations.forget_idle(TODAY) == 0
    assert await stores.conversations.draft(KEY) is not None


async def test_of_somebody_who_left_only_what_was_sent_stays(stores):
    await save(stores, a_draft())
    await save(stores, a_sent_draft(OTHER_KEY))

    await stores.conversations.forget_address(KEY)
    await stores.conversations.forget_address(OTHER_KEY)

    assert await stores.conversations.draft(KEY) is None
    assert await stores.conversations.draft(OTHER_KEY) == Draft(a_sent_draft(OTHER_KEY).session)


async def test_after_an_outage_waiting_sessions_are_prompted_again(stores):
    await save(stores, a_draft(key_of(1)))
    await save(stores, a_draft(key_of(2), touched_on=YESTERDAY - timedelta(days=1)))
    await save(stores, a_draft(key_of(3), address=""))
    await save(stores, a_sent_draft(key_of(4)))
    await save(stores, a_draft(key_of(5)), speak=True)

    prompted = await stores.conversations.prompt_again(YESTERDAY, TODAY)

    assert [draft.session.key for draft in prompted] == [key_of(1)]
    assert {parcel.key for parcel in await stores.outbox.waiting()} == {key_of(1), key_of(5)}
    assert await stores.conversations.prompt_again(YESTERDAY, TODAY) == []


async def test_a_closed_round_loses_its_waiting_drafts_only(stores):
    await save(stores, a_draft())
    await save(stores, a_sent_draft(OTHER_KEY))

    assert await stores.conversations.erase_round(OTHER_ROUND) == 0
    assert await stores.conversations.erase_round(ROUND) == 1

    assert await stores.conversations.draft(KEY) is None
    assert await stores.conversations.draft(OTHER_KEY) is not None


@pytest.mark.parametrize("over", [Status.EXPIRED, Status.WITHDRAWN])
async def test_a_session_that_is_over_is_not_kept(stores, over):
    with pytest.raises(StorageError, match="erased, not kept"):
        await save(stores, a_draft(status=over))


async def test_a_sheet_that_fits_no_box_is_refused_when_it_is_sent(stores):
    sheet = a_sent_draft().session.sheet.model_copy(
        update={"answers": {f"question-{n * 7919 % 10007}": (f"{n**9:x}",) for n in range(120)}}
    )

    with pytest.raises(StorageError, match="does not fit"):
        await save(stores, a_sent_draft(sheet=sheet))


@pytest.mark.parametrize("over", [RoundState.CLOSED, RoundState.RELEASED, RoundState.CANCELLED])
async def test_no_turn_goes_into_a_round_that_is_over(stores, over):
    await stores.rounds.add(a_round(state=RoundState.OPEN))
    await stores.rounds.add(a_round(OTHER_ROUND, state=over))
    called = []

    with pytest.raises(Conflict, match="the round closed meanwhile"):
        await turn(stores, called.append, UPDATE, keys={ROUND: KEY, OTHER_ROUND: OTHER_KEY})

    assert called == []
    assert await turn(stores, lambda _: NOTHING, UPDATE) is NOTHING


async def test_a_round_that_closes_between_two_turns_takes_the_first_only(stores):
    opened = a_round(state=RoundState.OPEN)
    await stores.rounds.add(opened)
    await save(stores, a_draft(turn=1))
    await stores.rounds.advance(opened, a_round(state=RoundState.CLOSED))

    with pytest.raises(Conflict):
        await save(stores, a_draft(turn=2))

    assert (await stores.conversations.draft(KEY)).session.turn == 1


@pytest.mark.parametrize("state", [RoundState.PLANNED, RoundState.OPEN])
async def test_a_turn_goes_into_a_round_that_is_not_over(stores, state):
    await stores.rounds.add(a_round(state=state))

    assert await turn(stores, lambda _: NOTHING) is NOTHING


async def test_an_update_seen_before_is_none_even_after_the_close(stores):
    opened = a_round(state=RoundState.OPEN)
    await stores.rounds.add(opened)
    await turn(stores, lambda _: NOTHING, UPDATE)
    await stores.rounds.advance(opened, a_round(state=RoundState.CLOSED))

    assert await turn(stores, lambda _: NOTHING, UPDATE) is None


@pytest.mark.parametrize(
    "unreadable",
    [
        a_draft(turn=2, answers={"text": Answer(text="half a \ud83d smile")}),
        a_sent_draft(turn=2, texts=(a_text().model_copy(update={"text": "half a \ud83d smile"}),)),
    ],
    ids=["waiting", "sent"],
)
async def test_what_could_not_be_read_again_is_not_stored(stores, unreadable):
    await save(stores, a_draft(turn=1))
    outcome = Outcome(save=unreadable, speak=True, notices=(a_notice(),))

    with pytest.raises(StorageError, match="could not be read again") as caught:
        await turn(stores, lambda _: outcome, UPDATE)

    assert "smile" not in str(caught.value)
    assert await stores.conversations.draft(KEY) == a_draft(turn=1)
    assert await stores.outbox.waiting() == []
    assert await turn(stores, lambda _: NOTHING, UPDATE) is NOTHING
