"""APScheduler as an alarm clock: it calls campaigns and mailings, and nothing else."""

import logging
from collections.abc import Awaitable, Callable
from types import TracebackType

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.campaigns import Campaigns
from bot.mailing import Mailings
from conversations.errors import AppError

log = logging.getLogger(__name__)

LOOK_EVERY = 10  # seconds between two looks at what is due; a round is late by no more than that
TIDY_EVERY = 30  # seconds between two flushes


class Scheduler:
    """Rings while it is open; a look that fails is logged by type and tried again at the next ring."""

    def __init__(self, campaigns: Campaigns, mailings: Mailings) -> None:
        self._campaigns = campaigns
        self._mailings = mailings
        self._clock = AsyncIOScheduler(timezone="UTC")
        for ring, seconds in ((self.look, LOOK_EVERY), (self.mail, LOOK_EVERY), (self.tidy, TIDY_EVERY)):
            self._clock.add_job(
                ring, "interval", seconds=seconds, max_instances=1, coalesce=True, misfire_grace_time=None
            )

    async def __aenter__(self) -> "Scheduler":
        await self.look()
        await self.mail()
        await self.tidy()
        self._clock.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._clock.shutdown(wait=False)

    async def look(self) -> None:
        """Make the transitions that are due."""
        await _tried("look", self._advance)

    async def mail(self) -> None:
        """Hand out the letters that are due."""
        await _tried("mail", self._mailings.go_on)

    async def tidy(self) -> None:
        """Box what was sent, erase what lay idle."""
        await _tried("tidy", self._campaigns.tidy)
        await _tried("tidy", self._mailings.tidy)

    async def _advance(self) -> None:
        for round_id, state in await self._campaigns.advance_due():
            log.info("round %s is now %s", round_id, state.value)


async def _tried(action: str, act: Callable[[], Awaitable[object]]) -> None:
    """Do something that the next ring will try again if it fails."""
    try:
        await act()
    except AppError as error:
        log.warning("%s failed (%s); it will be tried again", action, type(error).__name__)
