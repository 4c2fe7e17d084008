"""When an open round is counted, how long boxes are kept, and who may have answered two rounds."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from conversations.progress import last_count, next_count
from conversations.rounds import may_share_people, months_after
from tests.storage.people import a_round

BRUSSELS = "Europe/Brussels"
MONDAY = datetime(2026, 3, 2, 6, tzinfo=ZoneInfo(BRUSSELS))


@pytest.mark.parametrize("later", [timedelta(), timedelta(seconds=1), timedelta(days=6, hours=23)])
def test_a_round_is_counted_on_mondays_at_six_on_its_own_clock(later):
    assert last_count((MONDAY + later).astimezone(UTC), BRUSSELS) == MONDAY
    assert next_count((MONDAY + later).astimezone(UTC), BRUSSELS) == MONDAY + timedelta(days=7)


def test_the_hour_of_a_count_stays_when_the_clocks_change():
    before = datetime(2026, 3, 23, 6, tzinfo=ZoneInfo(BRUSSELS))
    after = next_count(before, BRUSSELS)

    assert (after.hour, after.weekday()) == (6, 0)
    assert after.astimezone(UTC) - before.astimezone(UTC) == timedelta(days=7, hours=-1)


@pytest.mark.parametrize(
    "day,months,then",
    [((2026, 3, 2), 6, (2026, 9, 2)), ((2026, 8, 31), 6, (2027, 2, 28)), ((2026, 12, 1), 12, (2027, 12, 1))],
)
def test_months_are_those_of_the_calendar(day, months, then):
    assert months_after(datetime(*day, 9, tzinfo=UTC), months) == datetime(*then, 9, tzinfo=UTC)


def test_the_same_people_may_answer_rounds_of_one_series_or_of_the_same_days():
    spring = a_round(opens_at=MONDAY, closes_at=MONDAY + timedelta(days=21))
    beside = replace(spring, id="beside", series="another", opens_at=MONDAY + timedelta(days=20),
                     closes_at=MONDAY + timedelta(days=40))  # fmt: skip
    later = replace(beside, id="later", opens_at=MONDAY + timedelta(days=21))

    assert may_share_people(spring, beside)
    assert may_share_people(beside, spring)
    assert not may_share_people(spring, later)
    assert may_share_people(spring, replace(later, series=spring.series))
    assert not may_share_people(spring, spring)


@pytest.mark.parametrize("other", [{"city": "elsewhere"}, {"demonstration": True}])
def test_rounds_of_two_cities_or_of_invented_people_are_never_looked_at_together(other):
    spring = a_round(demonstration=False)

    assert not may_share_people(spring, replace(spring, id="other", **other))
