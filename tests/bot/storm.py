"""A storm: Telegram says 429 to three of ten messages, and nothing is lost, doubled, early or too fast.

`python -m tests.bot.storm --messages 10000` is the long form; its clock is injected, so it takes seconds.
"""

import argparse
import asyncio
import logging
import random
import sys
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import pairwise

from bot.delivery import Delivery
from conversations.errors import ChannelBusy, ChannelDown
from tests.bot.post_office import Channel, Shelf, Time, Words, drained, fullest_second

REFUSED = 0.3  # of all calls
BROKEN = 0.02  # of all calls: no answer
LONGEST_WAIT = 30  # seconds


@dataclass
class Storm:
    """What happened; every finding is a sentence, and none is what is hoped for."""

    messages: int
    calls: int = 0
    refusals: int = 0
    seconds: float = 0.0
    findings: list[str] = field(default_factory=list)


class StormyChannel(Channel):
    """A channel that refuses at random, and notes who called while it had asked to be left alone."""

    def __init__(self, time: Time, chance: random.Random) -> None:
        super().__init__(time, trouble=self._refuse)
        self.chance = chance
        self.quiet_until = 0.0
        self.refusals = 0
        self.early: list[float] = []

    async def show(self, account, screen, shown, turn):
        if self.time.now < self.quiet_until:
            self.early.append(self.time.now)
        self.travel = self.chance.random() / 3
        return await super().show(account, screen, shown, turn)

    def _refuse(self, _account, _screen):
        thrown = self.chance.random()
        if thrown < REFUSED:
            wait = self.chance.randrange(1, LONGEST_WAIT)
            self.quiet_until = max(self.quiet_until, self.time.now + wait)
            self.refusals += 1
            raise ChannelBusy(timedelta(seconds=wait))
        if thrown < REFUSED + BROKEN:
            raise ChannelDown("no answer")


async def storm(messages: int, seed: int = 7) -> Storm:
    """Say so many messages, three to each chat (two notices and a session's turn), through a storm."""
    time, shelf, chance = Time(), Shelf(), random.Random(seed)
    channel = StormyChannel(time, chance)
    delivery = Delivery(shelf, shelf, Words(), {"here": channel}, time, time.sleep)
    expected = defaultdict(list)
    for number in range(messages):
        account = f"person {number // 3}"
        if number % 3 == 2:
            shelf.session(account, number)
            expected[account].append(f"turn {number}")
        else:
            shelf.notice(f"n{number}", account)
            expected[account].append(f"n{number}")

    await drained(delivery, time)

    happened = Storm(messages, len(channel.calls), channel.refusals, time.now - 1000)
    happened.findings = list(_findings(channel, shelf, expected))
    return happened


def _findings(channel, shelf, expected):
    if shelf.parcels:
        yield f"{len(shelf.parcels)} still wait"
    said = defaultdict(list)
    for account, name in channel.said:
        said[account].append(name)
    if wrong := [account for account in expected if said[account] != expected[account]]:
        yield f"{len(wrong)} chats did not hear everything, once, in order"
    if channel.early:
        yield f"{len(channel.early)} calls fell into a wait"
    calls = defaultdict(list)
    for moment, account in channel.calls:
        calls[account].append(moment)
    gap = min(later - earlier for moments in calls.values() for earlier, later in pairwise(moments))
    if gap < 1:
        yield f"a chat was written to twice within {gap:.3f} seconds"
    if (most := fullest_second([moment for moment, _ in channel.calls])) > 25:
        yield f"{most} calls within one second"


def main() -> int:
    """Run the long form and print what happened."""
    reader = argparse.ArgumentParser(prog="python -m tests.bot.storm", description=__doc__)
    reader.add_argument("--messages", type=int, default=10_000)
    reader.add_argument("--seed", type=int, default=7)
    wish = reader.parse_args()
    logging.disable()
    happened = asyncio.run(storm(wish.messages, wish.seed))
    print(
        f"{happened.messages} messages, {happened.calls} calls, {happened.refusals} refused with a wait, "
        f"{happened.seconds:.0f} seconds of injected time"
    )
    for finding in happened.findings or ["all delivered, in order, never early, never too fast"]:
        print(finding)
    return 1 if happened.findings else 0


if __name__ == "__main__":
    sys.exit(main())
