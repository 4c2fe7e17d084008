"""Voice messages: a question read aloud, and what was heard taken away once something else is asked."""

import logging
from collections import OrderedDict
from dataclasses import dataclass

from telegram import Bot
from telegram.error import TelegramError

from bot.aloud import Aloud, NotNow
from bot.aloud.opus import seconds_of
from bot.screens import Reading, Screen
from bot.telegram.copies import Copies

log = logging.getLogger(__name__)

MAX_CAPTION = 1024  # characters; Source: Bot API, sendVoice
FILE_NAME = "question.ogg"  # names neither the question nor the language: a file list tells nothing
CHATS_REMEMBERED = 5_000


@dataclass(frozen=True, slots=True)
class Heard:
    """What was read aloud in a chat: which question in which language, and where it lies."""

    question: tuple[str, str]
    messages: frozenset[int]


class Sounds:
    """Sends voice messages, and remembers in memory where the last one lies in each chat.

    Their notes are kept as those of every other message, so that what empties a chat finds them after a
    restart, too.
    """

    def __init__(self, bot: Bot, copies: Copies, aloud: Aloud | None) -> None:
        self._bot = bot
        self._copies = copies
        self._aloud = aloud
        self._heard: OrderedDict[int, Heard] = OrderedDict()

    async def say(self, chat: int, screen: Screen, reading: Reading) -> tuple[int, ...]:
        """Send a question read aloud in place of what was heard before; nothing if it cannot be read now.

        Raises:
            TelegramError: it was not sent, or whether it was is not known.
        """
        try:
            sound = await self._aloud.sound(reading) if self._aloud is not None else b""
        except NotNow:
            sound = b""
        if not sound:
            return ()
        message = await self._send(chat, screen, sound)
        await self._delete(chat)
        self._heard[chat] = Heard((reading.question, reading.tag), frozenset((message,)))
        while len(self._heard) > CHATS_REMEMBERED:
            self._heard.popitem(last=False)
        return (message,)

    async def follow(self, chat: int, screen: Screen) -> None:
        """Take away what was heard, once a session shows something else than that question."""
        heard = self._heard.get(chat)
        if heard is not None and screen.turn is not None and heard.question != (screen.question, screen.tag):
            await self._delete(chat)

    def lying_in(self, chat: int) -> frozenset[int]:
        """Return the messages that were heard in a chat and not taken away since."""
        heard = self._heard.get(chat)
        return frozenset() if heard is None else heard.messages

    def forget(self, chat: int) -> None:
        """Forget what was heard in a chat: somebody else has taken it away."""
        self._heard.pop(chat, None)

    async def _send(self, chat: int, screen: Screen, sound: bytes) -> int:
        await self._copies.make_sure(chat)
        try:
            sent = await self._bot.send_voice(
                chat,
                sound,
                duration=round(seconds_of(sound)),
                caption=screen.texts[0].text[:MAX_CAPTION],
                filename=FILE_NAME,
            )
        except TelegramError as caught:
            self._copies.doubt(chat, caught)
            raise
        self._copies.know(sent.message_id)
        return sent.message_id

    async def _delete(self, chat: int) -> None:
        """Take away what was heard; what cannot be done is let be: its notes are kept for later."""
        messages = self.lying_in(chat)
        self.forget(chat)
        if not messages:
            return
        try:
            await self._bot.delete_messages(chat, sorted(messages))
        except TelegramError as caught:
            log.debug("sound let be", extra={"action": "read_aloud", "error": type(caught).__name__})
