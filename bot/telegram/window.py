"""Which updates are in hand, which were taken, and how far Telegram may forget."""

from collections.abc import Iterable
from itertools import pairwise

from telegram import Update


class Window:
    """What Telegram showed us last of the updates that it still keeps.

    Every poll shows its queue from the front, as far as it is not acknowledged. Only the latest batch
    counts, never "the highest number so far": after a quiet week numbers go on anywhere, also further down.
    """

    def __init__(self) -> None:
        self._batch: tuple[int, ...] = ()
        self._in_hand: set[int] = set()
        self._taken: set[int] = set()

    @property
    def in_hand(self) -> bool:
        """Whether an update waits to be taken."""
        return bool(self._in_hand)

    @property
    def offset(self) -> int | None:
        """The number to poll with, which acknowledges everything below; None to acknowledge nothing.

        Never above an update that was not taken, nor above one that was not seen: in a batch out of order
        (duplicates) only the lowest number is safe to pass.
        """
        if not self._batch:
            return None
        waiting = [number for number in self._batch if number not in self._taken]
        ascends = all(low < high for low, high in pairwise(self._batch))
        passed = (max(self._batch) if ascends else min(self._batch)) + 1
        return min([passed, *waiting])

    def receive(self, updates: Iterable[Update]) -> list[Update]:
        """Take note of a batch and return, each once, the updates that are new and now in hand."""
        fresh: dict[int, Update] = {}
        batch = []
        for update in updates:
            batch.append(update.update_id)
            if update.update_id not in self._taken | self._in_hand:
                fresh.setdefault(update.update_id, update)
        if batch:
            self._batch = tuple(batch)
            self._taken &= set(batch)
            self._in_hand |= set(fresh)
        return list(fresh.values())

    def is_taken(self, number: int) -> bool:
        """Whether this update is no longer in hand."""
        return number not in self._in_hand

    def take(self, number: int) -> None:
        """Take note that an update was stored, or needs no storing."""
        self._in_hand.discard(number)
        self._taken.add(number)
