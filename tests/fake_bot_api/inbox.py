"""The updates that wait for the bot, confirmed by offset and forgotten with age.

Source: tdlib/telegram-bot-api, Client::do_get_updates; tdlib/td, tddb/td/db/TQueue.cpp.
"""

import asyncio
import random
from dataclasses import dataclass
from typing import Any

from tests.fake_bot_api.clock import Clock
from tests.fake_bot_api.refusals import Refused

MESSAGE_LIFE = 24 * 3600  # seconds
TAP_LIFE = 150  # seconds
NEAR_FUTURE = 10  # an offset this far above the last identifier is still believed
FAR_PAST = 1_000_000  # an offset further below the first one is not
BATCH = 100
MAX_WAIT = 50  # seconds of long polling
OVERLAP = "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
NOT_BY_DEFAULT = {"chat_member", "message_reaction", "message_reaction_count"}


@dataclass(frozen=True)
class Waiting:
    """An update that waits to be confirmed."""

    update: dict[str, Any]
    expires_at: float

    @property
    def id(self) -> int:
        """The update's identifier."""
        return int(self.update["update_id"])


class Inbox:
    """Every update not yet confirmed, in the order of identifiers."""

    def __init__(self, clock: Clock, chance: random.Random) -> None:
        """Begin empty, at an identifier that says nothing."""
        self.clock = clock
        self.changed = asyncio.Condition()
        self.allowed: list[str] = []
        self.confirmed: list[int] = []
        self.confirmed_offset = 0
        self.reversed_batches = False
        self._chance = chance
        self._next_id = chance.randrange(10**8, 2 * 10**8)
        self._waiting: list[Waiting] = []
        self._again: list[dict[str, Any]] = []
        self._kept: dict[int, dict[str, Any]] = {}
        self._duplicates = 0
        self._poll: asyncio.Future[None] | None = None
        self._last_poll = (0, -1.0)

    @property
    def pending(self) -> list[dict[str, Any]]:
        """The updates that wait, oldest first."""
        self._forget_the_old()
        return [waiting.update for waiting in self._waiting]

    async def push(self, kind: str, content: dict[str, Any]) -> int | None:
        """Let an update arrive; None when the bot did not ask for its kind."""
        wanted = kind in self.allowed if self.allowed else kind not in NOT_BY_DEFAULT
        if not wanted:
            return None
        update_id = self._next_id
        update: dict[str, Any] = {"update_id": update_id, kind: content}
        life = TAP_LIFE if kind == "callback_query" else MESSAGE_LIFE
        self._next_id += 1
        self._kept[update_id] = update
        self._waiting.append(Waiting(update, self.clock.seconds() + life))
        if self._duplicates:
            self._duplicates -= 1
            self._again.append(update)
        await self._arrived()
        return update_id

    async def deliver_again(self, update_id: int) -> None:
        """Deliver an update once more, whatever was confirmed."""
        self._again.append(self._kept[update_id])
        await self._arrived()

    def duplicate_next(self, times: int = 1) -> None:
        """Deliver each of the next `times` updates twice."""
        self._duplicates += times

    def jump(self, *, downwards: bool | None = None) -> int:
        """Take a random identifier for the next update, as after a week of silence."""
        assert not self.pending, "identifiers jump only while nothing waits: `await api.emptied()` first"
        down = self._chance.random() < 0.5 if downwards is None else downwards
        low, high = (NEAR_FUTURE, self._next_id - 1000) if down else (self._next_id + 1000, 2**31 - 10**6)
        self._next_id = self._chance.randrange(low, high)
        return self._next_id

    async def poll(self, offset: int, limit: int, timeout: float) -> list[dict[str, Any]]:
        """Confirm everything below `offset`, then return what waits, waiting up to `timeout` seconds for it.

        Raises:
            Refused: 409, another request came to wait in this one's place.
        """
        limit = self._hurried(offset, min(max(limit or BATCH, 1), BATCH))
        batch = await self._take(offset, limit)
        if batch or timeout <= 0:
            return batch
        if self._poll is not None and not self._poll.done():
            self._poll.set_exception(Refused(409, OVERLAP))
        self._poll = arrival = asyncio.get_running_loop().create_future()
        try:
            await asyncio.wait_for(arrival, min(timeout, MAX_WAIT))
        except TimeoutError:
            return []
        return await self._take(offset, limit)

    def interrupt(self, reason: str) -> None:
        """End the request that waits, with a conflict."""
        if self._poll is not None and not self._poll.done():
            self._poll.set_exception(Refused(409, f"Conflict: {reason}"))

    async def emptied(self, timeout: float = 5) -> None:
        """Wait until every update is confirmed, at most `timeout` seconds."""
        async with asyncio.timeout(timeout), self.changed:
            await self.changed.wait_for(lambda: not self.pending)

    @property
    def waits(self) -> bool:
        """Whether anything is to be delivered."""
        return bool(self._again or self.pending)

    def next_for_webhook(self) -> dict[str, Any] | None:
        """Return what is to be posted next, or None."""
        if self._again:
            return self._again.pop(0)
        return self.pending[0] if self.pending else None

    async def confirm(self, update_id: int) -> None:
        """Forget an update that the webhook took."""
        self.confirmed += [waiting.id for waiting in self._waiting if waiting.id == update_id]
        self._waiting = [waiting for waiting in self._waiting if waiting.id != update_id]
        await self.wake()

    async def drop_all(self) -> None:
        """Forget everything, as `drop_pending_updates` asks."""
        self._waiting.clear()
        await self.wake()

    async def _take(self, offset: int, limit: int) -> list[dict[str, Any]]:
        self._forget_the_old()
        if offset < 0:
            self._forget(self._waiting[:offset])
        head = self._waiting[0].id if self._waiting else self._next_id
        believed = head - FAR_PAST <= offset <= self._next_id + NEAR_FUTURE
        if offset > 0 and believed:
            self.confirmed_offset = offset
            self._forget([waiting for waiting in self._waiting if waiting.id < offset])
        await self.wake()
        batch = self._again[:limit] + [waiting.update for waiting in self._waiting]
        self._again = self._again[limit:]
        return batch[:limit][:: -1 if self.reversed_batches else 1]

    def _forget(self, waiting: list[Waiting]) -> None:
        if not waiting:
            return
        gone = {entry.id for entry in waiting}
        self.confirmed += sorted(gone)
        self._waiting = [entry for entry in self._waiting if entry.id not in gone]

    def _forget_the_old(self) -> None:
        now = self.clock.seconds()
        self._waiting = [waiting for waiting in self._waiting if waiting.expires_at > now]

    def _hurried(self, offset: int, limit: int) -> int:
        """An offset repeated within half a second brings one update only."""
        now = asyncio.get_running_loop().time()
        last_offset, last_at = self._last_poll
        self._last_poll = (offset, now)
        return 1 if offset == last_offset and now < last_at + 0.5 else limit

    async def _arrived(self) -> None:
        if self._poll is not None and not self._poll.done():
            self._poll.set_result(None)
        await self.wake()

    async def wake(self) -> None:
        """Let everybody who waits look again."""
        async with self.changed:
            self.changed.notify_all()
