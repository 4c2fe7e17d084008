"""Asks Telegram what it knows of a bot: who it is, where updates go, and what time it is there."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import aiohttp
from pydantic import SecretStr
from telegram import Bot
from telegram.error import InvalidToken, TelegramError

from bot.telegram.inbox import REFUSED
from bot.telegram.request import AiohttpRequest
from bot.telegram.service import TOKEN
from conversations.errors import ChannelDown, SettingsError

SECONDS = 10.0
"""So long an answer may take."""


@dataclass(frozen=True, slots=True)
class Bearing:
    """What Telegram says of a bot: its name, where it posts updates, if anywhere, and the last trouble."""

    username: str
    posts_to: str = field(repr=False)
    waiting: int
    trouble: str
    trouble_at: datetime | None


async def bearing(token: SecretStr, api_url: str) -> Bearing:
    """Ask Telegram who the bot is and where its updates go.

    Raises:
        SettingsError: the token is none, or Telegram refuses it.
        ChannelDown: Telegram cannot be reached.
    """
    secret = token.get_secret_value().strip()
    if not TOKEN.fullmatch(secret):
        raise SettingsError("PORTEVOIX_TELEGRAM_TOKEN is not a token: it looks like 123456:ABC-def")
    request = AiohttpRequest(connections=1, read_seconds=SECONDS)
    bot = Bot(secret, base_url=f"{api_url.rstrip('/')}/bot", request=request)
    await request.initialize()
    try:
        me = await bot.get_me()
        info = await bot.get_webhook_info()
    except InvalidToken:
        raise SettingsError(REFUSED) from None  # the library's own words hold the token
    except TelegramError as caught:
        raise ChannelDown(type(caught).__name__) from None
    finally:
        await request.shutdown()
    return Bearing(
        me.username or "",
        info.url,
        info.pending_update_count,
        info.last_error_message or "",
        info.last_error_date,
    )


async def clock_ahead(address: str, now: datetime) -> float | None:
    """Return by how many seconds our clock is ahead of a server's, None where it does not say the time.

    `now` is ours, aware. A server tells its time to the second (RFC 9110, 6.6.1), and the way takes time.
    """
    timeout = aiohttp.ClientTimeout(total=SECONDS)
    try:
        async with (
            aiohttp.ClientSession(timeout=timeout, trust_env=False) as session,
            session.get(address, allow_redirects=False) as response,
        ):
            said = response.headers.get("Date", "")
        there = parsedate_to_datetime(said)
    except (aiohttp.ClientError, OSError, TimeoutError, ValueError, TypeError):
        return None
    return (now - there.astimezone(UTC)).total_seconds()
