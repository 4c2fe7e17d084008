"""Where Telegram posts updates: an address that nobody guesses, and how Telegram is told of it."""

import asyncio
import hmac
import logging
from dataclasses import dataclass, field
from datetime import timedelta

from pydantic import SecretStr
from telegram import Bot
from telegram.error import BadRequest, InvalidToken, TelegramError

from bot.telegram.greeting import Greeting, greet
from bot.telegram.inbox import LONGEST_PAUSE, REFUSED, UNREACHABLE, WANTED
from bot.telegram.reception import Reception
from bot.telegram.refusals import in_our_words
from conversations.errors import ChannelBusy, SettingsError

log = logging.getLogger(__name__)

BELOW = "/telegram/"  # every address below it is Telegram's, none is a page
CONNECTIONS = 40  # posts at once; Source: Bot API, setWebhook, its default
RENEWAL = timedelta(minutes=10)  # somebody may have switched the webhook off
NOT_TAKEN = (
    "Telegram refuses the webhook's address; trying again. PORTEVOIX_PUBLIC_URL must be reachable from "
    "outside by https, on port 443, 80, 88 or 8443, with a certificate that Telegram trusts"
)


@dataclass(frozen=True, slots=True)
class Doorway:
    """Where Telegram posts: an address that nobody guesses, and the word by which it is known."""

    url: str = field(repr=False)
    path: str = field(repr=False)
    word: str = field(repr=False)


def doorway(public_url: str, installation: bytes, token: SecretStr) -> Doorway:
    """Derive the doorway of one bot from the installation's secret: the same at every start.

    A new token makes a new one. Source: RFC 2104.
    """
    secret = hmac.digest(installation, f"telegram webhook {token.get_secret_value()}".encode(), "sha256")
    path = BELOW + hmac.digest(secret, b"path", "sha256").hex()
    return Doorway(public_url + path, path, hmac.digest(secret, b"word", "sha256").hex())


class Doorplate:
    """Tells Telegram where the doorway is, and who we are."""

    def __init__(
        self, bot: Bot, doorway: Doorway, *, renewal: timedelta = RENEWAL, first_pause: float = 1.0
    ) -> None:
        """Prepare; `first_pause` is in seconds and doubles while something stays wrong."""
        self._bot = bot
        self._doorway = doorway
        self._renewal, self._first_pause = renewal, first_pause
        self._greeted = False
        self._trouble: str | None = None
        self.introduced = asyncio.Event()

    async def keep_up(self, reception: Reception, greeting: Greeting) -> None:
        """Tell Telegram where to post until it has heard, and then from time to time, for ever.

        Raises:
            SettingsError: Telegram refuses the token.
        """
        pause = self._first_pause
        while True:
            try:
                await self._introduce(reception, greeting)
            except InvalidToken:
                raise SettingsError(REFUSED) from None  # the library's own words hold the token
            except Exception as caught:
                await asyncio.sleep(max(pause, self._wait_after(caught)))
                pause = min(pause * 2, LONGEST_PAUSE)
            else:
                pause = self._first_pause
                await asyncio.sleep(self._renewal.total_seconds())

    async def _introduce(self, reception: Reception, greeting: Greeting) -> None:
        await self._bot.initialize()
        reception.username = self._bot.username
        self.introduced.set()
        await self._bot.set_webhook(
            self._doorway.url,
            allowed_updates=WANTED,
            max_connections=CONNECTIONS,
            secret_token=self._doorway.word,
        )
        self._say_once(None)
        if not self._greeted:
            self._greeted = True
            await greet(self._bot, greeting)

    def _wait_after(self, caught: Exception) -> float:
        """Say once what is wrong, and return the seconds that Telegram asks us to wait, or 0."""
        if not isinstance(caught, TelegramError):  # an answer that no Bot API server gives
            log.error("odd answer", extra={"action": "set_webhook", "error": type(caught).__name__})
        elif isinstance(busy := in_our_words(caught), ChannelBusy):
            return busy.wait.total_seconds()
        self._say_once(NOT_TAKEN if isinstance(caught, BadRequest) else UNREACHABLE)
        return 0.0

    def _say_once(self, trouble: str | None) -> None:
        if trouble != self._trouble:
            log.warning(trouble or "Telegram answers again", extra={"action": "set_webhook"})
        self._trouble = trouble
