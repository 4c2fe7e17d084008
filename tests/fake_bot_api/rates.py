"""Telegram's published rates: one message a second to a chat, thirty in all, twenty a minute to a group."""

import math
from dataclasses import dataclass

from tests.fake_bot_api.clock import Clock
from tests.fake_bot_api.refusals import too_many_requests

CHAT_BURST = 3  # messages; "short bursts" are allowed, no number is published
OVERALL_BURST = 30
GROUP_BURST = 20


@dataclass
class _Bucket:
    """Fills at `per_second` up to `burst`; a message takes one."""

    per_second: float
    burst: int
    level: float
    seen_at: float

    def wait(self, now: float) -> float:
        """Return the seconds until a message may go, 0 for now."""
        self.level = min(self.burst, self.level + max(0.0, now - self.seen_at) * self.per_second)
        self.seen_at = now
        return max(0.0, (1 - self.level) / self.per_second)


class Rates:
    """Who wrote how much lately."""

    def __init__(self, clock: Clock) -> None:
        """Begin with every allowance full."""
        self._clock = clock
        self._overall = _Bucket(30, OVERALL_BURST, OVERALL_BURST, clock.seconds())
        self._chats: dict[int, _Bucket] = {}

    def take(self, chat: int) -> None:
        """Count one message to `chat`.

        Raises:
            Refused: 429, with the seconds to wait.
        """
        now = self._clock.seconds()
        burst, rate = (CHAT_BURST, 1.0) if chat > 0 else (GROUP_BURST, 20 / 60)
        bucket = self._chats.setdefault(chat, _Bucket(rate, burst, burst, now))
        wait = max(self._overall.wait(now), bucket.wait(now))
        if wait > 0:
            raise too_many_requests(math.ceil(wait))
        self._overall.level -= 1
        bucket.level -= 1
