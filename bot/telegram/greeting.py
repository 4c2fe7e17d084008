"""How the bot presents itself on Telegram: its menu of commands and its one line, in each language."""

import logging
from collections.abc import Awaitable, Mapping
from dataclasses import dataclass, field
from itertools import chain

from telegram import Bot, BotCommand
from telegram.error import TelegramError

from bot.i18n import LANGUAGES

log = logging.getLogger(__name__)

MAX_LINE = 120  # characters; Source: Bot API, setMyShortDescription
MAX_DESCRIPTION = 256  # characters; Source: Bot API, BotCommand


@dataclass(frozen=True, slots=True)
class Greeting:
    """Ready words by language tag; those of `default` are shown to phones in any other language."""

    default: str = "en"
    commands: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    lines: Mapping[str, str] = field(default_factory=dict)


async def greet(bot: Bot, greeting: Greeting) -> None:
    """Tell Telegram the menus and lines; what it refuses is said once in the log and does not matter."""
    failed: set[str] = set()
    for attempt in chain(_menus(bot, greeting), _lines(bot, greeting)):
        try:
            await attempt
        except TelegramError as caught:
            failed.add(type(caught).__name__)
    if failed:
        errors = ", ".join(sorted(failed))
        log.warning("menu or description not set: %s", errors, extra={"action": "greet", "error": errors})


def _menus(bot: Bot, greeting: Greeting) -> "chain[Awaitable[bool]]":
    return chain.from_iterable(
        (
            bot.set_my_commands(
                [BotCommand(name, words[:MAX_DESCRIPTION]) for name, words in commands.items()],
                language_code=code,
            )
            for code in _codes(tag, greeting)
        )
        for tag, commands in greeting.commands.items()
    )


def _lines(bot: Bot, greeting: Greeting) -> "chain[Awaitable[bool]]":
    return chain.from_iterable(
        (bot.set_my_short_description(line[:MAX_LINE], language_code=code) for code in _codes(tag, greeting))
        for tag, line in greeting.lines.items()
    )


def _codes(tag: str, greeting: Greeting) -> list[str | None]:
    """Return what Telegram calls a language: two letters, and nothing at all for every other language."""
    everybody: list[str | None] = [None] if tag == greeting.default else []
    code = LANGUAGES[tag].rules if tag in LANGUAGES else tag  # Kurmanji (kmr) has two letters there: ku
    return everybody + ([code] if len(code) == 2 else [])
