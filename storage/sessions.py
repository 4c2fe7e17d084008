"""Conversations between two messages: one turn is one transaction."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date

from conversations.errors import Conflict
from conversations.identifiers import ParticipantKey, RoundId, UpdateId
from conversations.ports import Decide, Draft, Known, Outcome
from conversations.session import Status
from storage import codes, inbox, parcels, receipts
from storage.database import Connection, Database, load_queries, truncate_log
from storage.drafts import Drafts, KeyId
from storage.keyring import KeyFolder

_queries = load_queries("sessions")


class Conversations:
    """Keeps drafts between messages in the main database, each sealed with its own key."""

    def __init__(self, database: Database, keys: KeyFolder) -> None:
        self._database = database
        self._drafts = Drafts(keys)
        self._codes_key = codes.codes_key(keys.installation())
        self._notice_key = parcels.notice_key(keys.installation())
        self._seen = inbox.Seen()

    async def take_turn(
        self, update: UpdateId | None, keys: Mapping[RoundId, ParticipantKey], today: date, decide: Decide
    ) -> Outcome | None:
        """Run one turn as one transaction: mark `update` as seen, load, decide, store."""
        erased: list[KeyId] = []
        spent: list[str] = []

        def turn(db: Connection) -> Outcome | None:
            if update is not None and not self._seen.is_first(db, update, today):
                return None
            _refuse_closed(db, keys)
            outcome = decide(self._known(db, keys))
            erased.extend(self._keep(db, outcome, today))
            spent.extend(filter(None, [outcome.spend]))
            return outcome

        try:
            return await self._database.write(turn, lambda db: self._make_gone(db, erased, spent))
        except BaseException:
            self._seen.doubt()
            raise

    async def draft(self, key: ParticipantKey) -> Draft | None:
        """Return the draft under `key`, waiting or sent, or None."""
        return await self._database.read(lambda db: self._drafts.read(db, key))

    async def drafts_of(self, keys: Collection[ParticipantKey]) -> Mapping[ParticipantKey, Draft]:
        """Return the drafts that there are under these keys, waiting or sent."""

        def read(db: Connection) -> dict[ParticipantKey, Draft]:
            found = {key: self._drafts.read(db, key) for key in keys}
            return {key: draft for key, draft in found.items() if draft is not None}

        return await self._database.read(read)

    async def standing(self, keys: Collection[ParticipantKey]) -> Mapping[ParticipantKey, Status]:
        """Return which of these keys are in the middle of a round, and which have sent."""

        def read(db: Connection) -> dict[ParticipantKey, Status]:
            found = {key: _queries.standing(db, key=key) for key in keys}
            return {key: Status(state) for key, state in found.items() if state is not None}

        return await self._database.read(read)

    async def prompt_again(self, since: date, today: date) -> Sequence[Draft]:
        """Put the present turn of waiting sessions into the outbox again, and return them."""

        def put(db: Connection) -> list[Draft]:
            drafts = self._drafts.idle_since(db, since)
            for draft in drafts:
                parcels.put_turn(db, draft.session.key, draft.session.turn, today)
            return drafts

        return await self._database.write(put)

    async def forget_idle(self, before: date) -> int:
        """Erase waiting drafts last touched before that day, and return how many."""
        return await self._erase(lambda db: self._drafts.erase_idle(db, before))

    async def forget_address(self, key: ParticipantKey) -> None:
        """Erase the draft of somebody who left; one that was sent only loses its address."""
        await self._erase(lambda db: self._drafts.forget_address(db, key))

    async def erase_round(self, round_id: RoundId) -> int:
        """Erase the waiting drafts of a round that has closed, and return how many."""
        return await self._erase(lambda db: self._drafts.erase_round(db, round_id, Status.WAITING))

    async def forget_updates(self, today: date) -> None:
        """Forget seen updates older than two days, and keys that no draft needs; empty the log."""

        def forget(db: Connection) -> None:
            inbox.forget_updates(db, today)
            self._drafts.sweep(db)

        await self._database.write(forget, truncate_log)

    async def _erase(self, work: Callable[[Connection], list[KeyId]]) -> int:
        """Delete rows and, right after the commit, destroy their keys."""
        erased: list[KeyId] = []
        await self._database.write(
            lambda db: erased.extend(work(db)), lambda db: self._drafts.destroy(db, erased)
        )
        return len(erased)

    def _known(self, db: Connection, keys: Mapping[RoundId, ParticipantKey]) -> Known:
        self._drafts.begin()
        drafts: list[Draft] = []
        took_part: set[RoundId] = set()
        for round_id, key in keys.items():
            if (draft := self._drafts.read_or_erase(db, key)) is not None:
                drafts.append(draft)
            elif _queries.took_part(db, key=key) is not None:
                took_part.add(round_id)
        return Known(
            tuple(drafts),
            frozenset(took_part),
            bundle_of=lambda code: codes.bundle_of(db, self._codes_key, code),
            receipts_given=lambda round_id: receipts.given(db, round_id),
        )

    def _keep(self, db: Connection, outcome: Outcome, today: date) -> list[KeyId]:
        """Store what a turn leaves behind, and return the keys to be destroyed after the commit."""
        erased = [] if outcome.erase is None else self._drafts.erase(db, outcome.erase)
        if outcome.save is not None:
            self._drafts.save(db, outcome.save)
            if outcome.speak:
                session = outcome.save.session
                parcels.put_turn(db, session.key, session.turn, today)
        for notice in outcome.notices:
            parcels.put_notice(db, self._notice_key, notice, today)
        if outcome.spend:
            codes.spend(db, self._codes_key, outcome.spend)
        return erased

    def _make_gone(self, db: Connection, erased: list[KeyId], spent: list[str]) -> None:
        """Destroy keys, and bring a spent code out of the log, where it stood beside who spent it."""
        self._drafts.destroy(db, erased)
        if spent:
            truncate_log(db)


def _refuse_closed(db: Connection, rounds: Iterable[RoundId]) -> None:
    """Let no turn into a round that closed after somebody saw it open."""
    for round_id in rounds:
        if _queries.is_over(db, round=round_id):
            raise Conflict("the round closed meanwhile")
