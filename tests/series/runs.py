"""One simulated run: a random calendar in one of ten zones, random looks, two processes, one may die."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from random import Random
from zoneinfo import ZoneInfo

from conversations.errors import RoundError
from conversations.schedule import Schedule, Span
from storage.opening import Stores
from tests.series.model import Calendar, Model, offset, shown
from tests.series.town import CITY, PACK, Quick, Town

ZONES = (
    *("Europe/Brussels", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia", "Africa/Casablanca"),
    *("Asia/Tehran", "Asia/Kathmandu", "America/Sao_Paulo", "Pacific/Chatham", "UTC"),
)
NAMES = {"open": "opened"}


@dataclass
class Difference(Exception):
    """A run ended otherwise than the model says."""

    seed: int
    what: str

    def __str__(self) -> str:
        return f"run {self.seed}: {self.what}"


class Clock:
    def __init__(self, at: datetime) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at


def a_calendar(seed: int, chance: Random) -> Calendar:
    """Throw a calendar: its zone by the seed; mostly one of its first rounds falls on a clock change."""
    zone = ZONES[seed % len(ZONES)]
    months = chance.choice((0, 1, 3, 12))
    days = 0 if months else chance.choice((1, 7, 28))
    first = datetime.fromisoformat("2009-01-01T00:00") + timedelta(
        days=chance.randrange(365 * 30), minutes=15 * chance.randrange(96)
    )
    nights = clock_changes(zone, first.year)
    if nights and chance.random() < 0.7:
        first, nth = chance.choice(nights) + timedelta(minutes=15 * chance.randrange(4)), chance.randrange(3)
        first -= timedelta(days=days * nth)
        if first.day <= 28:
            year, month = divmod(first.year * 12 + first.month - 1 - months * nth, 12)
            first = first.replace(year=year, month=month + 1)
    longest = months * 28 or days
    return Calendar(
        zone=zone,
        first=first,
        months=months,
        days=days,
        open_days=chance.randint(1, longest),
        rounds=chance.randint(2, 7),
    )


@cache
def clock_changes(zone: str, year: int) -> tuple[datetime, ...]:
    """Return when, by the local clock, a gap or a second hour begins in a year."""
    here, found = ZoneInfo(zone), []
    at = datetime(year, 1, 1, tzinfo=UTC)
    while at.year == year:
        if offset(at, here) != offset(at + timedelta(days=1), here):
            quarter = at
            while offset(quarter, here) == offset(at, here):
                quarter += timedelta(minutes=15)
            found.append(min(shown(quarter, here), shown(quarter - timedelta(minutes=15), here)))
        at += timedelta(days=1)
    return tuple(found)


def a_schedule(calendar: Calendar) -> Schedule:
    return Schedule(
        id="",
        city=CITY,
        series="series",
        benchmark=PACK,
        name="Round",
        timezone=calendar.zone,
        first=calendar.first,
        open_for=Span(calendar.open_days, "day"),
        every=Span(calendar.months, "month") if calendar.months else Span(calendar.days, "day"),
        count=calendar.rounds,
    )


def looks(calendar: Calendar, chance: Random) -> list[datetime]:
    """Throw the moments at which somebody looks: at changes, between, after years; clocks step back."""
    at = calendar.opening(0) - timedelta(hours=1)
    step = calendar.opening(1) - calendar.opening(0)
    found = []
    for nth in range(calendar.rounds):
        if chance.random() < 0.7:
            found += [calendar.opening(nth), calendar.closing(nth)]
        if chance.random() < 0.3:
            found.append(calendar.opening(nth) - timedelta(seconds=1))
    found += [at + step * chance.random() * calendar.rounds for _ in range(3)]
    found.sort()
    if found and chance.random() < 0.3:
        place = chance.randrange(len(found))
        found.insert(place, found[place] - step * chance.random())
    return [*found, at + step * (calendar.rounds + 2) + timedelta(days=60)]


async def run(town: Town, stores: Stores, seed: int, others: Stores | None = None) -> int:
    """Live through one series with two processes, compare it with the model, and return how many changes.

    The second process works on `others`, the same data opened once more, or on the same stores.
    """
    chance = Random(seed)
    calendar = a_calendar(seed, chance)
    moments = looks(calendar, chance)
    clock = Clock(calendar.opening(0) - timedelta(days=1))
    one, other = town.process(stores, clock, chance), town.process(others or stores, clock, chance)
    noted = frozenset(nth for nth in range(calendar.rounds) if chance.random() < 0.8)
    model = Model(calendar, noted)
    await one.series.plan(a_schedule(calendar))
    model.plan(clock.at)
    for at in moments:
        clock.at = at
        await _together(one, other, chance)
        await other.advance_due()
        model.look(at)
        row = model.staff(at)
        if row is not None:
            await _prepare(one, stores, row.nth + 1)
    return await _compare(stores, model, seed)


async def _together(one: Quick, other: Quick, chance: Random) -> None:
    """Let two processes look at the same time; now and then one of them dies on the way."""
    tasks = [asyncio.create_task(process.advance_due()) for process in (one, other)]
    if chance.random() < 0.5:
        for _ in range(chance.randrange(40)):
            await asyncio.sleep(0)
        tasks[chance.randrange(2)].cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def _prepare(process: Quick, stores: Stores, number: int) -> None:
    """Give a round its note and its reason, as staff do when they see it."""
    for round_ in await stores.rounds.all():
        if round_.number == number:
            try:
                await process.prepare(round_.id, {"en": "What changed."}, "a test")
            except RoundError as error:
                raise AssertionError(str(error)) from None


async def _compare(stores: Stores, model: Model, seed: int) -> int:
    """Compare every change of every round with the model."""
    rounds = {round_.number - 1: round_ for round_ in await stores.rounds.all()}
    if sorted(rounds) != [row.nth for row in model.rows]:
        raise Difference(seed, f"rounds {sorted(rounds)}, not {[row.nth for row in model.rows]}")
    changes = 0
    for row in model.rows:
        round_ = rounds[row.nth]
        times = (model.calendar.opening(row.nth), model.calendar.closing(row.nth))
        if (round_.opens_at.astimezone(UTC), round_.closes_at.astimezone(UTC)) != times:
            raise Difference(
                seed, f"{round_.id} is open {round_.opens_at} to {round_.closes_at}, not {times}"
            )
        lived = [(change.change, change.at, change.by) for change in await stores.rounds.history(round_.id)]
        wanted = [(NAMES.get(change, change), at, by) for change, at, by in row.life]
        if lived != wanted or round_.state.value != row.state:
            raise Difference(seed, f"{round_.id} lived {lived}, not {wanted}")
        changes += len(lived)
    return changes
