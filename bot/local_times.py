"""Local times and durations as staff write them: converted once, shown both ways."""

import re
from datetime import UTC, datetime, timedelta
from typing import cast
from zoneinfo import ZoneInfo, available_timezones

from conversations.errors import RoundError
from conversations.schedule import Span, Unit

LONGEST, LONGEST_TIME = Span(10, "year"), timedelta(days=3_660)
"""Nothing stays open, and no series pauses, for longer."""


def read_zone(name: str) -> ZoneInfo:
    """Return the time zone called `name`.

    Raises:
        RoundError: there is no such zone.
    """
    if name not in available_timezones():
        raise RoundError(f"'{name}' is no time zone of the IANA list; write it like Europe/Brussels")
    return ZoneInfo(name)


def read_local(text: str, zone: ZoneInfo) -> datetime:
    """Return the aware UTC time that `text` (2027-01-18T09:00) means on the clocks of `zone`.

    Raises:
        RoundError: not a time, or one that does not exist, or exists twice, on a night of clock change.
    """
    try:
        naive = datetime.fromisoformat(text)
    except ValueError:
        raise RoundError(f"'{text}' is no local time; write it like 2027-01-18T09:00") from None
    if naive.tzinfo is not None:
        raise RoundError(f"'{text}' carries an offset; write the local time alone and name --timezone")
    first, second = (naive.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    if first != second:
        shift = abs(second - first)
        either = " or ".join(f"{near:%Y-%m-%dT%H:%M}" for near in (naive - shift, naive + shift))
        what = "exists twice" if second > first else "does not exist"
        raise RoundError(f"{text} {what} in {zone.key} (clock change); choose {either}")
    return first


def read_duration(text: str) -> Span:
    """Return the span that `3months`, `1year`, `3weeks`, `10days`, `12 hours` or `45minutes` means.

    Raises:
        RoundError: not a span, or one of more than ten years.
    """
    found = re.fullmatch(r"\s*(\d{1,7})\s*(minute|hour|day|week|month|year)s?\s*", text)
    if found is None or int(found[1]) == 0:
        raise RoundError(f"'{text}' is no duration; write it like 3weeks, 10days, 12hours, 3months or 1year")
    span = Span(int(found[1]), cast(Unit, found[2]))
    if span.months > LONGEST.months or span.time > LONGEST_TIME:
        raise RoundError(f"'{text}' is longer than ten years; choose a shorter time")
    return span


def add_local(opens_at: datetime, duration: Span, zone: ZoneInfo) -> datetime:
    """Return the moment `duration` later: months, weeks and days keep the hour of the local clock."""
    return duration.after(opens_at, zone)


def both_ways(moment: datetime, zone: ZoneInfo) -> str:
    """Return a moment as local time and as UTC."""
    return f"{_local(moment, zone)} {zone.key} ({moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC)"


def _local(moment: datetime, zone: ZoneInfo) -> str:
    return f"{moment.astimezone(zone):%Y-%m-%d %H:%M}"
