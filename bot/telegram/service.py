"""Telegram as one thing to start and stop: the channel to speak through and the inbox that listens."""

import asyncio
import re
from datetime import timedelta
from types import TracebackType
from typing import Self

from pydantic import SecretStr
from telegram import Bot
from telegram.error import TelegramError

from bot.aloud import Aloud
from bot.config import TELEGRAM
from bot.hearing import Listener
from bot.outage import Recovery
from bot.telegram.calls import call
from bot.telegram.channel import TelegramChannel
from bot.telegram.doorway import Doorway
from bot.telegram.greeting import Greeting
from bot.telegram.inbox import POLL, Inbox
from bot.telegram.reception import Reception
from bot.telegram.refusals import in_our_words
from bot.telegram.request import AiohttpRequest
from bot.telegram.webhook import PATIENCE, Webhook
from conversations.errors import ChannelDown, SettingsError

TOKEN = re.compile(r"\d+:[A-Za-z0-9_-]+")


class TelegramService:
    """One bot at one Bot API server; as a context it holds the connections open."""

    def __init__(
        self,
        token: SecretStr,
        api_url: str = TELEGRAM,
        doorway: Doorway | None = None,
        *,
        poll: timedelta = POLL,
        first_pause: float = 1.0,
        patience: timedelta = PATIENCE,
        aloud: Aloud | None = None,
    ) -> None:
        """Prepare; nothing is sent yet. With a doorway Telegram posts updates there, without one we poll.

        `aloud` reads questions aloud.

        Raises:
            SettingsError: the token cannot be one.
        """
        secret = token.get_secret_value().strip()
        if not TOKEN.fullmatch(secret):
            raise SettingsError("PORTEVOIX_TELEGRAM_TOKEN is not a token: it looks like 123456:ABC-def")
        self._poll, self._first_pause = poll, first_pause
        self._requests = AiohttpRequest(connections=1), AiohttpRequest()
        self._bot = Bot(
            secret,
            base_url=f"{api_url.rstrip('/')}/bot",
            base_file_url=f"{api_url.rstrip('/')}/file/bot",
            get_updates_request=self._requests[0],
            request=self._requests[1],
        )
        self._reception: Reception | None = None
        self.channel = TelegramChannel(self._bot, aloud)
        self.webhook = (
            Webhook(self._bot, doorway, patience=patience, first_pause=first_pause) if doorway else None
        )

    @property
    def username(self) -> str:
        """The bot's own name, empty until Telegram has said it."""
        return (self._reception.username if self._reception else None) or ""

    async def ask_username(self) -> str:
        """Ask Telegram for the bot's name.

        Raises:
            DeliveryError: it cannot be asked now, or refuses the token.
        """
        try:
            return str((await call(self._bot, "getMe", {}))["username"])
        except TelegramError as caught:
            raise in_our_words(caught) from None  # the library's own words may hold the token
        except (TypeError, KeyError):
            raise ChannelDown("the answer holds no name") from None

    async def __aenter__(self) -> Self:
        for request in self._requests:
            await request.initialize()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for request in self._requests:
            await request.shutdown()

    async def run(
        self, listener: Listener, greeting: Greeting, stop: asyncio.Event, recovery: Recovery | None = None
    ) -> None:
        """Listen until `stop` is set, then finish the updates in hand within ten seconds.

        `recovery`, if given, hears of it whenever Telegram answered.

        Raises:
            SettingsError: Telegram refuses the token.
        """
        reception = self._reception = Reception(self._bot, self.channel, listener)
        if self.webhook is not None:
            living = asyncio.create_task(recovery.keep_up(stop)) if recovery else None
            try:
                await self.webhook.run(reception, greeting, stop)
            finally:
                if living is not None:
                    living.cancel()
                    await asyncio.gather(living, return_exceptions=True)
            return
        inbox = Inbox(
            self._bot,
            reception,
            greeting,
            poll=self._poll,
            first_pause=self._first_pause,
            heard=recovery.heard if recovery else None,
        )
        await inbox.run(stop)


async def bot_name(token: SecretStr, api_url: str = TELEGRAM) -> str:
    """Return the name of the bot that a token belongs to.

    Raises:
        DeliveryError: Telegram cannot be asked now, or refuses the token.
    """
    async with TelegramService(token, api_url) as service:
        return await service.ask_username()
