"""After an outage, asks again whoever was in the middle of answering: their pressed buttons are lost."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Protocol

from bot.letters import Spoken
from conversations.errors import Conflict, StorageError
from conversations.ports import ConversationStore, LastHeard

log = logging.getLogger(__name__)

OUTAGE = timedelta(seconds=150)  # so long a pressed button lives; Source: TELEGRAM.md, "The platform"
LATELY = timedelta(days=1)  # whoever answered no later than yesterday is asked again
STEP = 20  # seconds; the kept moment is one of these steps, so that it does not tell when somebody wrote


class SaysLast(Protocol):
    """Says things after everything that people wait for."""

    async def say_last(self, put: Callable[[], Awaitable[Sequence[Spoken]]]) -> None:
        """Say what `put` puts into the outbox last, in the order it returns."""


class Recovery:
    """Knows when the channel was last heard from, and asks again after a long silence, once.

    `newness` of a channel's note is the higher the later its message was sent; `forget_places` lets the
    channel say what comes next as new messages. `now` is the clock: aware, UTC.
    """

    def __init__(
        self,
        last_heard: LastHeard,
        conversations: ConversationStore,
        delivery: SaysLast,
        now: Callable[[], datetime],
        newness: Callable[[str], int],
        forget_places: Callable[[], None],
    ) -> None:
        self._last_heard = last_heard
        self._conversations = conversations
        self._delivery = delivery
        self._now = now
        self._newness = newness
        self._forget_places = forget_places
        self._heard_at: datetime | None = None
        self._marked: datetime | None = None

    async def heard(self) -> None:
        """Take note that the channel was heard from just now; never an error.

        A data folder that was never heard from (one from a backup, say) counts as one after an outage.
        """
        now = self._now()
        try:
            before = self._heard_at or self._last_heard.at()
            if before is None or now - before > OUTAGE:
                await self._delivery.say_last(lambda: self._prompt_again(now))
            self._heard_at = now
            self._mark(now)
        except (StorageError, Conflict) as caught:
            log.error("not kept, tried again", extra={"action": "recover", "error": type(caught).__name__})

    async def keep_up(self, stop: asyncio.Event) -> None:
        """Count as heard from for as long as the program runs: a webhook is silent while nobody writes."""
        while not stop.is_set():
            await self.heard()
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), STEP)

    async def _prompt_again(self, now: datetime) -> Sequence[Spoken]:
        """Put prompts into the outbox, and only then forget that there was an outage; newest first."""
        self._forget_places()
        drafts = await self._conversations.prompt_again(now.date() - LATELY, now.date())
        self._heard_at = now
        if drafts:
            log.warning("asking again after an outage", extra={"action": "recover"})
        newest_first = sorted(drafts, key=lambda draft: self._newness(draft.shown), reverse=True)
        with suppress(StorageError):  # tried again at once, by whoever called
            self._mark(now)
        return [(draft.session.key, draft.session.turn) for draft in newest_first]

    def _mark(self, now: datetime) -> None:
        step = now - timedelta(seconds=now.timestamp() % STEP)
        if step != self._marked:
            self._last_heard.mark(step)
            self._marked = step
