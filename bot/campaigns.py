"""A round is planned, opens, closes and is released; what lay idle is erased."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from bot.advancing import Advancing
from bot.arranging import arrange, needed
from bot.counting import Seen, seen
from bot.freezing import Watch, as_opened, unwatched
from bot.gates import check_ready, waits_for
from bot.i18n.sources import pack_sources
from bot.planning import with_drafts
from bot.registry import Registry
from bot.releasing import Part as ReleasedPart
from bot.releasing import Releasing
from bot.series import ENDED, Series
from bot.tidying import CONTACTS_UNUSED, FLUSH_AT, TEXTS_KEPT, Tidying
from conversations.errors import RoundError
from conversations.identifiers import RoundId
from conversations.life import By, Deed
from conversations.rounds import Round, RoundState, check_alone, check_move, check_times, due_state
from reports.planned import Needed

__all__ = ["CONTACTS_UNUSED", "FLUSH_AT", "TEXTS_KEPT", "Campaigns"]


class Campaigns:
    """Moves rounds on; every transition is idempotent, so that late or double calls do no harm."""

    def __init__(self, registry: Registry, now: Callable[[], datetime]) -> None:
        self._registry = registry
        self._now = now
        self._releasing = Releasing(registry, now)
        self._tidying = Tidying(registry, now, self._releasing)
        self.series = Series(registry, now)
        self._advancing = Advancing(registry, now, self, self.series)

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
        round_ = await arrange(self._registry, wanted, passphrase, plan, Deed(self._now()))
        self._registry.programme.forget()
        return round_

    def needed(self, round_: Round) -> Needed:
        """Return how many people the release of a planned round needs to be of use."""
        return needed(self._registry, round_)

    async def open(self, round_id: RoundId, drafts: Sequence[str] = (), *, by_itself: bool = False) -> Round:
        """Open a planned round: freeze its definitions and whom it may name, make its keys.

        A language whose words nobody signed, or whose signature no longer holds for all of them, needs to be
        among those that the planner named, or among `drafts`. Where a round opens `by_itself` at its hour,
        nobody can be asked: it opens without that language. Source: LANGUAGES.md, "States".

        Raises:
            RoundError: there is no such round, it is not planned, or waits for a note or the city's answer; a
            language is not reviewed, not named.
            DefinitionError: the benchmark or city is faulty.
        """
        before = await self._get(round_id)
        check_move(before, RoundState.OPEN)
        await check_ready(self._registry, before)
        asked = pack_sources(*self._registry.definitions.asked(before))
        words = self._registry.catalogues
        before = with_drafts(before, words, drafts, leave_out=by_itself, asked=asked)
        now = self._now()
        after = replace(before, state=RoundState.OPEN, opened_at=now, opens_at=min(before.opens_at, now))
        check_times(after.opens_at, after.closes_at)
        check_alone(after, await self._registry.rounds.all())
        after = await as_opened(self._registry, after)
        self._registry.keyring.make_round(round_id)
        await self._move(before, after, "clock" if by_itself else "staff")
        return await self._opened(round_id)

    async def _opened(self, round_id: RoundId) -> Round:
        """Return a round that was just opened, by whomever.

        Raises:
            RoundError: it was changed meanwhile, and is planned still, or cancelled.
        """
        round_ = await self._get(round_id)
        if round_.state is RoundState.CANCELLED:
            self._destroy_keys(round_id)
            raise RoundError(f"round {round_id} was cancelled while it was to be opened")
        if round_.state is RoundState.PLANNED:
            raise RoundError(f"round {round_id} was changed while it was to be opened; open it again")
        return round_

    async def close(self, round_id: RoundId, *, by: By = "staff") -> Round:
        """Close an open round: no more answers, the last ones boxed, unfinished ones erased.

        Raises:
            RoundError: there is no such round, or it is neither open nor closed.
        """
        before = await self._get(round_id)
        if before.state is not RoundState.CLOSED:
            check_move(before, RoundState.CLOSED)
            closed_at = max(self._now(), before.opened_at or before.opens_at)  # clocks are set back, too
            await self._move(before, replace(before, state=RoundState.CLOSED, closed_at=closed_at), by)
        await self._registry.answers.flush(round_id, 1)
        await self._registry.conversations.erase_round(round_id)
        return await self._get(round_id)

    async def release(
        self,
        round_id: RoundId,
        passphrase: str | None = None,
        watch: Watch = unwatched,
        *,
        by: By = "staff",
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
            await self._move(before, after, by)
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

    async def waits_for(self, round_: Round) -> str:
        """Return what a planned round waits for before it may open, in words for staff, or nothing."""
        return await waits_for(self._registry, round_)

    async def names_nobody(self, round_: Round) -> bool:
        """Say whether a released round names no association though its plan would."""
        return round_.state is RoundState.RELEASED and await self._releasing.lacks_names(round_)

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
            round_ = await self.close(round_id, by="clock")
        if round_.state is RoundState.OPEN:
            raise RoundError(
                f"round {round_id} is still open; close it first: portevoix round close {round_id}"
            )
        return round_

    async def advance_due(self) -> Sequence[tuple[RoundId, RoundState]]:
        """Make every transition that is due, oldest round first, make series go on, and return what was done.

        A round that cannot move is named in the log, and keeps no other round from moving.
        """
        return await self._advancing.advance_due()

    async def tidy(self) -> None:
        """Box what has been sent, and erase what lay idle: drafts, updates, unsaid words, contacts."""
        await self._tidying.tidy()

    async def cancel(self, round_id: RoundId, reason: str = "", *, by: By = "staff") -> Round:
        """Cancel a planned round; the reason stands in its history.

        Raises:
            RoundError: there is no such round, or it has opened.
        """
        before = await self._get(round_id)
        check_move(before, RoundState.CANCELLED)
        if await self._move(before, replace(before, state=RoundState.CANCELLED), by, reason):
            self._destroy_keys(round_id)
        return await self._get(round_id)

    def _destroy_keys(self, round_id: RoundId) -> None:
        """Destroy the keys of a round that never opened."""
        self._registry.keyring.destroy_round(round_id)
        self._registry.keyring.destroy_texts(round_id)

    async def prepare(
        self, round_id: RoundId, note: Mapping[str, str] | None = None, without_answer: str | None = None
    ) -> Round:
        """Give a planned round its note, or the reason why it opens although the city has not answered.

        None leaves what there is.

        Raises:
            RoundError: there is no such round, it has opened, or somebody else changed it meanwhile.
        """
        before = await self._get(round_id)
        if before.state is not RoundState.PLANNED:
            raise RoundError(f"round {round_id} is {before.state}; only a planned round can be prepared")
        after = replace(
            before,
            note=before.note if note is None else note,
            without_answer=before.without_answer if without_answer is None else without_answer,
        )
        named = [word for word, given in (("note", note), ("reason", without_answer)) if given is not None]
        if not await self._move(before, after, "staff", " and ".join(named)):
            raise RoundError(f"round {round_id} was changed by somebody else meanwhile; prepare it again")
        return await self._get(round_id)

    async def end(self, series: str, city: str = "") -> Sequence[Round]:
        """End a series, and cancel what is planned of it; return the rounds that were cancelled.

        Raises:
            RoundError: there is no such series, or one in several cities.
        """
        schedule = await self.series.end(series, city)
        planned = [
            round_
            for round_ in await self._registry.rounds.all()
            if round_.schedule == schedule.id and round_.state is RoundState.PLANNED
        ]
        return [await self.cancel(round_.id, ENDED) for round_ in planned]

    async def _move(self, before: Round, after: Round, by: By, reason: str = "") -> bool:
        """Move a round on, and let the programme know; say whether this call did it."""
        try:
            return await self._registry.rounds.advance(before, after, Deed(self._now(), by, reason))
        finally:
            self._registry.programme.forget()

    async def _get(self, round_id: RoundId) -> Round:
        round_ = await self._registry.rounds.get(round_id)
        if round_ is None:
            raise RoundError(f"there is no round {round_id}; `portevoix round list` names them")
        return round_
