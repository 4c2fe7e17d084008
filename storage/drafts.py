"""Drafts as rows: everything but key, round and turn sealed, each with its own key."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from pydantic import ValidationError

from conversations.errors import Conflict, StorageError
from conversations.identifiers import ParticipantKey, RoundId
from conversations.ports import Draft, Trace
from conversations.session import Document, Session, Status
from storage.boxes import pack_sheet
from storage.database import Connection, load_queries, truncate_log
from storage.keyring import KeyFolder
from storage.sealing import pressed, seal, unpressed, unseal

_queries = load_queries("drafts")
MOST_TRACES = 200  # of the newest; nobody writes so much in two days
STEP = 4096
"""Bytes of every draft, made smaller if it is longer: with 1,024 its length told too much (measured)."""

KeyId = str


class Envelope(Document):
    """What is sealed: a session with its address and the channel's note."""

    session: Session
    address: str
    shown: str
    traces: tuple[tuple[date, str], ...] = ()


class Drafts:
    """Reads and writes drafts inside a unit of work; the caller destroys keys, after the commit."""

    def __init__(self, keys: KeyFolder) -> None:
        self._keys = keys
        self._found: dict[ParticipantKey, KeyId] = {}  # in this unit of work: what is saved was read before

    def begin(self) -> None:
        """Begin a unit of work: what was found in the one before does not count any more."""
        self._found.clear()

    def read(self, db: Connection, key: ParticipantKey) -> Draft | None:
        """Return the draft under `key`, or None; one whose key is gone counts as none."""
        row = _queries.by_key(db, key=key)
        return None if row is None else self._open(*row)

    def read_or_erase(self, db: Connection, key: ParticipantKey) -> Draft | None:
        """Return the draft under `key`, or None; a row whose key is gone is deleted."""
        row = _queries.by_key(db, key=key)
        if row is None:
            return None
        if (draft := self._open(*row)) is None:
            _queries.erase(db, key=key)
        else:
            self._found[key] = row[0]
        return draft

    def of_round(self, db: Connection, round_id: RoundId, state: Status, unsaid: bool = True) -> list[Draft]:
        """Return the drafts of a round in one state; without `unsaid`, none that still has a turn to say."""
        found = _queries.of_round(db, round=round_id, state=state.value, unsaid=unsaid)
        rows = list(found)
        return [draft for _, key_id, sealed in rows if (draft := self._open(key_id, sealed)) is not None]

    def count(self, db: Connection, round_id: RoundId, state: Status, unsaid: bool = True) -> int:
        """Return how many drafts `of_round` would give."""
        return int(_queries.count_of_round(db, round=round_id, state=state.value, unsaid=unsaid))

    def save(self, db: Connection, draft: Draft) -> None:
        """Keep a draft in place of its earlier turn.

        Raises:
            Conflict: the same or a later turn is kept already.
        """
        session = draft.session
        check_keepable(session)
        key_id, sealed = self._seal(draft, self._found.pop(session.key, None))
        saved = _queries.save(
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

    def note(self, db: Connection, key: ParticipantKey, shown: str, turn: int | None) -> None:
        """Change the channel's note in a draft, if the draft still is there; `turn` is what was said."""
        row = _queries.by_key(db, key=key)
        if row is None or (draft := self._open(*row)) is None:
            return
        noted = said(draft, shown, turn)
        if noted != draft:
            self._seal_again(db, noted, row[0])

    def trace(self, db: Connection, key: ParticipantKey, on: date, notes: Iterable[str]) -> None:
        """Add what lies on the phone to a draft, if the draft still is there."""
        row = _queries.by_key(db, key=key)
        traces = tuple(Trace(on, note) for note in notes if note)
        if row is not None and traces and (draft := self._open(*row)) is not None:
            self._seal_again(db, replace(draft, traces=(*draft.traces, *traces)), row[0])

    def _seal_again(self, db: Connection, draft: Draft, key_id: KeyId | None) -> None:
        """Keep the same turn with another address, note or traces."""
        key_id, sealed = self._seal(draft, key_id)
        _queries.seal_again(db, key=draft.session.key, draft_key_id=key_id, sealed=sealed)

    def idle_since(self, db: Connection, since: date) -> list[Draft]:
        """Return waiting drafts touched on that day or later that have an address and nothing to say."""
        rows = list(_queries.silent_since(db, since=since.isoformat()))
        drafts = [draft for row in rows if (draft := self._open(*row)) is not None]
        return [draft for draft in drafts if draft.address]

    def forget_address(self, db: Connection, key: ParticipantKey) -> list[KeyId]:
        """Erase a waiting draft; seal one that was sent without its address, under a fresh key.

        Returns the old key, to be destroyed.
        """
        row = _queries.by_key(db, key=key)
        if row is None or (draft := self._open(*row)) is None:
            return []
        if draft.session.status is Status.WAITING:
            return self.erase(db, key)
        self._seal_again(db, Draft(draft.session), None)
        return [row[0]]

    def erase(self, db: Connection, key: ParticipantKey) -> list[KeyId]:
        """Delete a draft's row, and return its key, to be destroyed."""
        self._found.pop(key, None)
        key_id = _queries.erase(db, key=key)
        return [] if key_id is None else [key_id]

    def erase_idle(self, db: Connection, before: date) -> list[KeyId]:
        """Delete the rows of waiting drafts last touched before a day, and return their keys."""
        return [row[0] for row in _queries.erase_idle(db, before=before.isoformat())]

    def erase_round(
        self, db: Connection, round_id: RoundId, state: Status, unsaid: bool = True
    ) -> list[KeyId]:
        """Delete the rows that `of_round` would read, and return their keys."""
        erased = _queries.erase_round(db, round=round_id, state=state.value, unsaid=unsaid)
        return [row[0] for row in erased]

    def destroy(self, db: Connection, key_ids: list[KeyId]) -> None:
        """Destroy the keys of drafts whose rows were deleted: only now are they erased; empty the log."""
        if key_ids:
            try:
                self._keys.destroy_drafts(key_ids)
            finally:
                truncate_log(db)

    def sweep(self, db: Connection) -> int:
        """Destroy keys that a crash left behind, and return how many; inside a unit of work only."""
        return self._keys.sweep_drafts({row[0] for row in _queries.key_ids(db)})

    def _seal(self, draft: Draft, key_id: KeyId | None) -> tuple[KeyId, bytes]:
        """Seal a draft with its key, or with a new one, durable before anything is stored."""
        content = pressed(write_draft(draft), STEP)
        if key_id is not None and (key := self._keys.draft(key_id)) is not None:
            return key_id, seal(key, content, STEP)
        fresh_id, fresh = self._keys.make_draft()
        return fresh_id, seal(fresh, content, STEP)

    def _open(self, key_id: KeyId, sealed: bytes) -> Draft | None:
        key = self._keys.draft(key_id)
        return None if key is None else read_draft(unpressed(unseal(key, sealed)))


def check_keepable(session: Session) -> None:
    """Refuse what no store keeps: a session that is over, or a sheet that will not fit into a box."""
    if session.status not in (Status.WAITING, Status.SENT):
        raise StorageError(f"a session that is {session.status.value} is erased, not kept")
    if session.status is Status.SENT and session.sheet is None:
        raise StorageError("a session that was sent has a sheet")
    if session.sheet is not None:
        pack_sheet(session.sheet)


def said(draft: Draft, shown: str, turn: int | None) -> Draft:
    """Return a draft after a turn was said; with the thanks everything else was taken off the phone."""
    thanked = draft.session.status is Status.SENT and draft.session.turn == turn
    return replace(draft, shown=shown, traces=() if thanked else draft.traces)


def write_draft(draft: Draft) -> bytes:
    """Write a draft as JSON that can be read again: half a character is taken, but never read back.

    Raises:
        StorageError: it could not be read again.
    """
    try:
        traces = tuple((trace.on, trace.note) for trace in draft.traces[-MOST_TRACES:])
        envelope = Envelope(session=draft.session, address=draft.address, shown=draft.shown, traces=traces)
        return envelope.model_dump_json().encode()
    except (ValueError, TypeError):
        raise StorageError("a draft could not be read again; nothing was stored") from None


def read_draft(content: bytes) -> Draft:
    """Read what `write_draft` wrote, in this or an earlier format."""
    try:
        envelope = Envelope.model_validate_json(content)
    except ValidationError:
        raise StorageError("a draft cannot be read; another version wrote it") from None
    traces = tuple(Trace(on, note) for on, note in envelope.traces)
    return Draft(envelope.session, envelope.address, envelope.shown, traces)
