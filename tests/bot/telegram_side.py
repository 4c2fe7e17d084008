"""What tests of the Telegram side share: a listener that does as told, the real bot, the fake Telegram."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta

from pydantic import SecretStr

from bot.aloud import Aloud
from bot.hearing import Address, Heard, Phone
from bot.screens import Screen, ScreenButton, ScreenText
from bot.telegram.greeting import Greeting
from bot.telegram.service import TelegramService
from conversations.prompts import ButtonKind
from tests.fake_bot_api import FakeBotApi


@dataclass
class ScriptedListener:
    """Keeps what it heard, once per update; `before` runs first and may wait or fail."""

    heard: list[tuple[str, str, object]] = field(default_factory=list)
    phones: list[Phone] = field(default_factory=list)
    calls: int = 0
    answer: Heard = field(default_factory=Heard)
    before: Callable[[Address, object], object] | None = None

    def __post_init__(self) -> None:
        self.seen: set[str | None] = set()

    async def _take(self, address: Address, update, what: object, phone: Phone) -> Heard:
        self.calls += 1
        if self.before is not None and (waits := self.before(address, what)) is not None:
            await waits
        if update in self.seen:
            return Heard(fresh=False)
        self.seen.add(update)
        self.heard.append((address.account, str(update), what))
        self.phones.append(phone)
        return self.answer

    async def hear(self, address, update, reply, phone, mark="") -> Heard:
        return await self._take(address, update, (reply, mark) if mark else reply, phone)

    async def look(self, address, phone) -> Heard:
        return Heard()

    async def join(self, address, update, round_id, phone) -> Heard:
        return await self._take(address, update, f"join {round_id}", phone)

    async def notice(self, address, update, topic, phone) -> Heard:
        return await self._take(address, update, f"notice {topic}", phone)

    def sorry(self, phone) -> str:
        return "Not kept yet."

    @property
    def what(self) -> list[object]:
        return [what for _, _, what in self.heard]


@asynccontextmanager
async def telegram(
    api: FakeBotApi,
    listener: ScriptedListener,
    greeting: Greeting | None = None,
    token: str | None = None,
    aloud: Aloud | None = None,
) -> AsyncIterator[TelegramService]:
    """The real bot, listening until the block is left."""
    stop = asyncio.Event()
    async with TelegramService(
        SecretStr(token or api.token), api.url, poll=timedelta(seconds=5), first_pause=0.01, aloud=aloud
    ) as service:
        running = asyncio.create_task(service.run(listener, greeting or Greeting(), stop))
        try:
            yield service
        finally:
            stop.set()
            await running


async def until(happened: Callable[[], object], timeout: float = 5) -> None:
    """Let the loop run until something is true."""
    async with asyncio.timeout(timeout):
        while not happened():
            await asyncio.sleep(0.002)


def a_screen(text: str = "How are you?", **changes) -> Screen:
    """A small question of turn 3."""
    said = {
        "name": "question",
        "tag": "en",
        "direction": "ltr",
        "texts": (ScreenText(text, "lead"),),
        "buttons": (
            ScreenButton("a", "Well", ButtonKind.ANSWER, "1"),
            ScreenButton("b", "Not so well", ButtonKind.ANSWER, "2", picked=True),
            ScreenButton("skip", "Skip", ButtonKind.SPECIAL),
            ScreenButton("back", "Back", ButtonKind.CONTROL),
            ScreenButton("why", "Why?", ButtonKind.CONTROL),
        ),
        "turn": 3,
        "mark": "q7",
        "progress": "4 of 12",
    }
    return Screen(**{**said, **changes})
