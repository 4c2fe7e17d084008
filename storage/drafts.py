"""Drafts as rows: everything but key, round and turn sealed, each with its own key."""

import asyncio
import json
from datetime import date

from pydantic import ValidationError

from conversations.errors import Conflict, StorageError
from conversations.identifiers import ParticipantKey, RoundId
from conversations.ports import Draft
from conversations.session import Session, Status, read_session
from storage.boxes import pack_sheet
from storage.database import Connection, load_queries
from storage.keyring import KeyFolder
from storage.sealing import seal, unseal

_queries = load_queries("drafts")
STEP = 1024  # bytes; how much somebody has said does not show in a row's length

KeyId = str


class Drafts:
    """Reads and writes drafts inside a unit of work; the caller destroys keys, after the commit."""

    def __init__(self, keys: KeyFolder) -> None:
        self._keys = keys

    async def read(self, db: Connection, key: ParticipantKey) -> Draft | None:
        """Return the draft under `key`, or None; one whose key is gone counts as none."""
        row = await _queries.by_key(db, key=key)
        return None if row is None else self._open(*row)

    async def read_or_erase(self, db: Connection, key: ParticipantKey) -> Draft | None:
        """Return the draft under `key`, or None; a row whose key is gone is deleted."""
        row = await _queries.by_key(db, key=key)
        if row is None:
            return None
        if (draft := self._open(*row)) is None:
            await _queries.erase(db, key=key)
        return draft

    async def of_round(
        self, db: Connection, round_id: RoundId, state: Status, unsaid: bool = True
    ) -> list[Draft]:
        """Return the drafts of a round in one state; without `unsaid`, none that still has a turn to say."""
        found = _queries.of_round(db, round=round_id, state=state.value, unsaid=unsaid)
        rows = [row async for row in found]
        return [draft for _, key_id, sealed in rows if (draft := self._open(key_id, sealed)) is not None]

    async def count(self, db: Connection, round_id: RoundId, state: Status, unsaid: bool = True) -> int:
        """Return how many drafts `of_round` would give."""
        return int(await _queries.count_of_round(db, round=round_id, state=state.value, unsaid=unsaid))

    async def save(self, db: Connection, draft: Draft) -> None:
        """Keep a draft in place of its earlier turn.

        Raises:
            Conflict: the same or a later turn is kept already.
        """
        session = draft.session
        check_keepable(session)
        row = await _queries.by_key(db, key=session.key)
        key_id, sealed = await self._seal(draft, None if row is None else row[0])
        saved = await _queries.save(
            db,
            key=session.key,
            round=session.round,
            turn=session.turn,
            state=session.status.value,
            draft_key_id=key_id,
            sealed=sealed,
            touched_on=session.touched_on.isoformat(),
        )
        if saved is None:
            raise Conflict("the session has moved on meanwhile; read it again")

    async def note(self, db: Connection, key: ParticipantKey, shown: str) -> None:
        """Change the channel's note in a draft, if the draft still is there."""
        row = await _queries.by_key(db, key=key)
        if row is None or (draft := self._open(*row)) is None:
            return
        noted = Draft(draft.session, draft.address, shown)
        key_id, sealed = await self._seal(noted, row[0])
        await _queries.seal_again(db, key=key, draft_key_id=key_id, sealed=sealed)

    async def forget_address(self, db: Connection, key: ParticipantKey) -> list[KeyId]:
        """Seal a draft without its address under a fresh key, and return the old key, to be destroyed."""
        row = await _queries.by_key(db, key=key)
        if row is None or (draft := self._open(*row)) is None:
            return []
        key_id, sealed = await self._seal(Draft(draft.session), None)
        await _queries.seal_again(db, key=key, draft_key_id=key_id, sealed=sealed)
        return [row[0]]

    async def erase(self, db: Connection, key: ParticipantKey) -> list[KeyId]:
        """Delete a draft's row, and return its key, to be destroyed."""
        key_id = await _queries.erase(db, key=key)
        return [] if key_id is None else [key_id]

    async def erase_idle(self, db: Connection, before: date) -> list[KeyId]:
        """Delete the rows of waiting drafts last touched before a day, and return their keys."""
        return [row[0] async for row in _queries.erase_idle(db, before=before.isoformat())]

    async def erase_round(
        self, db: Connection, round_id: RoundId, state: Status, unsaid: bool = True
    ) -> list[KeyId]:
        """Delete the rows that `of_round` would read, and return their keys."""
        erased = _queries.erase_round(db, round=round_id, state=state.value, unsaid=unsaid)
        return [row[0] async for row in erased]

    async def destroy_keys(self, key_ids: list[KeyId]) -> int:
        """Destroy the keys of drafts whose rows were deleted: only now are they erased."""
        return await asyncio.to_thread(self._keys.destroy_drafts, key_ids) if key_ids else 0

    async def sweep(self, db: Connection) -> int:
        """Destroy keys that a crash left behind, and return how many."""
        needed = {row[0] async for row in _queries.key_ids(db)}
        return await asyncio.to_thread(self._keys.sweep_drafts, needed)

    async def _seal(self, draft: Draft, key_id: KeyId | None) -> tuple[KeyId, bytes]:
        """Seal a draft with its key, or with a new one, durable before anything is stored."""
        content = write_draft(draft)
        if key_id is not None and (key := self._keys.draft(key_id)) is not None:
            return key_id, seal(key, content, STEP)
        fresh_id, fresh = await asyncio.to_thread(self._keys.make_draft)
        return fresh_id, seal(fresh, content, STEP)

    def _open(self, key_id: KeyId, sealed: bytes) -> Draft | None:
        key = self._keys.draft(key_id)
        return None if key is None else read_draft(unseal(key, sealed, STEP))


def check_keepable(session: Session) -> None:
    """Refuse what no store keeps: a session that is over, or a sheet that will not fit into a box."""
    if session.status not in (Status.WAITING, Status.SENT):
        raise StorageError(f"a session that is {session.status.value} is erased, not kept")
    if session.status is Status.SENT and session.sheet is None:
        raise StorageError("a session that was sent has a sheet")
    if session.sheet is not None:
        pack_sheet(session.sheet)


def write_draft(draft: Draft) -> bytes:
    """Write a draft as JSON that can be read again: half a character is taken, but never read back.

    Raises:
        StorageError: it could not be read again.
    """
    try:
        session = draft.session.model_dump(mode="json")
        document = json.dumps({"session": session, "address": draft.address, "shown": draft.shown})
        read_draft(document.encode())
    except (StorageError, ValueError, TypeError):
        raise StorageError("a draft could not be read again; nothing was stored") from None
    return document.encode()


def read_draft(content: bytes) -> Draft:
    """Read what `write_draft` wrote, in this or an earlier format."""
    try:
        document = json.loads(content)
        session = read_session(json.dumps(document["session"]))
        return Draft(session, document["address"], document["shown"])
    except (ValueError, KeyError, ValidationError):
        raise StorageError("a draft cannot be read; another version wrote it") from None
