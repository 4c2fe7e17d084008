"""The whole program in this process: served to a phone and a browser, and command by command."""

import asyncio
import io
import shutil
import signal
import socket
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import redirect_stdout, suppress
from itertools import count
from pathlib import Path

import aiohttp
import pytest

from bot.__main__ import main
from bot.app import open_house
from bot.config import read_settings
from bot.logs import mistake_of_ours, tame_loop
from bot.serving import Bell, serve_house
from tests.canaries.crowd import Somebody, crowd
from tests.canaries.visits import Browser, phone_of
from tests.fake_bot_api import FakeBotApi

A_MOMENT = aiohttp.ClientTimeout(total=0.2)
PASSPHRASE = "correct horse battery staple"
PLAN = ("round", "plan", "--benchmark", "language-learning", "--name", "Winter")
COMMANDS: dict[str, tuple[str, ...]] = {
    "check": ("check", "--flow"),
    "play": ("play", "--lang", "en"),
    "plan": (*PLAN, "--opens", "2030-01-14T09:00", "--open-for", "3weeks", "--timezone", "Europe/Brussels"),
    "simulate": ("simulate", "--people", "12"),
    "list": ("round", "list", "--format", "json"),
    "backup": ("backup", "--to", "evening.backup", "--passphrase-file", "passphrase"),
    "escrow": ("keys", "escrow", "--to", "evening.keys", "--passphrase-file", "passphrase"),
    "recover": ("keys", "recover", "evening.keys", "--passphrase-file", "passphrase"),
    "forget": ("forget", "--code-file", "code"),
    "restore": ("restore", "evening.backup", "--replace", "--passphrase-file", "passphrase"),
    "close": ("round", "close", "ROUND"),
    "show": ("release", "show", "ROUND", "--format", "html", "--out", "release.html"),
    "verify": ("release", "verify"),
    "beside": ("release", "beside", "ROUND", "--out", "beside.txt"),
    "review": ("texts", "review", "ROUND"),
}
REFUSED = ("forget",)  # nobody has that code
TYPED = {"play": "anglais\nprivacy\n1\n1\n2\n", "review": "x\nl\nq\n"}


class Office:
    """Where commands are run, each in the state in which it was run at first."""

    def __init__(self, folder: Path, environment: pytest.MonkeyPatch) -> None:
        self.folder, self._environment = folder, environment
        self._working = folder / "now"
        self._working.mkdir(parents=True)
        (self._working / "passphrase").write_text(PASSPHRASE + "\n")
        (self._working / "code").write_text("1234567812345678\n")
        self._round = ""

    def rehearse(self, name: str) -> None:
        """Run a command as it is meant, keeping the state before it."""
        shutil.copytree(self._working, self.folder / f"before {name}")
        said, code = self._run(self._working, name)
        assert code == (1 if name in REFUSED else 0), (name, said)
        if name == "simulate":
            self._round = said.split()[-1]

    def stumble(self, name: str) -> str:
        """Run a command again in the state it was rehearsed in, and return what it said."""
        again = self.folder / "again"
        shutil.rmtree(again, ignore_errors=True)
        shutil.copytree(self.folder / f"before {name}", again)
        return self._run(again, name)[0]

    def _run(self, folder: Path, name: str) -> tuple[str, int]:
        words = [self._round if word == "ROUND" else word for word in COMMANDS[name]]
        said = io.StringIO()
        with self._environment.context() as place, redirect_stdout(said), suppress_exit() as code:
            place.chdir(folder)
            place.setenv("PORTEVOIX_DATA_DIR", str(folder / "data"))
            place.setattr(sys, "stdin", io.StringIO(TYPED.get(name, "")))
            main(words)
        return said.getvalue(), code[0]


class suppress_exit(list):  # noqa: N801  (it reads like contextlib.suppress)
    """Takes the program's end, and keeps its exit code."""

    def __enter__(self) -> "suppress_exit":
        self.append(0)
        return self

    def __exit__(self, kind, error, _trace) -> bool:
        if isinstance(error, SystemExit):
            self[0] = int(error.code or 0)
        return kind is SystemExit


class Theatre:
    """The program being served, in a loop that runs only while somebody visits."""

    def __init__(self, people: Iterator[Somebody]) -> None:
        self.people = people
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
        self, environment: pytest.MonkeyPatch, data: Path, demo: bool = False, mode: str = "polling"
    ) -> bool:
        """Serve a data folder, and say whether anybody can visit it."""
        environment.setenv("PORTEVOIX_TELEGRAM_MODE", mode)
        environment.setenv("PORTEVOIX_PUBLIC_URL", "https://voices.example" if mode == "webhook" else "")
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        environment.setenv("PORTEVOIX_DATA_DIR", str(data))
        environment.setenv("PORTEVOIX_PORT", str(port))
        environment.setenv("PORTEVOIX_TELEGRAM_TOKEN", self.api.token)
        environment.setenv("PORTEVOIX_TELEGRAM_API_URL", self.api.url)
        self.base = f"http://127.0.0.1:{port}"
        return self.runner.run(self._start(demo))

    async def _start(self, demo: bool) -> bool:
        self._serving = asyncio.create_task(self._serve(demo))
        for _ in range(150):
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
            form = (await browser.get("/withdraw")).forms
            hidden = form[-1].hidden if form else {}
            page = await browser.send("/withdraw", {**hidden, "code": "1234567812345678"})
            self.pages.append((page.status, page.text))
            page = await browser.get("/results")  # last: its first page takes longest to make
            self.pages.append((page.status, page.text))

    def telephone(self) -> None:
        """Somebody writes to the bot, presses what is shown, and asks around."""
        self.runner.run(self._patiently(self._telephone))

    async def _telephone(self, person: Somebody) -> None:
        phone = phone_of(self.api, person)
        for words in ("/start", "english", "go on", "1", "1", f"/withdraw {person.phone}"):
            await phone.send(words)
        with suppress(AssertionError):
            await phone.waits_for(lambda phone: phone.screen and phone.screen.buttons, timeout=0.4)
            await phone.press(0)
        await phone.press_data("n.news.yes", 1)
        await phone.voice()
        with suppress(TimeoutError):
            await self.api.emptied(timeout=0.5)
        await asyncio.sleep(0.05)
        self.told += [version.text for version in phone.history] + phone.toasts

    def block(self) -> None:
        """Somebody writes to the bot and blocks it before it answers."""
        self.runner.run(self._patiently(self._block))

    async def _block(self, person: Somebody) -> None:
        self.api.fail_next("sendMessage", 403, "Forbidden: bot was blocked by the user")
        refused = len(self.api.refusals)
        await phone_of(self.api, person).send("/start")
        for _ in range(50):
            await asyncio.sleep(0.02)
            if len(self.api.refusals) > refused:
                break
        self.api.succeed_again("sendMessage")


def endless(seed: int) -> Iterator[Somebody]:
    """New people for ever."""
    for number in count():
        yield from crowd(100, 0, seed + number)
