"""The real program in processes of its own, and every byte that it writes anywhere."""

import asyncio
import json
import os
import re
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from tests.canaries.in_a_row import END

ROOT = Path(__file__).parents[2]
# Python runs this first: it notes every file that is opened to be written, wherever that is.
WATCHER = """
import os, sys
noted = os.open(os.environ["WATCHED"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
PLACES = {"open": 0, "sqlite3.connect": 0, "os.mkdir": 0, "os.rename": 1, "os.link": 1, "os.symlink": 1}
def watch(event, args):
    if event == "open" and not (args[2] or 0) & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
        return
    if event in PLACES and isinstance(args[PLACES[event]], (str, bytes, os.PathLike)):
        os.write(noted, os.fsencode(os.path.abspath(args[PLACES[event]])) + b"\\n")
sys.addaudithook(watch)
"""


class Program:
    """One installation in a folder, with a working folder, a temporary folder and a home of its own."""

    def __init__(self, folder: Path, *, door: str = "bot", **settings: str) -> None:
        self.folder, self.door = folder, door
        self.data, self.exports = folder / "data", folder / "exports"
        self.notes = folder.parent / f"{folder.name}-notes"
        places = {name: folder / name for name in ("home", "temporary", "working")}
        for place in (*places.values(), self.exports, self.notes):
            place.mkdir(parents=True)
        (self.notes / "sitecustomize.py").write_text(WATCHER)
        self.working = places["working"]
        self.environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(places["home"]),
            "TMPDIR": str(places["temporary"]),
            "PYTHONPATH": f"{self.notes}{os.pathsep}{ROOT}",
            "PYTHONPYCACHEPREFIX": str(self.notes / "compiled"),  # many short programs, compiled once
            "PYTHONWARNINGS": "always",
            "WATCHED": str(self.notes / "written.txt"),
        }
        own = {"DATA_DIR": str(self.data), "PORT": "0", "LOG_LEVEL": "DEBUG", **settings}
        self.environment |= {f"PORTEVOIX_{name}": value for name, value in own.items()}
        self._said = 0

    async def run(
        self, *words: str, given: bytes = b"", environment: dict[str, str] | None = None, kept: bool = True
    ) -> bytes:
        """Run one command to its end and return what it wrote; both its outputs are kept for the scan.

        What shows a secret to staff, as it should, is not `kept`.
        """
        return await self._run((self.door, *words), given, environment, kept)

    async def run_all(
        self, *commands: Sequence[str], environment: dict[str, str] | None = None, kept: bool = True
    ) -> list[str]:
        """Run commands in a row, in one process; return what each wrote."""
        given = json.dumps(commands).encode() + b"\n"
        out = await self._run(("tests.canaries.in_a_row", self.door), given, environment, kept)
        return out.decode().split(END)[: len(commands)]

    async def _run(
        self, words: Sequence[str], given: bytes, environment: dict[str, str] | None, kept: bool
    ) -> bytes:
        process = await self._start(words, -1, environment)
        out, error = await asyncio.wait_for(process.communicate(given), 120)
        self._said += 1
        (self.folder / f"said-{self._said}.txt").write_bytes(out + error if kept else error)
        assert process.returncode == 0, (words, error.decode())
        return out

    @asynccontextmanager
    async def serving(self):
        """Serve, and yield the address of the page."""
        self._said += 1
        with (self.folder / "log.txt").open("ab") as log:
            process = await self._start((self.door, "serve"), log)
            said = b""
            while not (found := re.search(rb"(http://127\.0\.0\.1:\d+)/", said)):
                line = await asyncio.wait_for(process.stdout.readline(), 60)
                assert line, said
                said += line
            try:
                yield found[1].decode()
            finally:
                process.send_signal(signal.SIGINT)
                rest, _ = await asyncio.wait_for(process.communicate(), 30)
                (self.folder / f"said-{self._said}.txt").write_bytes(said + rest)
            assert process.returncode == 0

    async def _start(self, words, errors, environment=None):
        return await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", *words),
            cwd=self.working,
            env=environment or self.environment,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=errors,
        )

    def snapshot(self, name: str) -> list[tuple[str, bytes]]:
        """Every byte of the installation as it lies there now, log files of a running database included."""
        return [(f"{name}: {path}", content) for path, content in self._files()]

    def _files(self) -> Iterator[tuple[str, bytes]]:
        for path in sorted(self.folder.rglob("*")):
            try:
                if path.is_file():
                    yield str(path.relative_to(self.folder)), path.read_bytes()
            except FileNotFoundError:  # a draft that ended meanwhile
                continue

    def written_elsewhere(self) -> set[str]:
        """The files that the program opened for writing outside its own folders."""
        places = set((self.notes / "written.txt").read_text().splitlines())
        assert any(place.startswith(str(self.data)) for place in places), "the watcher did not watch"
        return {place for place in places if not place.startswith((str(self.folder), os.devnull))}
