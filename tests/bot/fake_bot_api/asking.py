"""Short ways to ask the fake Telegram for something, and who is there."""

from typing import Any

import aiohttp
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup
from telegram.request import HTTPXRequest

from tests.fake_bot_api import FakeBotApi

AMAL = 2**40 + 11
OMAR = 2**40 + 12
GROUP = -1001234567890
YES_OR_NO = InlineKeyboardMarkup(
    [
        [InlineKeyboardButton("Yes, often", callback_data="1:yes")],
        [InlineKeyboardButton("No", callback_data="1:no")],
    ]
)


def plain_bot(api: FakeBotApi, token: str | None = None) -> Bot:
    """PTB's own bot on its own transport, without reading certificates that plain HTTP does not need."""
    transports = [HTTPXRequest(httpx_kwargs={"verify": False}) for _ in range(2)]
    url = f"{api.url}/bot"
    return Bot(token or api.token, base_url=url, request=transports[0], get_updates_request=transports[1])


async def say(bot: Bot, text: str = "Hello", **more: Any) -> Any:
    return await bot.send_message(AMAL, text, **more)


async def call(api: FakeBotApi, method: str, token: str | None = None, **how: Any) -> dict[str, Any]:
    """Call a method without any library."""
    url = f"{api.url}/bot{token or api.token}/{method}"
    async with aiohttp.ClientSession() as session, session.post(url, **how) as answer:
        content: dict[str, Any] = await answer.json()
        assert content["ok"] is (answer.status == 200)
        return content
