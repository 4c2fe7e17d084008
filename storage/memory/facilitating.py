"""Evenings in which a facilitator helps, kept in memory."""

from collections.abc import Sequence
from datetime import date

from conversations.facilitating import Evening


class MemoryFacilitating:
    """Keeps the evenings that are going on."""

    def __init__(self) -> None:
        self._evenings: dict[str, Evening] = {}

    async def keep(self, evening: Evening) -> None:
        """Keep an evening in place of the one in the same chat."""
        self._evenings[evening.chat] = evening

    async def end(self, chat: str) -> None:
        """Forget the evening of a chat."""
        self._evenings.pop(chat, None)

    async def all(self) -> Sequence[Evening]:
        """Return every evening, in no particular order."""
        return list(self._evenings.values())

    async def forget_before(self, day: date) -> int:
        """Forget evenings that began before a day, and return how many."""
        old = [chat for chat, evening in self._evenings.items() if evening.began_on < day]
        for chat in old:
            del self._evenings[chat]
        return len(old)
