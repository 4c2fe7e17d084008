"""A plain model of a series, written without the program: a calendar by search, and a loop over looks."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

QUARTER = timedelta(minutes=15)
NEAR = timedelta(hours=26)


@dataclass(frozen=True)
class Calendar:
    """A calendar in plain numbers: so many months or days between openings, so many days open."""

    zone: str
    first: datetime
    months: int
    days: int
    open_days: int
    rounds: int

    def opening(self, nth: int) -> datetime:
        return utc_of(self._local(nth), self.zone)

    def closing(self, nth: int) -> datetime:
        wanted = utc_of(self._local(nth) + timedelta(days=self.open_days), self.zone)
        return min(wanted, self.opening(nth + 1))

    def _local(self, nth: int) -> datetime:
        """Step month by month from the first, on the day of the first or the last there is."""
        local, year, month = self.first, self.first.year, self.first.month
        for _ in range(self.months * nth):
            year, month = (year, month + 1) if month < 12 else (year + 1, 1)
        day = self.first.day
        while True:
            try:
                local = self.first.replace(year=year, month=month, day=day)
                break
            except ValueError:
                day -= 1
        return local + timedelta(days=self.days * nth)


@cache
def utc_of(local: datetime, zone: str) -> datetime:
    """Return the first moment at which the clock shows `local` or, if it never does, a later time.

    Looks at every quarter of an hour from the earliest that it can be: every clock changes on one.
    """
    here = ZoneInfo(zone)
    rest = timedelta(minutes=local.minute % 15)
    there = (local - rest).replace(tzinfo=UTC)
    at = there - max(offset(there - NEAR, here), offset(there + NEAR, here))
    while shown(at + rest, here) < local and shown(at, here) < local:
        at += QUARTER
    return at if shown(at, here) >= local else at + rest


def offset(at: datetime, here: ZoneInfo) -> timedelta:
    return at.astimezone(here).utcoffset() or timedelta()


def shown(at: datetime, here: ZoneInfo) -> datetime:
    return at.astimezone(here).replace(tzinfo=None)


@dataclass
class Row:
    """A round of the model: its number from 0, and what happened to it when."""

    nth: int
    state: str = "planned"
    ready: bool = False
    was_open: bool = False
    life: list[tuple[str, datetime, str]] = field(default_factory=list)

    def become(self, state: str, at: datetime, by: str = "clock") -> None:
        self.life.append((state, at, by))
        self.state = state if state != "prepared" else self.state


@dataclass
class Model:
    """What should become of a series: `noted` are the rounds that staff prepare when they see them."""

    calendar: Calendar
    noted: frozenset[int]
    rows: list[Row] = field(default_factory=list)

    def plan(self, at: datetime) -> None:
        self._next(at, "staff")

    def look(self, at: datetime) -> None:
        """Do what is due at `at`: all rounds there are, then the next ones until one has to wait."""
        for row in self.rows:
            self._move(row, at)
        while self.rows[-1].state != "planned" and self._next(at, "clock"):
            self._move(self.rows[-1], at)

    def staff(self, at: datetime) -> Row | None:
        """Prepare the round that is planned, if staff notice it; return it."""
        row = self.rows[-1]
        if row.state != "planned" or row.ready or row.nth not in self.noted:
            return None
        row.ready = True
        row.become("prepared", at, "staff")
        return row

    def _next(self, at: datetime, by: str) -> bool:
        nth = self.rows[-1].nth + 1 if self.rows else 0
        while nth < self.calendar.rounds and self.calendar.closing(nth) <= self.calendar.opening(nth):
            nth += 1
        if nth >= self.calendar.rounds:
            return False
        self.rows.append(Row(nth))
        self.rows[-1].become("planned", at, by)
        return True

    def _move(self, row: Row, at: datetime) -> None:
        over = at >= self.calendar.closing(row.nth)
        if row.state == "planned" and at >= self.calendar.opening(row.nth):
            if row.ready or not any(other.was_open for other in self.rows if other.nth < row.nth):
                row.was_open = True
                row.become("open", at)
            elif over:
                row.become("cancelled", at)
        if row.state == "open" and over:
            row.become("closed", at)
            row.become("released", at)
