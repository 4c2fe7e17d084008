"""When people who asked for it may be written to: rungs of reminders, and the hours of their clocks."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from conversations.conduct import Conduct, Hours
from conversations.rounds import Round

LATE_DAYS = 3
"""Whole days by which a rung may be late; after more, such as a long downtime, it is skipped."""
LAST_DAY = timedelta(days=1)
"""So long before a round closes nobody is reminded any more: a letter on its last evening is no help."""
LOOK_AHEAD = 8
"""Days within which hours begin again, whatever the clocks do."""


def conduct_of(round_: Round) -> Conduct:
    """Return how a round is conducted."""
    return Conduct.model_validate(dict(round_.conduct))


def due_rung(round_: Round, now: datetime) -> int | None:
    """Return the number (from 1) of the reminder that is due, or None.

    It is the highest rung reached: rungs missed while nobody was awake are skipped, never sent in a burst.
    One that is late by more than `LATE_DAYS`, or would come in the last day of the round, is skipped too.
    Whether anybody may be written to at this hour is asked of `is_within`.
    """
    conduct, local = conduct_of(round_), _local(round_.timezone, now)
    days = rung_days(round_)
    rung = sum(local >= datetime.combine(day, conduct.hours.first) for day in days)
    return rung if rung and now < rung_ends_at(round_, rung) else None


def rung_days(round_: Round) -> tuple[date, ...]:
    """Return the local day of each rung, counted from the day on which the round really opened."""
    opened = local_day(round_.timezone, round_.opened_at or round_.opens_at)
    return tuple(opened + timedelta(days=days) for days in conduct_of(round_).remind_after)


def rung_ends_at(round_: Round, rung: int) -> datetime:
    """Return the moment from which a reminder (from 1) is not said any more, aware, UTC."""
    day = rung_days(round_)[rung - 1] + timedelta(days=LATE_DAYS + 1)
    return min(_moment(round_.timezone, day, time()), round_.closes_at - LAST_DAY)


def local_day(zone: str, moment: datetime) -> date:
    """Return the day that it is on the clocks of a zone."""
    return _local(zone, moment).date()


def is_within(hours: Hours, zone: str, now: datetime) -> bool:
    """Say whether the clocks of a zone stand within these hours, on nights of clock change too."""
    return hours.first <= _local(zone, now).time() < hours.last


def next_within(hours: Hours, zone: str, now: datetime) -> datetime:
    """Return the first moment from `now` on, aware, UTC, that lies within these hours."""
    if is_within(hours, zone, now):
        return now
    today = local_day(zone, now)
    for days in range(LOOK_AHEAD):
        begins = _moment(zone, today + timedelta(days=days), hours.first)
        if begins >= now and is_within(hours, zone, begins):
            return begins
    return _moment(zone, today + timedelta(days=LOOK_AHEAD), hours.first)


def ends_at(hours: Hours, zone: str, now: datetime) -> datetime:
    """Return the moment, aware, UTC, at which the hours end that `now` lies within."""
    return _moment(zone, local_day(zone, now), hours.last)


def _local(zone: str, moment: datetime) -> datetime:
    """Return what the clocks of a zone show, without the zone."""
    return moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None)


def _moment(zone: str, day: date, hour: time) -> datetime:
    """Return the moment at which clocks show an hour; in the hour that a clock change leaves out, later."""
    return datetime.combine(day, hour, ZoneInfo(zone)).astimezone(UTC)
