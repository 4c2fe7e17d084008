"""Takes the updates that Telegram posts, and says yes to each only after it was stored."""

import asyncio
import hmac
import json
import logging
from collections.abc import Coroutine
from contextlib import suppress
from datetime import timedelta
from typing import Any, TypeVar
from weakref import WeakValueDictionary

from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send
from telegram import Bot, Update
from telegram.constants import ChatType

from bot.telegram.doorway import Doorplate, Doorway
from bot.telegram.greeting import Greeting
from bot.telegram.inbox import GRACE
from bot.telegram.reading import lane_of
from bot.telegram.reception import Reception, Stored
from bot.telegram.updates import update_from
from conversations.errors import Conflict, StorageError

Given = TypeVar("Given")

log = logging.getLogger(__name__)

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"
MAX_BODY = 2**20  # bytes; the longest message with all its buttons has a tenth of it
PATIENCE = timedelta(seconds=5)  # how long one post waits, at most, before it is to come again


class Webhook:
    """An ASGI application for Telegram alone: different chats side by side, one chat in order.

    When the program stops the webhook stays set, so that updates wait at Telegram for the next start.
    """

    def __init__(
        self,
        bot: Bot,
        doorway: Doorway,
        *,
        patience: timedelta = PATIENCE,
        first_pause: float = 1.0,
    ) -> None:
        """Prepare; `first_pause` is in seconds and doubles while Telegram cannot be told where to post."""
        self._bot = bot
        self._doorway = doorway
        self._patience = patience
        self._doorplate = Doorplate(bot, doorway, first_pause=first_pause)
        self._reception: Reception | None = None
        self._tasks: set[asyncio.Task[Any]] = set()
        self._lanes: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()

    async def run(self, reception: Reception, greeting: Greeting, stop: asyncio.Event) -> None:
        """Take what is posted until `stop` is set, then finish the updates in hand within ten seconds.

        Raises:
            SettingsError: Telegram refuses the token.
        """
        self._reception = reception
        telling = asyncio.create_task(self._doorplate.keep_up(reception, greeting))
        stopping = asyncio.create_task(stop.wait())
        try:
            await asyncio.wait((telling, stopping), return_when=asyncio.FIRST_COMPLETED)
            if telling.done():
                await telling
        finally:
            self._reception = None
            telling.cancel()
            stopping.cancel()
            await asyncio.gather(telling, stopping, return_exceptions=True)
            await self._finish()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; nobody but Telegram gets further than the door."""
        try:
            response = await self._respond(Request(scope, receive))
        except ClientDisconnect:
            return
        await response(scope, receive, send)

    # At the door

    async def _respond(self, request: Request) -> Response:
        if not _is_same(request.scope["path"], self._doorway.path):
            return _hanging_up(404)
        if request.method != "POST":
            return _hanging_up(405, Allow="POST")
        if not _is_same(request.headers.get(SECRET_HEADER, ""), self._doorway.word):
            return _hanging_up(403)
        reception = self._reception
        if reception is None:
            return _hanging_up(503)
        update = await self._read(request)
        if update is None:  # with any other answer it would come for ever
            return _hanging_up(200)
        taking = self._begin(self._take(reception, update))
        await asyncio.wait((taking,), timeout=self._patience.total_seconds())
        if not taking.done() or taking.cancelled():  # it goes on; when it comes again, it is recognised
            return _hanging_up(503)
        return taking.result()

    async def _read(self, request: Request) -> Update | None:
        """Return what was posted, or None where the library cannot read it."""
        posted = bytearray()
        async for part in request.stream():
            posted += part
            if len(posted) > MAX_BODY:
                log.error("an update is too long to be read", extra={"action": "read"})
                return None
        try:
            return update_from(json.loads(posted))
        except Exception as caught:
            log.error("an update cannot be read", extra={"action": "read", "error": type(caught).__name__})
            return None

    # Inside

    async def _take(self, reception: Reception, update: Update) -> Response:
        """Have an update stored, after those that came before it from the same chat; return the answer."""
        lane = self._lanes.setdefault(lane_of(update), asyncio.Lock())
        async with lane:  # first come, first served
            try:
                await self._know_ourselves(update)
                stored = await reception.store(update)
            except (StorageError, Conflict) as caught:
                _log_failure("not stored, to be delivered again", update, caught)
                if isinstance(caught, StorageError):
                    self._begin(reception.apologise(update))
                return _hanging_up(503)
            except Exception as caught:  # a mistake of ours must not hold up this chat for ever
                _log_failure("given up", update, caught)
                stored = Stored(update.callback_query)
        if stored.is_used_up:
            self._begin(reception.tidy(stored))
        return _acknowledgement(stored)

    async def _know_ourselves(self, update: Update) -> None:
        """Wait, not for long, until we know our own name, by which groups call us."""
        chat, introduced = update.effective_chat, self._doorplate.introduced
        if chat is not None and chat.type != ChatType.PRIVATE and not introduced.is_set():
            with suppress(TimeoutError):
                await asyncio.wait_for(introduced.wait(), self._patience.total_seconds() / 2)

    def _begin(self, work: Coroutine[Any, Any, Given]) -> asyncio.Task[Given]:
        """Begin what must be finished even if whoever asked for it hangs up."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _finish(self) -> None:
        if self._tasks:
            await asyncio.wait(set(self._tasks), timeout=GRACE)
        late = set(self._tasks)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)


def _is_same(given: str, expected: str) -> bool:
    """Compare in a time that tells nothing."""
    return hmac.compare_digest(given.encode(), expected.encode())


def _hanging_up(status: int, **headers: str) -> Response:
    """Answer in one word; what was not read of the post is not waited for."""
    return Response(status_code=status, headers={"Connection": "close", **headers})


def _acknowledgement(stored: Stored) -> Response:
    """Answer yes; a pressed button is answered in the same breath, because nobody needs its result."""
    if stored.query is None:
        return Response()
    said = {"text": stored.toast} if stored.toast else {}
    return JSONResponse({"method": "answerCallbackQuery", "callback_query_id": stored.query.id, **said})


def _log_failure(words: str, update: Update, caught: Exception) -> None:
    log.error(words, extra={"action": "take", "error": type(caught).__name__, "update": update.update_id})
