"""One-use codes: printed on cards, each good for one set of answers, and nobody knows who has which."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Protocol

from conversations.identifiers import RelayId
from conversations.lettering import read_code

CARD = "c"
"""Begins the payload of a card's link; the code follows."""
LENGTH = 12
"""Letters of a code, the one that checks included: 55 random bits, so that nobody finds one by trying."""


@dataclass(frozen=True, slots=True)
class Bundle:
    """What a bundle of codes was printed for: a series of rounds, and the relay that gives them out."""

    series: str
    relay: RelayId


def one_use_code(text: str) -> str | None:
    """Return the one-use code that typed words mean; None where it was mistyped."""
    return read_code(text, LENGTH)


class CodeStore(Protocol):
    """Keeps the codes that nobody has used; a turn that sends answers deletes the one it spends."""

    async def add(self, codes: Collection[str], bundle: Bundle) -> None:
        """Keep new codes, all or none."""

    async def drop(self, bundle: Bundle) -> int:
        """Destroy the codes of a bundle that nobody has used, and return how many: exact, so never
        to be told while a round is open; truncate the log.
        """
