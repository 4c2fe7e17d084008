"""A round is planned, opens, closes and is released; what lay idle is erased."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.counting import Seen, count_weekly, seen
from bot.freezing import Watch, freeze_definitions, unwatched
from bot.i18n.sources import pack_sources
from bot.planning import with_drafts
from bot.registry import Registry
from bot.releasing import Part as ReleasedPart
from bot.releasing import Releasing
from conversations.errors import AppError, RoundError
from conversations.identifiers import RoundId
from conversations.instrument import for_city
from conversations.ports import Notice, NoticeButton, Outcome
from conversations.questionnaire import Questionnaire
from conversations.rounds import IDLE, Round, RoundState, check_alone, check_move, check_times, due_state
from reports.planned import Frame, Needed, Plan, default_plan, people_needed, read_plan

log = logging.getLogger(__name__)

FLUSH_AT = 10
"""So many sent sessions wait before a flush. Source: ANONYMITY.md, "What is kept"."""
TEXTS_KEPT = timedelta(days=90)
"""So long after the close unreleased texts are shut for good. Source: ANONYMITY.md, "What is kept"."""
CONTACTS_UNUSED = timedelta(days=365)


class Campaigns:
    """Moves rounds on; every transition is idempotent, so that late or double calls do no harm."""

    def __init__(self, registry: Registry, now: Callable[[], datetime]) -> None:
        self._registry = registry
        self._now = now
        self._releasing = Releasing(registry, now)

    def now(self) -> datetime:
        """Return the moment these campaigns live in, aware, UTC."""
        return self._now()

    async def plan(self, wanted: Round, passphrase: str | None = None, plan: str | None = None) -> Round:
        """Keep a new round with its plan and, if its id is taken, a number behind it.

        With a passphrase, the private halves of its keys are held by staff. `plan` is the release plan in
        TOML; None means the one that the benchmark comes with.

        Raises:
            RoundError: the times stand the wrong way round, another round overlaps, or the plan does not fit.
            DefinitionError: the benchmark or city is faulty.
        """
        check_times(wanted.opens_at, wanted.closes_at)
        _, asked = self._registry.definitions.pack(wanted.benchmark)
        city = self._registry.definitions.city(wanted.city)
        others = await self._registry.rounds.all()
        taken = {other.id for other in others}
        names = [wanted.id, *(RoundId(f"{wanted.id}-{number}") for number in range(2, 1_000))]
        plan = plan or self._registry.definitions.plan_text(wanted.benchmark)
        tables = _read(plan, for_city(asked, city), wanted.k, passphrase is not None)
        free = next(name for name in names if name not in taken)
        round_ = replace(wanted, id=free, k=tables.k, plan=tables.model_dump(mode="json"))
        check_alone(round_, others)
        if passphrase is not None:
            round_ = replace(round_, staff_key=True)
            await asyncio.to_thread(self._registry.keyring.hold_round, round_.id, passphrase)
        await self._registry.rounds.add(round_)
        self._registry.programme.forget()
        return round_

    def needed(self, round_: Round) -> Needed:
        """Return how many people the release of a planned round needs to be of use."""
        _, asked = self._registry.definitions.pack(round_.benchmark)
        city = self._registry.definitions.city(round_.city)
        return people_needed(Frame(Plan.model_validate(round_.plan), for_city(asked, city), city))

    async def open(self, round_id: RoundId, drafts: Sequence[str] = (), *, by_itself: bool = False) -> Round:
        """Open a planned round: freeze its definitions, make its keys.

        A language whose words nobody signed, or whose signature no longer holds for all of them, needs to be
        among those that the planner named, or among `drafts`. Where a round opens `by_itself` at its hour,
        nobody can be asked: it opens without that language. Source: LANGUAGES.md, "States".

        Raises:
            RoundError: there is no such round, or it is not planned; a language is not reviewed, not named.
            DefinitionError: the benchmark or city is faulty.
        """
        before = await self._get(round_id)
        check_move(before, RoundState.OPEN)
        asked = pack_sources(*self._registry.definitions.pack(before.benchmark))
        words = self._registry.catalogues
        before = with_drafts(before, words, drafts, leave_out=by_itself, asked=asked)
        now = self._now()
        after = replace(before, state=RoundState.OPEN, opened_at=now, opens_at=min(before.opens_at, now))
        check_times(after.opens_at, after.closes_at)
        check_alone(after, await self._registry.rounds.all())
        after = replace(after, definitions=await freeze_definitions(self._registry, before))
        self._registry.keyring.make_round(round_id)
        if await self._move(before, after) and not before.demonstration:
            await self._invite()
        return await self._get(round_id)

    async def _invite(self) -> None:
        """Tell everybody who asked for it that a round has opened, with the way out beside it."""
        buttons = (
            NoticeButton("n.start", "notice.answer_now"),
            NoticeButton("n.news.no", "notice.news_end_button"),
        )
        notices = tuple(
            Notice(contact.address, contact.locale, "notice.opened", buttons=buttons)
            for contact in await self._registry.contacts.all()
        )
        if notices:
            today = self._now().date()
            await self._registry.conversations.take_turn(None, {}, today, lambda _: Outcome(notices=notices))

    async def close(self, round_id: RoundId) -> Round:
        """Close an open round: no more answers, the last ones boxed, unfinished ones erased.

        Raises:
            RoundError: there is no such round, or it is neither open nor closed.
        """
        before = await self._get(round_id)
        if before.state is not RoundState.CLOSED:
            check_move(before, RoundState.CLOSED)
            after = replace(before, state=RoundState.CLOSED, closed_at=self._now())
            await self._move(before, after)
        await self._registry.answers.flush(round_id, 1)
        await self._registry.conversations.erase_round(round_id)
        return await self._get(round_id)

    async def release(
        self, round_id: RoundId, passphrase: str | None = None, watch: Watch = unwatched
    ) -> str:
        """Release a closed round: open the boxes once, in memory, tabulate, protect, freeze, verify, destroy.

        Restartable at each point. Returns the SHA-256 of the first part. `passphrase` opens keys that staff
        hold; then the plan may keep the boxes, shut, for further parts.

        Raises:
            RoundError: the round is not closed.
            KeyHeld: the passphrase is missing.
            ReleaseError: the release does not verify; nothing was destroyed.
        """
        before = await self.close_if_due(round_id)
        if before.state is not RoundState.RELEASED:
            check_move(before, RoundState.RELEASED)
        sha256 = await self._releasing.first(before, passphrase, watch)
        after = replace(before, state=RoundState.RELEASED, released_at=self._now())
        if before.state is not RoundState.RELEASED:
            await self._move(before, after)
        return sha256

    async def add(
        self, round_id: RoundId, plan: str, passphrase: Callable[[], str], watch: Watch = unwatched
    ) -> ReleasedPart:
        """Add one more part to the release of a round whose boxes are kept, as a plan in TOML says.

        Raises:
            RoundError: there is no such round, or the plan does not fit it.
            ReleaseError: it cannot have another part, or this one would give a small group away.
        """
        return await self._releasing.add(await self._get(round_id), plan, passphrase, watch)

    async def progress(self, round_id: RoundId) -> Seen:
        """Return what staff may see of an open round: coarse steps, and when they were counted.

        Raises:
            RoundError: there is no such round, or it is not open.
        """
        return await seen(self._registry, await self._get(round_id), self._now())

    async def close_if_due(self, round_id: RoundId) -> Round:
        """Return a round, closed if its time has come.

        Raises:
            RoundError: there is no such round, or it is still open.
        """
        round_ = await self._get(round_id)
        if due_state(round_, self._now()) is RoundState.CLOSED:
            round_ = await self.close(round_id)
        if round_.state is RoundState.OPEN:
            raise RoundError(
                f"round {round_id} is still open; close it first: portevoix round close {round_id}"
            )
        return round_

    async def advance_due(self) -> Sequence[tuple[RoundId, RoundState]]:
        """Make every transition that is due, oldest round first, and return what was done.

        A round that cannot move is named in the log, and keeps no other round from moving.
        """
        done: list[tuple[RoundId, RoundState]] = []
        for round_ in reversed(await self._registry.rounds.all()):
            current = round_
            try:
                while (state := due_state(current, self._now())) is not None:
                    current = await self._advance(current, state)
                    done.append((current.id, state))
            except AppError as error:
                log.warning("round %s cannot move on: %s", current.id, type(error).__name__)
        return done

    async def _advance(self, round_: Round, state: RoundState) -> Round:
        if state is RoundState.OPEN:
            if round_.closes_at <= self._now():
                return await self._open_late(round_)
            return await self.open(round_.id, by_itself=True)
        if state is RoundState.CLOSED:
            return await self.close(round_.id)
        await self.release(round_.id)
        return await self._get(round_.id)

    async def _open_late(self, round_: Round) -> Round:
        """Open a round whose whole time passed while nobody was awake; it closes at once."""
        self._registry.keyring.make_round(round_.id)
        definitions = await freeze_definitions(self._registry, round_)
        after = replace(round_, state=RoundState.OPEN, opened_at=self._now(), definitions=definitions)
        await self._move(round_, after)
        return await self._get(round_.id)

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

    async def _tidy_round(self, round_: Round, now: datetime) -> None:
        """Box what was sent in an open round, count it weekly; destroy what a released one need not keep."""
        if round_.state is RoundState.OPEN:
            await self._registry.answers.flush(round_.id, FLUSH_AT)
            await count_weekly(self._registry, round_, now)
        await self._releasing.expire(round_)
        if round_.closed_at is not None and now - round_.closed_at > TEXTS_KEPT:
            self._registry.keyring.destroy_texts(round_.id)
            await self._registry.answers.destroy_texts(round_.id)

    async def cancel(self, round_id: RoundId) -> Round:
        """Cancel a planned round.

        Raises:
            RoundError: there is no such round, or it has opened.
        """
        before = await self._get(round_id)
        check_move(before, RoundState.CANCELLED)
        if await self._move(before, replace(before, state=RoundState.CANCELLED)):
            self._registry.keyring.destroy_round(round_id)
            self._registry.keyring.destroy_texts(round_id)
        return await self._get(round_id)

    async def _move(self, before: Round, after: Round) -> bool:
        """Move a round on, and let the programme know; say whether this call did it."""
        try:
            return await self._registry.rounds.advance(before, after)
        finally:
            self._registry.programme.forget()

    async def _get(self, round_id: RoundId) -> Round:
        round_ = await self._registry.rounds.get(round_id)
        if round_ is None:
            raise RoundError(f"there is no round {round_id}; `portevoix round list` names them")
        return round_


def _read(plan: str | None, asked: Questionnaire, k: int, staff_key: bool) -> Plan:
    """Read the release plan of a new round."""
    if plan is None:
        return default_plan(asked, k)
    found = read_plan(plan, asked, k)
    if found.keep_months and not staff_key:
        raise RoundError("keep_months of the plan needs a staff-held key: add --staff-key, or take it out")
    return found
