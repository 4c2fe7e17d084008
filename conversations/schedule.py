"""When the rounds of a series open and close: local times on a calendar, never drifting."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

from conversations.errors import RoundError
from conversations.identifiers import RoundId
from conversations.rounds import K, Purpose, check_name, months_after

Unit = Literal["minute", "hour", "day", "week", "month", "year"]

SECONDS: Mapping[str, int] = {"minute": 60, "hour": 3_600, "day": 86_400, "week": 604_800}
MONTHS: Mapping[str, int] = {"month": 1, "year": 12}
DAY = timedelta(days=1)

LOOKED_AHEAD = timedelta(days=8 * 366)
"""So far ahead rounds are compared: two turns of leap years, after which months repeat themselves."""
LAST_YEAR = 2200
"""No round opens later; a calendar has to end somewhere."""


@dataclass(frozen=True, slots=True)
class Span:
    """A span of calendar or clock, as staff write it: `3months`, `10days`, `12hours`.

    Months and years keep the day, days and weeks the hour of the local clock; hours and minutes are counted
    as they pass.
    """

    count: int
    unit: Unit

    def __str__(self) -> str:
        return f"{self.count}{self.unit}{'' if self.count == 1 else 's'}"

    @property
    def months(self) -> int:
        """How many months it is, 0 for a span of days or hours."""
        return self.count * MONTHS.get(self.unit, 0)

    @property
    def time(self) -> timedelta:
        """How long it is, nothing for a span of months."""
        return timedelta(seconds=self.count * SECONDS.get(self.unit, 0))

    @property
    def passes(self) -> bool:
        """Whether it is counted in hours as they pass: no whole number of days."""
        return bool(self.time % DAY)

    def longer(self, times: int) -> "Span":
        """Return it so many times over."""
        return replace(self, count=self.count * times)

    def after(self, opens_at: datetime, zone: ZoneInfo) -> datetime:
        """Return the moment that lies so far behind another one, aware, UTC."""
        if self.passes:
            return opens_at + self.time
        local = opens_at.astimezone(zone).replace(tzinfo=None)
        return moment(months_after(local, self.months) + self.time, zone)


def moment(local: datetime, zone: ZoneInfo) -> datetime:
    """Return the moment of a local time, aware, UTC, on any night.

    One that does not exist moves to the first moment after the gap; of one that exists twice it is the first.
    """
    first = local.replace(tzinfo=zone, fold=0).astimezone(UTC)
    if first.astimezone(zone).replace(tzinfo=None) == local:
        return first
    before, after = local.replace(tzinfo=zone, fold=1).astimezone(UTC), first
    old = before.astimezone(zone).utcoffset()
    while after - before > timedelta(seconds=1):
        middle = before + (after - before) / 2
        before, after = (middle, after) if middle.astimezone(zone).utcoffset() == old else (before, middle)
    return after.replace(microsecond=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """What a series of rounds is planned from: one for each city and series, rounds numbered from 1.

    `first` is the first opening as a naive local time. `count` is how many rounds there are, None: until
    staff end it. `name` may hold {number}; otherwise the number stands behind it. `plan` is the release plan
    in TOML, empty: the one that the benchmark comes with; `conduct` stands above what the plan says.
    """

    id: str
    city: str
    series: str
    benchmark: str
    name: str
    timezone: str
    first: datetime
    open_for: Span
    every: Span
    count: int | None = None
    purpose: Purpose = "monitor"
    drafts: tuple[str, ...] = ()
    k: int = K
    plan: str = ""
    conduct: Mapping[str, Any] = field(default_factory=dict)
    ended: bool = False

    @property
    def zone(self) -> ZoneInfo:
        """The time zone of its local times."""
        return ZoneInfo(self.timezone)

    def opening(self, nth: int) -> datetime:
        """Return when the nth round (from 0) opens, aware, UTC; always counted from the first."""
        step = self.every.longer(nth)
        if step.passes or self.every.passes:
            return moment(self.first, self.zone) + step.time
        return moment(months_after(self.first, step.months) + step.time, self.zone)

    def closing(self, nth: int) -> datetime:
        """Return when the nth round (from 0) closes, aware, UTC; never later than the next one opens."""
        return min(self._closing(nth), self.opening(nth + 1))

    def _closing(self, nth: int) -> datetime:
        """Return when a round closes, by the calendar of the first one where both spans are months."""
        if self.every.months and self.open_for.months:
            months = self.every.months * nth + self.open_for.months
            return moment(months_after(self.first, months), self.zone)
        if self.every.passes or self.open_for.passes:
            return self.open_for.after(self.opening(nth), self.zone)
        step = self.every.longer(nth)
        opens = months_after(self.first, step.months) + step.time
        return moment(months_after(opens, self.open_for.months) + self.open_for.time, self.zone)

    def has(self, nth: int) -> bool:
        """Say whether there is an nth round (from 0): not past the last one, nor on a day that was skipped.

        Samoa had no 30 December 2011: a round of that day alone has no time, and is left out.
        """
        over = self.count is not None and nth >= self.count
        return not over and self._in_reach(nth) and self.opening(nth) < self.closing(nth)

    def next_after(self, nth: int) -> int | None:
        """Return the number (from 0) of the round that follows the nth, or None if there is none."""
        following = nth + 1
        while not self.has(following):
            if not self._in_reach(following) or (self.count is not None and following >= self.count):
                return None
            following += 1
        return following

    def round_id(self, nth: int) -> RoundId:
        """Return the id of the nth round (from 0): the month, the day or the hour of its opening."""
        form = "%Y-%m" if self.every.months else "%Y-%m-%d-%H%M" if self.every.passes else "%Y-%m-%d"
        kind = f"{self.benchmark}-tell" if _listens(self) else self.benchmark
        return RoundId(f"{kind}-{self.opening(nth).astimezone(self.zone).strftime(form)}")

    def name_of(self, nth: int) -> str:
        """Return what the nth round (from 0) is called."""
        number = str(nth + 1)
        if "{number}" in self.name:
            return self.name.replace("{number}", number)
        return f"{self.name} {number}"

    def times(self, start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Give openings and closings of its rounds between two moments, the earliest first."""
        nth: int | None = self.next_after(-1)
        while nth is not None and (opens_at := self.opening(nth)) < end:
            if (closes_at := self.closing(nth)) > start:
                yield opens_at, closes_at
            nth = self.next_after(nth)

    def _in_reach(self, nth: int) -> bool:
        span = self.every
        years = span.months * nth // 12 + span.time * nth // timedelta(days=365) if nth else 0
        return self.first.year + years < LAST_YEAR


def check_schedule(schedule: Schedule) -> None:
    """Refuse a schedule whose rounds would overlap, or that has none.

    Raises:
        RoundError: a span of nothing, no round at all, a name that cannot be shown, or a round that opens
            before the one before closes.
    """
    check_name(schedule.name.replace("{number}", "1"))
    for what, span in (("--open-for", schedule.open_for), ("--every", schedule.every)):
        if span.count < 1:
            raise RoundError(f"{what} is {span}, which is no time; write it like 3weeks or 3months")
    if schedule.count is not None and schedule.count < 1:
        raise RoundError(f"--rounds is {schedule.count}; a series has at least one round, and best no end")
    if not 1 <= len(schedule.id) <= 64:
        raise RoundError("city and series together are longer than 60 characters; give a shorter --series")
    if _overlaps(schedule):
        raise RoundError(
            f"rounds would overlap: each stays open for {schedule.open_for}, and the next one opens after"
            f" {schedule.every}; give a longer --every or a shorter --open-for"
        )


def _overlaps(schedule: Schedule) -> bool:
    """Say whether a round would still be open, by the calendar, when the next one opens."""
    every, lasts = schedule.every, schedule.open_for
    if bool(every.months) == bool(lasts.months):
        return (every.months, every.time) < (lasts.months, lasts.time)
    last = LOOKED_AHEAD if schedule.count is None else LOOKED_AHEAD * 4
    nth, local = 0, schedule.first
    while local < schedule.first + last and (schedule.count is None or nth < schedule.count):
        following = _nominal(schedule, nth + 1)
        if months_after(local, lasts.months) + lasts.time > following:
            return True
        nth, local = nth + 1, following
    return False


def _nominal(schedule: Schedule, nth: int) -> datetime:
    """Return the naive local opening of a round, as the calendar alone has it."""
    step = schedule.every.longer(nth)
    return months_after(schedule.first, step.months) + step.time


def check_beside(wanted: Schedule, other: Schedule) -> None:
    """Refuse two schedules of one questionnaire in one city whose rounds would be open together.

    Raises:
        RoundError: two of their rounds overlap, named with the day.
    """
    if (wanted.city, wanted.benchmark, _listens(wanted)) != (other.city, other.benchmark, _listens(other)):
        return
    start = max(wanted.opening(0), other.opening(0)) - LOOKED_AHEAD / 8
    end = start + LOOKED_AHEAD
    theirs = other.times(start, end)
    their = next(theirs, None)
    for opens_at, closes_at in wanted.times(start, end):
        while their is not None and their[1] <= opens_at:
            their = next(theirs, None)
        if their is not None and their[0] < closes_at:
            raise RoundError(
                f"the series {other.series} asks the same questionnaire in {other.city} from"
                f" {their[0]:%Y-%m-%d %H:%M} to {their[1]:%Y-%m-%d %H:%M} UTC; choose other times, or end it:"
                f" portevoix round end {other.series}"
            )


def _listens(schedule: Schedule) -> bool:
    return bool(schedule.conduct.get("listening"))
