"""Series of rounds: every transition once, over zones, downtime, deaths, clock steps and two processes."""

import logging
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.campaigns import Campaigns
from conversations.errors import RoundError, StorageError
from conversations.rounds import RoundState
from storage.opening import memory_stores, open_stores
from tests.bot.eight_rounds import CALENDAR, CITY, SCHEDULE, live, own_city
from tests.bot.houses import MovableClock, a_house, plan
from tests.series.runs import ZONES, Difference, run
from tests.series.town import Town

RUNS, ON_DISK = 100, 10
"""Runs of the short form, and those of them on SQLite; `python -m tests.series` makes 5,000."""
DAY = timedelta(days=1)
EARLIER = datetime(2027, 1, 1, tzinfo=UTC)


@pytest.fixture
def clock():
    return MovableClock(EARLIER)


@pytest.fixture
async def house(tmp_path, clock):
    own_city(tmp_path)
    async with a_house("memory", tmp_path, clock) as house:
        yield house


@pytest.fixture(scope="module")
def town():
    return Town()


@pytest.mark.slow
async def test_a_hundred_series_over_ten_zones_make_each_transition_once(town):
    changes = 0
    for seed in range(RUNS):
        changes += await run(town, memory_stores(), seed)

    assert len(ZONES) == 10
    assert changes > 10 * RUNS


@pytest.mark.slow
async def test_two_processes_on_one_database_make_each_transition_once(town, tmp_path):
    for seed in range(ON_DISK):
        stores, others = [await open_stores(tmp_path / str(seed)) for _ in range(2)]
        try:
            await run(town, stores, 10_000 + seed, others)
        finally:
            await stores.close()
            await others.close()


class Careless:
    """Rounds that move on whatever became of them meanwhile."""

    def __init__(self, rounds):
        self._rounds = rounds

    def __getattr__(self, name):
        return getattr(self._rounds, name)

    async def advance(self, before, after, deed=None):
        kept = await self._rounds.get(before.id)
        stands = {"state": kept.state, "note": kept.note, "without_answer": kept.without_answer}
        return await self._rounds.advance(replace(before, **stands), after, deed)


async def test_a_run_notices_a_transition_that_is_made_twice(town):
    stores = memory_stores()

    with pytest.raises(Difference, match="lived"):
        await run(town, replace(stores, rounds=Careless(stores.rounds)), 0)


@pytest.mark.slow
async def test_eight_rounds_over_two_years_live_as_a_plain_model_says(tmp_path, clock):
    lived, model = await live(tmp_path, clock)

    names = {"open": "opened"}
    wanted = {row.nth: [(names.get(what, what), at, by) for what, at, by in row.life] for row in model.rows}
    assert {nth: life for nth, (_, life) in lived.items()} == wanted
    assert [lived[nth][0].state.value for nth in range(8)] == [
        *["released"] * 5,
        "cancelled",
        *["released"] * 2,
    ]
    for nth, (round_, _) in lived.items():
        assert (round_.opens_at, round_.closes_at) == (CALENDAR.opening(nth), CALENDAR.closing(nth))
    assert lived[3][0].opens_at == datetime(2027, 10, 31, 0, 30, tzinfo=UTC)
    assert lived[2][0].opened_at > lived[2][0].closes_at


async def a_series(house, **facts):
    """Plan the series of eight rounds, or one like it."""
    return await house.campaigns.series.plan(replace(SCHEDULE, **facts))


async def rounds_of(house):
    return sorted(await house.stores.rounds.all(), key=lambda round_: round_.number)


async def lives_of(house, round_id):
    return [change.change for change in await house.stores.rounds.history(round_id)]


async def test_the_next_round_is_planned_when_none_is(house, clock):
    _, first = await a_series(house)
    await house.campaigns.advance_due()
    assert [round_.number for round_ in await rounds_of(house)] == [1]

    clock.at = first.opens_at
    await house.campaigns.advance_due()

    assert [(round_.number, round_.state.value) for round_ in await rounds_of(house)] == [
        (1, "open"),
        (2, "planned"),
    ]
    assert [round_.id for round_ in await rounds_of(house)] == [
        "language-learning-2027-01",
        "language-learning-2027-04",
    ]
    assert (await house.stores.rounds.history("language-learning-2027-04"))[0].by == "clock"


async def test_the_second_round_waits_for_its_note_and_an_answer_and_the_log_says_so_once(
    house, clock, caplog
):
    caplog.set_level(logging.WARNING)
    _, first = await a_series(house)
    for clock.at in (first.opens_at, SCHEDULE.opening(1), SCHEDULE.opening(1) + DAY):
        await house.campaigns.advance_due()
    second = (await rounds_of(house))[1]

    assert second.state is RoundState.PLANNED
    assert caplog.text.count("is due, but waits for a note") == 1
    with pytest.raises(RoundError, match=r"round prepare .*--note.* round prepare .*--without-answer"):
        await house.campaigns.open(second.id)

    prepared = await house.campaigns.prepare(second.id, {"en": "New courses."})
    assert "answer" in await house.campaigns.waits_for(prepared)
    await house.campaigns.prepare(second.id, None, "an election")
    await house.campaigns.advance_due()

    assert (await rounds_of(house))[1].state is RoundState.OPEN
    assert await lives_of(house, second.id) == ["planned", "prepared", "prepared", "opened"]


async def test_a_round_that_waited_until_its_end_is_cancelled_and_the_series_goes_on(house, clock):
    _, first = await a_series(house)
    for clock.at in (first.opens_at, SCHEDULE.closing(1)):
        await house.campaigns.advance_due()

    _, second, third = await rounds_of(house)
    assert (second.state, third.state) == (RoundState.CANCELLED, RoundState.PLANNED)
    cancelled = (await house.stores.rounds.history(second.id))[-1]
    assert (cancelled.change, cancelled.by) == ("cancelled", "clock")
    assert "it waited for a note" in cancelled.reason


async def test_years_of_downtime_are_caught_up_in_one_look_in_order(house, clock):
    await a_series(house, count=None)
    clock.at = EARLIER + timedelta(days=2 * 365)

    done = await house.campaigns.advance_due()

    rounds = await rounds_of(house)
    assert [round_.number for round_ in rounds] == list(range(1, 10))
    assert [round_.state.value for round_ in rounds] == ["released", *["cancelled"] * 7, "planned"]
    steps = (RoundState.OPEN, RoundState.CLOSED, RoundState.RELEASED)
    assert done[:3] == [(rounds[0].id, state) for state in steps]
    assert [round_id for round_id, _ in done[3:]] == [round_.id for round_ in rounds[1:-1]]
    assert await house.campaigns.advance_due() == []


async def test_a_clock_that_steps_back_undoes_and_repeats_nothing(house, clock):
    _, first = await a_series(house)
    clock.at = first.opens_at + DAY
    await house.campaigns.advance_due()
    clock.at = first.opens_at - 30 * DAY
    assert await house.campaigns.advance_due() == []

    closed = await house.campaigns.close(first.id)

    assert closed.closed_at >= closed.opened_at
    assert await lives_of(house, first.id) == ["planned", "opened", "closed"]


class Meanwhile:
    """A store of a process that somebody else is faster than, once, before one of its calls."""

    def __init__(self, store, call, deed):
        self._store, self._call, self._deed = store, call, deed

    def __getattr__(self, name):
        kept = getattr(self._store, name)
        if name != self._call:
            return kept

        async def late(*facts):
            await self._deed()
            return await kept(*facts)

        return late


def beside(house, clock, **stores):
    """Campaigns of another process, some of whose stores are these."""
    return Campaigns(replace(house.registry, **stores), clock)


async def test_a_look_while_a_series_is_planned_takes_nothing_of_what_staff_said(house, clock):
    rounds = Meanwhile(house.stores.rounds, "offer", house.campaigns.advance_due)

    _, first = await beside(house, clock, rounds=rounds).series.plan(SCHEDULE, {"en": "New."}, "no time")

    assert [round_.number for round_ in await rounds_of(house)] == [1]
    assert await rounds_of(house) == [first]
    assert (first.note, first.without_answer) == ({"en": "New."}, "no time")
    assert await lives_of(house, first.id) == ["planned", "prepared"]


async def test_a_round_that_is_cancelled_while_it_is_opened_stays_cancelled_without_keys(house, clock):
    _, first = await a_series(house)
    rounds = Meanwhile(house.stores.rounds, "advance", lambda: house.campaigns.cancel(first.id))

    with pytest.raises(RoundError, match="was cancelled while it was to be opened"):
        await beside(house, clock, rounds=rounds).open(first.id)

    assert await lives_of(house, first.id) == ["planned", "cancelled"]
    with pytest.raises(StorageError):
        house.stores.keyring.round_secret(first.id)


async def test_a_demonstration_waits_for_nothing_and_may_carry_a_note(house, clock):
    _, first = await a_series(house, city="port-saule")
    clock.at = first.opens_at
    await house.campaigns.advance_due()
    second = (await rounds_of(house))[1]
    await house.campaigns.prepare(second.id, {"en": "Invented news."})
    clock.at = SCHEDULE.opening(1)
    await house.campaigns.advance_due()

    assert (await rounds_of(house))[1].state is RoundState.OPEN


async def test_rounds_planned_by_hand_wait_as_those_of_a_schedule_do(house, clock):
    first = await plan(house, city=CITY)
    await house.campaigns.open(first.id)
    second = await plan(house, opens_in=timedelta(days=100), city=CITY)

    assert "a note" in await house.campaigns.waits_for(second)


async def test_what_staff_end_is_cancelled_and_never_comes_back(house, clock):
    _, first = await a_series(house)
    with pytest.raises(RoundError, match="goes on in wellbrook"):
        await a_series(house)

    cancelled = await house.campaigns.end("language-learning")
    clock.at = SCHEDULE.closing(7)

    assert [round_.id for round_ in cancelled] == [first.id]
    assert await house.campaigns.advance_due() == []
    assert len(await rounds_of(house)) == 1
    with pytest.raises(RoundError, match="no series 'language-learning' going on"):
        await house.campaigns.end("language-learning")


async def test_a_series_may_begin_again_after_its_end(house):
    await a_series(house)
    await house.campaigns.end("language-learning")

    schedule, first = await a_series(house)

    assert (schedule.id, first.number) == (f"{CITY}/language-learning/2", 1)
    assert first.id == "language-learning-2027-01-2"


async def test_a_round_by_hand_may_not_lie_in_a_later_round_of_a_series(house):
    await a_series(house)

    with pytest.raises(RoundError, match="the series language-learning asks the same questionnaire"):
        await plan(house, opens_in=timedelta(days=280), lasts=timedelta(days=60), city=CITY)
    with pytest.raises(RoundError, match="same questionnaire"):
        await a_series(house, series="other", first=SCHEDULE.first + timedelta(days=90))


async def test_a_round_that_was_opened_is_not_prepared_any_more(house, clock):
    _, first = await a_series(house)
    await house.campaigns.open(first.id)

    with pytest.raises(RoundError, match="only a planned round"):
        await house.campaigns.prepare(first.id, {"en": "Too late."})


async def test_how_a_round_is_conducted_comes_with_its_plan(house):
    plan_text = f"{SCHEDULE.plan}[conduct]\nremind_after = [3, 9]\n"
    _, first = await a_series(house, plan=plan_text)

    assert first.conduct == {"remind_after": [3, 9]}
    assert (await plan(house, opens_in=timedelta(days=60), city=CITY)).conduct["remind_after"] == [7, 14]
