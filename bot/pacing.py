"""When the next call to a channel may go out: rates, waits that the channel asked for, and backing off."""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta

Clock = Callable[[], float]
Sleep = Callable[[float], Awaitable[object]]

# Source: TELEGRAM.md, "Limits": about 1 message/s per chat, 30/s overall; no formula is published.
CHAT_RATE, CHAT_BURST = 1.0, 3  # a few quick taps in a row are let through, then one a second
OVERALL_RATE, OVERALL_BURST = 25.0, 5  # so that no single second holds more than 30
FIRST_PAUSE = 0.5  # seconds; a dropped connection is often the only thing wrong
LONGEST_PAUSE = 60.0  # seconds
CHATS_REMEMBERED = 20_000
ROUNDING = 1e-6  # of a call; sums of seconds are never exact


@dataclass(slots=True)
class Bucket:
    """Fills with `rate` a second up to `burst`; each call takes one."""

    rate: float
    burst: int
    level: float
    filled_at: float

    def wait(self, now: float) -> float:
        """Return the seconds until a call may go out, 0 for now."""
        self.level = min(float(self.burst), self.level + (now - self.filled_at) * self.rate)
        self.filled_at = now
        missing = 1.0 - self.level
        return missing / self.rate if missing > ROUNDING else 0.0


class Pace:
    """The pace of one channel; `clock` counts seconds upwards, `sleep` waits for some of them."""

    def __init__(self, clock: Clock, sleep: Sleep) -> None:
        self._clock = clock
        self._sleep = sleep
        self._gate = asyncio.Lock()
        self._overall = Bucket(OVERALL_RATE, OVERALL_BURST, OVERALL_BURST, clock())
        self._chats: OrderedDict[str, Bucket] = OrderedDict()
        self._quiet_until = clock()
        self._quiet_since = clock()
        self._pause = FIRST_PAUSE
        self.is_down = False

    async def turn(self, chat: str) -> bool:
        """Wait until it is this chat's turn, and say whether that took any time.

        One chat asks for one turn at a time.
        """
        bucket, waited = self._bucket(chat), self._gate.locked()
        while wait := bucket.wait(self._clock()):
            waited = True
            await self._sleep(wait)
        async with self._gate:  # first come, first served
            while wait := self._wait(self._clock()):
                waited = True
                await self._sleep(wait)
            self._overall.level -= 1
            bucket.level -= 1
        return waited

    @property
    def is_open(self) -> bool:
        """Whether no wait has begun since the turn was given; to be asked right before the call."""
        return self._clock() >= self._quiet_until

    def busy(self, wait: timedelta) -> None:
        """Let nothing out for `wait`, because the channel asked for it."""
        self._quiet_until = max(self._quiet_until, self._clock() + wait.total_seconds())

    def down(self, began: float) -> None:
        """Back off because a call that began then did not get through, each time twice as long."""
        if began < self._quiet_since:
            return  # it failed together with others that have been counted
        self.is_down = True
        self._quiet_since = self._clock()
        self._quiet_until = max(self._quiet_until, self._clock() + self._pause)
        self._pause = min(self._pause * 2, LONGEST_PAUSE)

    def up(self) -> None:
        """Take note that a call got through."""
        self.is_down = False
        self._pause = FIRST_PAUSE

    def _wait(self, now: float) -> float:
        return max(0.0, self._quiet_until - now, self._overall.wait(now))

    def _bucket(self, chat: str) -> Bucket:
        bucket = self._chats.get(chat)
        if bucket is None:
            bucket = self._chats[chat] = Bucket(CHAT_RATE, CHAT_BURST, CHAT_BURST, self._clock())
        self._chats.move_to_end(chat)
        while len(self._chats) > CHATS_REMEMBERED:
            self._chats.popitem(last=False)
        return bucket
