"""Local times and durations as staff write them: converted once, shown both ways."""

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

from conversations.errors import RoundError

UNITS = {"minute": 60, "hour": 3_600, "day": 86_400, "week": 604_800}


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
        either = " or ".join(sorted({_local(first, zone), _local(second, zone)}))
        raise RoundError(
            f"{text} is not one moment in {zone.key} (clock change); choose {either}, or another hour"
        )
    return first


def read_duration(text: str) -> timedelta:
    """Return the duration that `3weeks`, `10days`, `12 hours` or `45minutes` means.

    Raises:
        RoundError: not a duration.
    """
    found = re.fullmatch(r"\s*(\d{1,5})\s*(minute|hour|day|week)s?\s*", text)
    if found is None or int(found[1]) == 0:
        raise RoundError(f"'{text}' is no duration; write it like 3weeks, 10days or 12hours")
    return timedelta(seconds=int(found[1]) * UNITS[found[2]])


def add_local(opens_at: datetime, duration: timedelta, zone: ZoneInfo) -> datetime:
    """Return the moment `duration` later: whole days keep the hour of the local clock."""
    if duration % timedelta(days=1):
        return opens_at + duration
    local = opens_at.astimezone(zone).replace(tzinfo=None) + duration
    return local.replace(tzinfo=zone).astimezone(UTC)


def both_ways(moment: datetime, zone: ZoneInfo) -> str:
    """Return a moment as local time and as UTC."""
    return f"{_local(moment, zone)} {zone.key} ({moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC)"


def _local(moment: datetime, zone: ZoneInfo) -> str:
    return f"{moment.astimezone(zone):%Y-%m-%d %H:%M}"
