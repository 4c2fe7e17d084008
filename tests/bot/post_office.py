"""What tests of delivery share: a time that passes when all sleep, an outbox and a channel in memory."""

import asyncio
import heapq
from dataclasses import dataclass, field, replace
from itertools import count
from types import SimpleNamespace

from bot.screens import Screen, ScreenText
from conversations.errors import DatabaseUnusable, StorageError
from conversations.ports import Draft, Notice, Parcel
from conversations.session import Status


@dataclass
class Time:
    """Time that passes only while everybody sleeps."""

    now: float = 1000.0
    sleepers: list[tuple[float, int, asyncio.Future]] = field(default_factory=list)
    order: count = field(default_factory=count)

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        future = asyncio.get_running_loop().create_future()
        heapq.heappush(self.sleepers, (self.now + max(0.0, seconds), next(self.order), future))
        await future

    async def pass_until(self, done: asyncio.Task) -> None:
        """Let time pass from one awakening to the next until a task is done."""
        while not done.done():
            for _ in range(12):  # let everybody go to sleep
                await asyncio.sleep(0)
            while self.sleepers and self.sleepers[0][2].done():
                heapq.heappop(self.sleepers)
            if self.sleepers:
                moment, _, future = heapq.heappop(self.sleepers)
                self.now = max(self.now, moment)
                future.set_result(None)
        await done


@dataclass
class Shelf:
    """An outbox and its conversations in memory; `failing` makes the next so many writes fail.

    `dawdle`, if given, is awaited whenever a draft is read.
    """

    waits: dict[str, Parcel] = field(default_factory=dict)
    drafts: dict[str, Draft] = field(default_factory=dict)
    forgotten: list[str] = field(default_factory=list)
    failing: int = 0
    unreadable: set[str] = field(default_factory=set)
    dawdle: object = None

    def session(self, key: str, turn: int, address: str = "", shown: str = "") -> None:
        self._put(Parcel(f"{key}-{turn}", key, turn))
        self.drafts[key] = Draft(
            SimpleNamespace(turn=turn, status=Status.WAITING), address or f"here:{key}:0", shown
        )

    def notice(self, name: str, account: str, shown: str = "") -> None:
        notice = Notice(f"here:{account}:0", "en", name, shown=shown)
        self._put(Parcel(f"notice-{name}", notice=notice))

    def _put(self, parcel: Parcel) -> None:
        self.waits[parcel.id] = parcel

    @property
    def parcels(self) -> list[Parcel]:
        return list(self.waits.values())

    async def waiting(self):
        return tuple(self.parcels)

    async def said(self, parcel, shown=None):
        if self.failing:
            self.failing -= 1
            raise DatabaseUnusable("disk full")
        self.waits.pop(parcel.id, None)
        if shown is not None and parcel.key in self.drafts:
            self.drafts[parcel.key] = replace(self.drafts[parcel.key], shown=shown)

    async def draft(self, key):
        if self.dawdle is not None:
            await self.dawdle()
        if key in self.unreadable:
            raise StorageError("a secret cannot be read")
        return self.drafts.get(key)

    async def drafts_of(self, keys):
        found = {key: await self.draft(key) for key in keys}
        return {key: draft for key, draft in found.items() if draft is not None}

    async def forget_address(self, key):
        self.forgotten.append(key)

    async def opt_out(self, address):
        self.forgotten.append(address)
        return True


class Words:
    """Renders a session as its turn and a notice as its name."""

    def render_draft(self, draft):
        if draft.session.turn < 0:
            return None
        return self._screen(f"turn {draft.session.turn}")

    def render_notice(self, notice):
        if notice.key == "broken":
            raise KeyError("a secret")
        return self._screen(notice.key)

    def _screen(self, text):
        return Screen(name=text, tag="en", direction="ltr", texts=(ScreenText(text, "lead"),))


@dataclass
class Channel:
    """Takes what it is shown, in `travel` seconds; `trouble` and `untidy` are asked before and may raise."""

    time: Time
    trouble: object = None
    untidy: object = None
    travel: float = 0.0
    shown: list[tuple[float, str, str, str]] = field(default_factory=list)
    calls: list[tuple[float, str]] = field(default_factory=list)
    taken: list[tuple[float, str, str]] = field(default_factory=list)

    async def show(self, account, screen, shown, turn):
        self.calls.append((self.time.now, account))
        if self.travel:
            await self.time.sleep(self.travel)
        if self.trouble is not None:
            self.trouble(account, screen)
        self.shown.append((self.time.now, account, screen.name, shown))
        return f"note of {screen.name}"

    async def take_away(self, account, before, after):
        if self.untidy is not None:
            self.untidy(account, before)
        if before:
            self.taken.append((self.time.now, account, before))

    @property
    def said(self):
        return [(account, name) for _, account, name, _ in self.shown]


def fullest_second(moments):
    """Return how many of these moments lie within one second, at most."""
    moments, first, most = sorted(moments), 0, 0
    for place, moment in enumerate(moments):
        while moments[first] <= moment - 1:
            first += 1
        most = max(most, place - first + 1)
    return most


async def drained(delivery, time):
    await time.pass_until(asyncio.create_task(delivery.drain()))
