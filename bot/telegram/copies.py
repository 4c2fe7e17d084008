"""Takes away messages that Telegram took although its answer never came: nobody needs to read them twice."""

from telegram import Bot
from telegram.constants import ChatAction
from telegram.error import BadRequest, NetworkError, TelegramError

from bot.telegram.refusals import is_unchanged

NEAR = 20  # numbers after the last one known; Telegram counts a bot's private messages over all its chats
MOST = 100  # numbers looked at for one chat


class Copies:
    """Remembers, for each chat, which numbers a message may have got whose sending failed in doubt."""

    def __init__(self, bot: Bot) -> None:
        self._bot = bot
        self._highest = 0
        self._doubts: dict[int, set[int]] = {}

    def know(self, message: int) -> None:
        """Take note of a number that is taken."""
        self._highest = max(self._highest, message)

    def doubt(self, chat: int, caught: TelegramError) -> None:
        """Take note that a message to this chat may be out, or may not."""
        if isinstance(caught, NetworkError) and not isinstance(caught, BadRequest) and self._highest:
            near = range(self._highest + 1, self._highest + 1 + NEAR)
            self._doubts[chat] = set(sorted(self._doubts.get(chat, set()) | set(near))[:MOST])

    async def make_sure(self, chat: int) -> None:
        """Before a message is sent again, let Telegram show that it answers; else copy would follow copy.

        Raises:
            TelegramError: it does not.
        """
        if chat in self._doubts:
            await self._bot.send_chat_action(chat, ChatAction.TYPING)

    async def take_away(self, chat: int, kept: tuple[int, ...]) -> None:
        """Take copies away that lie before what is kept; only messages of ours can be changed by us.

        Raises:
            TelegramError: not now; to be tried again.
        """
        doubts = {number for number in self._doubts.pop(chat, set()) if number < max(kept, default=0)}
        for number in sorted(doubts.difference(kept)):
            self._doubts[chat] = doubts
            if await self._is_ours(chat, number):
                await self._bot.delete_messages(chat, (number,))
            doubts.discard(number)
        self._doubts.pop(chat, None)

    async def _is_ours(self, chat: int, number: int) -> bool:
        """Take the buttons off a message, which works on those of the bot in this chat alone."""
        try:
            await self._bot.edit_message_reply_markup(chat, number, reply_markup=None)
        except BadRequest as caught:
            return is_unchanged(caught)
        return True
