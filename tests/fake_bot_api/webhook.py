"""Updates posted to the bot's webhook, one at a time, again and again until it takes them."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp

from tests.fake_bot_api.inbox import Inbox
from tests.fake_bot_api.refusals import Refused
from tests.fake_bot_api.telegram import Telegram

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"
PATIENCE = 30.0  # seconds for one answer
Calling = Callable[[str, dict[str, Any]], Awaitable[object]]


class Postman:
    """Posts what waits while a webhook is set."""

    def __init__(self, telegram: Telegram, call: Calling, retry_after: float = 0.05) -> None:
        """Post for `telegram`; `call` executes a method named in an answer; `retry_after` is in seconds."""
        self._telegram = telegram
        self._call = call
        self._retry_after = retry_after

    async def work(self) -> None:
        """Post until cancelled."""
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(PATIENCE)) as session:
            while True:
                await self._until_there_is_work()
                update = self._inbox.next_for_webhook()
                if update is None or await self._post(session, update):
                    continue
                await asyncio.sleep(self._retry_after)

    @property
    def _inbox(self) -> Inbox:
        return self._telegram.inbox

    async def _until_there_is_work(self) -> None:
        async with self._inbox.changed:
            await self._inbox.changed.wait_for(lambda: self._telegram.webhook.url and self._inbox.waits)

    async def _post(self, session: aiohttp.ClientSession, update: dict[str, Any]) -> bool:
        """Return whether the bot took the update."""
        webhook = self._telegram.webhook
        headers = {SECRET_HEADER: webhook.secret} if webhook.secret else {}
        try:
            async with session.post(webhook.url, json=update, headers=headers) as answer:
                status, body = answer.status, await answer.read()
                is_json = answer.content_type == "application/json"
                content = await answer.json() if is_json and body else {}
        except (aiohttp.ClientError, TimeoutError, ValueError) as caught:
            return self._failed(type(caught).__name__)
        if not 200 <= status < 300:
            return self._failed(f"Wrong response from the webhook: {status}")
        await self._inbox.confirm(update["update_id"])
        if isinstance(content, dict) and "method" in content:
            with contextlib.suppress(Refused):  # the bot never learns what became of it
                await self._call(str(content.pop("method")), content)
        return True

    def _failed(self, reason: str) -> bool:
        self._telegram.webhook.last_error = reason
        self._telegram.webhook.last_error_at = int(self._telegram.clock.seconds())
        return False
