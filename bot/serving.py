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

from starlette.types import ASGIApp, Receive, Scope, Send

from bot.aloud.playing import Player
from bot.app import House
from bot.associations import Associations
from bot.delivery import Delivery
from bot.demonstration import EARLIER, Demonstration
from bot.outage import Recovery
from bot.scheduler import Scheduler
from bot.shelf import Shelf
from bot.telegram.channel import TelegramChannel
from bot.telegram.doorway import BELOW, doorway
from bot.telegram.greeting import Greeting
from bot.telegram.places import newness
from bot.telegram.service import TelegramService
from bot.web.app import web_app
from bot.web.server import listen, serve_at
from bot.web.site import SiteLook
from conversations.rounds import RoundState
from conversations.wording import say

log = logging.getLogger(__name__)

COMMANDS = ("start", "tell", "language", "privacy", "help", "hide", "stop", "withdraw")


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
    await house.aloud.prepare()
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
            now=house.campaigns.now,
        )
        works: list[Coroutine[Any, Any, None]] = [
            serve_at(await _web(house, telegram, demo), listening, stop),
            bell.delivery.run(stop),
        ]
        if telegram is not None:
            recovery = _recovery(house, bell.delivery, telegram.channel)
            works.append(telegram.run(house.helping, greeting(house), stop, recovery))
        works.append(_rounds(house, demonstration, stop))
        _say_where(house, listening.getsockname()[1], telegram is not None, demo)
        await _together(works, stop)


async def _telegram(house: House, opened: AsyncExitStack) -> TelegramService | None:
    """Open the Telegram channel, if a token is set."""
    settings = house.settings
    if settings.telegram_token is None or not settings.telegram_token.get_secret_value():
        return None
    posted = None
    if settings.telegram_mode == "webhook":
        installation = house.stores.keyring.installation()
        posted = doorway(settings.public_url, installation, settings.telegram_token)
    service = TelegramService(settings.telegram_token, settings.telegram_api_url, posted, aloud=house.aloud)
    return await opened.enter_async_context(service)


def _recovery(house: House, delivery: Delivery, channel: TelegramChannel) -> Recovery:
    """Return what asks again after an outage."""
    stores = house.stores
    return Recovery(
        stores.last_heard, stores.conversations, delivery, house.campaigns.now, newness, channel.forget_places
    )


async def _web(house: House, telegram: TelegramService | None, demo: bool) -> ASGIApp:
    """Return what is answered at our port: the pages, and Telegram's posts where there is a webhook."""
    pages = web_app(
        listener=house.dialogue,
        catalogues=house.catalogues,
        releases=shelf_of(house),
        look=await look_of(house, demo),
        secret=house.web_secret,
        secure=house.settings.public_url.startswith("https://"),
        player=Player(house.programme, house.aloud, house.campaigns.now),
        assisting=house.assisting,
        associations=_associations(house, telegram),
        receipts=house.receipts,
        tells=lambda: house.programme.is_listening(house.campaigns.now()),
    )
    webhook = telegram.webhook if telegram else None
    return beside(webhook, pages) if webhook else pages


def _associations(house: House, telegram: TelegramService | None) -> Associations:
    """Return what stands on the pages of associations."""
    return Associations(
        house.registry,
        house.relays,
        house.relaying,
        lambda: telegram.username if telegram else "",
        house.settings.public_url,
    )


def shelf_of(house: House) -> Shelf:
    """Return the shelf of released rounds."""
    return Shelf(
        rounds=house.stores.rounds,
        releases=house.stores.releases,
        answers=house.stores.city_answers,
        programme=house.programme,
        forms=house.publisher,
        now=house.campaigns.now,
        version=house.registry.version,
    )


def beside(webhook: ASGIApp, pages: ASGIApp) -> ASGIApp:
    """Return one application of two that do not know each other: the webhook has an address of its own."""

    async def choose(scope: Scope, receive: Receive, send: Send) -> None:
        is_posted = scope["type"] == "http" and scope["path"].startswith(BELOW)
        await (webhook if is_posted else pages)(scope, receive, send)

    return choose


async def look_of(house: House, demo: bool) -> SiteLook:
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
    async with Scheduler(house.campaigns, house.mailings):
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
