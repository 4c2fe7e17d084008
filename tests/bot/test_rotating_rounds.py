"""Rounds whose questions rotate: planned as the page on rounds shows it, each asks and releases its own."""

import re
import tomllib
from datetime import datetime
from pathlib import Path

import pytest

from bot.planning import said_of_modules
from conversations.conduct import Conduct, split_plan
from conversations.errors import RoundError
from conversations.modules import MOST_ANSWERS, asked_in, check_modules
from conversations.questionnaire import Role
from conversations.rounds import Round
from conversations.schedule import Schedule, Span
from reports.planned import Plan
from tests.instruments import plain
from tests.journeys.household import CITY, household, in_memory

PAGE = Path(__file__).parents[2] / "docs" / "rounds.md"
FIRST = datetime(2026, 3, 2, 14)  # noqa: DTZ001 - a local time, as staff write it


def example():
    """The plan that the page on rounds shows."""
    (found,) = re.findall(r"```toml\n(# rotating\.toml.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    return found


def schedule(plan, **changes):
    return Schedule(
        **{
            "id": "",
            "city": CITY,
            "series": "learning",
            "benchmark": "language-learning",
            "name": "Learning",
            "timezone": "Europe/Brussels",
            "first": FIRST,
            "open_for": Span(3, "week"),
            "every": Span(3, "month"),
            "plan": plan,
            **changes,
        }
    )


@pytest.fixture
async def house():
    async with household(in_memory()) as house:
        yield house


async def opened_and_closed(house, count) -> list[Round]:
    """So many rounds of a series of the example, opened and closed one after the other."""
    kept, round_ = await house.campaigns.series.plan(schedule(example()))
    done = []
    for _ in range(count):
        done.append(await house.campaigns.open(round_.id))
        await house.campaigns.close(round_.id)
        round_ = await house.campaigns.series.follow(kept, await house.stores.rounds.all())
    return done


def test_the_example_fits_the_benchmark_and_each_of_its_rounds_stays_at_twelve_answers():
    said, conduct = split_plan(example())

    check_modules(plain(), conduct)
    assert said == {}
    assert len(conduct.modules) == 3
    assert tomllib.loads(example())["conduct"]["core"] == list(conduct.core)


async def test_each_round_asks_and_tabulates_its_core_and_module_and_the_fourth_asks_as_the_first(house):
    opened = await opened_and_closed(house, 4)
    instruments = [await house.programme.instrument(round_) for round_ in opened]

    _, conduct = split_plan(example())
    for number, (round_, instrument) in enumerate(zip(opened, instruments, strict=True), start=1):
        asked = {question.id for question in asked_in(plain(), conduct, number).questions}
        factors = {question.id for question in instrument.questionnaire.with_role(Role.FACTOR)}
        assert {question.id for question in instrument.questionnaire.questions} == asked
        assert set(Plan.model_validate(round_.plan).questions) == factors
        assert {*conduct.core, *conduct.modules[(number - 1) % 3].questions} == factors
    assert [round_.number for round_ in opened] == [1, 2, 3, 4]
    assert opened[0].definitions["questionnaire"] == opened[3].definitions["questionnaire"]
    assert opened[0].definitions["questionnaire"] != opened[1].definitions["questionnaire"]


async def test_planning_says_which_module_the_first_rounds_ask(house):
    _, first = await house.campaigns.series.plan(schedule(example()))

    said = said_of_modules(first)

    assert said[0] == (
        "asked in each round: service_known, talk_together; beside it one module,"
        f" at most {MOST_ANSWERS} answers:"
    )
    assert [line.split(" (")[0].strip() for line in said[1:4]] == [
        "round 1: Getting in",
        "round 2: The course",
        "round 3: Its use",
    ]
    assert said[4].strip() == "and then in turn"


async def test_a_series_without_modules_says_nothing_of_them(house):
    _, first = await house.campaigns.series.plan(schedule(""))

    assert said_of_modules(first) == []
    assert Conduct.model_validate(first.conduct).modules == ()


@pytest.mark.parametrize(
    "change, said",
    [
        (('"service_known", ', ""), "no round would ever ask service_known"),
        (('"opinion_asked"', '"opinion_asked", "age"'), "age in 'Its use' is asked in every round anyway"),
        (('"would_join"', '"would_join", "encouragement"'), "encouragement stands in"),
    ],
)
async def test_modules_that_do_not_fit_are_refused_when_the_series_is_planned(house, change, said):
    assert change[0] in example()

    with pytest.raises(RoundError, match=said):
        await house.campaigns.series.plan(schedule(example().replace(*change)))

    assert await house.stores.rounds.all() == []
