"""How a command runs: settings and stores opened, errors of the house said in one line."""

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any, TypeVar

from bot.app import House, open_house
from bot.config import Settings, read_settings
from bot.logs import tame_logs, tame_loop

Given = TypeVar("Given")


def settings_at_the_door() -> Settings:
    """Read the settings and tame the logs.

    Raises:
        SettingsError: a setting is unknown or wrong.
    """
    settings = read_settings()
    token = settings.telegram_token
    tame_logs(settings.log_level, [token.get_secret_value()] if token else [])
    return settings


def with_house(act: Callable[[House], Awaitable[Given]]) -> Given:
    """Open the house, do one thing in it, close it."""
    settings = settings_at_the_door()

    async def run() -> Given:
        tame_loop(asyncio.get_running_loop())
        async with open_house(settings) as house:
            return await act(house)

    return asyncio.run(run())


def out(text: str) -> None:
    """Write a line for whoever called, on standard output."""
    sys.stdout.write(f"{text}\n")


def out_json(content: Any) -> None:
    """Write JSON on standard output."""
    out(json.dumps(content, ensure_ascii=False, indent=2))


def stamp(moment: datetime | None) -> str | None:
    """Return a time as ISO 8601 in UTC, for JSON."""
    return None if moment is None else moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
