"""Empties the outbox: renders what waits and says it, in order, no faster than its channel allows."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from typing import TypeVar
from weakref import WeakValueDictionary

from bot.letters import Letter, Renderer, SpeakingChannel, chat_of
from bot.pacing import Clock, Pace, Sleep
from bot.screens import Screen
from conversations.errors import (
    ChannelBusy,
    ChannelDown,
    Conflict,
    DatabaseUnusable,
    ParticipantLeft,
    PromptRefused,
    StorageError,
)
from conversations.identifiers import ParticipantKey
from conversations.ports import ContactStore, ConversationStore, Outbox, Parcel

Given = TypeVar("Given")

log = logging.getLogger(__name__)

IN_HAND = 200  # parcels; more wait in the outbox
IN_HAND_OF_ONE = 3  # parcels of one chat, so that nobody fills every place
LOOK_AGAIN = 5.0  # seconds; another process may have put something into the outbox
STORAGE_PAUSE, LONGEST_STORAGE_PAUSE = 1.0, 30.0  # seconds
GRACE = 8.0  # seconds for calls on their way when stopping


class Delivery:
    """Says what waits in the outbox: one chat in order, different chats side by side.

    `clock` counts seconds upwards, `sleep` waits for some of them. With `contacts`, somebody who left is
    not told of next rounds either. What is for a channel that is not among `channels` stays in the outbox.
    """

    def __init__(
        self,
        outbox: Outbox,
        conversations: ConversationStore,
        render: Renderer,
        channels: Mapping[str, SpeakingChannel],
        clock: Clock,
        sleep: Sleep,
        contacts: ContactStore | None = None,
    ) -> None:
        self._outbox = outbox
        self._conversations = conversations
        self._render = render
        self._channels = channels
        self._contacts = contacts
        self._clock = clock
        self._sleep = sleep
        self._paces = {name: Pace(clock, sleep) for name in channels}
        self._lanes: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._in_hand: dict[str, asyncio.Task[None]] = {}
        self._chats: dict[str, str] = {}  # of the parcels in hand
        self._calling: set[str] = set()
        self._given_up: set[str] = set()
        self._woken = asyncio.Event()
        self._more_waits = False

    def wake(self, key: ParticipantKey | None = None) -> None:
        """Look into the outbox soon; `key` says whose session has something new, if it is a session."""
        self._woken.set()

    async def run(self, stop: asyncio.Event) -> None:
        """Work until `stop` is set; calls on their way are finished, everything else waits in the outbox."""
        stopping = asyncio.create_task(self._wake_at_the_end(stop))
        try:
            while not stop.is_set():
                self._woken.clear()
                await self._look()
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._woken.wait(), LOOK_AGAIN)
        finally:
            stopping.cancel()
            await self._finish()

    async def drain(self) -> None:
        """Say everything that waits, then return."""
        while await self._look() or self._in_hand:
            await asyncio.gather(*self._in_hand.values())

    async def _wake_at_the_end(self, stop: asyncio.Event) -> None:
        await stop.wait()
        self.wake()

    async def _finish(self) -> None:
        for name, task in self._in_hand.items():
            if name not in self._calling:
                task.cancel()
        if self._in_hand:
            _, late = await asyncio.wait(self._in_hand.values(), timeout=GRACE)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    async def _look(self) -> int:
        """Take what waits into hand and return how much that was."""
        try:
            return await self._take(await self._choose(await self._outbox.waiting()))
        except (StorageError, Conflict) as caught:
            _log_error("the outbox cannot be read", "look", caught)
            return 0

    async def _choose(self, waiting: Sequence[Parcel]) -> list[Parcel]:
        """Strike out all but the newest turn of each session; return what may be said now, in order."""
        newest = {parcel.key: parcel for parcel in waiting if parcel.key is not None}
        kept = []
        for parcel in waiting:
            if parcel.id in self._in_hand or parcel.id in self._given_up:
                continue
            if parcel.key is not None and newest[parcel.key] is not parcel:
                await self._outbox.said(parcel)
            else:
                kept.append(parcel)
        return kept

    async def _take(self, chosen: Sequence[Parcel]) -> int:
        """Take parcels into hand in order while there is room, for all and for each chat; return how many."""
        self._more_waits, taken = False, 0
        full: set[str] = set()  # what follows in such a chat waits too, or it would be said out of order
        for parcel in chosen:
            if len(self._in_hand) >= IN_HAND:
                self._more_waits = True
                break
            if parcel.notice is not None and self._must_wait(chat_of(parcel.notice.address), full):
                continue
            taken += await self._take_in_hand(parcel, full)
        return taken

    def _must_wait(self, chat: str, full: set[str]) -> bool:
        """Say whether a chat has enough in hand already, and remember that it has."""
        if chat not in full and list(self._chats.values()).count(chat) < IN_HAND_OF_ONE:
            return False
        full.add(chat)
        self._more_waits = True
        return True

    async def _take_in_hand(self, parcel: Parcel, full: set[str]) -> bool:
        """Begin to say a parcel; tasks start in this order, and the lane of a chat keeps it."""
        try:
            letter = await self._letter(parcel)
        except (DatabaseUnusable, Conflict):
            raise
        except Exception as caught:
            self._leave_alone(parcel, caught)
            return False
        chat = letter.chat if letter else parcel.id
        if self._must_wait(chat, full):
            return False
        task = asyncio.create_task(self._say(parcel, letter, self._lanes.setdefault(chat, asyncio.Lock())))
        self._in_hand[parcel.id], self._chats[parcel.id] = task, chat
        task.add_done_callback(lambda _: self._put_down(parcel.id))
        return True

    def _leave_alone(self, parcel: Parcel, caught: Exception) -> None:
        """What goes wrong with one parcel must not stop the rest; it is tried again at the next start."""
        self._given_up.add(parcel.id)
        if not isinstance(caught, ChannelDown):  # switched off: nothing is wrong
            _log_error("not said, left alone", "say", caught)

    def _put_down(self, name: str) -> None:
        self._in_hand.pop(name, None)
        self._chats.pop(name, None)
        if self._more_waits and len(self._in_hand) <= IN_HAND // 2:
            self.wake()

    async def _letter(self, parcel: Parcel) -> Letter | None:
        """Write what a parcel says now and to whom, or None when there is nothing to say, or nobody.

        Raises:
            ChannelDown: its channel is not switched on.
        """
        if parcel.notice is not None:
            return self._addressed(
                parcel.notice.address, self._render.render_notice(parcel.notice), parcel.notice.shown
            )
        draft = await self._conversations.draft(parcel.key) if parcel.key is not None else None
        if draft is None or not draft.address:
            return None
        return self._addressed(draft.address, self._render.render_draft(draft), draft.shown)

    def _addressed(self, address: str, screen: Screen | None, shown: str) -> Letter | None:
        channel, account = address.split(":")[:2]
        if screen is None:
            return None
        if channel not in self._channels:
            raise ChannelDown("not switched on")
        return Letter(address, channel, account, screen, shown)

    async def _say(self, parcel: Parcel, letter: Letter | None, lane: asyncio.Lock) -> None:
        """Say one parcel, however long it takes; a mistake of ours leaves it alone until the next start."""
        try:
            has_waited = lane.locked()
            async with lane:
                if has_waited:
                    letter = await self._patiently(lambda: self._letter(parcel))
                shown = await self._until_said(parcel, letter)
                await self._patiently(lambda: self._outbox.said(parcel, shown))
        except Exception as caught:
            self._leave_alone(parcel, caught)
        finally:
            self._calling.discard(parcel.id)

    async def _until_said(self, parcel: Parcel, letter: Letter | None) -> str | None:
        """Try until the parcel is said or nobody can hear it; return the channel's note, if there is one."""
        while letter is not None:
            pace = self._paces[letter.channel]
            if await pace.turn(letter.chat):
                letter = await self._patiently(lambda: self._letter(parcel))
            if letter is None or not pace.is_open:
                continue
            self._calling.add(parcel.id)
            try:
                return await self._call(letter, pace)
            except (ChannelBusy, ChannelDown):
                self._calling.discard(parcel.id)
            except ParticipantLeft:
                await self._forget(parcel, letter)
                return None
            except PromptRefused as caught:
                _log_error("refused by the channel", "say", caught)
                return None
        return None

    async def _call(self, letter: Letter, pace: Pace) -> str:
        """Call the channel once and let its pace know what came of it."""
        began = self._clock()
        try:
            note = await self._channels[letter.channel].show(letter.account, letter.screen, letter.shown)
        except ChannelBusy as caught:
            pace.busy(caught.wait)
            raise
        except ChannelDown as caught:
            if not pace.is_down:
                _log_error(f"{letter.channel} cannot be reached; trying again until it can", "say", caught)
            pace.down(began)
            raise
        if pace.is_down:
            log.warning("%s can be reached again", letter.channel, extra={"action": "say"})
        pace.up()
        return note

    async def _forget(self, parcel: Parcel, letter: Letter) -> None:
        key = parcel.key
        if key is not None:
            await self._patiently(lambda: self._conversations.forget_address(key))
        contacts = self._contacts
        if contacts is not None:
            await self._patiently(lambda: contacts.opt_out(letter.address))
        log.info("an address was forgotten", extra={"action": "forget"})

    async def _patiently(self, call: Callable[[], Awaitable[Given]]) -> Given:
        """Do something with the storage, again and again until it works.

        Raises:
            StorageError: something is unreadable, which time does not put right.
        """
        pause = STORAGE_PAUSE
        while True:
            try:
                return await call()
            except (DatabaseUnusable, Conflict) as caught:
                _log_error("storage does not work, trying again", "say", caught)
                await self._sleep(pause)
                pause = min(pause * 2, LONGEST_STORAGE_PAUSE)


def _log_error(words: str, action: str, caught: Exception) -> None:
    log.error(words, extra={"action": action, "error": type(caught).__name__})
