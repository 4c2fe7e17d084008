"""Conversations and what is to be said, in memory."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta

from conversations.errors import Conflict
from conversations.identifiers import ParticipantKey, RoundId, UpdateId
from conversations.ports import Decide, Draft, Known, Outcome, Parcel, Trace
from conversations.rounds import RoundState
from conversations.session import Status
from storage.drafts import check_keepable, said, write_draft
from storage.memory.shared import Memory
from storage.parcels import new_id, read_notice, write_notice


class MemoryConversations:
    """Keeps drafts between messages, as JSON."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    async def take_turn(
        self, update: UpdateId | None, keys: Mapping[RoundId, ParticipantKey], today: date, decide: Decide
    ) -> Outcome | None:
        """Run one turn as one transaction: mark `update` as seen, load, decide, store."""
        self._forget(today)
        if update is not None and update in self._memory.seen:
            return None
        self._refuse_closed(keys)
        drafts = tuple(draft for key in keys.values() if (draft := self._memory.draft(key)) is not None)
        took_part = frozenset(id_ for id_, key in keys.items() if key in self._memory.took_part)
        known = Known(drafts, took_part, self._memory.codes.get, lambda id_: self._memory.given.get(id_, 0))
        outcome = decide(known)
        self._check(outcome)
        if update is not None:
            self._memory.seen[update] = today
        self._keep(outcome, today)
        return outcome

    async def draft(self, key: ParticipantKey) -> Draft | None:
        """Return the draft under `key`, waiting or sent, or None."""
        return self._memory.draft(key)

    async def drafts_of(self, keys: Collection[ParticipantKey]) -> Mapping[ParticipantKey, Draft]:
        """Return the drafts that there are under these keys, waiting or sent."""
        found = {key: self._memory.draft(key) for key in keys}
        return {key: draft for key, draft in found.items() if draft is not None}

    async def standing(self, keys: Collection[ParticipantKey]) -> Mapping[ParticipantKey, Status]:
        """Return which of these keys are in the middle of a round, and which have sent."""
        sent = {key: Status.SENT for key in keys if key in self._memory.took_part}
        return sent | {key: draft.session.status for key, draft in (await self.drafts_of(keys)).items()}

    async def prompt_again(self, since: date, today: date) -> Sequence[Draft]:
        """Put the present turn of waiting sessions into the outbox again, and return them."""
        speaking = {parcel.key for parcel, _ in self._memory.outbox.values()}
        drafts = [
            draft
            for draft in self._memory.in_state(Status.WAITING)
            if draft.session.touched_on >= since and draft.address and draft.session.key not in speaking
        ]
        for draft in drafts:
            self._put(Parcel(new_id(), key=draft.session.key, turn=draft.session.turn), today)
        return drafts

    async def forget_idle(self, before: date) -> int:
        """Erase waiting drafts last touched before that day, and return how many."""
        return self._erase(
            [d for d in self._memory.in_state(Status.WAITING) if d.session.touched_on < before]
        )

    async def forget_address(self, key: ParticipantKey) -> None:
        """Erase the draft of somebody who left; one that was sent only loses its address."""
        draft = self._memory.draft(key)
        if draft is not None and draft.session.status is Status.WAITING:
            self._memory.erase(key)
        elif draft is not None:
            self._memory.drafts[key] = write_draft(Draft(draft.session))

    async def erase_round(self, round_id: RoundId) -> int:
        """Erase the waiting drafts of a round that has closed, and return how many."""
        return self._erase([d for d in self._memory.in_state(Status.WAITING) if d.session.round == round_id])

    async def forget_updates(self, today: date) -> None:
        """Forget seen updates older than two days."""
        self._forget(today)

    def _forget(self, today: date) -> None:
        oldest = today - timedelta(days=1)
        self._memory.seen = {seen: day for seen, day in self._memory.seen.items() if day >= oldest}

    def _refuse_closed(self, rounds: Iterable[RoundId]) -> None:
        for round_ in (self._memory.rounds.get(round_id) for round_id in rounds):
            if round_ is not None and round_.state not in (RoundState.PLANNED, RoundState.OPEN):
                raise Conflict("the round closed meanwhile")

    def _erase(self, drafts: list[Draft]) -> int:
        for draft in drafts:
            self._memory.erase(draft.session.key)
        return len(drafts)

    def _check(self, outcome: Outcome) -> None:
        """Find what stands against an outcome before any of it is kept."""
        if outcome.spend and outcome.spend not in self._memory.codes:
            raise Conflict("the one-use code was spent meanwhile")
        if outcome.save is None:
            return
        session = outcome.save.session
        check_keepable(session)
        write_draft(outcome.save)
        kept = None if session.key == outcome.erase else self._memory.draft(session.key)
        if kept is not None and session.turn <= kept.session.turn:
            raise Conflict("the session has moved on meanwhile; read it again")

    def _keep(self, outcome: Outcome, today: date) -> None:
        if outcome.erase is not None:
            self._memory.erase(outcome.erase)
        self._memory.codes.pop(outcome.spend, None)
        if outcome.save is not None:
            session = outcome.save.session
            self._memory.drafts[session.key] = write_draft(outcome.save)
            if outcome.speak:
                self._memory.strike_turns(session.key)
                self._put(Parcel(new_id(), key=session.key, turn=session.turn), today)
        for notice in outcome.notices:
            self._put(Parcel(new_id(), notice=read_notice(write_notice(notice))), today)

    def _put(self, parcel: Parcel, today: date) -> None:
        self._memory.outbox[parcel.id] = (parcel, today)


class MemoryOutbox:
    """Keeps what is to be said until it was said, or 48 hours have passed."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    async def waiting(self) -> Sequence[Parcel]:
        """Return everything to be said, in no particular order but each session's turns in theirs."""
        return [parcel for parcel, _ in self._memory.outbox.values()]

    async def said(self, parcel: Parcel, shown: str | None = None) -> None:
        """Strike out a parcel; `shown`, if given, becomes its draft's note, in the same transaction."""
        _, on = self._memory.outbox.pop(parcel.id, (None, None))
        key = parcel.key or (parcel.notice.session if parcel.notice is not None else None)
        if shown is None or key is None or (draft := self._memory.draft(key)) is None:
            return
        if parcel.notice is None:  # also where a later turn has struck it out: this is what lies there now
            draft = said(draft, shown, parcel.turn)
        elif on is not None:
            traces = (Trace(on, note) for note in (parcel.notice.heard, shown) if note)
            draft = replace(draft, traces=(*draft.traces, *traces))
        self._memory.drafts[key] = write_draft(draft)

    async def drop_old(self, today: date) -> int:
        """Strike out what could not be said for two days, and return how much."""
        oldest = today - timedelta(days=1)
        old = [id_ for id_, (_, day) in self._memory.outbox.items() if day < oldest]
        for id_ in old:
            del self._memory.outbox[id_]
        return len(old)
