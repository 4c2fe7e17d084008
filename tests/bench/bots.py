"""The programs that are measured, each in a process of its own."""

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
TOKEN = "1:bench"
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Bot:
    """One program; `words` are what is called with Python, {url} and {folder} to be filled in."""

    name: str
    words: tuple[str, ...]
    ours: bool = False


ECHO = Bot("PTB echo, default transport", ("-m", "tests.bench.peers.echo", "{url}", TOKEN))
CONVERSATION = Bot(
    "PTB ConversationHandler + pickle, typed",
    ("-m", "tests.bench.peers.conversation", "{url}", TOKEN, "{folder}"),
)
STATES = Bot(
    "aiogram 3 FSM + aiosqlite, typed",
    ("-m", "tests.bench.peers.finite_states", "{url}", TOKEN, "{folder}"),
)
OURS = Bot("Porte-voix, full turns, pressed", ("-m", "tests.bench.ours", "serve"), ours=True)
CONVERSATION_PRESSED = Bot("PTB ConversationHandler, pressed", (*CONVERSATION.words, "buttons"))
STATES_PRESSED = Bot("aiogram 3 FSM, pressed", (*STATES.words, "buttons"))


class Running:
    """A bot's process: its CPU, its memory, its end."""

    def __init__(self, bot: Bot, url: str, folder: Path, core: int | None, profile: Path | None) -> None:
        self.bot = bot
        environment = _environment(bot, url, folder)
        if profile is not None:
            environment["BENCH_PROFILE"] = str(profile)
        if bot.ours:  # plans and opens the demonstration round
            _run((sys.executable, "-m", "bot", "simulate", "--people", "1"), environment)
        words = [word.format(url=url, folder=folder) for word in bot.words]
        command = [sys.executable, *words]
        if core is not None:
            pinned = (
                f"import os, sys; os.sched_setaffinity(0, {{{core}}}); os.execv(sys.argv[1], sys.argv[1:])"
            )
            command = [sys.executable, "-c", pinned, *command]
        self._log = (folder / "log.txt").open("wb")
        self.process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=self._log, stderr=self._log, start_new_session=True
        )
        self._proc = Path(f"/proc/{self.process.pid}")

    def cpu(self) -> float:
        """Return the seconds of CPU used so far, by all threads, user and system."""
        fields = (self._proc / "stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def held_up(self) -> float:
        """Return the seconds for which the main thread could have run, but something else had its core."""
        return int((self._proc / "schedstat").read_text().split()[1]) / 1e9

    def peak_memory(self) -> float:
        """Return the largest resident size so far, in MB."""
        for line in (self._proc / "status").read_text().splitlines():
            if line.startswith("VmHWM"):
                return int(line.split()[1]) / 1024
        return 0.0

    def stop(self) -> None:
        """End the process; one with a long queue of its own is not waited for."""
        self.process.terminate()
        try:
            self.process.wait(3)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self._log.close()


def _environment(bot: Bot, url: str, folder: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PORTEVOIX_")}
    if not bot.ours:
        return kept
    ours: Mapping[str, str] = {
        "DATA_DIR": str(folder / "data"),
        "TELEGRAM_TOKEN": TOKEN,
        "TELEGRAM_API_URL": url,
        "PORT": "0",
        "LOG_LEVEL": "WARNING",
    }
    return kept | {f"PORTEVOIX_{name}": value for name, value in ours.items()}


def _run(command: tuple[str, ...], environment: Mapping[str, str]) -> None:
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60)
    if done.returncode:
        raise RuntimeError(done.stderr)
