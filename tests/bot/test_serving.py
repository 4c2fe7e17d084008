"""The program as it is started: up within seconds, clean on SIGINT, going on where it was."""

import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

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
        with urllib.request.urlopen(self.address() + path, timeout=10) as answer:
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
    while time.monotonic() < deadline:
        rounds = json.loads(program.run("round", "list", "--format", "json"))
        if "released" in {round_["state"] for round_ in rounds}:
            break

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
