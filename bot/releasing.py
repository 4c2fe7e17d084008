"""A closed round is released, part by part; boxes that the plan keeps go when their months are over."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.freezing import (
    Watch,
    freeze,
    names_of,
    part_content,
    release_content,
    tables_of,
    unwatched,
)
from bot.registry import Registry
from conversations.conduct import Conduct
from conversations.errors import ReleaseError, StorageError
from conversations.identifiers import RoundId
from conversations.ports import TABLES
from conversations.rounds import Round, RoundState, months_after
from reports.disclosure import reopen
from reports.planned import Plan, by_association, read_plan

log = logging.getLogger(__name__)

BY_NAME = f"{TABLES}-2"
"""The part of a release that names associations."""


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a release: its name, the SHA-256 of its bytes, and whether it was frozen before."""

    name: str
    sha256: str
    before: bool


class Releasing:
    """Makes the parts of releases, each once, and destroys what they were made of when its time has come."""

    def __init__(self, registry: Registry, now: Callable[[], datetime]) -> None:
        self._registry = registry
        self._now = now

    async def first(self, round_: Round, passphrase: str | None, watch: Watch = unwatched) -> str:
        """Freeze the first part of a closed round, and the one that names associations, if its plan says so;
        destroy the rest; return the SHA-256 of the first part.

        Restartable at each point: a part that was frozen before is only verified, and destroying goes on.
        """
        content = await self._registry.releases.read(round_.id)
        if round_.state is RoundState.RELEASED:
            if content is None:
                raise ReleaseError(f"round {round_.id} is released, but its release is gone")
        else:
            await self._unlock(round_.id, passphrase)
        if content is None:
            content = await self._made_once(round_, watch)
        sha256 = await freeze(self._registry, round_.id, content)
        if round_.state is not RoundState.RELEASED:  # each part is made once, even if it came to nothing
            await self._by_name(round_, content, watch)
        await self._registry.conversations.erase_round(round_.id)
        await self._destroy(round_)
        return sha256

    async def _made_once(self, round_: Round, watch: Watch) -> bytes:
        """Make a release's bytes; where another process was faster, return those that it froze.

        Without the round's secret it was released before, though a backup has brought its boxes back.
        """
        try:
            self._registry.keyring.round_secret(round_.id)
            await self._registry.answers.flush(round_.id, 1)
            return await release_content(self._registry, round_, watch)
        except StorageError:
            content = await self._registry.releases.read(round_.id)
            if content is None:
                raise
            return content

    async def _by_name(self, round_: Round, first: bytes, watch: Watch) -> None:
        """Freeze a second part that names associations, where the plan says so, before the boxes go.

        It names those that more than fifty people came through; where it would tell a small group together
        with the first part, there is none.
        """
        if not await self.lacks_names(round_):
            return
        if await self._registry.answers.boxed(round_.id) == 0:
            return
        plan = by_association(Plan.model_validate(round_.plan))
        try:
            content = await part_content(self._registry, round_, plan, [reopen(first)], watch)
        except ReleaseError as error:
            log.warning("%s has no part by association: %s", round_.id, error)
            return
        await freeze(self._registry, round_.id, content, BY_NAME)

    async def lacks_names(self, round_: Round) -> bool:
        """Say whether a plan names associations, and no part of a release does: not yet, or not at all."""
        conduct = Conduct.model_validate(round_.conduct)
        named = conduct.by_association and bool(conduct.associations)
        return named and await self._registry.releases.read(round_.id, BY_NAME) is None

    async def _destroy(self, round_: Round) -> None:
        """Destroy what a release was made of: all, or all but the boxes that are kept for further parts."""
        kept = self.kept_until(round_) is not None and await self._registry.answers.boxed(round_.id) > 0
        await self._registry.answers.destroy(round_.id, keep_boxes=kept)
        await self._registry.progress.forget(round_.id)
        if kept:
            self._registry.keyring.destroy_pseudonyms(round_.id)
            self._registry.keyring.shut(round_.id)
        else:
            self._registry.keyring.destroy_round(round_.id)

    def kept_until(self, round_: Round) -> datetime | None:
        """Return until when the boxes of a round are kept, aware, or None: until its release."""
        months = Plan.model_validate(round_.plan).keep_months if round_.staff_key else 0
        if months == 0:
            return None
        closed = (round_.closed_at or round_.closes_at).astimezone(ZoneInfo(round_.timezone))
        return months_after(closed, months)

    async def expire(self, round_: Round) -> None:
        """Destroy the kept boxes of a released round and their key, if their months are over."""
        until = self.kept_until(round_)
        if round_.state is not RoundState.RELEASED or until is None or self._now() < until:
            return
        if await self._registry.answers.boxed(round_.id) > 0:
            self._registry.keyring.destroy_round(round_.id)
            await self._registry.answers.destroy(round_.id)

    async def add(
        self, round_: Round, text: str, passphrase: Callable[[], str], watch: Watch = unwatched
    ) -> Part:
        """Freeze one more part of a release, as a plan in TOML says; the same plan gives the same part.

        `passphrase` is asked for only when boxes are to be opened.

        Raises:
            RoundError: the plan does not fit what the round asked.
            ReleaseError: there are no boxes any more, or the part would give a small group away.
        """
        if round_.state is not RoundState.RELEASED:
            raise ReleaseError(
                f"round {round_.id} is {round_.state.value}, not released; a part is added to a release:"
                f" portevoix round release {round_.id}"
            )
        plan = await self._read(round_, text)
        earlier = await tables_of(self._registry, round_.id)
        names = await names_of(self._registry, round_.id)
        for name, part in zip(names, earlier, strict=True):
            if Plan.model_validate(part.document["manifest"]["plan"]) == plan:
                return Part(name, part.sha256, before=True)
        await self._check_kept(round_)
        await self._unlock(round_.id, passphrase())
        try:
            content = await part_content(self._registry, round_, plan, earlier, watch)
        finally:
            self._registry.keyring.shut(round_.id)
        return await self._freeze_next(round_, content, f"{TABLES}-{len(names) + 1}")

    async def _freeze_next(self, round_: Round, content: bytes, name: str) -> Part:
        """Freeze one more part; where another process was faster with another plan, this one is refused."""
        sha256 = await freeze(self._registry, round_.id, content, name)
        if await self._registry.releases.read(round_.id, name) != content:
            raise ReleaseError(f"somebody else added part {name} to {round_.id} meanwhile; try again")
        return Part(name, sha256, before=False)

    async def _read(self, round_: Round, text: str) -> Plan:
        """Read a plan for one more part; how long boxes are kept stays as the round's own plan says."""
        own = Plan.model_validate(round_.plan)
        instrument = await self._registry.programme.instrument(round_)
        plan = read_plan(text, instrument.in_release, own.k)
        return plan.model_copy(update={"keep_months": own.keep_months, "same_people": own.same_people})

    async def _check_kept(self, round_: Round) -> None:
        """Refuse a round whose boxes are gone."""
        until = self.kept_until(round_)
        if until is None:
            raise ReleaseError(
                f"the answers of {round_.id} were destroyed at its release; only a round with a staff-held"
                " key whose plan names keep_months can be given another part"
            )
        await self.expire(round_)
        if await self._registry.answers.boxed(round_.id) == 0:
            raise ReleaseError(
                f"the answers of {round_.id} are destroyed: they were kept until {until:%Y-%m-%d} at most"
            )

    async def _unlock(self, round_id: RoundId, passphrase: str | None) -> None:
        """Open the keys that staff hold, in memory alone."""
        if passphrase is not None:
            await asyncio.to_thread(self._registry.keyring.unlock, round_id, passphrase)
