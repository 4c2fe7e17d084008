"""The whole program in this process, served to phones and browsers."""

import asyncio
import signal
import socket
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from itertools import count
from pathlib import Path

import aiohttp
import pytest

from bot.app import open_house
from bot.config import read_settings
from bot.logs import mistake_of_ours, tame_loop
from bot.serving import Bell, serve_house
from tests.canaries.accidents import HAPPENED
from tests.canaries.crowd import Somebody, crowd
from tests.canaries.office import PUBLIC_URL, RECEIPT, Office
from tests.canaries.visits import Browser, own_form, phone_of
from tests.fake_bot_api import FakeBotApi

A_MOMENT = aiohttp.ClientTimeout(total=0.2)
GROUP = -1001234


class Theatre:
    """The program being served, in a loop that runs only while somebody visits."""

    def __init__(self, people: Iterator[Somebody], office: Office) -> None:
        self.people, self._office = people, office
        self.runner = asyncio.Runner()
        tame_loop(self.runner.get_loop())
        self.api = FakeBotApi(expect_violations=True)
        self.runner.run(self.api.__aenter__())
        self._serving: asyncio.Task[None] | None = None
        self.told: list[str] = []
        self.pages: list[tuple[int, str]] = []
        self.visited: list[Somebody] = []

    def close(self) -> None:
        """Stop serving, and leave."""
        self.runner.run(self._stop())
        self.runner.run(self.api.__aexit__(None, None, None))
        self.runner.close()

    def start(
        self,
        environment: pytest.MonkeyPatch,
        data: Path,
        demo: bool = False,
        mode: str = "polling",
        looks: int = 150,
    ) -> bool:
        """Serve a data folder, and say whether anybody can visit it after so many looks."""
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.base = f"http://127.0.0.1:{port}"
        settings = {
            "TELEGRAM_MODE": mode,
            "PUBLIC_URL": PUBLIC_URL if mode == "webhook" else "",
            "DATA_DIR": str(data),
            "PORT": str(port),
            "TELEGRAM_TOKEN": self.api.token,
            "TELEGRAM_API_URL": self.api.url,
        }
        with environment.context() as place:  # a command run later would wait for Telegram, which rests then
            for name, value in settings.items():
                place.setenv(f"PORTEVOIX_{name}", value)
            return self.runner.run(self._start(demo, looks))

    async def _start(self, demo: bool, looks: int) -> bool:
        self._serving = asyncio.create_task(self._serve(demo))
        for _ in range(looks):
            await asyncio.sleep(0.02)
            if self._serving.done():
                break
            with suppress(aiohttp.ClientError, TimeoutError, OSError):
                async with aiohttp.request("GET", f"{self.base}/health", timeout=A_MOMENT) as answer:
                    await asyncio.sleep(0.1)  # what begins beside the page
                    return answer.status == 200
        await self._stop()
        return False

    async def _serve(self, demo: bool) -> None:
        bell = Bell()
        async with open_house(read_settings(), wake=bell.ring) as house:
            await serve_house(house, bell, demo)

    def stop(self) -> None:
        """Stop serving."""
        self.runner.run(self._stop())

    async def _stop(self) -> None:
        """Ask the program to stop as Ctrl-C does, where it listens for that already."""
        if self._serving is None:
            return
        if getattr(signal.getsignal(signal.SIGINT), "__name__", "") == "_sighandler_noop":
            signal.raise_signal(signal.SIGINT)
            await asyncio.wait([self._serving], timeout=10)
        self._serving.cancel()
        try:
            await self._serving
        except asyncio.CancelledError:
            pass
        except Exception as error:  # as the command line would say it
            self.told.append(mistake_of_ours(error))
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().remove_signal_handler(number)
        self._serving = None

    @property
    def is_served(self) -> bool:
        """Whether the program still runs."""
        return self._serving is not None and not self._serving.done()

    def browse(self) -> None:
        """Somebody visits the page, gets as far as a question, and reads around."""
        self.runner.run(self._patiently(self._browse))

    async def _patiently(self, visit: Callable[[Somebody], Awaitable[None]]) -> None:
        """Let somebody new visit; a program that does not answer is no fault of theirs."""
        self.visited.append(next(self.people))
        with suppress(TimeoutError, aiohttp.ClientError):
            await asyncio.wait_for(visit(self.visited[-1]), 2)

    async def _browse(self, person: Somebody) -> None:
        async with Browser(self.base, person) as browser:
            page = await browser.get()
            for _ in range(5):
                self.pages.append((page.status, page.text))
                if page.status != 200 or not page.choices:
                    break
                page = await browser.forward(page)
            for path in ("/privacy", "/help", "/nowhere", "/resume", "/withdraw", "/style.css"):
                page = await browser.get(path)
                self.pages.append((page.status, page.text))
            page = await browser.get("/results")  # last: its first page takes longest to make
            self.pages.append((page.status, page.text))

    def withdraw(self) -> None:
        """Somebody tries a withdrawal code that nobody has; the answer takes its time."""
        self.runner.run(self._patiently(self._withdraw))

    async def _withdraw(self, person: Somebody) -> None:
        async with Browser(self.base, person) as browser:
            asked = await browser.get("/withdraw")
            page = await browser.send("/withdraw", {**own_form(asked).hidden, "code": "1234567812345678"})
            self.pages += [(asked.status, asked.text), (page.status, page.text)]

    def arrive(self) -> None:
        """Somebody comes by a relay's link and by a card; others look at the relay's page."""
        self.runner.run(self._patiently(self._arrive))

    async def _arrive(self, person: Somebody) -> None:
        office = self._office
        async with Browser(self.base, person) as browser:
            seen = [await browser.get(f"/r/{office.link}"), await browser.get(f"/r/{office.card}")]
            seen += [await browser.get(path) for path in ("/tell", "/wait/y", f"/relay/{office.page}")]
            seen += [await browser.get(f"/results/{person.username}/answer")]
            action = f"/relay/{office.page}/receipt"
            seen += [await browser.send(action, {**own_form(seen[-2]).hidden, "receipt": RECEIPT})]
            self.pages += [(page.status, page.text) for page in seen]

    def assist(self) -> None:
        """Somebody helps with one browser: one person answers, then the next one is called."""
        self.runner.run(self._patiently(self._assist))

    async def _assist(self, person: Somebody) -> None:
        async with Browser(self.base, person) as browser:
            for code in ("nonsense", self._office.facilitator):
                asked = await browser.get("/assist")
                page = await browser.send("/assist", {**own_form(asked).hidden, "code": code})
                self.pages += [(asked.status, asked.text), (page.status, page.text)]
            for _ in range(3):
                page = await browser.forward(page) if page.choices else page
                self.pages.append((page.status, page.text))
            page = await browser.send("/assist", {**own_form(page).hidden, "press": "j"})
            self.pages.append((page.status, page.text))

    def beckon(self) -> None:
        """Somebody comes by a link to the bot, helps others, and has it say something in a group."""
        self.runner.run(self._patiently(self._beckon))

    async def _beckon(self, person: Somebody) -> None:
        phone = phone_of(self.api, person)
        for words in (f"/start {self._office.link}", "/tell", f"/assist {self._office.facilitator}"):
            await phone.send(words)
        await phone.in_group(GROUP, status="administrator").send(f"/invite@portevoix_fake_bot {person.phone}")
        await self._until(lambda: not self.api.pending, 0.5)
        await asyncio.sleep(0.05)
        self.told += [version.text for version in phone.history] + phone.toasts

    def telephone(self) -> None:
        """Somebody writes to the bot, presses what is shown, and asks around."""
        self.runner.run(self._patiently(self._telephone))

    async def _telephone(self, person: Somebody) -> None:
        phone = phone_of(self.api, person)
        for words in ("/start", "english", "go on", "1", "1", f"/withdraw {person.phone}"):
            await phone.send(words)
        if await self._until(lambda: phone.screen and phone.screen.buttons, 0.4):
            await phone.press(0)
        await phone.press_data("n.news.yes", 1)
        await phone.voice()
        await self._until(lambda: not self.api.pending, 0.5)
        await asyncio.sleep(0.05)
        self.told += [version.text for version in phone.history] + phone.toasts

    def block(self) -> None:
        """Somebody writes to the bot and blocks it before it answers."""
        self.runner.run(self._patiently(self._block))

    async def _block(self, person: Somebody) -> None:
        self.api.fail_next("sendMessage", 403, "Forbidden: bot was blocked by the user")
        refused = len(self.api.refusals)
        await phone_of(self.api, person).send("/start")
        await self._until(lambda: len(self.api.refusals) > refused, 1)
        self.api.succeed_again("sendMessage")

    async def _until(self, true: Callable[[], object], longest: float) -> bool:
        """Wait until something is true; in vain after so many seconds, or once an accident happened."""
        end = self.runner.get_loop().time() + longest
        while not true() and not HAPPENED and self.runner.get_loop().time() < end:
            await asyncio.sleep(0.01)
        return bool(true())


def endless(seed: int) -> Iterator[Somebody]:
    """New people for ever."""
    for number in count():
        yield from crowd(100, 0, seed + number)
