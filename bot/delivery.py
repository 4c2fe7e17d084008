"""Empties the outbox: renders what waits and says it, in order, no faster than its channel allows."""

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from typing import TypeVar
from weakref import WeakValueDictionary

from bot.carrying import Carrier
from bot.letters import Letter, Renderer, SpeakingChannel, Spoken, chat_of, session_of
from bot.pacing import Clock, Now, Rates, Sleep, patiently
from bot.writing import NotYet, Writer
from conversations.errors import ChannelDown, Conflict, DatabaseUnusable, StorageError
from conversations.identifiers import ParticipantKey
from conversations.letters import Timing, is_letter
from conversations.ports import ContactStore, ConversationStore, Draft, Outbox, Parcel

Given = TypeVar("Given")

log = logging.getLogger(__name__)

IN_HAND = 200  # parcels; more wait in the outbox
IN_HAND_OF_ONE = 3  # parcels of one chat, so that nobody fills every place
IN_HAND_OF_LAST = 25  # parcels that nobody waits for right now: a second's worth
READ_TOGETHER = 50  # drafts; each is a step or two to be opened
READING = 1e-4  # seconds for each parcel that a look found, until the next look
LONGEST_READING = 0.5  # seconds
LOOK_AGAIN = 5.0  # seconds; another process may have put something into the outbox
GRACE = 8.0  # seconds for calls on their way when stopping


class Delivery:
    """Says what waits in the outbox: one chat in order, different chats side by side.

    `clock` counts seconds upwards, `sleep` waits for some of them. With `contacts`, somebody who left is
    not told of next rounds either. What is for a channel that is not among `channels` stays in the outbox.
    By `now` letters keep to their hours; everybody else is served before them.
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
        rates: Rates | None = None,
        now: Now | None = None,
    ) -> None:
        self._outbox = outbox
        self._conversations = conversations
        self._contacts = contacts
        self._sleep = sleep
        self._carrier = Carrier(channels, clock, sleep, rates)
        self._writer = Writer(render, channels, now)
        self._lanes: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._looking = asyncio.Lock()
        self._in_hand: dict[str, asyncio.Task[None]] = {}
        self._chats: dict[str, str] = {}  # of the parcels in hand
        self._crowd: Counter[str] = Counter()  # parcels in hand of each chat
        self._sessions: Counter[ParticipantKey] = Counter()  # parcels in hand of each session
        self._last: dict[Spoken, int] = {}  # what is said last, and in which order
        self._last_in_hand: set[str] = set()
        self._given_up: set[str] = set()
        self._woken = asyncio.Event()
        self._more_waits = False

    def wake(self) -> None:
        """Look into the outbox soon."""
        self._woken.set()

    async def say_last(self, put: Callable[[], Awaitable[Sequence[Spoken]]]) -> None:
        """Say what `put` puts into the outbox after everything else that waits, in the order it returns.

        Nothing is taken from the outbox meanwhile.
        """
        async with self._looking:
            spoken = await put()
            self._last = {turn: rank for rank, turn in enumerate(spoken)}
        self.wake()

    async def run(self, stop: asyncio.Event) -> None:
        """Work until `stop` is set; calls on their way are finished, everything else waits in the outbox."""
        stopping = asyncio.create_task(self._wake_at_the_end(stop))
        try:
            while not stop.is_set():
                self._woken.clear()
                found, _ = await self._look()
                if found > IN_HAND_OF_LAST:
                    await self._sleep(min(found * READING, LONGEST_READING))
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._woken.wait(), LOOK_AGAIN)
        finally:
            stopping.cancel()
            await self._finish()

    async def drain(self) -> None:
        """Say everything that waits, then return."""
        while (await self._look())[1] or self._in_hand:
            await asyncio.gather(*self._in_hand.values())

    async def _wake_at_the_end(self, stop: asyncio.Event) -> None:
        await stop.wait()
        self.wake()

    async def _finish(self) -> None:
        for name, task in self._in_hand.items():
            if name not in self._carrier.calling:
                task.cancel()
        if self._in_hand:
            _, late = await asyncio.wait(self._in_hand.values(), timeout=GRACE)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    async def _look(self) -> tuple[int, int]:
        """Take what waits into hand; return how much there was, and how much was taken."""
        async with self._looking:
            try:
                waiting = await self._outbox.waiting()
                return len(waiting), await self._take(await self._choose(waiting))
            except (StorageError, Conflict) as caught:
                _log_error("the outbox cannot be read", "look", caught)
                return 0, 0

    async def _choose(self, waiting: Sequence[Parcel]) -> list[Parcel]:
        """Strike out all but the newest turn of each session; return what may be said now, in order."""
        newest = {parcel.key: parcel for parcel in waiting if parcel.key is not None}
        kept: list[Parcel] = []
        last: dict[int, Parcel] = {}
        for parcel in waiting:
            if parcel.id in self._in_hand or parcel.id in self._given_up:
                continue
            when = self._writer.timing(parcel)
            if when is Timing.WAITS:
                continue
            if when is Timing.OVER or (parcel.key is not None and newest[parcel.key] is not parcel):
                await self._outbox.said(parcel)
            elif (rank := self._rank(parcel)) is not None:
                last[rank] = parcel
            else:
                kept.append(parcel)
        turns = {parcel.key for parcel in kept if parcel.key is not None}
        kept.sort(key=lambda parcel: parcel.notice is not None and parcel.notice.session in turns)
        letters = [parcel for parcel in kept if is_letter(parcel.notice)]
        turns_first = [parcel for parcel in kept if not is_letter(parcel.notice)]
        return turns_first + [last[rank] for rank in sorted(last)] + letters

    def _is_last(self, parcel: Parcel) -> bool:
        """Say whether nobody waits for a parcel right now."""
        return is_letter(parcel.notice) or self._rank(parcel) is not None

    def _rank(self, parcel: Parcel) -> int | None:
        """Return the place of a parcel among those that are said last, None if it is none of them."""
        if parcel.key is None or parcel.turn is None:
            return None
        return self._last.get((parcel.key, parcel.turn))

    async def _take(self, chosen: Sequence[Parcel]) -> int:
        """Take parcels into hand in order while there is room, for all and for each chat; return how many."""
        self._more_waits, taken = False, 0
        full: set[str] = set()  # what follows in such a chat waits too, or it would be said out of order
        drafts: dict[str, Draft] = {}
        read = 0  # so many of the chosen
        for place, parcel in enumerate(chosen):
            is_last = self._is_last(parcel)
            if len(self._in_hand) >= IN_HAND or (is_last and len(self._last_in_hand) >= IN_HAND_OF_LAST):
                self._more_waits = True
                break
            if parcel.notice is not None and self._must_wait(chat_of(parcel.notice.address), full):
                continue
            if place >= read:
                read = place + READ_TOGETHER
                drafts = await self._drafts_of(chosen[place:read])
            if parcel.id not in self._given_up:
                taken += self._take_in_hand(parcel, drafts.get(parcel.id), full)
        return taken

    async def _drafts_of(self, parcels: Sequence[Parcel]) -> dict[str, Draft]:
        """Read the drafts of parcels in one go or, where one cannot be read, each by itself."""
        found_keys = ((parcel.id, session_of(parcel)) for parcel in parcels)
        keys = {name: key for name, key in found_keys if key is not None}
        try:
            found = await self._conversations.drafts_of(keys.values()) if keys else {}
        except StorageError as caught:
            if isinstance(caught, DatabaseUnusable):
                raise
            if len(parcels) > 1:
                alone = [await self._drafts_of([parcel]) for parcel in parcels]
                return {name: draft for one in alone for name, draft in one.items()}
            self._leave_alone(parcels[0], caught)
            return {}
        return {name: found[key] for name, key in keys.items() if key in found}

    def _must_wait(self, chat: str, full: set[str]) -> bool:
        """Say whether a chat has enough in hand already, and remember that it has."""
        if chat not in full and self._crowd[chat] < IN_HAND_OF_ONE:
            return False
        full.add(chat)
        self._more_waits = True
        return True

    def _take_in_hand(self, parcel: Parcel, draft: Draft | None, full: set[str]) -> bool:
        """Begin to say a parcel; tasks start in this order, and the lane of a chat keeps it."""
        is_alone = parcel.key is None or not self._sessions[parcel.key]
        try:
            letter = self._writer.letter(parcel, draft)
        except NotYet:
            return False
        except Exception as caught:
            self._leave_alone(parcel, caught)
            return False
        chat = letter.chat if letter else parcel.id
        if self._must_wait(chat, full):
            return False
        lane = self._lanes.setdefault(chat, asyncio.Lock())
        task = asyncio.create_task(self._say(parcel, letter, lane, is_alone and not self._crowd[chat]))
        self._in_hand[parcel.id], self._chats[parcel.id] = task, chat
        self._crowd[chat] += 1
        if parcel.key is not None:
            self._sessions[parcel.key] += 1
        if self._is_last(parcel):
            self._last_in_hand.add(parcel.id)
        task.add_done_callback(lambda _: self._put_down(parcel))
        return True

    def _put_down(self, parcel: Parcel) -> None:
        self._in_hand.pop(parcel.id, None)
        chat = self._chats.pop(parcel.id, "")
        self._crowd -= Counter([chat])
        self._last_in_hand.discard(parcel.id)
        if parcel.key is not None:
            self._sessions -= Counter([parcel.key])
            self._last.pop((parcel.key, parcel.turn or 0), None)
        if self._more_waits and len(self._in_hand) <= IN_HAND // 2:
            self.wake()

    async def _say(self, parcel: Parcel, letter: Letter | None, lane: asyncio.Lock, is_fresh: bool) -> None:
        """Say one parcel, however long it takes; a mistake of ours leaves it alone until the next start.

        A letter is not fresh where another of the same session may have been said since it was written.
        """
        try:
            async with lane:
                if not is_fresh:
                    letter = await self._written_again(parcel)
                await self._say_in_order(parcel, letter)
        except NotYet:  # its hours ended while it waited its turn; it stays in the outbox
            pass
        except Exception as caught:
            self._leave_alone(parcel, caught)
        finally:
            self._carrier.calling.discard(parcel.id)

    async def _say_in_order(self, parcel: Parcel, letter: Letter | None) -> None:
        """Say one parcel, strike it out, and take away what it took the place of."""
        carried = await self._carrier.carry(parcel.id, letter, lambda: self._written_again(parcel))
        if carried is not None and carried.has_left:
            await self._forget(parcel, carried.letter)
        is_tidy = carried is None or await self._carrier.tidy(carried)
        note = carried.note if carried is not None and carried.is_news else None
        await self._patiently(lambda: self._outbox.said(parcel, note))
        self._carrier.calling.discard(parcel.id)
        if carried is not None and not is_tidy:
            await self._carrier.tidy_later(carried)

    async def _written_again(self, parcel: Parcel) -> Letter | None:
        key = session_of(parcel)
        draft = await self._patiently(lambda: self._conversations.draft(key)) if key is not None else None
        return self._writer.letter(parcel, draft)

    async def _forget(self, parcel: Parcel, letter: Letter) -> None:
        key, contacts = parcel.key, self._contacts
        if key is not None:
            await self._patiently(lambda: self._conversations.forget_address(key))
        if contacts is not None:
            await self._patiently(lambda: contacts.opt_out(letter.address))
        log.info("an address was forgotten", extra={"action": "forget"})

    def _leave_alone(self, parcel: Parcel, caught: Exception) -> None:
        """What goes wrong with one parcel must not stop the rest; it is tried again at the next start."""
        self._given_up.add(parcel.id)
        if not isinstance(caught, ChannelDown):  # switched off: nothing is wrong
            _log_error("not said, left alone", "say", caught)

    async def _patiently(self, call: Callable[[], Awaitable[Given]]) -> Given:
        return await patiently(call, self._sleep)


def _log_error(words: str, action: str, caught: Exception) -> None:
    log.error(words, extra={"action": action, "error": type(caught).__name__})
