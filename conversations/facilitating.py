"""Facilitating: one phone, somebody who helps, and several people who answer one after another."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

from conversations.identifiers import RelayId


@dataclass(frozen=True, slots=True, kw_only=True)
class Evening:
    """One chat in which a facilitator helps one person after another.

    `chat` is the channel and account, `person` the random number of who answers now. `leaving` is the number
    of somebody whose words are still to be taken off the phone, None if of nobody, 0 if the helper's own.
    `proof` is the part of the relay's facilitator code's hash that it was begun with.
    """

    chat: str = field(repr=False)
    relay: RelayId
    person: int = field(repr=False)
    leaving: int | None = field(default=None, repr=False)
    began_on: date
    proof: str = field(default="", repr=False)


class FacilitatingStore(Protocol):
    """Keeps the evenings that are going on; of who answered before nothing stays."""

    async def keep(self, evening: Evening) -> None:
        """Keep an evening in place of the one in the same chat."""

    async def end(self, chat: str) -> None:
        """Forget the evening of a chat."""

    async def all(self) -> Sequence[Evening]:
        """Return every evening, in no particular order."""

    async def forget_before(self, day: date) -> int:
        """Forget evenings that began before a day, and return how many."""
