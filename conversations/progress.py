"""Coarse steps of an open round: when people are counted, and what is kept of it."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

MONDAY, HOUR = 0, 6
"""Steps are counted every Monday at six, local time. Source: ANONYMITY.md, "Releases" 8."""
WEEK = timedelta(days=7)
EVERYBODY = ""


@dataclass(frozen=True, slots=True)
class Step:
    """More than `step` people had answered on the day `counted_on`; `side` empty means everybody.

    `people` is what the next count is compared with: rounded up to ten, so that it says little more.
    """

    side: str
    step: int
    people: int = field(repr=False)
    counted_on: date


def last_count(now: datetime, timezone: str) -> datetime:
    """Return the latest moment for a count that has passed at `now`; both aware."""
    local = now.astimezone(ZoneInfo(timezone))
    monday = (local - timedelta(days=(local.weekday() - MONDAY) % 7)).date()
    at = _at_six(monday, timezone)
    return at if at <= local else _at_six(monday - WEEK, timezone)


def next_count(now: datetime, timezone: str) -> datetime:
    """Return the next moment for a count after `now`; both aware."""
    return _at_six(last_count(now, timezone).date() + WEEK, timezone)


def _at_six(day: date, timezone: str) -> datetime:
    return datetime(day.year, day.month, day.day, HOUR, tzinfo=ZoneInfo(timezone))
