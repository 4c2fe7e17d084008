"""What the tests of the fake Telegram share: the server, a real PTB bot, and Amal with her phone."""

from collections.abc import AsyncIterator

import pytest
from telegram import Bot

from tests.bot.fake_bot_api.asking import AMAL, plain_bot
from tests.fake_bot_api import FakeBotApi, Person


@pytest.fixture(autouse=True)
def _times_are_durations(monkeypatch: pytest.MonkeyPatch) -> None:
    """PTB warns of its own `RetryAfter` otherwise, and warnings are errors."""
    monkeypatch.setenv("PTB_TIMEDELTA", "true")


@pytest.fixture
async def api() -> AsyncIterator[FakeBotApi]:
    async with FakeBotApi() as api:
        yield api


@pytest.fixture
async def bot(api: FakeBotApi) -> AsyncIterator[Bot]:
    async with plain_bot(api) as bot:
        yield bot


@pytest.fixture
async def amal(api: FakeBotApi) -> Person:
    return api.person(account_id=AMAL, language_code="ar", first_name="Amal")


@pytest.fixture
async def started(amal: Person, bot: Bot) -> Person:
    """Amal, after she pressed Start and the bot has read it."""
    await amal.command("/start")
    (update,) = await bot.get_updates()
    await bot.get_updates(offset=update.update_id + 1)
    return amal
