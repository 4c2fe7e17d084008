"""The program as it is started: up within seconds, clean on SIGINT, going on where it was."""

import asyncio
import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.bot.programs import run
from tests.bot.telegram_side import until
from tests.fake_bot_api import FakeBotApi
from tests.journeys.household import a_round, household, on_disk, open_round

ROOT = Path(__file__).parents[2]


class Program:
    """`portevoix serve --demo` in a process of its own."""

    def __init__(self, folder, *words):
        environment = {key: value for key, value in os.environ.items() if not key.startswith("PORTEVOIX_")}
        self.environment = environment | {"PORTEVOIX_DATA_DIR": str(folder), "PORTEVOIX_PORT": "0"}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "bot", *words],
            cwd=ROOT,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.said = ""

    def address(self):
        """Read what it prints until it names the participants' address."""
        while not (found := re.search(r"(http://127\.0\.0\.1:\d+)/", self.said)):
            line = self.process.stdout.readline()
            assert line, self.process.stderr.read()
            self.said += line
        return found[1]

    def get(self, path):
        with urllib.request.urlopen(self.address() + path, timeout=60) as answer:
            return answer.read().decode()

    def run(self, *words):
        done = subprocess.run(
            [sys.executable, "-m", "bot", *words],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def stop(self):
        self.process.send_signal(signal.SIGINT)
        self.said += self.process.communicate(timeout=20)[0]
        return self.process.returncode


@pytest.mark.slow
def test_the_demonstration_from_first_start_to_second(tmp_path):
    program = Program(tmp_path / "data", "serve", "--demo")
    page = program.get("/")
    assert 'class="demo"' in page
    assert "Telegram" in program.address() + program.said + program.process.stdout.readline()
    deadline = time.monotonic() + 150
    while "/results/demonstration-earlier" not in program.get("/results") and time.monotonic() < deadline:
        time.sleep(0.2)
    rounds = json.loads(program.run("round", "list", "--format", "json"))

    assert {(round_["id"], round_["state"]) for round_ in rounds} == {
        ("demonstration", "open"),
        ("demonstration-earlier", "released"),
    }
    assert 'class="demo"' in program.get("/results")
    release = json.loads(program.run("release", "show", "demonstration-earlier", "--format", "json"))
    assert release["round"]["demonstration"] is True
    assert release["tables"][0]["groups"][0]["people"] == 300
    assert program.stop() == 0

    again = Program(tmp_path / "data", "serve", "--demo")
    assert "demonstration-earlier" in again.get("/results")
    assert json.loads(again.run("release", "show", "demonstration-earlier", "--format", "json")) == release
    assert again.stop() == 0


def test_a_second_program_on_the_same_data_says_so_and_ends(tmp_path):
    first = Program(tmp_path / "data", "serve")
    first.address()
    second = Program(tmp_path / "data", "serve")

    _, error = second.process.communicate(timeout=60)

    assert second.process.returncode == 1
    assert "another portevoix serve" in error
    assert "Traceback" not in error
    assert first.stop() == 0


@pytest.mark.slow
async def test_on_sigterm_the_turns_in_hand_are_finished_and_nothing_is_lost(tmp_path):
    folder = tmp_path / "data"
    now = datetime.now(UTC)
    async with household(on_disk(folder), clock=lambda: now) as house:
        times = {"opens_at": now - timedelta(hours=1), "closes_at": now + timedelta(days=1)}
        await open_round(house, a_round(**times))
    async with FakeBotApi() as api:
        people = [api.person(account_id=2**41 + number) for number in range(12)]
        program = await run(folder, "serve", api=api)
        await program.is_up()
        await asyncio.gather(*(person.send("/start") for person in people))
        await asyncio.gather(*(person.waits_for(lambda one: one.screen, 20) for person in people))
        firsts = {person.chat_id: person.screen.text for person in people}
        api.delay = 0.8  # so that requests of every kind are on their way
        await asyncio.gather(*(person.press(0) for person in people))
        await until(lambda: len(api.calls_of("answerCallbackQuery")) >= 3, 20)

        began = time.monotonic()
        code, _, complaint = await program.stopped()
        took = time.monotonic() - began

        api.delay = 0
        again = await run(folder, "serve", api=api)
        await again.is_up()
        for person in people:
            await person.waits_for(lambda one: one.screen.text != firsts[one.chat_id], 20)
        await api.emptied(20)
        assert (await again.stopped())[0] == 0

    assert code == 0, complaint
    assert took < 10
    assert "Traceback" not in complaint
    for person in people:  # nobody was asked twice, and no copy is left behind
        assert len([shown for shown in person.chat if shown.from_bot]) == 1
