"""Serving: channels, delivery, scheduler and demonstration side by side, until asked to stop."""

import asyncio
import logging
import signal
import sys
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from pathlib import Path
from socket import socket
from time import monotonic
from typing import Any

from bot.app import House
from bot.delivery import Delivery
from bot.demonstration import EARLIER, Demonstration
from bot.scheduler import Scheduler
from bot.telegram.greeting import Greeting
from bot.telegram.service import TelegramService
from bot.web.app import web_app
from bot.web.server import listen, serve_at
from bot.web.site import SiteLook
from conversations.rounds import RoundState
from conversations.wording import say

log = logging.getLogger(__name__)

COMMANDS = ("start", "language", "privacy", "help", "stop", "withdraw")


class Bell:
    """Rings delivery once it is there; before that, what waits is found at its first look."""

    def __init__(self) -> None:
        self.delivery: Delivery | None = None

    def ring(self) -> None:
        """Wake delivery."""
        if self.delivery is not None:
            self.delivery.wake()


async def serve_house(house: House, bell: Bell, demo: bool) -> None:
    """Serve until SIGINT or SIGTERM.

    Raises:
        SettingsError: the port is taken, or Telegram refuses the token.
        DatabaseUnusable: another program serves this data folder.
    """
    house.stores.claim_serving()
    with listen(house.settings.host, house.settings.port) as listening:
        await _serve_at(house, bell, demo, listening)
    sys.stderr.write("stopped; everything is kept\n")


async def _serve_at(house: House, bell: Bell, demo: bool, listening: socket) -> None:
    """Serve until asked to stop, at a port that was taken."""
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    demonstration = Demonstration(house) if demo else None
    if demonstration is not None:
        await demonstration.begin()
    await house.programme.prepare()
    async with AsyncExitStack() as opened:
        telegram = await _telegram(house, opened)
        channels = {"telegram": telegram.channel} if telegram else {}
        stores = house.stores
        bell.delivery = Delivery(
            stores.outbox,
            stores.conversations,
            house.saying,
            channels,
            monotonic,
            asyncio.sleep,
            stores.contacts,
        )
        works: list[Coroutine[Any, Any, None]] = [_web(house, listening, stop, demo), bell.delivery.run(stop)]
        if telegram is not None:
            works.append(telegram.run(house.dialogue, greeting(house), stop))
        works.append(_rounds(house, demonstration, stop))
        _say_where(house, listening.getsockname()[1], telegram is not None, demo)
        await _together(works, stop)


async def _telegram(house: House, opened: AsyncExitStack) -> TelegramService | None:
    """Open the Telegram channel, if a token is set."""
    settings = house.settings
    if settings.telegram_token is None or not settings.telegram_token.get_secret_value():
        return None
    service = TelegramService(settings.telegram_token, settings.telegram_api_url, settings.telegram_mode)
    return await opened.enter_async_context(service)


async def _web(house: House, listening: socket, stop: asyncio.Event, demo: bool) -> None:
    """Serve the web page."""
    app = web_app(
        listener=house.dialogue,
        catalogues=house.catalogues,
        releases=house.publisher,
        look=await _look_of(house, demo),
        secret=house.web_secret,
        secure=house.settings.public_url.startswith("https://"),
    )
    await serve_at(app, listening, stop)


async def _look_of(house: House, demo: bool) -> SiteLook:
    """Return how the pages look: the city of an open round, else of the newest, else the first there is."""
    rounds = await house.stores.rounds.all()
    shown = [round_ for round_ in rounds if round_.state is RoundState.OPEN] or list(rounds)
    city = house.definitions.city(shown[0].city if shown else house.definitions.cities()[0])
    return SiteLook(
        names=city.name,
        colour=city.colour,
        demonstration=demo or city.demonstration or any(round_.demonstration for round_ in shown),
        offered=tuple(tag for tag in dict.fromkeys([*city.languages, "en"]) if tag in house.catalogues.tags),
    )


async def _rounds(house: House, demonstration: Demonstration | None, stop: asyncio.Event) -> None:
    """Bring the demonstration to where it belongs, then let the scheduler move rounds on."""
    if demonstration is not None:
        await demonstration.past(stop)
    if stop.is_set():
        return
    async with Scheduler(house.campaigns):
        if demonstration is not None:
            await demonstration.present(stop)
        await stop.wait()


async def _together(works: list[Coroutine[Any, Any, None]], stop: asyncio.Event) -> None:
    """Run everything; the first failure stops the rest and is the one that is told."""
    tasks = [asyncio.create_task(work) for work in works]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_EXCEPTION)
    finally:
        stop.set()
        results = await asyncio.gather(*tasks, return_exceptions=True)
    failures = [result for result in results if isinstance(result, BaseException)]
    if failures:
        raise failures[0]


def greeting(house: House) -> Greeting:
    """Return the menu of commands in every language."""
    commands = {}
    for tag in house.catalogues.tags:
        voice = house.catalogues.voice(tag)
        commands[tag] = {name: voice.say(say(f"telegram.command.{name}")) for name in COMMANDS}
    return Greeting(commands=commands)


def _say_where(house: House, port: int, telegram: bool, demo: bool) -> None:
    """Say where participants go, what is switched on, where the data lies, how to see a release."""
    settings = house.settings
    address = settings.public_url or f"http://{settings.host}:{port}"
    telegram_too = ", Telegram" if telegram else " (for Telegram set PORTEVOIX_TELEGRAM_TOKEN)"
    lines = [
        "",
        f"  Participants answer here:  {address}/",
        f"  Switched on:               web{telegram_too}",
        f"  Data lies in:              {settings.data_dir.resolve()}",
        f"  See a release:             {_program()} release show {EARLIER if demo else 'ROUND'}",
        "  Stop with Ctrl-C.",
        "",
    ]
    sys.stdout.write("\n".join(lines) + "\n")
    sys.stdout.flush()


def _program() -> str:
    """Return how the program was called, so that the command can be copied."""
    called = Path(sys.argv[0])
    if called.name != "portevoix":
        return "python -m bot"
    return str(called.relative_to(Path.cwd())) if called.is_relative_to(Path.cwd()) else str(called)
