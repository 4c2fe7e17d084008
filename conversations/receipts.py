"""Receipts: codes that show that somebody took part, and nothing else."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from conversations.identifiers import RelayId
from conversations.lettering import read_code

LENGTH = 16
"""Letters of a receipt, the one that checks included."""


def receipt_code(text: str) -> str | None:
    """Return the receipt that typed words mean; None where it was mistyped."""
    return read_code(text, LENGTH)


@dataclass(frozen=True, slots=True)
class Redeemed:
    """How many receipts a relay took in during one week, such as 2027-W05."""

    week: str
    relay: RelayId
    count: int


class ReceiptStore(Protocol):
    """Keeps which receipts were taken in, and in which week; never who had them, or which were given."""

    async def redeem(self, code: str, relay: RelayId, week: str) -> str | None:
        """Take a receipt in, once: return None, or the week in which it was taken in before."""

    async def redeemed(self) -> Sequence[Redeemed]:
        """Return how many were taken in, by week and relay."""
