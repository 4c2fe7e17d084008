"""Says screens on Telegram: one message edited in place, or a new one below what the person wrote."""

import logging
from collections import OrderedDict
from collections.abc import Sequence

from telegram import Bot
from telegram.error import BadRequest, RetryAfter, TelegramError

from bot.aloud import Aloud
from bot.letters import Turn
from bot.screens import Screen
from bot.telegram.calls import call, send
from bot.telegram.copies import Copies
from bot.telegram.places import read_note, write_note
from bot.telegram.refusals import in_our_words, is_beyond_editing, is_unchanged
from bot.telegram.sounds import Sounds
from bot.telegram.speaking import Speech, said, speak

log = logging.getLogger(__name__)

MOST_AT_ONCE = 100  # messages; Source: Bot API, deleteMessages
CHATS_REMEMBERED = 20_000  # two whole numbers each


class TelegramChannel:
    """Shows screens in private chats.

    A prompt is edited in place while it is the newest message that we know of in its chat; what the person
    writes comes below it, and then the next prompt is a new message and the old one is taken away. What is
    newest is remembered in memory only: after a restart a chat that we know nothing of gets a new message.
    """

    def __init__(self, bot: Bot, aloud: Aloud | None = None) -> None:
        self._bot = bot
        self._newest: OrderedDict[int, int] = OrderedDict()
        self._copies = Copies(bot)
        self._sounds = Sounds(bot, self._copies, aloud)
        self._begun: dict[int, tuple[tuple[str, ...], list[int]]] = {}  # parts, and messages that are out

    def heard_message(self, chat: int, message: int) -> None:
        """Remember that the person wrote `message`, so that what is said next stands below it."""
        self._remember(chat, message)

    def heard_press(self, chat: int, message: int) -> None:
        """Remember that the person has `message` before their eyes, if we know nothing newer."""
        self._remember(chat, message)

    def forget_places(self) -> None:
        """Forget what is newest in every chat, so that what is said next is a new message at its bottom."""
        self._newest.clear()

    async def show(self, account: str, screen: Screen, shown: str, turn: Turn) -> str:
        """Show a screen and return the note that finds it again; `shown` is the note of the one before.

        Showing the same again changes nothing. Each message after the first waits for its `turn`.

        Raises:
            DeliveryError: it was not shown, or not to its end.
        """
        chat, speech, before = int(account), speak(screen), read_note(shown)
        if not screen.texts:
            return ""
        try:
            if screen.reading is not None:
                return write_note(await self._sounds.say(chat, screen, screen.reading))
            if self._can_be_edited(chat, before, speech) and await self._edit(chat, before[0], speech):
                note = shown
            else:
                note = write_note(await self._send(chat, speech, turn))
        except TelegramError as caught:
            raise in_our_words(caught) from caught
        await self._sounds.follow(chat, screen)
        return note

    async def clear(self, account: str, notes: Sequence[str]) -> None:
        """Take everything that these notes name off both phones; what is too old for Telegram stays."""
        chat = int(account)
        named = {message for note in notes for message in read_note(note)}
        messages = sorted(named | self._sounds.lying_in(chat))
        for first in range(0, len(messages), MOST_AT_ONCE):
            await self._clear(chat, messages[first : first + MOST_AT_ONCE])
        self._sounds.forget(chat)

    async def _clear(self, chat: int, messages: Sequence[int]) -> None:
        """Delete messages together or, where one is too old, each by itself."""
        try:
            await self._bot.delete_messages(chat, messages)
        except BadRequest as caught:
            if len(messages) == 1:
                _log_let_be("clear", caught)
                return
            for message in messages:
                await self._clear(chat, (message,))
        except TelegramError as caught:
            raise in_our_words(caught) from caught

    async def take_away(self, account: str, before: str, after: str) -> None:
        """Delete messages that a newer note does not find, or at least their buttons.

        Raises:
            ChannelBusy: not now; to be tried again.
        """
        chat, kept = int(account), read_note(after)
        old = tuple(message for message in read_note(before) if message not in kept)
        try:
            await self._copies.take_away(chat, kept)
            await self._delete(chat, old)
        except RetryAfter as caught:
            raise in_our_words(caught) from caught
        except TelegramError as caught:
            _log_let_be("take_away", caught)

    async def _delete(self, chat: int, messages: tuple[int, ...]) -> None:
        if not messages:
            return
        try:
            await self._bot.delete_messages(chat, messages)
        except BadRequest:  # older than 48 hours
            await self._take_buttons(chat, messages[-1])

    async def take_buttons(self, chat: int, message: int) -> None:
        """Take the buttons off a message that was answered; what cannot be done is let be."""
        try:
            await self._take_buttons(chat, message)
        except TelegramError as caught:
            _log_let_be("take_buttons", caught)

    async def _take_buttons(self, chat: int, message: int) -> None:
        await call(self._bot, "editMessageReplyMarkup", {"chat_id": chat, "message_id": message})

    def _can_be_edited(self, chat: int, before: tuple[int, ...], speech: Speech) -> bool:
        newest = self._newest.get(chat)
        return len(before) == len(speech.parts) == 1 and newest is not None and newest <= before[0]

    async def _edit(self, chat: int, message: int, speech: Speech) -> bool:
        """Say it in place and return True, or False where that message cannot be changed any more."""
        try:
            place = {"chat_id": chat, "message_id": message}
            await call(self._bot, "editMessageText", place | said(speech, 0))
        except BadRequest as caught:
            if is_unchanged(caught):
                return True
            if is_beyond_editing(caught):
                return False
            raise
        return True

    async def _send(self, chat: int, speech: Speech, turn: Turn) -> tuple[int, ...]:
        """Send what was not sent yet; what a refusal interrupts goes on there the next time."""
        parts, sent = self._begun.pop(chat, (speech.parts, []))
        if parts != speech.parts:
            sent = []
        while len(sent) < len(speech.parts):
            try:
                sent.append(await self._send_part(chat, speech, len(sent)))
            except TelegramError as caught:
                self._copies.doubt(chat, caught)
                if sent:
                    self._begun[chat] = (speech.parts, sent)
                raise
            if len(sent) < len(speech.parts):
                await turn()
        self._remember(chat, max(sent))
        return tuple(sent)

    async def _send_part(self, chat: int, speech: Speech, place: int) -> int:
        await self._copies.make_sure(chat)
        message = await send(self._bot, {"chat_id": chat} | said(speech, place))
        self._copies.know(message)
        return message

    def _remember(self, chat: int, message: int) -> None:
        self._copies.know(message)
        self._newest[chat] = max(message, self._newest.get(chat, 0))
        self._newest.move_to_end(chat)
        while len(self._newest) > CHATS_REMEMBERED:
            self._newest.popitem(last=False)


def _log_let_be(action: str, caught: TelegramError) -> None:
    log.debug("let be", extra={"action": action, "error": type(caught).__name__})
