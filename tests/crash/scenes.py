"""One scene: people answer while the program is killed and started again; then the round is released."""

import asyncio
import shutil
import socket
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from tests.crash.kept import GUESTS, Template, faults_after_release, faults_before_release, state_of
from tests.crash.people import Guest, Somebody
from tests.crash.plans import left_of, plans
from tests.crash.points import NOWHERE
from tests.crash.program import Nursery, Run
from tests.crash.record import RecordingApi, extra_copies, faults_of_letters, faults_of_order
from tests.crash.words import Words

KILLED = -9
ACCOUNT = 2**41  # above every number that is anything else
LONGEST = 150  # seconds for everybody to be thanked
ATTEMPTS = 12  # to release a round, besides those that are killed

Arms = Mapping[int, int]
"""Points at which the program is to die, and at which passing of each."""


@dataclass
class Outcome:
    """What came of a scene."""

    kills: list[int] = field(default_factory=list)
    """The points at which the program died; NOWHERE for a random moment."""
    faults: list[str] = field(default_factory=list)
    extra_copies: int = 0


class Serving:
    """`portevoix serve`, started again whenever it dies; how it ends otherwise is a fault."""

    def __init__(self, nursery: Nursery, folder: Path, settings: dict[str, str], outcome: Outcome) -> None:
        self._nursery, self._folder, self._settings = nursery, folder, settings
        self._outcome = outcome
        self._run: Run | None = None
        self._since = 0.0
        self.deaths = 0
        self.api: RecordingApi | None = None

    async def keep(self) -> None:
        """Keep it running."""
        while True:
            self._since = asyncio.get_running_loop().time()
            self._run = self._nursery.start(["serve"], self._settings, self._folder)
            if (status := await asyncio.shield(self._run.ended)) != KILLED:
                said = (self._folder / "said.txt").read_text("utf-8")[-2_000:]
                raise AssertionError(f"serve ended by itself with {status}: {said}")
            self.count()

    def count(self) -> None:
        """Take note of a death."""
        self._outcome.kills.append(self._nursery.board.died_at())
        if self.api is not None:
            self.api.kills += 1

    def seconds(self) -> float:
        """Return for how long it has been running."""
        return asyncio.get_running_loop().time() - self._since

    def kill(self) -> None:
        """Kill it at this moment."""
        if self._run is not None:
            self._run.kill()

    async def end(self) -> None:
        """Kill it, and wait until it is dead."""
        if self._run is not None:
            self._run.kill()
            await self._run.ended


class Scene:
    """One round, from the first word of some people to the last to its release."""

    def __init__(
        self,
        nursery: Nursery,
        template: Template,
        folder: Path,
        seed: int,
        people: int,
        mode: str = "polling",
    ) -> None:
        self.nursery, self.template, self.seed = nursery, template, seed
        self.folder = folder / "scene"
        self.outcome = Outcome()
        self._mode, self._dice = mode, Random(f"scene {seed}")
        self._expected: dict[str, bytes | None] = {}
        folder.mkdir(parents=True, exist_ok=True)
        template.copy(self.folder)
        self.plans = plans(template.instrument, people, seed)
        left = [left_of(template.instrument, plan) for plan in self.plans if plan.is_kept]
        self.sheets = [sheet for sheet, _ in left]
        self.texts = [text for _, texts in left for text in texts]

    async def answering(self, arms: Arms, random_kills: int = 0) -> None:
        """Let everybody answer while the program dies at the armed points, and at random moments."""
        board = self.nursery.board
        board.disarm()
        board.died_at()
        for point, nth in arms.items():
            board.arm(point, nth)
        async with RecordingApi(self.seed) as api:
            serving = Serving(self.nursery, self.folder, self._settings(api), self.outcome)
            serving.api = api
            people = self._people(api, serving)
            keeping = asyncio.create_task(serving.keep())
            killing = asyncio.create_task(self._kill_at_random(serving, random_kills))
            guests = [Guest(api, account) for account in GUESTS]
            living = asyncio.gather(*(one.live() for one in people), *(one.live() for one in guests))
            try:
                async with asyncio.timeout(LONGEST):
                    await asyncio.wait((living, keeping), return_when=asyncio.FIRST_COMPLETED)
            except TimeoutError:
                self.outcome.faults.append("people were not thanked in time")
            keeping.cancel()
            killing.cancel()
            living.cancel()
            ended = await asyncio.gather(living, keeping, killing, return_exceptions=True)
            await serving.end()
            board.disarm()
        self._judge(api, people, ended)
        for guest in guests:
            self.outcome.faults += faults_of_letters(api.told_to(guest.phone.chat_id))

    def _judge(self, api: RecordingApi, people: list[Somebody], ended: Sequence[object]) -> None:
        faults = self.outcome.faults
        faults += [f"{type(one).__name__}: {one}" for one in ended if isinstance(one, Exception)]
        for number, one in enumerate(people):
            told = api.told_to(one.phone.chat_id)
            faults += [f"person {number}: {fault}" for fault in one.faults + faults_of_order(told)]
            self.outcome.extra_copies += extra_copies(told)

    async def before_release(self) -> None:
        """Compare what is kept with what people have in mind."""
        self.outcome.faults += await faults_before_release(
            self.folder,
            self.template,
            self.sheets,
            self.texts,
            withdrawn=sum(plan.withdraws for plan in self.plans),
        )

    async def release(self, arms: Arms, serving_too: bool) -> Outcome:
        """Close and release the round in a copy of the folder, however often that dies, and look at it."""
        board, outcome = self.nursery.board, Outcome()
        folder = Path(shutil.copytree(self.folder, self.folder.with_name("release")))
        board.died_at()
        for point, nth in arms.items():
            board.arm(point, nth)
        serving = Serving(self.nursery, folder, {"DATA_DIR": str(folder), "PORT": "0"}, outcome)
        keeping = asyncio.create_task(serving.keep()) if serving_too else None
        for _ in range(ATTEMPTS + len(arms)):
            if await self._close(folder, outcome) and state_of(folder) == "released":
                break
        else:
            outcome.faults.append(f"the round could not be released, it is {state_of(folder)}")
        board.disarm()
        if keeping is not None:
            keeping.cancel()
            await asyncio.gather(keeping, return_exceptions=True)
            await serving.end()
            await self._close(folder, outcome)  # so that nothing is left of the last kill
        outcome.faults += await faults_after_release(folder, self.template, self.sheets, self._expected)
        shutil.rmtree(folder)
        return outcome

    async def _close(self, folder: Path, outcome: Outcome) -> bool:
        """Run `round close`, or finish what it began; say whether it came to its end."""
        command = "close" if state_of(folder) in ("open", "closed") else "release"
        words = ["round", command, self.template.round]
        run = self.nursery.start(words, {"DATA_DIR": str(folder)}, folder)
        status = await asyncio.wait_for(run.ended, LONGEST)
        if status == KILLED:
            outcome.kills.append(self.nursery.board.died_at())
        return status == 0

    async def _kill_at_random(self, serving: Serving, times: int) -> None:
        for _ in range(times):
            await asyncio.sleep(self._dice.uniform(0.3, 1.5))
            serving.kill()

    def _people(self, api: RecordingApi, serving: Serving) -> list[Somebody]:
        words = {
            plan.tag: Words(self.template.instrument, self.template.catalogues, plan.tag)
            for plan in self.plans
        }
        return [
            Somebody(api, ACCOUNT + number, plan, words[plan.tag], serving, Random(f"{self.seed} {number}"))
            for number, plan in enumerate(self.plans)
        ]

    def _settings(self, api: RecordingApi) -> dict[str, str]:
        port = _free_port() if self._mode == "webhook" else 0
        given = {"DATA_DIR": str(self.folder), "PORT": str(port), "LOG_LEVEL": "WARNING"}
        given |= {"TELEGRAM_TOKEN": api.token, "TELEGRAM_API_URL": api.url, "TELEGRAM_MODE": self._mode}
        return given | ({"PUBLIC_URL": f"http://127.0.0.1:{port}"} if port else {})


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])


def where(nursery: Nursery, point: int) -> str:
    """Name a point: its site, and on which side of it."""
    if point == NOWHERE:
        return "a random moment"
    return f"{('before', 'after')[point % 2]} {nursery.sites[point // 2].name}"
