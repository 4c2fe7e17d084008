"""What was sent in an open round is boxed; what lay idle is erased."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from bot.counting import count_weekly
from bot.registry import Registry
from bot.releasing import Releasing
from conversations.errors import AppError
from conversations.rounds import IDLE, Round, RoundState

log = logging.getLogger(__name__)

FLUSH_AT = 10
"""So many sent sessions wait before a flush. Source: ANONYMITY.md, "What is kept"."""
TEXTS_KEPT = timedelta(days=90)
"""So long after the close unreleased texts are shut for good. Source: ANONYMITY.md, "What is kept"."""
CONTACTS_UNUSED = timedelta(days=365)
EVENING = timedelta(days=1)
"""So long an evening of helping several people with one phone may go on."""


class Tidying:
    """Boxes, counts and erases, round by round; one that cannot be tidied keeps no other from it."""

    def __init__(self, registry: Registry, now: Callable[[], datetime], releasing: Releasing) -> None:
        self._registry = registry
        self._now = now
        self._releasing = releasing

    async def tidy(self) -> None:
        """Box what has been sent, and erase what lay idle: drafts, updates, unsaid words, contacts."""
        now = self._now()
        for round_ in await self._registry.rounds.all():
            try:
                await self._tidy_round(round_, now)
            except AppError as error:
                log.warning("round %s cannot be tidied: %s", round_.id, type(error).__name__)
        await self._registry.conversations.forget_idle((now - IDLE).date())
        await self._registry.conversations.forget_updates(now.date())
        await self._registry.outbox.drop_old(now.date())
        await self._registry.contacts.forget_unused((now - CONTACTS_UNUSED).date())
        await self._registry.facilitating.forget_before((now - EVENING).date())

    async def _tidy_round(self, round_: Round, now: datetime) -> None:
        """Box what was sent in an open round, count it weekly; destroy what a released one need not keep."""
        if round_.state is RoundState.OPEN:
            await self._registry.answers.flush(round_.id, FLUSH_AT)
            await count_weekly(self._registry, round_, now)
        await self._releasing.expire(round_)
        if round_.closed_at is not None and now - round_.closed_at > TEXTS_KEPT:
            self._registry.keyring.destroy_texts(round_.id)
            await self._registry.answers.destroy_texts(round_.id)
