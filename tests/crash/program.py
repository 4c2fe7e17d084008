"""The program as the harness holds it: started from the nursery, killed, started again."""

import asyncio
import itertools
import json
import os
import signal
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Self

from tests.crash.points import Board
from tests.crash.sites import Site

ROOT = Path(__file__).parents[2]
PATIENCE = 60  # seconds for the nursery to be there, and for a run to end when asked


class Run:
    """One process of the program."""

    def __init__(self, nursery: "Nursery", number: int) -> None:
        self._nursery, self._number = nursery, number
        self.ended: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    def kill(self) -> None:
        """Kill it, as `kill -9` does; one that is dead stays so."""
        self._nursery.send({"run": self._number, "signal": int(signal.SIGKILL)})

    async def stop(self) -> int:
        """Ask it to stop, and return its exit code."""
        self._nursery.send({"run": self._number, "signal": int(signal.SIGTERM)})
        return await asyncio.wait_for(asyncio.shield(self.ended), PATIENCE)


class Nursery:
    """Starts runs of the program in a fraction of a second each."""

    def __init__(self, folder: Path, defect: str = "") -> None:
        self._folder, self._defect = folder, defect
        self._runs: dict[int, Run] = {}
        self._numbers = itertools.count(1)
        self.board = Board(folder / "board")
        self.sites: list[Site] = []

    async def __aenter__(self) -> Self:
        plain = {name: value for name, value in os.environ.items() if not name.startswith("PORTEVOIX_")}
        plain["PATH"] = ""  # no synthesiser is found: nobody listens here
        words = ["-m", "tests.crash.nursery", str(self._folder / "board"), self._defect]
        self._process = await asyncio.create_subprocess_exec(
            sys.executable, *words, cwd=ROOT, env=plain, stdin=-1, stdout=-1, limit=2**24
        )
        told = json.loads(await asyncio.wait_for(self._line(), PATIENCE) or "{}")
        assert "sites" in told, "the nursery did not start"
        self.sites = [Site(number, name) for number, name in enumerate(told["sites"])]
        self._listening = asyncio.create_task(self._listen())
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        await asyncio.wait_for(self._process.wait(), PATIENCE)
        await asyncio.gather(self._listening, return_exceptions=True)

    def start(self, words: Iterable[str], settings: dict[str, str], folder: Path) -> Run:
        """Start the program with the data folder that the settings name; what it says goes to a file."""
        number = next(self._numbers)
        run = self._runs[number] = Run(self, number)
        named = {f"PORTEVOIX_{name}": value for name, value in settings.items()}
        order = {"words": list(words), "settings": named, "folder": str(folder), "said": f"{folder}/said.txt"}
        self.send({"run": number, **order})
        return run

    def send(self, order: dict[str, Any]) -> None:
        """Give the nursery an order."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(order).encode() + b"\n")

    async def _line(self) -> bytes:
        assert self._process.stdout is not None
        return await self._process.stdout.readline()

    async def _listen(self) -> None:
        while line := await self._line():
            told = json.loads(line)
            run = self._runs.pop(told["run"])
            if not run.ended.done():
                run.ended.set_result(told["status"])
