"""PTB's own polling loses against this fake what it loses against Telegram."""

import asyncio
import os
import signal
import sys
from pathlib import Path

import pytest

from tests.bot.fake_bot_api.asking import AMAL
from tests.fake_bot_api import FakeBotApi


@pytest.mark.slow
async def test_stock_polling_loses_what_it_confirmed_before_handling_it(tmp_path: Path) -> None:
    """The loss that TELEGRAM.md measured shows here too, or this fake would be kinder than Telegram."""
    diary = tmp_path / "handled"
    async with FakeBotApi() as api:
        amal = api.person(account_id=AMAL)
        for number in range(200):
            await amal.send(str(number))
        program = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.bot.fake_bot_api.stock_bot", api.url, api.token, str(diary),
            env=os.environ | {"PTB_TIMEDELTA": "true"},
        )  # fmt: skip
        try:
            await amal.waits_for(lambda phone: len(phone.history) >= 3, timeout=30)
            await api.emptied(timeout=30)
        finally:
            program.send_signal(signal.SIGKILL)
            await program.wait()
        confirmed = set(api.confirmed)

    handled = {int(line) for line in diary.read_text().split()}
    assert len(handled) >= 3
    assert len(confirmed) == 200
    assert len(confirmed - handled) > 50
