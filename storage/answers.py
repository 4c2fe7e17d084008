"""Finished answers in boxes without participant, order or time, and the one transaction that fills them."""

import asyncio
from collections.abc import Callable, Sequence
from secrets import SystemRandom
from typing import Any

from conversations.identifiers import ParticipantKey, RoundId
from conversations.ports import Boxes, Draft
from conversations.session import Status, WrittenText
from storage import receipts
from storage.boxes import (
    SealedBoxes,
    is_same_code,
    new_box_id,
    open_text,
    seal_sheet,
    seal_text,
    withdrawal_hashes,
)
from storage.database import Connection, Database, load_queries, truncate_log
from storage.drafts import Drafts, KeyId
from storage.erasures import Erasures
from storage.keyring import KeyFolder
from storage.sealing import subkey

_queries = load_queries("answers")
_chance = SystemRandom()
Row = dict[str, Any]

SHARE = 100
"""At least one box in so many must be new, so that rewriting them all stays linear. Source: ANONYMITY.md."""


class Answers:
    """Keeps finished answers in the main database, in boxes sealed to the round's public keys."""

    def __init__(self, database: Database, keys: KeyFolder, erasures: Erasures) -> None:
        self._database = database
        self._keys = keys
        self._drafts = Drafts(keys)
        self._erasures = erasures
        self._hashing = asyncio.Semaphore(1)

    async def flush(self, round_id: RoundId, at_least: int) -> int:
        """Turn the sent drafts of a round into boxes, if at least `at_least` wait, and return how many.

        Whoever still has thanks and code to be told stays out, unless one is enough: the round closes.
        """
        unsaid = at_least <= 1
        erased: list[KeyId] = []

        def flush(db: Connection) -> int:
            waiting = self._drafts.count(db, round_id, Status.SENT, unsaid)
            if waiting < _enough(db, round_id, at_least):
                return 0
            sent = self._drafts.of_round(db, round_id, Status.SENT, unsaid)
            boxes, texts = self._box_up(round_id, sent)
            _rewrite_boxes(db, round_id, boxes)
            _rewrite_text_boxes(db, round_id, texts)
            _rewrite_took_part(db, round_id, sent)
            receipts.note_given(db, round_id, sum(bool(draft.session.receipt) for draft in sent))
            erased.extend(self._drafts.erase_round(db, round_id, Status.SENT, unsaid))
            return len(sent)

        return await self._database.write(flush, lambda db: self._drafts.destroy(db, erased))

    async def count(self, round_id: RoundId) -> int:
        """Return how many people have sent their answers, boxed or still waiting for the flush."""
        return await self._database.read(
            lambda db: _boxed(db, round_id) + self._drafts.count(db, round_id, Status.SENT)
        )

    async def boxed(self, round_id: RoundId) -> int:
        """Return how many boxes there are: it grows by a whole flush at a time."""
        return await self._database.read(lambda db: _boxed(db, round_id))

    async def open_boxes(self, round_id: RoundId) -> Boxes:
        """Return all boxes of a round, to be opened one at a time; needs the round's sealing key."""
        rows = await self._database.read(lambda db: list(_queries.sealed_boxes_of(db, round=round_id)))
        return SealedBoxes([row[0] for row in rows], self._keys.box_private(round_id) if rows else b"")

    async def open_texts(self, round_id: RoundId) -> Sequence[WrittenText]:
        """Open the text boxes of a round that nobody has reviewed, in random order; needs its text key."""
        rows = await self._database.read(lambda db: list(_queries.text_boxes_of(db, round=round_id)))
        sealed = [row[2] for row in rows if not row[4]]
        return await asyncio.to_thread(_open_all, sealed, open_text, self._keys.text_private, round_id)

    async def withdraw(self, round_id: RoundId, code: str, key: ParticipantKey | None = None) -> bool:
        """Destroy the answers and texts kept under a withdrawal code, and say whether there were any."""
        secret = self._keys.round_secret(round_id)
        async with self._hashing:
            box_hash, text_hash = await asyncio.to_thread(withdrawal_hashes, code, secret)
        promise = () if key is None else (subkey(box_hash, key),)
        erased: list[KeyId] = []

        def withdraw(db: Connection) -> None:
            gone = [*_queries.withdraw_box(db, round=round_id, withdrawal=box_hash)]
            gone += _queries.withdraw_texts(db, round=round_id, withdrawal=text_hash)
            if not gone:
                erased.extend(self._erase_sent(db, round_id, code))
            if gone or erased:  # durable before the commit
                self._erasures.note_answers(round_id, box_hash, text_hash, *(promise if gone else ()))

        await self._database.write(withdraw, lambda db: self._make_gone(db, erased))
        if key is not None and self._erasures.withdrawn(round_id, promise):
            await self._let_answer_again(round_id, key, *promise)
        return bool(self._erasures.withdrawn(round_id, [box_hash]))

    async def _let_answer_again(self, round_id: RoundId, key: ParticipantKey, promise: bytes) -> None:
        """Take a took-part row out, in a transaction of its own: only the flush touches it beside a box.

        That it is owed was noted before the box went, so that whoever was interrupted in between and asks
        again is not left out; it is struck afterwards, so that nobody is let in twice.
        """
        await self._database.write(lambda db: _queries.forget_took_part(db, key=key), truncate_log)
        self._erasures.strike_answers(round_id, promise)

    async def destroy(self, round_id: RoundId, *, keep_boxes: bool = False) -> None:
        """Delete the boxes, took-part rows and last drafts of a round (not its texts); truncate the log."""
        erased: list[KeyId] = []

        def destroy(db: Connection) -> None:
            if keep_boxes:
                _queries.forget_codes(db, round=round_id)
            else:
                _queries.empty_boxes(db, round=round_id)
            _queries.empty_took_part(db, round=round_id)
            receipts.forget_given(db, round_id)
            erased.extend(self._drafts.erase_round(db, round_id, Status.WAITING))
            erased.extend(self._drafts.erase_round(db, round_id, Status.SENT))

        await self._database.write(destroy, lambda db: self._make_gone(db, erased))

    async def destroy_texts(self, round_id: RoundId) -> None:
        """Delete the text boxes of a round; truncate the log."""
        await self._database.write(lambda db: _queries.empty_text_boxes(db, round=round_id), truncate_log)

    def _make_gone(self, db: Connection, erased: list[KeyId]) -> None:
        """Destroy keys, and bring what was deleted out of the log."""
        self._drafts.destroy(db, erased)
        truncate_log(db)

    def _erase_sent(self, db: Connection, round_id: RoundId, code: str) -> list[KeyId]:
        """Erase the sent draft that waits for the flush under this code, if there is one."""
        erased: list[KeyId] = []
        for draft in self._drafts.of_round(db, round_id, Status.SENT):
            session = draft.session
            if is_same_code(session.withdrawal_code, code) and session.wants_code:
                erased += self._drafts.erase(db, session.key)
        return erased

    def _box_up(self, round_id: RoundId, sent: Sequence[Draft]) -> tuple[list[Row], list[Row]]:
        """Seal what was sent into boxes and text boxes."""
        sheet_key, text_key = self._keys.box_public(round_id), self._keys.text_public(round_id)
        secret = self._keys.round_secret(round_id)
        boxes: list[Row] = []
        texts: list[Row] = []
        for session in (draft.session for draft in sent):
            box_hash, text_hash = (
                withdrawal_hashes(session.withdrawal_code, secret) if session.wants_code else (None, None)
            )
            if session.sheet is not None:
                boxes.append(_row(round_id, seal_sheet(sheet_key, session.sheet), box_hash))
            texts += [_row(round_id, seal_text(text_key, text), text_hash) for text in session.texts]
        return boxes, texts


def _boxed(db: Connection, round_id: RoundId) -> int:
    return int(_queries.count_boxes(db, round=round_id))


def _enough(db: Connection, round_id: RoundId, at_least: int) -> int:
    """Return how many must wait for a flush: `at_least`, and a fixed share of the boxes."""
    return 1 if at_least <= 1 else max(at_least, -(-_boxed(db, round_id) // SHARE))


def _rewrite_boxes(db: Connection, round_id: RoundId, new: list[Row]) -> None:
    rows = [_kept(row) for row in _queries.boxes_of(db, round=round_id)] + new
    _queries.empty_boxes(db, round=round_id)
    _queries.fill_boxes(db, _shuffled(rows))


def _rewrite_text_boxes(db: Connection, round_id: RoundId, new: list[Row]) -> None:
    rows = [{**_kept(row[:4]), "reviewed": row[4]} for row in _queries.text_boxes_of(db, round=round_id)]
    rows += [{**row, "reviewed": 0} for row in new]
    _queries.empty_text_boxes(db, round=round_id)
    _queries.fill_text_boxes(db, _shuffled(rows))


def _rewrite_took_part(db: Connection, round_id: RoundId, sent: Sequence[Draft]) -> None:
    keys = [row[0] for row in _queries.took_part_of(db, round=round_id)]
    keys += [draft.session.key for draft in sent]
    _queries.empty_took_part(db, round=round_id)
    _queries.fill_took_part(db, _shuffled([{"key": key, "round": round_id} for key in keys]))


def _kept(row: Sequence[Any]) -> Row:
    return dict(zip(("id", "round", "sealed", "withdrawal"), row, strict=True))


def _row(round_id: RoundId, sealed: bytes, withdrawal: bytes | None) -> Row:
    return {"id": new_box_id(), "round": round_id, "sealed": sealed, "withdrawal": withdrawal}


def _shuffled(rows: list[Row]) -> list[Row]:
    return _chance.sample(rows, len(rows))


def _open_all(
    sealed: Sequence[bytes],
    opening: Callable[[bytes, bytes], Any],
    private: Callable[[RoundId], bytes],
    round_id: RoundId,
) -> list[Any]:
    """Open boxes in random order; nothing needs a key where there is no box."""
    if not sealed:
        return []
    key = private(round_id)
    return [opening(key, box) for box in _chance.sample(sealed, len(sealed))]
