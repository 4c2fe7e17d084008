"""Says screens on Telegram: one message edited in place, or a new one below what the person wrote."""

import json
import logging
from collections import OrderedDict

from telegram import Bot, LinkPreviewOptions
from telegram.constants import ParseMode
from telegram.error import BadRequest, TelegramError

from bot.screens import Screen
from bot.telegram.refusals import in_our_words, is_beyond_editing, is_unchanged
from bot.telegram.speaking import Speech, speak

log = logging.getLogger(__name__)

CHATS_REMEMBERED = 20_000  # two whole numbers each
NO_PREVIEW = LinkPreviewOptions(is_disabled=True)


class TelegramChannel:
    """Shows screens in private chats.

    A prompt is edited in place while it is the newest message that we know of in its chat; what the person
    writes comes below it, and then the next prompt is a new message and the old one is taken away. What is
    newest is remembered in memory only: after a restart a chat that we know nothing of gets a new message.
    """

    def __init__(self, bot: Bot) -> None:
        self._bot = bot
        self._newest: OrderedDict[int, int] = OrderedDict()

    def heard_message(self, chat: int, message: int) -> None:
        """Remember that the person wrote `message`, so that what is said next stands below it."""
        self._remember(chat, message)

    def heard_press(self, chat: int, message: int) -> None:
        """Remember that the person has `message` before their eyes, if we know nothing newer."""
        self._remember(chat, message)

    async def show(self, account: str, screen: Screen, shown: str) -> str:
        """Show a screen and return the note that finds it again; `shown` is the note of the one before.

        Showing the same again changes nothing.

        Raises:
            DeliveryError: it was not shown.
        """
        chat, speech, before = int(account), speak(screen), _read_note(shown)
        try:
            if self._can_be_edited(chat, before, speech) and await self._edit(chat, before[0], speech):
                after = before
            else:
                after = await self._send(chat, speech)
        except TelegramError as caught:
            raise in_our_words(caught) from caught
        if after != before:
            await self.take_away(chat, before)
        return _write_note(after)

    async def take_away(self, chat: int, messages: tuple[int, ...]) -> None:
        """Delete messages of ours, or at least the last one's buttons; what cannot be done is let be."""
        if not messages:
            return
        try:
            await self._bot.delete_messages(chat, messages)
        except BadRequest:  # older than 48 hours
            await self.take_buttons(chat, messages[-1])
        except TelegramError as caught:
            _log_let_be("take_away", caught)

    async def take_buttons(self, chat: int, message: int) -> None:
        """Take the buttons off a message that was answered; what cannot be done is let be."""
        try:
            await self._bot.edit_message_reply_markup(chat, message, reply_markup=None)
        except TelegramError as caught:
            _log_let_be("take_buttons", caught)

    def _can_be_edited(self, chat: int, before: tuple[int, ...], speech: Speech) -> bool:
        newest = self._newest.get(chat)
        return len(before) == len(speech.parts) == 1 and newest is not None and newest <= before[0]

    async def _edit(self, chat: int, message: int, speech: Speech) -> bool:
        """Say it in place and return True, or False where that message cannot be changed any more."""
        try:
            await self._bot.edit_message_text(
                speech.parts[0],
                chat,
                message,
                parse_mode=ParseMode.HTML,
                reply_markup=speech.keyboard,
                link_preview_options=NO_PREVIEW,
            )
        except BadRequest as caught:
            if is_unchanged(caught):
                return True
            if is_beyond_editing(caught):
                return False
            raise
        return True

    async def _send(self, chat: int, speech: Speech) -> tuple[int, ...]:
        sent = []
        for place, part in enumerate(speech.parts, start=1):
            message = await self._bot.send_message(
                chat,
                part,
                parse_mode=ParseMode.HTML,
                reply_markup=speech.keyboard if place == len(speech.parts) else None,
                link_preview_options=NO_PREVIEW,
            )
            sent.append(message.message_id)
        self._remember(chat, max(sent))
        return tuple(sent)

    def _remember(self, chat: int, message: int) -> None:
        self._newest[chat] = max(message, self._newest.get(chat, 0))
        self._newest.move_to_end(chat)
        while len(self._newest) > CHATS_REMEMBERED:
            self._newest.popitem(last=False)


def _read_note(note: str) -> tuple[int, ...]:
    """Return the messages of a note; a note that is not ours names none."""
    try:
        messages = json.loads(note)["messages"] if note else ()
        return tuple(int(message) for message in messages)
    except (ValueError, TypeError, KeyError):
        return ()


def _write_note(messages: tuple[int, ...]) -> str:
    return json.dumps({"messages": messages}, separators=(",", ":"))


def _log_let_be(action: str, caught: TelegramError) -> None:
    log.debug("let be", extra={"action": action, "error": type(caught).__name__})
