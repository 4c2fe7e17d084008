"""Calls of the Bot API whose answers are taken as they come: the library builds nothing of them."""

import re
from functools import cache
from typing import Any

from telegram import Bot
from telegram.error import EndPointNotFound, InvalidToken, NetworkError
from telegram.request import BaseRequest


async def call(bot: Bot, method: str, given: dict[str, Any], seconds: Any = BaseRequest.DEFAULT_NONE) -> Any:
    """Call a published method, named as the Bot API names it, and return its result as it came.

    `seconds` to wait for the answer, if not as long as ever.

    Raises:
        TelegramError: as from the library's own method of that name.
    """
    try:
        return await bot.do_api_request(_unlike_its_own(method), api_kwargs=given, read_timeout=seconds)
    except EndPointNotFound:  # a published method: it is the token that is not known
        raise InvalidToken from None


async def send(bot: Bot, given: dict[str, Any]) -> int:
    """Send a message and return its number.

    Raises:
        TelegramError: it was not sent, or whether it was is not known.
    """
    sent = await call(bot, "sendMessage", given)
    try:
        return int(sent["message_id"])
    except (TypeError, KeyError, ValueError):
        raise NetworkError("the answer holds no message") from None


@cache
def _unlike_its_own(method: str) -> str:
    """Spell `sendMessage` as `send_Message`: the library reads it back, but finds no method of its own."""
    return re.sub(r"(?=[A-Z])", "_", method)
