"""What every keeper of rounds promises of their lives, and of what series are planned from."""

import sqlite3
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from conversations.errors import RoundError, StorageError
from conversations.life import Change, Deed
from conversations.rounds import RoundState
from conversations.schedule import Schedule, Span
from storage.opening import DATABASE, open_stores
from tests.storage.people import OTHER_ROUND, ROUND, a_round

AT = datetime(2026, 3, 2, 8, tzinfo=UTC)
LATER = AT + timedelta(days=3, microseconds=7)
SCHEDULE = Schedule(
    id="town/learning",
    city="town",
    series="learning",
    benchmark="language-learning",
    name="Round {number} – été",
    timezone="Europe/Brussels",
    first=datetime.fromisoformat("2027-01-31T09:00"),
    open_for=Span(3, "week"),
    every=Span(3, "month"),
    count=8,
    drafts=("fr", "ar"),
    k=12,
    plan="k = 12\n",
    conduct={"listening": True},
)


async def test_each_change_of_a_round_is_kept_in_order_with_time_hand_and_reason(stores):
    planned = a_round()
    prepared = replace(planned, note={"en": "New courses.", "ar": "دورات"}, without_answer="an election")
    opened = replace(prepared, state=RoundState.OPEN, opened_at=LATER)
    closed = replace(opened, state=RoundState.CLOSED, closed_at=LATER)

    await stores.rounds.add(planned, Deed(AT))
    assert await stores.rounds.advance(planned, prepared, Deed(AT, "staff", "note"))
    assert await stores.rounds.advance(prepared, opened, Deed(LATER, "clock", "late"))
    assert await stores.rounds.advance(opened, closed)

    assert await stores.rounds.history(ROUND) == [
        Change("planned", AT, "staff"),
        Change("prepared", AT, "staff", "note"),
        Change("opened", LATER, "clock", "late"),
        Change("closed", LATER, "staff"),
    ]
    assert await stores.rounds.history(OTHER_ROUND) == []
    assert await stores.rounds.get(ROUND) == closed


async def test_a_change_that_was_not_made_leaves_nothing_in_the_history(stores):
    planned = a_round()
    await stores.rounds.add(planned, Deed(AT))
    await stores.rounds.advance(planned, replace(planned, state=RoundState.CANCELLED), Deed(AT))

    assert not await stores.rounds.advance(planned, replace(planned, state=RoundState.OPEN), Deed(LATER))
    assert not await stores.rounds.offer(a_round(), Deed(LATER))
    with pytest.raises(RoundError, match="already"):
        await stores.rounds.add(a_round(), Deed(LATER))

    assert [change.change for change in await stores.rounds.history(ROUND)] == ["planned", "cancelled"]


async def test_a_round_whose_note_was_changed_meanwhile_does_not_move(stores):
    planned = a_round(note={"en": "Old"})
    await stores.rounds.add(planned)
    noted = replace(planned, note={"en": "New"})
    assert await stores.rounds.advance(planned, noted)

    assert not await stores.rounds.advance(planned, replace(planned, state=RoundState.OPEN))
    assert not await stores.rounds.advance(planned, replace(planned, without_answer="a reason"))
    assert await stores.rounds.get(ROUND) == noted


async def test_a_place_in_a_series_is_taken_once(stores):
    first = a_round(schedule="town/learning", number=1)

    assert await stores.rounds.offer(first)
    assert not await stores.rounds.offer(replace(first, id=OTHER_ROUND))
    assert await stores.rounds.offer(replace(first, id=OTHER_ROUND, number=2))

    numbers = [round_.number for round_ in await stores.rounds.all()]
    assert sorted(numbers) == [1, 2]


async def test_a_schedule_comes_out_as_it_went_in_and_ends_once(stores):
    await stores.schedules.add(SCHEDULE)
    await stores.schedules.add(replace(SCHEDULE, id="another", count=None, conduct={}))
    with pytest.raises(RoundError, match="already"):
        await stores.schedules.add(SCHEDULE)

    assert await stores.schedules.all() == [replace(SCHEDULE, id="another", count=None, conduct={}), SCHEDULE]
    assert await stores.schedules.end("town/learning") is True
    assert await stores.schedules.end("town/learning") is False
    assert await stores.schedules.end("nowhere") is False
    assert [schedule.ended for schedule in await stores.schedules.all()] == [False, True]


async def test_a_change_and_its_history_are_one_transaction(tmp_path):
    stores = await open_stores(tmp_path)
    planned = a_round()
    await stores.rounds.add(planned, Deed(AT))

    with pytest.raises(StorageError, match="nothing was stored"):
        await stores.rounds.advance(planned, replace(planned, state=RoundState.OPEN), Deed(AT, "nobody"))

    assert (await stores.rounds.get(ROUND)).state is RoundState.PLANNED
    await stores.close()
    with sqlite3.connect(tmp_path / DATABASE) as beside:
        assert beside.execute("SELECT change, made_by FROM audit").fetchall() == [("planned", "staff")]
    beside.close()
