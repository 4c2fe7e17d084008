"""The program in processes of its own, beside a fake Telegram in this one; or one command in this one."""

import asyncio
import logging
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.__main__ import main

ROOT = Path(__file__).parents[2]


class Running:
    """One command of the program, in a process of its own."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process
        self.said = ""

    async def is_up(self, timeout: float = 60) -> None:
        """Wait until `serve` says where people go."""
        async with asyncio.timeout(timeout):
            while "Stop with Ctrl-C" not in self.said:
                line = await self.process.stdout.readline()
                assert line, (await self.process.stderr.read()).decode()
                self.said += line.decode()

    async def ended(self, timeout: float = 60) -> tuple[int, str, str]:
        """Wait for its end; return the exit code, what it said, and what it complained of."""
        async with asyncio.timeout(timeout):
            out, error = await self.process.communicate()
        return self.process.returncode, self.said + out.decode(), error.decode()

    async def stopped(self, number: int = signal.SIGTERM) -> tuple[int, str, str]:
        """Ask it to stop, and wait for its end."""
        self.process.send_signal(number)
        return await self.ended()


async def run(folder: Path, *words: str, api=None, **settings: str) -> Running:
    """Start a command on a data folder; with `api`, Telegram is switched on."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PORTEVOIX_")}
    settings = {"DATA_DIR": str(folder), "PORT": "0", **settings}
    if api is not None:
        settings |= {"TELEGRAM_TOKEN": api.token, "TELEGRAM_API_URL": api.url}
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bot",
        *words,
        cwd=ROOT,
        env=environment | {f"PORTEVOIX_{name}": value for name, value in settings.items()},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    return Running(process)


@dataclass(frozen=True)
class Done:
    """How a command ended, and what it wrote."""

    returncode: int
    stdout: str
    stderr: str


@contextmanager
def logs_as_before() -> Iterator[None]:
    """Keep what commands that run in this process do to its logs from everything after."""
    root = logging.getLogger()
    before = (root.handlers[:], root.level)
    try:
        yield
    finally:
        root.handlers[:], root.level = before


def command(capsys: pytest.CaptureFixture[str], *words: str) -> Done:
    """Run a command in this process."""
    capsys.readouterr()
    with pytest.raises(SystemExit) as ended:
        main(words)
    written = capsys.readouterr()
    return Done(int(ended.value.code or 0), written.out, written.err)


def refused(done: Done, *words: str) -> None:
    """See that a command was refused, in one line that says these words."""
    assert done.returncode == 1, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    for word in words:
        assert word in done.stderr
