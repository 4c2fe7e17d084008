"""The real program on the webhook: a conversation to its end, and one that is killed in mid-turn."""

import asyncio
import os
import re
import signal
import socket
import sqlite3
import sys
import time
from contextlib import asynccontextmanager, closing
from pathlib import Path

import pytest

from bot.delivery import Delivery
from tests.bot.webhook_side import posted
from tests.fake_bot_api import FakeBotApi
from tests.journeys.household import household, on_disk, open_round

ROOT = Path(__file__).parents[2]
THANKS = "Thank you!"


def a_free_port():
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return listening.getsockname()[1]


class Program:
    """`portevoix serve` in webhook mode, started and killed again and again at one address."""

    def __init__(self, api, folder):
        port = a_free_port()
        settings = {
            "DATA_DIR": str(folder),
            "PORT": str(port),
            "PUBLIC_URL": f"http://127.0.0.1:{port}",
            "TELEGRAM_MODE": "webhook",
            "TELEGRAM_TOKEN": api.token,
            "TELEGRAM_API_URL": api.url,
        }
        plain = {key: value for key, value in os.environ.items() if not key.startswith("PORTEVOIX_")}
        self.environment = plain | {f"PORTEVOIX_{name}": value for name, value in settings.items()}
        self.process = None

    async def _begin(self, *words):
        return await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", *words, cwd=ROOT, env=self.environment, stdout=-1, stderr=-1
        )

    async def run(self, *words):
        """Run one command to its end."""
        process = await self._begin(*words)
        _, error = await process.communicate()
        assert process.returncode == 0, error.decode()

    async def start(self):
        """Serve, and wait until it says where."""
        self.process = await self._begin("serve")
        async with asyncio.timeout(30):
            while b"Participants answer here" not in (line := await self.process.stdout.readline()):
                assert line, (await self.process.stderr.read()).decode()

    async def kill(self):
        """Kill it as the system does, without a last word."""
        self.process.kill()
        await self.process.communicate()

    async def stop(self):
        """Stop it as it should be stopped; return what it complained of."""
        self.process.send_signal(signal.SIGTERM)
        _, error = await asyncio.wait_for(self.process.communicate(), 20)
        assert self.process.returncode == 0
        return error.decode()


@asynccontextmanager
async def a_program(folder, api):
    """A program with an open round, not serving yet."""
    program = Program(api, folder)
    await program.run("simulate", "--people", "1", "--seed", "1")
    try:
        yield program
    finally:
        if program.process is not None and program.process.returncode is None:
            await program.kill()


def questions(phone):
    """The places of the questions that were shown as they came, no place twice in a row."""
    places = [found[0] for version in phone.history if (found := re.search(r"\d+ of \d+", version.text))]
    return [place for at, place in enumerate(places) if at == 0 or places[at - 1] != place]


def is_thanked(phone):
    return any(THANKS in shown.text for shown in phone.chat)


async def answer(phone, sending):
    """Send something that moves the conversation on by one screen, and wait for that screen."""
    before = phone.screen.text if phone.screen else ""
    await sending
    await phone.waits_for(lambda _: phone.screen is not None and phone.screen.text != before, timeout=30)


@asynccontextmanager
async def delivering(house, channel, bell):
    """Delivery at a hundred times its pace; `bell` gets what rings it."""
    stop = asyncio.Event()
    delivery = Delivery(
        house.stores.outbox,
        house.stores.conversations,
        house.saying,
        {"telegram": channel},
        lambda: time.monotonic() * 100,
        lambda seconds: asyncio.sleep(seconds / 100),
        contacts=house.stores.contacts,
    )
    bell.append(delivery.wake)
    running = asyncio.create_task(delivery.run(stop))
    try:
        yield
    finally:
        stop.set()
        await running


async def test_a_conversation_by_webhook_goes_to_its_end(tmp_path):
    bell = []
    async with (
        FakeBotApi() as api,
        household(on_disk(tmp_path), wake=lambda: bell[0]()) as house,
        posted(api, house.dialogue) as posts,
        delivering(house, posts.channel, bell),
    ):
        await open_round(house)
        phone = api.person(account_id=2**41 + 7)
        await answer(phone, phone.command("/start"))
        for _ in range(60):
            if is_thanked(phone):
                break
            await answer(phone, phone.press(0, phone.screen))
        await api.emptied()

    assert is_thanked(phone)
    assert phone.spinning == []
    assert api.calls_of("getUpdates") == []
    assert len(set(questions(phone))) == len(questions(phone)) > 5


@pytest.mark.slow
async def test_killed_in_mid_turn_it_loses_nothing_and_doubles_nothing(tmp_path):
    """The database is held, so that the turn is under way and cannot be stored when the program is killed.

    Then the program is killed at moments around the commit. What was typed would also answer the next
    question, if it were taken twice.
    """
    async with FakeBotApi() as api, a_program(tmp_path / "data", api) as program:
        undisturbed, killed = api.person(account_id=2**41 + 7), api.person(account_id=2**41 + 8)
        await program.start()
        await until_the_first_question(undisturbed)
        await until_the_first_question(killed)
        for _ in range(3):
            await answer(undisturbed, undisturbed.send("1"))
            await api.emptied()

        with closing(sqlite3.connect(tmp_path / "data" / "portevoix.db", isolation_level=None)) as holder:
            holder.execute("BEGIN IMMEDIATE")
            before = len(killed.history)
            await killed.send("1")
            _, in_mid_turn = await asyncio.wait((asyncio.create_task(api.emptied()),), timeout=0.5)
            await program.kill()
            holder.execute("ROLLBACK")
        assert in_mid_turn
        assert len(killed.history) == before
        assert len(api.pending) == 1
        await program.start()
        await api.emptied(30)
        await killed.waits_for(lambda _: len(killed.history) > before, timeout=30)
        for moment in (0.0, 0.01):
            was = len(questions(killed))
            await killed.send("1")
            await asyncio.wait((asyncio.create_task(api.emptied()),), timeout=moment)
            await program.kill()
            await program.start()
            await api.emptied(30)
            await killed.waits_for(lambda _, was=was: len(questions(killed)) > was, timeout=30)
        await program.stop()

    assert questions(killed) == questions(undisturbed)


async def until_the_first_question(phone):
    """Say yes until a question with a place stands there."""
    await answer(phone, phone.command("/start"))
    while not questions(phone):
        await answer(phone, phone.press(0, phone.screen))


async def answer_three(phone):
    """Answer the first three questions."""
    await until_the_first_question(phone)
    for _ in range(3):
        await answer(phone, phone.send("1"))
