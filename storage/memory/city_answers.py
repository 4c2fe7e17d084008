"""What cities answered, in memory."""

from collections.abc import Mapping
from datetime import date, datetime

from conversations.city_answers import ANSWERED, ANSWERED_AGAIN, CityAnswer, Kept
from conversations.identifiers import RoundId
from conversations.life import Change
from storage.memory.shared import Memory


class MemoryCityAnswers:
    """Keeps what cities answered, one answer for each round."""

    def __init__(self, memory: Memory) -> None:
        self._audit = memory.audit
        self._kept: dict[RoundId, Kept] = {}

    async def keep(self, answer: CityAnswer, at: datetime) -> None:
        """Keep an answer in place of the one before, whose day stays, and the change it makes."""
        before = self._kept.get(answer.round)
        self._kept[answer.round] = Kept(answer, before.written_on if before else at.date())
        change = Change(ANSWERED_AGAIN if before else ANSWERED, at, "staff")
        self._audit.setdefault(answer.round, []).append(change)

    async def get(self, round_id: RoundId) -> Kept | None:
        """Return the answer to a round, or None."""
        return self._kept.get(round_id)

    async def all(self) -> Mapping[RoundId, date]:
        """Return the rounds that are answered, each with the day on which that was written."""
        return {round_id: kept.written_on for round_id, kept in sorted(self._kept.items())}
