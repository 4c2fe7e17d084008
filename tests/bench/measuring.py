"""One bot beside one crowd: saturated first, then at an even pace."""

import asyncio
import shutil
import signal
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from tests.bench.bots import Bot, Running
from tests.bench.people import Crowd
from tests.bench.telegram import Door

PEOPLE = 300  # so that a whole batch of 100 always waits while one is in hand and another is on its way
PACE = 82.0  # updates a second offered
WARM_UP = 2.0  # seconds
TURNS = 22  # of one survey of ours; its people stand spread over all of them when measuring begins
SPREADING = 12.0  # seconds that may take
STUCK = 5.0  # seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What was measured of one bot with one delay; times in milliseconds, memory in MB.

    `busy` and `held_up` are shares of the time: it used its core, it waited for something else to leave it.
    """

    rate: float
    cpu: float
    requests: float
    paced_cpu: float | None
    p50: float | None
    p99: float | None
    memory: float
    finished: int
    stuck: int
    busy: float
    held_up: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """How one bot is to be measured; times in seconds."""

    delay: float
    seconds: float
    core: int | None
    folder: Path
    profile: Path | None = None


async def measure(bot: Bot, wanted: Wanted) -> tuple[Figures, int]:
    """Run a bot and return its figures, and how many updates were done while they were taken."""
    loop = asyncio.get_running_loop()
    crowd = Crowd(PEOPLE, wanted.delay)
    server = await loop.create_server(lambda: Door(crowd.telegram), "127.0.0.1", 0)
    folder = Path(tempfile.mkdtemp(dir=wanted.folder))
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    running = await asyncio.to_thread(Running, bot, url, folder, wanted.core, wanted.profile)
    try:
        await asyncio.wait_for(crowd.telegram.polled.wait(), 30)
        return await _figures(crowd, running, wanted)
    finally:
        await asyncio.to_thread(running.stop)
        server.close()
        shutil.rmtree(folder)


async def _figures(crowd: Crowd, running: Running, wanted: Wanted) -> tuple[Figures, int]:
    await crowd.begin(*((TURNS, SPREADING) if running.bot.ours else (0, WARM_UP)))
    if wanted.profile is not None:
        running.process.send_signal(signal.SIGUSR1)
    began, cpu, held_up = time.monotonic(), running.cpu(), running.held_up()
    done, asked = crowd.done, crowd.telegram.requests
    await asyncio.sleep(wanted.seconds)
    passed, cpu, done = time.monotonic() - began, running.cpu() - cpu, crowd.done - done
    held_up = running.held_up() - held_up
    requests = (crowd.telegram.requests - asked) / max(1, done)
    if wanted.profile is not None:
        running.process.send_signal(signal.SIGUSR2)
    stuck = crowd.waiting_longer_than(STUCK) if done / passed > PACE else 0
    paced_cpu, p50, p99 = await _paced(crowd, running, wanted.seconds, done / passed)
    figures = Figures(
        rate=done / passed,
        cpu=cpu / max(1, done) * 1_000,
        requests=requests,
        paced_cpu=paced_cpu,
        p50=p50,
        p99=p99,
        memory=running.peak_memory(),
        finished=crowd.finished,
        stuck=stuck,
        busy=cpu / passed,
        held_up=held_up / passed,
    )
    return figures, done


async def _paced(
    crowd: Crowd, running: Running, seconds: float, rate: float
) -> tuple[float | None, float | None, float | None]:
    """Offer updates at an even pace; nothing is told of a bot that cannot keep up with it."""
    if rate < PACE * 1.2:
        return None, None, None
    crowd.saturated = False
    for _ in range(50):
        if not crowd.in_flight:
            break
        await asyncio.sleep(0.1)
    await crowd.offer(PACE, 1.0)
    crowd.latencies.clear()
    cpu, done = running.cpu(), crowd.done
    await crowd.offer(PACE, seconds)
    cpu, done = running.cpu() - cpu, crowd.done - done
    times = sorted(crowd.latencies)
    if done < 0.9 * PACE * seconds:
        return None, None, None
    return cpu / done * 1e3, times[len(times) // 2] * 1e3, times[int(len(times) * 0.99)] * 1e3
