"""One-use codes and receipts, in memory."""

from collections import Counter
from collections.abc import Collection, Sequence

from conversations.codes import Bundle
from conversations.identifiers import RelayId
from conversations.receipts import Redeemed
from storage.memory.shared import Memory


class MemoryCodes:
    """Keeps the codes that nobody has used."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    async def add(self, codes: Collection[str], bundle: Bundle) -> None:
        """Keep new codes, all or none."""
        self._memory.codes.update(dict.fromkeys(codes, bundle))

    async def drop(self, bundle: Bundle) -> int:
        """Destroy the codes of a bundle that nobody has used, and return how many."""
        gone = [code for code, kept in self._memory.codes.items() if kept == bundle]
        for code in gone:
            del self._memory.codes[code]
        return len(gone)


class MemoryReceipts:
    """Keeps which receipts were taken in, and in which week."""

    def __init__(self) -> None:
        self._redeemed: dict[str, tuple[str, RelayId]] = {}

    async def redeem(self, code: str, relay: RelayId, week: str) -> str | None:
        """Take a receipt in, once: return None, or the week in which it was taken in before."""
        if code in self._redeemed:
            return self._redeemed[code][0]
        self._redeemed[code] = (week, relay)
        return None

    async def redeemed(self) -> Sequence[Redeemed]:
        """Return how many were taken in, by week and relay."""
        counted = sorted(Counter(self._redeemed.values()).items(), reverse=True)
        return [Redeemed(week, relay, count) for (week, relay), count in counted]
