"""While a round is open staff see coarse steps of a weekly count, by side, and never a number."""

import json
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from conversations.errors import RoundError
from conversations.identifiers import RelayId
from conversations.progress import Step
from conversations.rounds import RoundState
from reports.disclosure import progress_over_all, progress_steps
from storage.memory.shared import Box
from tests.bot.houses import MovableClock, a_house, opened, plan
from tests.bot.test_command_line import portevoix, refused
from tests.reports.population import frame, sheets

__all__ = ["portevoix"]

DAY, NEXT = date(2026, 3, 9), date(2026, 3, 16)
WEEK = timedelta(days=7)
MONDAY = datetime(2026, 3, 9, 6, tzinfo=ZoneInfo("Europe/Brussels")).astimezone(UTC)


@pytest.fixture
def clock():
    return MovableClock(MONDAY - timedelta(days=3))


@pytest.fixture
async def house(tmp_path, clock):
    async with a_house("memory", tmp_path, clock) as house:
        yield house


def come(house, round_, people):
    """Let so many people in all lie in boxes."""
    boxes = [Box(sheet, (), None) for sheet in sheets(people)]
    house.stores.keyring.boxes[round_.id] = boxes


@pytest.mark.parametrize(
    "people,step", [(9, 0), (10, 0), (11, 10), (25, 10), (26, 25), (101, 100), (9_999, 5_000)]
)
def test_a_first_count_gives_the_step_that_was_passed(people, step):
    assert [found.step for found in progress_over_all(people, [], DAY)] == [step]


def test_a_step_changes_only_after_ten_more_people_since_it_last_moved():
    steps = progress_over_all(24, [], DAY)
    assert steps == (Step("", 10, 30, DAY),)
    for people in (26, 39):
        steps = progress_over_all(people, steps, NEXT)
        assert steps == (Step("", 10, 30, NEXT),)

    assert progress_over_all(40, steps, NEXT) == (Step("", 25, 40, NEXT),)


def test_a_step_does_not_fall_when_somebody_withdraws():
    steps = progress_over_all(26, [], DAY)

    assert progress_over_all(21, steps, NEXT) == (Step("", 25, 30, NEXT),)


def test_what_is_kept_of_a_count_is_never_the_count():
    kept = {step.people for people in range(1, 400) for step in progress_over_all(people, [], DAY)}

    assert {people % 10 for people in kept} == {0}
    assert "people" not in repr(Step("", 10, 30, DAY))


def test_sides_are_counted_one_by_one_and_nothing_by_question():
    people = sheets(120)
    steps = {step.side: step.step for step in progress_steps(iter(people), frame(), [], DAY)}

    assert steps.keys() == {"", *frame().sides}
    assert steps[""] == 100
    hosts = sum(frame().side_of(sheet) == "host" for sheet in people)
    assert steps["host"] == max(step for step in (10, 25, 50, 100) if hosts > step)


async def test_a_round_is_counted_once_a_week_at_a_fixed_hour(house, clock):
    round_ = await opened(house)
    come(house, round_, 120)
    await house.campaigns.tidy()
    before = await house.campaigns.progress(round_.id)
    clock.at = MONDAY
    await house.campaigns.tidy()
    counted = await house.campaigns.progress(round_.id)
    come(house, round_, 300)
    clock.at = MONDAY + WEEK - timedelta(seconds=1)
    await house.campaigns.tidy()
    meanwhile = await house.campaigns.progress(round_.id)
    clock.at = MONDAY + WEEK
    await house.campaigns.tidy()
    later = await house.campaigns.progress(round_.id)

    assert (list(before.steps), before.next_at) == ([], MONDAY)
    assert (counted.steps[0].step, counted.steps[0].counted_on) == (100, DAY)
    assert meanwhile == counted
    assert (later.steps[0].step, later.steps[0].counted_on) == (250, NEXT)
    assert later.next_at == MONDAY + 2 * WEEK


async def test_a_count_that_nobody_was_awake_for_is_made_late_and_the_next_in_time(house, clock):
    round_ = await opened(house)
    come(house, round_, 30)
    clock.at = MONDAY + timedelta(days=2)
    await house.campaigns.tidy()
    late = await house.campaigns.progress(round_.id)
    come(house, round_, 60)
    clock.at = MONDAY + WEEK
    await house.campaigns.tidy()

    assert [late.steps[0].step, late.steps[0].counted_on] == [25, date(2026, 3, 11)]
    assert (await house.campaigns.progress(round_.id)).steps[0].step == 50


async def test_with_a_key_that_staff_hold_only_everybody_is_counted(house, clock):
    planned = await plan(house)
    await house.campaigns.cancel(planned.id)
    wanted = replace(planned, state=RoundState.PLANNED)
    round_ = await house.campaigns.open((await house.campaigns.plan(wanted, "five long words")).id)
    come(house, round_, 30)
    clock.at = MONDAY
    await house.campaigns.tidy()

    seen = await house.campaigns.progress(round_.id)

    assert [(step.side, step.step) for step in seen.steps] == [("", 25)]
    assert not seen.by_side


async def test_steps_end_with_the_release(house, clock):
    round_ = await opened(house)
    come(house, round_, 30)
    clock.at = MONDAY
    await house.campaigns.tidy()
    await house.campaigns.close(round_.id)
    await house.campaigns.release(round_.id)

    assert await house.stores.progress.steps(round_.id) == []
    with pytest.raises(RoundError, match="not open"):
        await house.campaigns.progress(round_.id)


async def test_the_last_week_of_a_round_has_no_count_to_come(house, clock):
    round_ = await opened(house)
    clock.at = round_.closes_at - timedelta(days=1)

    assert (await house.campaigns.progress(round_.id)).next_at is None


def test_the_command_says_steps_their_day_and_when_the_next_count_comes(portevoix, tmp_path):
    portevoix("simulate", "--people", "1")
    name = json.loads(portevoix("round", "list", "--format", "json").stdout)[0]["id"]
    first = portevoix("round", "progress", name)
    assert "nobody has been counted yet" in first.stdout
    assert "the first count comes on Monday" in first.stdout
    assert json.loads(portevoix("round", "progress", name, "--format", "json").stdout)["more_than"] is None

    keep_steps(tmp_path / "data", name)
    said = portevoix("round", "progress", name).stdout
    written = json.loads(portevoix("round", "progress", name, "--format", "json").stdout)

    assert f"{name}, counted on Monday 2026-03-09: more than 50 people" in said
    assert "host: 10 people or fewer" in said
    assert "the next count comes on Monday" in said
    assert "60" not in said
    assert (written["more_than"], written["sides"]) == (50, {"host": 0, "migrant": 25})
    assert written["counted_on"] == "2026-03-09"
    refused(portevoix("round", "progress", "nowhere"), "nowhere", "round list")


def keep_steps(folder, name):
    """Keep steps as a count leaves them."""
    with closing(sqlite3.connect(folder / "portevoix.db")) as database, database:
        for side, step, people in (("", 50, 60), ("host", 0, 10), ("migrant", 25, 30)):
            database.execute(
                "INSERT INTO progress VALUES (?, ?, ?, ?, '2026-03-09')", (name, side, step, people)
            )


def of(**relays):
    """So many people who came through each relay."""
    some = sheets(1)[0]
    return [some.model_copy(update={"relay": name}) for name, many in relays.items() for _ in range(many)]


@pytest.mark.parametrize(
    "relays, shown",
    [
        ({"a": 12, "b": 12, "": 1}, False),  # else: at most three came by none of them
        ({"a": 12, "b": 3, "": 9}, True),
        ({"a": 30, "b": 12, "c": 1, "": 3}, True),
        ({"a": 26, "b": 12, "c": 11, "": 1}, False),
        ({"a": 60, "b": 12, "": 8}, True),
    ],
)
def test_steps_never_add_up_to_nearly_everybody(relays, shown):
    known = [RelayId(name) for name in relays if name]
    steps = progress_steps(of(**relays), frame(), [], DAY, known)
    more = progress_steps(of(**{**relays, "": 300}), frame(), steps, NEXT, known)

    told = {step.side.removeprefix("relay:") for step in steps if step.side.startswith("relay:")}
    assert told == (set(known) if shown else set())
    assert {step.side.removeprefix("relay:") for step in more if step.side.startswith("relay:")} == set(known)
