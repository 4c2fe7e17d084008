"""Fetches updates from Telegram and acknowledges them only after they were stored."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Any, TypeVar
from weakref import WeakValueDictionary

from telegram import Bot, Update
from telegram.error import BadRequest, InvalidToken, RetryAfter, TelegramError
from telegram.error import Conflict as SecondPoller

from bot.telegram.calls import call
from bot.telegram.greeting import Greeting, greet
from bot.telegram.reading import lane_of
from bot.telegram.reception import Reception
from bot.telegram.request import READ_SECONDS
from bot.telegram.updates import update_from
from bot.telegram.window import Window
from conversations.errors import Conflict, SettingsError, StorageError

Given = TypeVar("Given")

log = logging.getLogger(__name__)

WANTED = ("message", "edited_message", "callback_query", "my_chat_member")
POLL = timedelta(seconds=30)
SLOW = 0.25  # seconds to wait for a batch before polling beside it
STUCK = 0.5  # seconds between polls at one offset; sooner, Telegram gives one update only
LONGEST_PAUSE = 30.0  # seconds
GRACE = 8.0  # seconds for the updates in hand when stopping; the whole stop takes at most 10
REFUSED = (
    "PORTEVOIX_TELEGRAM_TOKEN is refused by the Bot API server: "
    "take a new token from @BotFather, or leave it empty to switch Telegram off"
)
TWO_POLLERS = "another program reads this bot's updates, or a webhook is set: stop the other one"
UNREACHABLE = "Telegram cannot be reached; trying again until it can"


class Inbox:
    """Polls, hands updates on, different chats side by side and one chat in order, and acknowledges them.

    At most one batch of Telegram's (100 updates) is in hand, because what is not acknowledged comes again.
    """

    def __init__(
        self,
        bot: Bot,
        reception: Reception,
        greeting: Greeting,
        *,
        poll: timedelta = POLL,
        first_pause: float = 1.0,
        heard: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        """Prepare; `first_pause` is in seconds and doubles while something stays wrong.

        `heard` is awaited whenever Telegram answered, before its updates are handed on.
        """
        self._bot = bot
        self._reception = reception
        self._greeting = greeting
        self._poll = poll
        self._first_pause = first_pause
        self._heard = heard
        self._window = Window()
        self._tasks: set[asyncio.Task[None]] = set()
        self._lanes: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()
        self._moved = asyncio.Event()
        self._stopping = asyncio.Event()
        self._trouble: str | None = None
        self._introduced = False
        self._greeted: asyncio.Task[None] | None = None

    async def run(self, stop: asyncio.Event) -> None:
        """Work until `stop` is set, then finish the updates in hand within ten seconds.

        Raises:
            SettingsError: Telegram refuses the token.
        """
        self._stopping = stop
        try:
            pause = self._first_pause
            while not stop.is_set():
                pause = await self._round(pause)
        finally:
            await self._finish()

    async def _round(self, pause: float) -> float:
        """Poll once and return the seconds to pause when something goes wrong next."""
        try:
            if not self._introduced:
                await self._unless_stopped(self._introduce())
            await self._fetch_and_hand_on()
        except InvalidToken:
            raise SettingsError(REFUSED) from None  # the library's own words hold the token
        except RetryAfter as caught:
            await self._rest(_as_timedelta(caught.retry_after))
            return pause
        except TelegramError as caught:
            self._introduced &= not isinstance(caught, SecondPoller)
            self._say_once(TWO_POLLERS if isinstance(caught, SecondPoller) else UNREACHABLE)
            return await self._rest_longer(pause)
        except Exception as caught:  # an answer that no Bot API server gives
            log.error("odd answer", extra={"action": "poll", "error": type(caught).__name__})
            self._say_once(UNREACHABLE)
            return await self._rest_longer(pause)
        return self._first_pause

    async def _rest_longer(self, pause: float) -> float:
        """Pause, and return the seconds for the next time."""
        await self._rest(timedelta(seconds=pause))
        return min(pause * 2, LONGEST_PAUSE)

    async def _introduce(self) -> None:
        """Ask Telegram who we are, so that a wrong token shows, and switch a forgotten webhook off."""
        await self._bot.initialize()
        self._reception.username = self._bot.username
        with suppress(BadRequest):
            await self._bot.delete_webhook()
        self._introduced = True
        if self._greeted is None:
            self._greeted = asyncio.create_task(greet(self._bot, self._greeting))

    async def _fetch_and_hand_on(self) -> None:
        asked = self._window.offset
        updates = await self._unless_stopped(self._fetch(asked))
        if updates is None:
            return
        if self._heard is not None:
            await self._heard()
        fresh = self._window.receive(updates)
        self._say_once(None)
        for update in fresh:
            try:
                self._hand_on(update)
            except Exception as caught:  # a mistake of ours must not hold up everybody for ever
                _log_failure("given up", update, caught)
                self._window.take(update.update_id)
        await self._wait_for_progress(asked)

    async def _unless_stopped(self, call: Coroutine[Any, Any, Given]) -> Given | None:
        """Return what a call gives, or None if it is time to stop: what is not acknowledged comes again."""
        calling = asyncio.create_task(call)
        stopping = asyncio.create_task(self._stopping.wait())
        try:
            await asyncio.wait((calling, stopping), return_when=asyncio.FIRST_COMPLETED)
            return calling.result() if calling.done() else None
        finally:
            calling.cancel()
            stopping.cancel()
            await asyncio.gather(calling, stopping, return_exceptions=True)

    async def _fetch(self, offset: int | None) -> Sequence[Update]:
        """Return the waiting updates; what the library cannot read counts as taken."""
        asked: dict[str, Any] = {"timeout": self._poll, "allowed_updates": WANTED}
        if offset is not None:
            asked["offset"] = offset
        patience = self._poll.total_seconds() + READ_SECONDS
        found = await call(self._bot, "getUpdates", asked, patience)
        return [self._read(content) for content in found]

    def _read(self, content: Any) -> Update:
        try:
            return update_from(content)
        except Exception as caught:
            log.error("an update cannot be read", extra={"action": "poll", "error": type(caught).__name__})
            return Update(content["update_id"])

    def _hand_on(self, update: Update) -> None:
        lane = self._lanes.setdefault(lane_of(update), asyncio.Lock())
        task = asyncio.create_task(self._take(update, lane))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _take(self, update: Update, lane: asyncio.Lock) -> None:
        afterwards = None
        async with lane:  # first come, first served
            pause = self._first_pause
            while not self._window.is_taken(update.update_id):
                try:
                    afterwards = await self._reception.take(update)
                except (StorageError, Conflict) as caught:
                    _log_failure("not stored, tried again", update, caught)
                    if isinstance(caught, StorageError):
                        await self._reception.apologise(update)
                    if await self._rest(timedelta(seconds=pause)):
                        return
                    pause = min(pause * 2, LONGEST_PAUSE)
                    continue
                except Exception as caught:  # a mistake of ours must not hold up everybody for ever
                    _log_failure("given up", update, caught)
                self._window.take(update.update_id)
                self._moved.set()
        if afterwards is not None:
            await afterwards()
        elif update.callback_query is not None:
            await self._reception.answer(update.callback_query.id, None)

    async def _wait_for_progress(self, asked: int | None) -> None:
        """Wait until polling again makes sense: all is taken, or it is time to look beside what is slow."""
        began = time.monotonic()
        while self._window.in_hand and not self._stopping.is_set():
            patience = SLOW if self._window.offset != asked else STUCK
            left = began + patience - time.monotonic()
            if left <= 0:
                return
            self._moved.clear()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._moved.wait(), left)

    async def _rest(self, wait: timedelta) -> bool:
        """Pause, and say whether it is time to stop."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._stopping.wait(), wait.total_seconds())
        return self._stopping.is_set()

    async def _finish(self) -> None:
        if self._greeted is not None:
            self._greeted.cancel()
            await asyncio.gather(self._greeted, return_exceptions=True)
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=GRACE)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        if self._window.offset is not None and self._trouble is None:
            with suppress(Exception):  # what is not acknowledged now is recognised next time
                await self._acknowledge(self._window.offset)

    async def _acknowledge(self, offset: int) -> None:
        await self._bot.get_updates(
            offset=offset, limit=1, timeout=timedelta(0), allowed_updates=WANTED, read_timeout=1.0
        )

    def _say_once(self, trouble: str | None) -> None:
        if trouble == self._trouble:
            return
        if trouble is None:
            log.warning("Telegram answers again", extra={"action": "poll"})
        else:
            log.warning(trouble, extra={"action": "poll"})
        self._trouble = trouble


def _as_timedelta(wait: timedelta | int) -> timedelta:
    return wait if isinstance(wait, timedelta) else timedelta(seconds=wait)


def _log_failure(words: str, update: Update, caught: Exception) -> None:
    log.error(words, extra={"action": "take", "error": type(caught).__name__, "update": update.update_id})
