"""Where the program passes: every point counted in shared memory, and a kill at the one that is armed."""

import mmap
import os
import signal
from pathlib import Path
from typing import Any

HEADER = 16  # whole numbers
CAPACITY = 4_096  # points; two for each site
SIDES = ("before", "after")
NOWHERE = -1


class Board:
    """A file in shared memory: how often each point was passed, and at which passing the program dies.

    Whoever watches sees the counts of a program that was killed, and arms one that runs.
    """

    def __init__(self, path: Path) -> None:
        if not path.exists():
            path.write_bytes(bytes(4 * (HEADER + 2 * CAPACITY)))
        with path.open("r+b") as file:
            self._memory = mmap.mmap(file.fileno(), 0)
        cells = memoryview(self._memory).cast("i")
        self._header = cells[:HEADER]
        self._passed = cells[HEADER : HEADER + CAPACITY]
        self._armed = cells[HEADER + CAPACITY :]

    def passed(self, point: int) -> int:
        """Return how often a point was passed."""
        return self._passed[point]

    def arm(self, point: int, nth: int = 1) -> None:
        """Let the program die when it passes a point for the `nth` time from now on."""
        self._armed[point] = nth

    def disarm(self) -> None:
        """Let the program live."""
        for point in range(CAPACITY):
            self._armed[point] = 0

    def is_armed(self, point: int) -> bool:
        """Whether the program is still to die here."""
        return self._armed[point] > 0

    def forget(self) -> None:
        """Count from nothing, and let the program live."""
        for point in range(CAPACITY):
            self._passed[point] = 0
        self.disarm()

    def died_at(self) -> int:
        """Return the point at which a program killed itself since this was last asked, or NOWHERE."""
        point = self._header[0] - 1
        self._header[0] = 0
        return point

    def pass_by(self, point: int) -> None:
        """Count a point, and die here if it is time."""
        self._passed[point] += 1
        left = self._armed[point]
        if left:
            self._armed[point] = left - 1
            if left == 1:
                self._header[0] = point + 1
                os.kill(os.getpid(), signal.SIGKILL)


_board: Board | None = None


def watch(board: Board) -> None:
    """Count on this board from now on, in this process and those that it forks."""
    global _board
    _board = board


def before(site: int) -> None:
    """Pass the point before a site."""
    if _board is not None:
        _board.pass_by(2 * site)


def after(site: int, _: None, given: Any) -> Any:
    """Pass the point after a site, with what it gave."""
    if _board is not None:
        _board.pass_by(2 * site + 1)
    return given


class Around:
    """An asynchronous context with points around its beginning and its end."""

    def __init__(self, site: int, context: Any) -> None:
        self._site, self._context = site, context

    async def __aenter__(self) -> Any:
        before(self._site)
        return after(self._site, None, await self._context.__aenter__())

    async def __aexit__(self, *error: Any) -> Any:
        before(self._site + 1)
        return after(self._site + 1, None, await self._context.__aexit__(*error))


class Each:
    """An asynchronous iteration with points around every step."""

    def __init__(self, site: int, steps: Any) -> None:
        self._site, self._steps = site, aiter(steps)

    def __aiter__(self) -> "Each":
        return self

    async def __anext__(self) -> Any:
        before(self._site)
        return after(self._site, None, await anext(self._steps))
