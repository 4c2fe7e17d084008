"""Finished answers without participant, order or time, in memory."""

from collections.abc import Sequence
from secrets import SystemRandom

from conversations.identifiers import ParticipantKey, QuestionId, RoundId
from conversations.ports import Boxes, Draft
from conversations.session import Status, WrittenText
from conversations.texts import TextId
from storage.boxes import is_same_code, new_box_id
from storage.memory.shared import Box, Memory

_chance = SystemRandom()


class MemoryAnswers:
    """Keeps finished answers without participant, order or time."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    async def flush(self, round_id: RoundId, at_least: int) -> int:
        """Turn the sent drafts of a round into boxes, if at least `at_least` wait, and return how many.

        Whoever still has thanks and code to be told stays out, unless one is enough: the round closes.
        """
        sent = self._sent(round_id)
        if at_least > 1:
            unsaid = {parcel.key for parcel, _ in self._memory.outbox.values()}
            sent = [draft for draft in sent if draft.session.key not in unsaid]
        boxes = self._memory.boxes.setdefault(round_id, [])
        enough = 1 if at_least <= 1 else max(at_least, -(-len(boxes) // 100))
        if len(sent) < enough:
            return 0
        for session in (draft.session for draft in sent):
            code = session.withdrawal_code if session.wants_code else None
            if session.sheet is not None:
                boxes.append(Box(session.sheet, session.texts, code))
            texts = [text.model_copy(update={"question": QuestionId("")}) for text in session.texts]
            kept = self._memory.texts.setdefault(round_id, {})
            kept.update({TextId(new_box_id()): (text, code) for text in texts})
            self._memory.took_part[session.key] = round_id
            self._memory.given[round_id] = self._memory.given.get(round_id, 0) + bool(session.receipt)
            self._memory.erase(session.key)
        return len(sent)

    async def count(self, round_id: RoundId) -> int:
        """Return how many people have sent their answers, boxed or still waiting for the flush."""
        return len(self._memory.boxes.get(round_id, [])) + len(self._sent(round_id))

    async def boxed(self, round_id: RoundId) -> int:
        """Return how many boxes there are: it grows by a whole flush at a time."""
        return len(self._memory.boxes.get(round_id, []))

    async def open_boxes(self, round_id: RoundId) -> Boxes:
        """Return all boxes of a round, to be opened one at a time; needs the round's sealing key."""
        self._memory.check_open(round_id)
        boxes = self._memory.boxes.get(round_id, [])
        return [box.sheet for box in _chance.sample(boxes, len(boxes))]

    async def open_texts(self, round_id: RoundId) -> Sequence[WrittenText]:
        """Open the text boxes of a round that nobody has reviewed, in random order; needs its text key."""
        self._memory.check_open(round_id)
        kept = self._memory.texts.get(round_id, {}).values()
        texts = [text for text, _ in kept if isinstance(text, WrittenText)]
        return _chance.sample(texts, len(texts))

    async def withdraw(self, round_id: RoundId, code: str, key: ParticipantKey | None = None) -> bool:
        """Destroy the answers and texts kept under a withdrawal code, and say whether there were any."""
        self._memory.round_secret(round_id)
        boxes = self._memory.boxes.get(round_id, [])
        kept = [box for box in boxes if box.code is None or not is_same_code(box.code, code)]
        if len(kept) < len(boxes):
            self._memory.boxes[round_id] = kept
            texts = self._memory.texts.get(round_id, {})
            for id_ in [id_ for id_, (_, held) in texts.items() if held and is_same_code(held, code)]:
                del texts[id_]
            self._memory.withdrawn.add((round_id, code))
            if key is not None:
                self._memory.took_part.pop(key, None)
            return True
        drafts = [d.session for d in self._sent(round_id) if d.session.wants_code]
        withdrawn = [session for session in drafts if is_same_code(session.withdrawal_code, code)]
        for session in withdrawn:
            self._memory.erase(session.key)
        if withdrawn:
            self._memory.withdrawn.add((round_id, code))
        return (round_id, code) in self._memory.withdrawn

    async def destroy(self, round_id: RoundId, *, keep_boxes: bool = False) -> None:
        """Delete the boxes, took-part rows and last drafts of a round (not its texts)."""
        kept = self._memory.boxes.pop(round_id, []) if keep_boxes else []
        self._memory.boxes[round_id] = [Box(box.sheet, box.texts, None) for box in kept]
        took_part = self._memory.took_part
        self._memory.given.pop(round_id, None)
        self._memory.took_part = {key: id_ for key, id_ in took_part.items() if id_ != round_id}
        for draft in (*self._memory.in_state(Status.WAITING), *self._memory.in_state(Status.SENT)):
            if draft.session.round == round_id:
                self._memory.erase(draft.session.key)

    async def destroy_texts(self, round_id: RoundId) -> None:
        """Delete the text boxes of a round."""
        self._memory.texts.pop(round_id, None)

    def _sent(self, round_id: RoundId) -> list[Draft]:
        return [d for d in self._memory.in_state(Status.SENT) if d.session.round == round_id]
