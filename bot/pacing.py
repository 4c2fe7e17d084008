"""When the next call to a channel may go out: rates, waits that the channel asked for, and backing off."""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import inf
from typing import TypeVar

from conversations.errors import Conflict, DatabaseUnusable

Given = TypeVar("Given")

Clock = Callable[[], float]
Sleep = Callable[[float], Awaitable[object]]
Now = Callable[[], datetime]

log = logging.getLogger(__name__)

FIRST_PAUSE = 0.5  # seconds; a dropped connection is often the only thing wrong
LONGEST_PAUSE = 60.0  # seconds
STORAGE_PAUSE, LONGEST_STORAGE_PAUSE = 1.0, 30.0  # seconds
SPARE = 1e-6  # seconds between two messages more than asked, because sums of seconds are never exact
ROUNDING = 1e-7  # seconds; less than this is no wait


@dataclass(frozen=True, slots=True)
class Rates:
    """How many messages a second a channel takes, evenly spaced: to one chat, and to all together."""

    chat_rate: float = 1.0
    overall_rate: float = 25.0


TELEGRAM_RATES = Rates()
"""What Telegram takes. Source: TELEGRAM.md, "Limits": about 1/s per chat, 30/s overall."""


class Pace:
    """The pace of one channel; `clock` counts seconds upwards, `sleep` waits for some of them.

    No second ever holds more messages than `rates` (by default `TELEGRAM_RATES`, looked up here and now).
    """

    def __init__(self, clock: Clock, sleep: Sleep, rates: Rates | None = None) -> None:
        rates = rates or TELEGRAM_RATES
        self._clock = clock
        self._sleep = sleep
        self._chat_gap, self._gap = _gap(rates.chat_rate), _gap(rates.overall_rate)
        self._gate = asyncio.Lock()
        self._free_at = -inf
        self._chats: OrderedDict[str, float] = OrderedDict()  # when each may hear something again
        self._quiet_until = self._quiet_since = clock()
        self._pause = FIRST_PAUSE
        self.is_down = False

    async def turn(self, chat: str) -> bool:
        """Wait until it is this chat's turn, and say whether that took any time.

        One chat asks for one turn at a time.
        """
        waited = self._gate.locked()
        while wait := self._until(self._chats.get(chat, -inf)):
            waited = True
            await self._sleep(wait)
        async with self._gate:  # first come, first served
            while wait := self._until(max(self._quiet_until, self._free_at)):
                waited = True
                await self._sleep(wait)
            self._free_at = self._clock() + self._gap
            self.spoke(chat)
        return waited

    async def another(self, chat: str) -> None:
        """Wait until one more message may go to a chat that was just written to."""
        while await self.turn(chat) and not self.is_open:
            pass

    def spoke(self, chat: str) -> None:
        """Count a chat's second from now on: the channel may have taken the message only now."""
        now = self._clock()
        self._chats[chat] = now + self._chat_gap
        self._chats.move_to_end(chat)
        while self._chats and next(iter(self._chats.values())) <= now:
            self._chats.popitem(last=False)

    @property
    def is_open(self) -> bool:
        """Whether no wait has begun since the turn was given; to be asked right before the call."""
        return self._clock() >= self._quiet_until

    async def opened(self) -> None:
        """Wait until the channel takes calls again; for calls that are no messages."""
        while wait := self._until(self._quiet_until):
            await self._sleep(wait)

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

    def _until(self, moment: float) -> float:
        """Return the seconds until a moment, 0 if it is here."""
        missing = moment - self._clock()
        return missing if missing > ROUNDING else 0.0


async def patiently(call: Callable[[], Awaitable[Given]], sleep: Sleep) -> Given:
    """Do something with the storage, again and again until it works.

    Raises:
        StorageError: something is unreadable, which time does not put right.
    """
    pause = STORAGE_PAUSE
    while True:
        try:
            return await call()
        except (DatabaseUnusable, Conflict) as caught:
            words = "storage does not work, trying again"
            log.error(words, extra={"action": "say", "error": type(caught).__name__})
            await sleep(pause)
            pause = min(pause * 2, LONGEST_STORAGE_PAUSE)


def _gap(rate: float) -> float:
    return 1 / rate + SPARE if rate < inf else 0.0
