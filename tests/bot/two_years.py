"""Eight rounds in two years, with downtime, blocked people and clock changes, beside a plain model of who is
to get what.

`python -m tests.bot.two_years --people 60` prints what was sent to whom, and how long it took.
"""

import argparse
import asyncio
import logging
import random
import sys
import tempfile
import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from conversations.city_answers import CityAnswer
from tests.bot.houses import MovableClock
from tests.bot.mail import LANGUAGES, ZONE, Postman, a_post_house, address_of, opt_in, stand
from tests.journeys.household import a_round

FIRST_OPENING = datetime(2027, 1, 18, 8, 0, tzinfo=UTC)
BEGINS, ENDS = datetime(2027, 1, 1, tzinfo=UTC), datetime(2029, 1, 1, tzinfo=UTC)
STEP = timedelta(hours=6)
ROUNDS, OPEN_DAYS, REMIND_AFTER, ANSWERED_AFTER = 8, 24, (7, 14), 40  # days after the close
DAY = timedelta(days=1)
BRUSSELS = ZoneInfo(ZONE)
Sent = tuple[datetime, int, str]
"""When, to whom, and the key of the words."""


@dataclass
class Script:
    """What happens in two years, thrown once: who does what at which step, and when nobody is awake."""

    people: int
    seed: int = 11
    deeds: dict[datetime, list[tuple[int, str]]] = field(default_factory=lambda: defaultdict(list))
    asleep: list[tuple[datetime, datetime]] = field(default_factory=list)

    def __post_init__(self) -> None:
        chance = random.Random(self.seed)
        for number in range(self.people):
            self._throw("in", number, BEGINS + DAY * chance.randrange(200), chance)
            if chance.random() < 0.2:
                left = BEGINS + DAY * chance.randrange(200, 600)
                self._throw("out", number, left, chance)
                self._throw("in", number, left + DAY * chance.randrange(1, 40), chance)
            if chance.random() < 0.15:
                self._throw("block", number, BEGINS + DAY * chance.randrange(730), chance)
            for place in range(ROUNDS):
                deed = chance.choice(["send", "send", "begin", ""])
                if deed:
                    self._throw(deed, number, opening(place) + DAY * chance.randrange(OPEN_DAYS), chance)
        for _ in range(12):
            start = BEGINS + DAY * chance.randrange(730)
            self.asleep.append((start, start + timedelta(hours=chance.randrange(4, 24 * 12))))

    def _throw(self, deed: str, number: int, day: datetime, chance: random.Random) -> None:
        self.deeds[day.replace(hour=0) + STEP * chance.randrange(4)].append((number, deed))

    def is_asleep(self, now: datetime) -> bool:
        """Whether the program does not run."""
        return any(start <= now < end for start, end in self.asleep)


def opening(place: int) -> datetime:
    """When a round opens: every three months, at 09:00 of the local clock."""
    month = place * 3
    local = datetime(2027 + month // 12, 1 + month % 12, 18, 9, tzinfo=BRUSSELS)
    return local.astimezone(UTC)


def closing(place: int) -> datetime:
    """When it closes, in plain UTC days."""
    return opening(place) + DAY * OPEN_DAYS


class Model:
    """Who is to get what, in plain dictionaries: no store, no queue, no outbox."""

    def __init__(self, script: Script) -> None:
        self.script = script
        self.contacts: set[int] = set()
        self.blocked: set[int] = set()
        self.told: set[tuple[int, str]] = set()
        self.last: dict[int, date] = {}
        self.stands: dict[tuple[int, int], str] = {}
        self.opened: dict[int, date] = {}  # local days
        self.answered: dict[int, date] = {}
        self.sent: list[Sent] = []

    def run(self) -> list[Sent]:
        """Return every letter of two years."""
        now = BEGINS
        while now < ENDS:
            self._live(now)
            if not self.script.is_asleep(now):
                self._move(now)
                self._act(now)
                self._write(now)
            now += STEP
        return self.sent

    def _live(self, now: datetime) -> None:
        for number, deed in self.script.deeds.get(now, []):
            if deed == "block":
                self.blocked.add(number)

    def _move(self, now: datetime) -> None:
        for place in range(ROUNDS):
            if now >= opening(place):
                self.opened.setdefault(place, now.astimezone(BRUSSELS).date())
            if now >= closing(place) + DAY * ANSWERED_AFTER:
                self.answered.setdefault(place, now.date())

    def _act(self, now: datetime) -> None:
        is_open = [place for place in self.opened if now < closing(place)]
        for number, deed in self.script.deeds.get(now, []):
            if deed == "in":
                self.contacts.add(number)
            if deed == "out":
                self._leave(number)
            if deed in ("begin", "send") and is_open and self.stands.get((number, is_open[0])) != "send":
                self.stands[number, is_open[0]] = deed

    def _leave(self, number: int) -> None:
        self.contacts.discard(number)
        self.told = {row for row in self.told if row[0] != number}
        self.last.pop(number, None)

    def _write(self, now: datetime) -> None:
        local = now.astimezone(BRUSSELS)
        if not 9 <= local.hour < 20:
            return
        for place, opened in self.opened.items():
            if now >= closing(place):
                continue
            self._tell(now, place, f"invite {place}", "letter.invitation", {"begin", "send"})
            passed = (local.date() - opened).days
            rung = max((n for n, after in enumerate(REMIND_AFTER) if passed >= after), default=None)
            if rung is not None and passed - REMIND_AFTER[rung] <= 3 and now < closing(place) - DAY:
                key = ("letter.reminder", "letter.last_reminder")[rung]
                self._tell(now, place, f"remind {place} {rung}", key, {"send"})
        for place, written in self.answered.items():
            if now < datetime(written.year, written.month, written.day, tzinfo=UTC) + DAY * 60:
                self._tell(now, place, f"answer {place}", "notice.city_answered", set())

    def _tell(self, now: datetime, place: int, cause: str, key: str, needs_none: set[str]) -> None:
        for number in sorted(self.contacts):
            free = self.last.get(number, date.min)
            if (number, cause) in self.told or (free != date.min and now.date() < free + DAY * 7):
                continue
            self.told.add((number, cause))
            self.last[number] = now.date()
            if self.stands.get((number, place)) in needs_none:
                continue
            if number in self.blocked:
                self._leave(number)
            else:
                self.sent.append((now, number, key))


async def live(script: Script, folder: Path, kind: str = "memory") -> list[Sent]:
    """Live through the same two years with the program itself, and return what was said."""
    clock = MovableClock(BEGINS)
    async with a_post_house(kind, folder, clock) as house:
        postman = Postman(house)
        for place in range(ROUNDS):
            planned = a_round(
                f"r{place}",
                opens_at=opening(place),
                closes_at=closing(place),
                demonstration=False,
                draft_languages=LANGUAGES,
                note={"en": "nothing changed"},
                conduct={"remind_after": list(REMIND_AFTER)},
            )
            await house.campaigns.plan(planned, "a passphrase of staff")
        while clock.at < ENDS:
            postman.blocked |= {
                address_of(number) for number, deed in script.deeds.get(clock.at, []) if deed == "block"
            }
            if not script.is_asleep(clock.at):
                await _one_step(house, postman, script.deeds.get(clock.at, []))
            clock.advance(STEP)
    numbers = {address_of(number): number for number in range(script.people)}
    return [(at, numbers[address], key) for address, key, at in postman.said]


async def _one_step(house, postman: Postman, deeds: list[tuple[int, str]]) -> None:
    """Rounds move on, the city answers, people act, letters go: as the scheduler does it at each ring."""
    now = house.campaigns.now()
    await house.campaigns.advance_due()
    written = await house.stores.city_answers.all()
    for place in range(ROUNDS):
        if now >= closing(place) + DAY * ANSWERED_AFTER and f"r{place}" not in written:
            one = {"factor": "information", "said": {"en": "You said"}, "did": {"en": "We did"}}
            await house.stores.city_answers.keep(CityAnswer(round=f"r{place}", answer=(one,)), now)
    rounds = {round_.id: round_ for round_ in await house.stores.rounds.all()}
    is_open = [rounds[id_] for id_ in await house.programme.open_now(now)]
    for number, deed in deeds:
        if deed == "in":
            await opt_in(house, [number])
        if deed == "out":
            await house.stores.contacts.opt_out(address_of(number))
        if deed in ("begin", "send") and is_open:
            await stand(house, is_open[0], number, {"begin": "waiting", "send": "sent"}[deed])
    await house.mailings.tidy()
    await postman.deliver()


def findings(sent: list[Sent]) -> list[str]:
    """Return what breaks a promise, whatever the model says."""
    late = [at for at, _, _ in sent if not 9 <= at.astimezone(BRUSSELS).hour < 20]
    found = [f"{len(late)} letters outside the hours"] if late else []
    return found


def main() -> int:
    """Live through two years on disk and print what was sent to whom."""
    reader = argparse.ArgumentParser(prog="python -m tests.bot.two_years", description=__doc__)
    reader.add_argument("--people", type=int, default=60)
    reader.add_argument("--seed", type=int, default=11)
    wish = reader.parse_args()
    logging.disable()
    script, began = Script(wish.people, wish.seed), time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        sent = asyncio.run(live(script, Path(folder), "sqlite"))
    took = time.monotonic() - began
    expected = Model(script).run()
    print(f"two years, {ROUNDS} rounds, {wish.people} people: {took:.0f} seconds")
    asleep = sum(((end - start) for start, end in script.asleep), timedelta())
    print(f"asleep {len(script.asleep)} times, {asleep.days} days in all; letters: {len(sent)}")
    for key, letters in sorted(Counter(key for _, _, key in sent).items()):
        print(f"    {letters} x {key}")
    per_person = Counter(Counter(number for _, number, _ in sent).values())
    print(
        "    letters to one person: "
        + ", ".join(f"{n} to {people}" for n, people in sorted(per_person.items()))
    )
    same = sorted(sent) == sorted(expected)
    print("the plain model says the same" if same else "THE PLAIN MODEL SAYS OTHERWISE")
    return 0 if same and not findings(sent) else 1


if __name__ == "__main__":
    sys.exit(main())
