"""Texts of closed rounds while a person reviews them, in memory."""

from secrets import SystemRandom

from conversations.identifiers import RoundId
from conversations.session import WrittenText
from conversations.texts import OpenedTexts, ReviewedText, TextId
from storage.boxes import new_box_id
from storage.memory.shared import KeptText, Memory

_chance = SystemRandom()


class MemoryTexts:
    """Keeps texts until they are released or refused."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    async def waiting(self, round_id: RoundId) -> int:
        """Return how many texts nobody has reviewed; needs no key."""
        return sum(isinstance(text, WrittenText) for text, _ in self._kept(round_id).values())

    async def open_all(self, round_id: RoundId) -> OpenedTexts:
        """Open every text of a round, in memory, in random order."""
        kept = self._kept(round_id)
        if kept:
            self._memory.check_open(round_id)
        texts = [(id_, text) for id_, (text, _) in _chance.sample(list(kept.items()), len(kept))]
        return OpenedTexts(
            {id_: text for id_, text in texts if isinstance(text, WrittenText)},
            {id_: text for id_, text in texts if isinstance(text, ReviewedText)},
        )

    async def decide(self, round_id: RoundId, id_: TextId, decision: ReviewedText | None) -> TextId | None:
        """Put a decision in the place of a text under a new random name; None refuses the text."""
        kept = self._kept(round_id)
        if id_ not in kept:
            return None
        _, code = kept.pop(id_)
        if decision is None:
            return id_
        new_id = TextId(new_box_id())
        kept[new_id] = (decision, code)
        return new_id

    def _kept(self, round_id: RoundId) -> dict[TextId, KeptText]:
        return self._memory.texts.get(round_id, {})
