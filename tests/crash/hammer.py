"""The hammer: which points the program dies at in which scene, and what came of it."""

import shutil
import time
from collections import Counter, deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path
from random import Random

from tests.crash.kept import Template, make_template
from tests.crash.points import NOWHERE
from tests.crash.program import Nursery
from tests.crash.scenes import Outcome, Scene, where
from tests.crash.sites import Site

PEOPLE = 12
TOGETHER = 8  # points armed in one scene
AT_RANDOM = 2  # kills at random moments in one scene
RELEASES = 3  # of one scene, each in a copy of its folder
AT_A_RELEASE = 3  # points armed in one of them
TRIES = 3  # scenes in which a point may stay unreached before it is given up
RANDOM = "random"


@dataclass
class Recorded:
    """How often each point was passed without any kill: while people answered, and at releases."""

    answering: dict[int, int]
    releasing: dict[int, int]

    def missed(self, nursery: Nursery) -> list[Site]:
        """Return the sites that were never passed."""
        hit = {point // 2 for point, times in (*self.answering.items(), *self.releasing.items()) if times}
        return [site for site in nursery.sites if site.number not in hit]


@dataclass
class Summary:
    """What came of all scenes."""

    kills: Counter[str] = field(default_factory=Counter)
    """By what the site belongs to."""
    points: set[int] = field(default_factory=set)
    """At which the program died."""
    faults: list[str] = field(default_factory=list)
    extra_copies: int = 0
    scenes: int = 0

    def add(self, nursery: Nursery, outcome: Outcome, seed: int) -> None:
        """Count what came of a scene; a fault is told with the seed and the kills that led to it."""
        for point in outcome.kills:
            self.kills[RANDOM if point == NOWHERE else nursery.sites[point // 2].part] += 1
            self.points |= {point} - {NOWHERE}
        killed = "; ".join(where(nursery, point) for point in outcome.kills)
        self.faults += [f"seed {seed}: {fault} [killed {killed}]" for fault in outcome.faults]
        self.extra_copies += outcome.extra_copies

    def table(self, seconds: float) -> str:
        """Return the figures in a table."""
        lines = [f"  {part:<10}{count:>6}" for part, count in sorted(self.kills.items())]
        lines += [
            f"  together  {self.kills.total():>6}   at {len(self.points)} points, in {self.scenes} scenes",
            f"  faults    {len(self.faults):>6}   (anything lost, doubled, asked again, left behind)",
            f"  copies    {self.extra_copies:>6}   (prompts that stood twice, at most one a kill)",
            f"  seconds   {seconds:>6.0f}",
        ]
        return "\n".join(["kills", *lines])


class Hammer:
    """Plays scenes under kills; everything follows from the seed, except what two processes do at once."""

    def __init__(
        self, nursery: Nursery, template: Template, folder: Path, seed: int, mode: str = "polling"
    ) -> None:
        self.nursery, self.seed = nursery, seed
        self.summary = Summary()
        self._template, self._folder, self._mode = template, folder, mode
        self._dice = Random(f"hammer {seed}")
        self._waiting: tuple[deque[int], deque[int]] = (deque(), deque())
        self._tries: Counter[int] = Counter()

    async def record(self) -> Recorded:
        """Play a scene without a kill, with a release alone and one beside the scheduler; count points."""
        board = self.nursery.board
        board.forget()
        scene = self._scene(self.seed)
        await scene.answering({})
        answering = self._counts()
        await scene.before_release()
        board.forget()
        outcomes = [await scene.release({}, serving_too=False), await scene.release({}, serving_too=True)]
        for outcome in (scene.outcome, *outcomes):
            self.summary.add(self.nursery, outcome, self.seed)
        self._end(scene)
        return Recorded(answering, self._counts())

    async def strike(
        self, kills: int, recorded: Recorded, progress: Callable[[str], None], everywhere: bool
    ) -> Summary:
        """Kill the program so many times, `everywhere` means at least once at each point that was passed."""
        self._fill(recorded)
        while not self._is_enough(kills, everywhere):
            self.seed += 1
            await self._strike_once(recorded, kills)
            left = sum(map(len, self._waiting))
            progress(f"seed {self.seed}: {self.summary.kills.total()} kills, {left} points to go")
            if not any(self._waiting):
                self._fill(recorded)
                everywhere = False
        return self.summary

    async def at(self, points: Iterable[int], nth: int = 1) -> Summary:
        """Play one scene in which the program dies at these points, and one release of it likewise."""
        scene = self._scene(self.seed)
        arms = dict.fromkeys(points, nth)
        await scene.answering(arms)
        await scene.before_release()
        self.summary.add(self.nursery, scene.outcome, self.seed)
        if not scene.outcome.faults:
            self.summary.add(self.nursery, await scene.release(arms, serving_too=True), self.seed)
        self._end(scene)
        return self.summary

    async def _strike_once(self, recorded: Recorded, kills: int) -> None:
        scene = self._scene(self.seed)
        arms = self._draw(0, recorded.answering, TOGETHER)
        await scene.answering(arms, AT_RANDOM)
        self._again(0, arms, scene.outcome)
        await scene.before_release()
        self.summary.add(self.nursery, scene.outcome, self.seed)
        for number in range(RELEASES):
            if self.summary.kills.total() >= kills and not self._waiting[1]:
                break
            arms = self._draw(1, recorded.releasing, AT_A_RELEASE)
            outcome = await scene.release(arms, serving_too=number % 2 == 0)
            self._again(1, arms, outcome)
            self.summary.add(self.nursery, outcome, self.seed)
        self._end(scene)

    def _is_enough(self, kills: int, everywhere: bool) -> bool:
        if self.summary.faults:
            return True
        return self.summary.kills.total() >= kills and not (everywhere and any(self._waiting))

    def _fill(self, recorded: Recorded) -> None:
        for waiting, counts in zip(self._waiting, (recorded.answering, recorded.releasing), strict=True):
            points = [point for point, times in counts.items() if times]
            waiting.extend(self._dice.sample(points, len(points)))

    def _draw(self, which: int, counts: dict[int, int], most: int) -> dict[int, int]:
        """Take points out of those that wait, each with the passing at which to die, here or there."""
        waiting = self._waiting[which]
        points = [waiting.popleft() for _ in range(min(most, len(waiting)))]
        return {
            point: 1 if self._tries[point] else self._dice.randint(1, max(1, counts[point] // (most + 2)))
            for point in points
        }

    def _again(self, which: int, arms: dict[int, int], outcome: Outcome) -> None:
        """Let points that the program lived through wait for another scene, not too often."""
        for point in set(arms) - set(outcome.kills):
            self._tries[point] += 1
            if self._tries[point] < TRIES:
                self._waiting[which].append(point)

    def _scene(self, seed: int) -> Scene:
        folder = self._folder / f"{seed}"
        return Scene(self.nursery, self._template, folder, seed, PEOPLE, self._mode)

    def _end(self, scene: Scene) -> None:
        self.summary.scenes += 1
        shutil.rmtree(scene.folder.parent)

    def _counts(self) -> dict[int, int]:
        board = self.nursery.board
        return {point: board.passed(point) for point in range(2 * len(self.nursery.sites))}


async def template_in(folder: Path) -> Template:
    """Make the template of all scenes."""
    return await make_template(folder / "template")


def points_named(nursery: Nursery, pattern: str) -> list[int]:
    """Return the points whose names fit, e.g. "before storage.answers:*"; a number in a name says nothing."""
    points = range(2 * len(nursery.sites))
    return [point for point in points if fnmatchcase(where(nursery, point), pattern)]


def stopwatch() -> Callable[[], float]:
    """Return a watch that tells the seconds since now."""
    began = time.monotonic()
    return lambda: time.monotonic() - began
