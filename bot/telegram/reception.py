"""Takes updates to the dialogue and answers pressed buttons; polling and webhook share it."""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from telegram import Bot, CallbackQuery, Update
from telegram.constants import ChatType
from telegram.error import TelegramError

from bot.hearing import Heard, Listener
from bot.telegram.buttons import is_notice
from bot.telegram.channel import TelegramChannel
from bot.telegram.groups import Groups
from bot.telegram.reading import Invited, Joined, Left, Letter, Replied, Wondered, lane_of, read_update
from conversations.identifiers import UpdateId

log = logging.getLogger(__name__)

MAX_TOAST = 200  # characters; Source: Bot API, answerCallbackQuery

Afterwards = Callable[[], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Stored:
    """What is left of a stored update: the pressed button, the word for it, and whether it is used up."""

    query: CallbackQuery | None
    toast: str | None = None
    is_used_up: bool = False


class Reception:
    """Brings updates to the listener."""

    def __init__(self, bot: Bot, channel: TelegramChannel, listener: Listener) -> None:
        self._bot = bot
        self._channel = channel
        self._listener = listener
        self._groups = Groups(bot, listener)
        self.username: str | None = None
        self._sorry: dict[int, int | None] = {}  # chats that know of a trouble, and the message that says so

    async def take(self, update: Update) -> Afterwards:
        """Have one update stored; returns what is left to do once it was acknowledged.

        Raises:
            StorageError, Conflict: nothing was stored; the update must not be acknowledged.
        """
        stored = await self.store(update)
        return lambda: self._finish(stored)

    async def store(self, update: Update) -> Stored:
        """Have one update stored; its button is neither answered nor taken away yet.

        Raises:
            StorageError, Conflict: nothing was stored; the update must not be acknowledged.
        """
        letter = read_update(update, self.username)
        if letter is not None or lane_of(update) > 0:  # of groups, only what was said to us
            self._remember_place(update)
        heard = Heard() if letter is None else await self._hear(letter, update)
        query = update.callback_query
        is_notices = query is not None and is_notice(query.data or "")
        toast = heard.toast[:MAX_TOAST] if heard.toast else None
        await self._take_back_apology(update)
        return Stored(query, toast, is_notices and letter is not None and heard.fresh)

    async def apologise(self, update: Update) -> None:
        """Say that an update could not be kept yet: once in each chat until something of it is stored again.

        Nothing is stored for it, and whatever goes wrong with it is let be: it must hold up nobody.
        """
        try:
            await self._apologise(update)
        except Exception as caught:
            log.warning("not apologised", extra={"action": "apologise", "error": type(caught).__name__})

    async def _apologise(self, update: Update) -> None:
        letter, chat = read_update(update, self.username), update.effective_chat
        if letter is None or chat is None or chat.type != ChatType.PRIVATE or isinstance(letter.meant, Left):
            return
        if chat.id in self._sorry:
            return
        self._sorry[chat.id] = None
        words = self._listener.sorry(letter.phone)
        if update.callback_query is not None:
            await self.answer(update.callback_query.id, words[:MAX_TOAST])
            return
        self._sorry[chat.id] = (await self._bot.send_message(chat.id, words)).message_id

    async def _take_back_apology(self, update: Update) -> None:
        """Take an apology off the phone once the chat goes on."""
        chat = update.effective_chat
        message = self._sorry.pop(chat.id, None) if chat is not None else None
        if chat is None or message is None:
            return
        try:
            await self._bot.delete_message(chat.id, message)
        except TelegramError as caught:
            log.debug("apology let be", extra={"action": "apologise", "error": type(caught).__name__})

    def _remember_place(self, update: Update) -> None:
        """Let the channel know what the person sees; before hearing, because speaking may come at once."""
        query = update.callback_query
        if query is not None and query.message is not None:
            self._channel.heard_press(query.message.chat.id, query.message.message_id)
        elif update.message is not None:
            self._channel.heard_message(update.message.chat.id, update.message.message_id)

    async def _hear(self, letter: Letter, update: Update) -> Heard:
        seen = UpdateId(f"telegram:{update.update_id}")
        match letter.meant:
            case Replied(reply, mark):
                return await self._listener.hear(letter.address, seen, reply, letter.phone, mark)
            case Joined(round_id):
                return await self._listener.join(letter.address, seen, round_id, letter.phone)
            case Wondered(topic):
                return await self._listener.notice(letter.address, seen, topic, letter.phone)
            case Invited(asker, asked):
                await self._groups.invite(int(letter.address.account), asker, asked, self.username or "")
                return Heard()
            case Left():
                await self._listener.left(letter.address)
                return Heard()

    async def tidy(self, stored: Stored) -> None:
        """Take the buttons of an answered notice away."""
        if stored.is_used_up and stored.query is not None and stored.query.message is not None:
            await self._channel.take_buttons(stored.query.message.chat.id, stored.query.message.message_id)

    async def answer(self, query: str, toast: str | None) -> None:
        """Answer a pressed button; too late is harmless, because what was pressed is stored."""
        try:
            await self._bot.answer_callback_query(query, toast)
        except TelegramError as caught:
            log.debug("button not answered", extra={"action": "answer", "error": type(caught).__name__})

    async def _finish(self, stored: Stored) -> None:
        """Stop the turning button, and take the buttons of an answered notice away; what was stored stays."""
        if stored.query is not None:
            await self.answer(stored.query.id, stored.toast)
            await self.tidy(stored)
