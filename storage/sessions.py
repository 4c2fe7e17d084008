"""Conversations between two messages: one turn is one transaction."""

from collections.abc import Iterable, Mapping
from datetime import date

from conversations.errors import Conflict
from conversations.identifiers import ParticipantKey, RoundId, UpdateId
from conversations.ports import Decide, Draft, Known, Outcome
from conversations.session import Status
from storage import inbox, parcels
from storage.database import Connection, Database, load_queries, uninterrupted
from storage.drafts import Drafts, KeyId
from storage.keyring import KeyFolder

_queries = load_queries("sessions")


class Conversations:
    """Keeps drafts between messages in the main database, each sealed with its own key."""

    def __init__(self, database: Database, keys: KeyFolder) -> None:
        self._database = database
        self._drafts = Drafts(keys)
        self._notice_key = parcels.notice_key(keys.installation())

    @uninterrupted
    async def take_turn(
        self, update: UpdateId | None, keys: Mapping[RoundId, ParticipantKey], today: date, decide: Decide
    ) -> Outcome | None:
        """Run one turn as one transaction: mark `update` as seen, load, decide, store."""
        async with self._database.unit_of_work() as db:
            if update is not None and not await inbox.first_to_see(db, update, today):
                return None
            await _refuse_closed(db, keys)
            outcome = decide(await self._known(db, keys))
            erased = await self._keep(db, outcome, today)
        await self._destroy(erased)
        return outcome

    async def draft(self, key: ParticipantKey) -> Draft | None:
        """Return the draft under `key`, waiting or sent, or None."""
        async with self._database.reading() as db:
            return await self._drafts.read(db, key)

    @uninterrupted
    async def forget_idle(self, before: date) -> int:
        """Erase waiting drafts last touched before that day, and return how many."""
        async with self._database.unit_of_work() as db:
            erased = await self._drafts.erase_idle(db, before)
        await self._destroy(erased)
        return len(erased)

    @uninterrupted
    async def forget_address(self, key: ParticipantKey) -> None:
        """Erase the address inside a draft: nobody is reached there any more."""
        async with self._database.unit_of_work() as db:
            erased = await self._drafts.forget_address(db, key)
        await self._destroy(erased)

    @uninterrupted
    async def erase_round(self, round_id: RoundId) -> int:
        """Erase the waiting drafts of a round that has closed, and return how many."""
        async with self._database.unit_of_work() as db:
            erased = await self._drafts.erase_round(db, round_id, Status.WAITING)
        await self._destroy(erased)
        return len(erased)

    async def forget_updates(self, today: date) -> None:
        """Forget seen updates older than two days."""
        async with self._database.unit_of_work() as db:
            await inbox.forget_updates(db, today)
        await self._database.checkpoint()

    async def _known(self, db: Connection, keys: Mapping[RoundId, ParticipantKey]) -> Known:
        drafts: list[Draft] = []
        took_part: set[RoundId] = set()
        for round_id, key in keys.items():
            if (draft := await self._drafts.read_or_erase(db, key)) is not None:
                drafts.append(draft)
            if await _queries.took_part(db, key=key) is not None:
                took_part.add(round_id)
        return Known(tuple(drafts), frozenset(took_part))

    async def _keep(self, db: Connection, outcome: Outcome, today: date) -> list[KeyId]:
        """Store what a turn leaves behind, and return the keys to be destroyed after the commit."""
        erased = [] if outcome.erase is None else await self._drafts.erase(db, outcome.erase)
        if outcome.save is not None:
            await self._drafts.save(db, outcome.save)
            if outcome.speak:
                session = outcome.save.session
                await parcels.put_turn(db, session.key, session.turn, today)
        for notice in outcome.notices:
            await parcels.put_notice(db, self._notice_key, notice, today)
        return erased

    async def _destroy(self, erased: list[KeyId]) -> None:
        """Destroy keys at once; the rows' remains follow when the log is truncated."""
        if erased:
            await self._drafts.destroy_keys(erased)
            await self._database.checkpoint()


async def _refuse_closed(db: Connection, rounds: Iterable[RoundId]) -> None:
    """Let no turn into a round that closed after somebody saw it open."""
    for round_id in rounds:
        if await _queries.is_over(db, round=round_id):
            raise Conflict("the round closed meanwhile")
