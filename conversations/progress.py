"""Coarse steps of an open round: when people are counted, and what is kept of it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from conversations.identifiers import RoundId

MONDAY, HOUR = 0, 6
"""Steps are counted every Monday at six, local time. Source: ANONYMITY.md, "Releases" 8."""
WEEK = timedelta(days=7)
EVERYBODY = ""
BY_RELAY = "relay:"
"""Begins what stands in the place of a side where people of one relay were counted."""


@dataclass(frozen=True, slots=True)
class Step:
    """More than `step` people had answered on the day `counted_on`; `side` empty means everybody.

    `people` is what the next count is compared with: rounded up to ten, so that it says little more.
    """

    side: str
    step: int
    people: int = field(repr=False)
    counted_on: date


class ProgressStore(Protocol):
    """Keeps the steps of rounds as they were counted last."""

    async def keep(self, round_id: RoundId, steps: Sequence[Step]) -> None:
        """Keep steps in place of those before, each by its side."""

    async def steps(self, round_id: RoundId) -> Sequence[Step]:
        """Return the steps of a round, everybody's first; none before the first count."""

    async def forget(self, round_id: RoundId) -> None:
        """Delete the steps of a round."""


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
