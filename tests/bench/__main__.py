"""`python -m tests.bench`: measures this program and ordinary bots side by side."""

import argparse
import asyncio
import os
import shutil
import subprocess
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path

import uvloop

from tests.bench.bots import CONVERSATION, CONVERSATION_PRESSED, ECHO, OURS, ROOT, STATES, STATES_PRESSED
from tests.bench.measuring import Wanted, measure
from tests.bench.releases import table as releases
from tests.bench.sampling import report
from tests.bench.table import Results, written

DELAYS = (0.0, 0.04)
BOTS = {
    0.0: (ECHO, CONVERSATION, STATES, OURS, CONVERSATION_PRESSED, STATES_PRESSED),
    0.04: (ECHO, CONVERSATION, STATES, OURS),
}


def main() -> None:
    """Measure what was asked for."""
    asked = _arguments()
    if asked.releases:
        for line in releases():
            _say([line])
        return
    cores = sorted(os.sched_getaffinity(0))
    bot_core = cores[-1] if len(cores) > 1 else None
    if bot_core is not None:
        os.sched_setaffinity(0, {cores[0]})
    folder = Path(tempfile.mkdtemp(prefix=".bench-", dir=ROOT))
    try:
        _say(_where(folder, bot_core))
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            if asked.profile:
                runner.run(_profile(asked.seconds, bot_core, folder))
            else:
                runner.run(_compare(asked, bot_core, folder))
    finally:
        shutil.rmtree(folder)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--seconds", type=float, default=6.0, help="of each measurement (default 6)")
    parser.add_argument("--ours", action="store_true", help="measure this program only")
    parser.add_argument("--profile", action="store_true", help="say where this program's CPU goes")
    parser.add_argument("--releases", action="store_true", help="measure releases instead, beside DuckDB")
    return parser.parse_args()


async def _compare(asked: argparse.Namespace, core: int | None, folder: Path) -> None:
    results: Results = {}
    for delay in DELAYS:
        for bot in (OURS,) if asked.ours else BOTS[delay]:
            wanted = Wanted(delay=delay, seconds=asked.seconds, core=core, folder=folder)
            results[bot, delay], _ = await measure(bot, wanted)
    _say(written(results, DELAYS))


async def _profile(seconds: float, core: int | None, folder: Path) -> None:
    file = folder / "profile.json"
    wanted = Wanted(delay=0.0, seconds=seconds, core=core, folder=folder, profile=file)
    figures, done = await measure(OURS, wanted)
    _say([f"{figures.rate:.0f} updates/s, {figures.cpu:.2f} ms CPU and {figures.requests:.2f} requests each"])
    _say(report(file, done))


def _where(folder: Path, core: int | None) -> list[str]:
    kind = subprocess.run(
        ["df", "--output=fstype", str(folder)], capture_output=True, text=True
    ).stdout.split()[-1]
    pinned = "not pinned" if core is None else f"each bot on core {core}, Telegram and its people on another"
    names = ("python-telegram-bot", "aiogram", "httpx", "aiohttp", "uvloop", "sniffio")
    return [
        f"Python {sys.version.split()[0]}, " + ", ".join(f"{name} {version(name)}" for name in names),
        f"{pinned}; what is kept lies in the working copy, on {kind}",
        "",
    ]


def _say(lines: list[str]) -> None:
    print("\n".join(lines), flush=True)


if __name__ == "__main__":
    main()
