"""Where the time of a running program goes: its main thread's stack, every few milliseconds of CPU."""

import json
import signal
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import FrameType

ROOT = Path(__file__).parents[2]
HOUSE = ("bot", "conversations", "reports", "storage")
EVERY = 0.002  # seconds of CPU; the kernel rounds it up to its own tick
Where = tuple[str, int, str]  # file, line of the function, function


class Sampler:
    """Begins at SIGUSR1; at SIGUSR2 writes what it saw to a file.

    Each sample weighs what its thread used since the one before. The main thread is seen where it is; the
    others where they wait for it, so what they do is told less exactly.
    """

    def __init__(self, file: str) -> None:
        self._file = Path(file)
        self._stacks: Counter[tuple[Where, ...]] = Counter()
        self._spent: dict[int, float] = {}
        self._process = 0.0

    def listen(self) -> None:
        """Wait for the signals; to be called in the main thread."""
        signal.signal(signal.SIGUSR1, self._begin)
        signal.signal(signal.SIGUSR2, self._end)
        signal.signal(signal.SIGPROF, self._sample)

    def _begin(self, _number: int, _frame: FrameType | None) -> None:
        sys.setswitchinterval(EVERY / 10)
        self._process = time.process_time()
        self._spent = {thread: _cpu_of(thread) for thread in sys._current_frames()}
        signal.setitimer(signal.ITIMER_PROF, EVERY, EVERY)

    def _sample(self, _number: int, frame: FrameType | None) -> None:
        main = threading.main_thread().ident
        for thread, there in sys._current_frames().items():
            now = _cpu_of(thread)
            before, self._spent[thread] = self._spent.get(thread, 0.0), now
            name = "main" if thread == main else "another"
            stack = tuple(_walk(frame if thread == main else there))
            self._stacks[((name, 0, ""), *stack)] += round((now - before) * 1_000_000)

    def _end(self, _number: int, _frame: FrameType | None) -> None:
        signal.setitimer(signal.ITIMER_PROF, 0)
        content = {"process": time.process_time() - self._process, "stacks": list(self._stacks.items())}
        self._file.write_text(json.dumps(content), "utf-8")


def _cpu_of(thread: int) -> float:
    """Return the seconds of CPU a living thread has used."""
    return time.clock_gettime(time.pthread_getcpuclockid(thread))


def _walk(frame: FrameType | None) -> Iterator[Where]:
    while frame is not None:
        code = frame.f_code
        yield code.co_filename, code.co_firstlineno, code.co_qualname
        frame = frame.f_back


def report(file: Path, updates: int, top: int = 25) -> list[str]:
    """Return what was sampled: microseconds of CPU per update, by library, by function, by caller."""
    content = json.loads(file.read_text("utf-8"))
    whole = content["process"] * 1_000_000
    seen = [([tuple(where) for where in stack], spent) for stack, spent in content["stacks"] if spent]
    stacks = [(stack[1:], spent) for stack, spent in seen if len(stack) > 1]
    scale = 1 / max(1, updates)
    threads = _sum((stack[0][0], spent) for stack, spent in seen)
    lines = [
        "",
        f"CPU per update: {whole * scale:.0f} us, of which the main thread {threads['main'] * scale:.0f}",
    ]
    own = _sum((_place(stack[0]), spent) for stack, spent in stacks)
    libraries = _sum((_library(stack[0]), spent) for stack, spent in stacks)
    callers = _sum((_house(stack), spent) for stack, spent in stacks)
    works = _sum((name, spent) for stack, spent in stacks for name in _all_of_house(stack))
    for title, counted, most in (
        ("by library, own time", libraries, top),
        ("by function, own time", own, top),
        ("by the function of ours that asked for it (innermost)", callers, top),
        ("by function of ours, everything below included", works, 2 * top),
    ):
        lines += ["", f"us per update {title}"]
        lines += [f"{spent * scale:8.1f}  {name}" for name, spent in counted.most_common(most)]
    return lines


def _sum(parts: Iterable[tuple[str, int]]) -> Counter[str]:
    total: Counter[str] = Counter()
    for name, spent in parts:
        total[name] += spent
    return total


def _place(where: Where) -> str:
    file, line, name = where
    return f"{_short(file)}:{line} {name}"


def _short(file: str) -> str:
    path = Path(file)
    if path.is_relative_to(ROOT) and "site-packages" not in file:
        return str(path.relative_to(ROOT))
    return "/".join(path.parts[-3:] if "site-packages" in file else path.parts[-2:])


def _library(where: Where) -> str:
    file = where[0]
    if "site-packages/" in file:
        return file.split("site-packages/")[1].split("/")[0].removesuffix(".py")
    if _is_house(file):
        return "/".join(Path(file).relative_to(ROOT).parts[:2])
    return f"python: {Path(file).parent.name}/{Path(file).stem}"


def _is_house(file: str) -> bool:
    path = Path(file)
    return path.is_relative_to(ROOT) and path.relative_to(ROOT).parts[0] in HOUSE


def _house(stack: list[Where]) -> str:
    return next((_place(where) for where in stack if _is_house(where[0])), "(the event loop)")


def _all_of_house(stack: list[Where]) -> set[str]:
    return {_place(where) for where in stack if _is_house(where[0])}


if __name__ == "__main__":
    sys.stdout.write("\n".join(report(Path(sys.argv[1]), int(sys.argv[2]))) + "\n")
