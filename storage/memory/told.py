"""Who was told what, in memory."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date

from conversations.letters import WEEK, is_letter
from conversations.ports import Notice, Parcel
from storage.memory.shared import Memory
from storage.parcels import new_id, read_notice, write_notice
from storage.told import CAP_KEPT


class MemoryTold:
    """Keeps who was told what, and puts letters into the outbox beside."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory
        self._told: set[tuple[str, str]] = set()
        self._last: dict[str, date] = {}

    async def due(self, cause: str, addresses: Collection[str], today: date) -> Mapping[str, date]:
        """Return who of these was not told of a cause, with the first day on which they may be written to."""
        untold = [address for address in addresses if (cause, address) not in self._told]
        return {address: self._free_on(address, today) for address in untold}

    async def tell(self, cause: str, letters: Mapping[str, Notice | None], today: date) -> int:
        """Note that these addresses are told, and put their letters into the outbox."""
        noted = 0
        for address, notice in letters.items():
            if (cause, address) in self._told or self._free_on(address, today) > today:
                continue
            self._told.add((cause, address))
            self._last[address] = today
            noted += 1
            if notice is not None:
                parcel = Parcel(new_id(), notice=read_notice(write_notice(notice)))
                self._memory.outbox[parcel.id] = (parcel, today)
        return noted

    async def told(self, causes: Sequence[str]) -> int:
        """Return how many were told of these causes."""
        return sum(cause in causes for cause, _ in self._told)

    async def waiting(self) -> int:
        """Return how many notices wait in the outbox."""
        return sum(parcel.notice is not None for parcel, _ in self._memory.outbox.values())

    async def forget(self, address: str) -> None:
        """Forget what an address was told, and take its letters out of the outbox."""
        self._told = {row for row in self._told if row[1] != address}
        self._last.pop(address, None)
        for id_, (parcel, _) in list(self._memory.outbox.items()):
            if parcel.notice is not None and is_letter(parcel.notice) and parcel.notice.address == address:
                del self._memory.outbox[id_]

    async def keep_only(self, causes: Collection[str], today: date) -> None:
        """Forget all other causes, and the cap once a week and a day have passed."""
        self._told = {row for row in self._told if row[0] in causes}
        self._last = {address: day for address, day in self._last.items() if day >= today - CAP_KEPT}

    async def restored_on(self) -> date | None:
        """Return None: nothing here comes from a backup."""
        return None

    def _free_on(self, address: str, today: date) -> date:
        last = self._last.get(address)
        return today if last is None else max(today, last + WEEK)
