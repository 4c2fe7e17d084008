"""Invitations to thousands over HTTP to the fake Bot API, which refuses at random: each once, none too fast.

`python -m tests.bot.invitations --people 10000` is the long form. Its time is injected, and passes only while
no call is on its way; it begins an hour before the hours end, so that most are invited the next day.
"""

import argparse
import asyncio
import logging
import random
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.delivery import Delivery
from conversations.conduct import Hours
from conversations.reminders import next_within
from tests.bot.mail import LANGUAGES, ZONE, an_open_round, opt_in
from tests.bot.post_office import Time, fullest_second
from tests.bot.telegram_side import telegram
from tests.fake_bot_api import Clock, FakeBotApi
from tests.journeys.household import household, on_disk

EVENING = datetime(2027, 3, 1, 19, 0, tzinfo=UTC)  # 20:00 in Brussels: the hours end
HOUR = timedelta(hours=1)
REFUSED = 0.02  # of all calls, for up to half a minute each
BLOCKED = 0.01  # of all people
FASTEST = 25  # in any second


@dataclass
class Moments(Time):
    """Time that passes while everybody sleeps and no call is on its way; also a date."""

    begins: datetime = EVENING
    on_their_way: int = 0

    def date(self) -> datetime:
        return self.begins + timedelta(seconds=self.now - 1000)

    async def pass_until(self, done: asyncio.Task) -> None:
        while not done.done():
            for _ in range(12):
                await asyncio.sleep(0)
            if self.on_their_way:
                await asyncio.sleep(0.0005)
                continue
            await self._one_awakes()
        await done

    async def _one_awakes(self) -> None:
        while self.sleepers and self.sleepers[0][2].done():
            self.sleepers.pop(0)
            self.sleepers.sort()
        if not self.sleepers:
            await asyncio.sleep(0.0005)  # the database works
            return
        self.sleepers.sort()
        moment, _, future = self.sleepers.pop(0)
        self.now = max(self.now, moment)
        future.set_result(None)


class TheirClock(Clock):
    """The fake Telegram's clock, which shows the same."""

    def __init__(self, moments: Moments) -> None:
        super().__init__(moments.begins, running=False)
        self._moments = moments

    def now(self) -> datetime:
        return self._moments.date()


class Refusing:
    """The real channel; some of its calls are refused, and all are noted."""

    def __init__(self, channel, moments: Moments, api: FakeBotApi, chance: random.Random) -> None:
        self._channel, self._moments, self._api, self._chance = channel, moments, api, chance
        self.calls: list[datetime] = []
        self.refusals = 0

    async def show(self, account, screen, shown, turn):
        if self._chance.random() < REFUSED:
            wait = self._chance.randrange(1, 30)
            self._api.fail_next("sendMessage", 429, f"Too Many Requests: retry after {wait}", wait)
            self.refusals += 1
        self.calls.append(self._moments.date())
        self._moments.on_their_way += 1
        try:
            return await self._channel.show(account, screen, shown, turn)
        finally:
            self._moments.on_their_way -= 1

    async def clear(self, account, notes):
        await self._channel.clear(account, notes)

    async def take_away(self, account, before, after):
        await self._channel.take_away(account, before, after)


@dataclass
class Posted:
    """What happened; every finding is a sentence, and none is what is hoped for."""

    people: int
    calls: int = 0
    refusals: int = 0
    blocked: int = 0
    seconds: float = 0.0
    days: Counter = field(default_factory=Counter)
    findings: list[str] = field(default_factory=list)


async def post(people: int, folder: Path, seed: int = 7, before: timedelta = HOUR) -> Posted:
    """Invite so many people through a program on disk, from so long before the hours end until all are."""
    moments, chance = Moments(begins=EVENING - before), random.Random(seed)
    blocked = {number for number in range(people) if chance.random() < BLOCKED}
    async with (
        FakeBotApi(clock=TheirClock(moments), strict_rates=True) as api,
        household(on_disk(folder), clock=moments.date) as house,
        telegram(api, house.dialogue) as service,
    ):
        phones = {number: _phone(api, number, number in blocked) for number in range(people)}
        await _contacts(house, people)
        await an_open_round(house)
        channel = Refusing(service.channel, moments, api, chance)
        stores = house.stores
        delivery = Delivery(
            stores.outbox,
            stores.conversations,
            house.saying,
            {"telegram": channel},
            moments,
            moments.sleep,
            stores.contacts,
            now=moments.date,
        )
        await _until_nobody_is_left(house, delivery, moments)
        happened = Posted(people, len(channel.calls), channel.refusals, len(blocked), moments.now - 1000)
        happened.days = Counter(f"{at.astimezone(ZoneInfo(ZONE)):%A}" for at in channel.calls)
        happened.findings = list(_findings(phones, blocked, channel.calls))
        if len(left := await stores.contacts.all()) != people - len(blocked):
            happened.findings.append(f"{len(left)} contacts are left")
    return happened


def _phone(api: FakeBotApi, number: int, is_blocked: bool):
    person = api.person(account_id=2**41 + number, language_code="en")
    room = api.telegram.rooms.chats[person.account_id]
    room.started, room.blocked = True, is_blocked
    return person


async def _contacts(house, people: int) -> None:
    """Let people opt in, each in one of the languages of the round or in one that it does not offer."""
    for place, locale in enumerate([*LANGUAGES, "en", "ti"]):
        await opt_in(house, range(place, people, 4), locale)


async def _until_nobody_is_left(house, delivery: Delivery, moments: Moments) -> None:
    for _ in count():
        handing = asyncio.create_task(house.mailings.go_on())
        await moments.pass_until(handing)
        await moments.pass_until(asyncio.create_task(delivery.drain()))
        if handing.result() or not await house.stores.outbox.waiting():
            if not handing.result():
                return
            continue
        opens = next_within(Hours(), ZONE, moments.date())  # the hours are over: everybody sleeps
        moments.now += (opens - moments.date()).total_seconds()


def _findings(phones, blocked, calls):
    times = {number: len([one for one in phone.chat if one.from_bot]) for number, phone in phones.items()}
    if twice := [number for number, letters in times.items() if letters > 1]:
        yield f"{len(twice)} people were invited more than once"
    if missed := [number for number, letters in times.items() if not letters and number not in blocked]:
        yield f"{len(missed)} people were left out"
    if (most := fullest_second([at.timestamp() for at in calls])) > FASTEST:
        yield f"{most} calls within one second"
    local = [at.astimezone(ZoneInfo(ZONE)) for at in calls]
    if late := [at for at in local if not 9 <= at.hour < 20]:
        yield f"{len(late)} calls outside the hours"


def main() -> int:
    """Run the long form and print what happened."""
    reader = argparse.ArgumentParser(prog="python -m tests.bot.invitations", description=__doc__)
    reader.add_argument("--people", type=int, default=10_000)
    reader.add_argument("--seed", type=int, default=7)
    wish = reader.parse_args()
    logging.disable()
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        happened = asyncio.run(post(wish.people, Path(folder), wish.seed))
    print(
        f"{happened.people} people ({happened.blocked} had blocked the bot), {happened.calls} calls,"
        f" {happened.refusals} refused with a wait, {happened.seconds / 3600:.1f} hours of injected time"
        f" ({time.monotonic() - began:.0f} real seconds); calls by day: {dict(happened.days)}"
    )
    for finding in happened.findings or [
        f"everybody invited once, never more than {FASTEST} in a second, nothing outside the hours"
    ]:
        print(finding)
    return 1 if happened.findings else 0


if __name__ == "__main__":
    sys.exit(main())
