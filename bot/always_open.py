"""Always open: people write outside rounds, in listening rounds that follow each other; on, off, status."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.campaigns import Campaigns
from bot.planning import chosen_city
from bot.registry import Registry
from conversations.errors import RoundError
from conversations.identifiers import RoundId
from conversations.rounds import Round, RoundState
from conversations.schedule import Schedule, Span

NAME = "Tell us"
"""What listening rounds are called, if staff give no other name; the number of the round stands behind it."""


@dataclass(frozen=True, slots=True)
class Listens:
    """A series of listening rounds that goes on, and its round that is open now, if one is."""

    schedule: Schedule
    open_now: Round | None


class AlwaysOpen:
    """Switches listening on and off; what is written is reviewed and released like any round's texts."""

    def __init__(self, registry: Registry, campaigns: Campaigns) -> None:
        self._registry = registry
        self._campaigns = campaigns

    async def begin(
        self,
        benchmark: str,
        every: Span,
        zone: ZoneInfo,
        *,
        city: str = "",
        name: str = NAME,
        drafts: tuple[str, ...] = (),
    ) -> Listens:
        """Plan listening rounds that follow each other without a gap, and open the first one now.

        Raises:
            RoundError: unknown benchmark or city, or people can write about it here already.
            DefinitionError: the benchmark or city is faulty.
        """
        known = chosen_city(city, self._registry.definitions)
        going = await self.going(benchmark, known.key)
        if going:
            raise RoundError(
                f"people can write about {benchmark} in {known.key} already;"
                f" switch it off first: portevoix tell off --benchmark {benchmark}"
            )
        _, asked = self._registry.definitions.pack(benchmark)
        wanted = Schedule(
            id="",
            city=known.key,
            series=series_of(benchmark),
            benchmark=benchmark,
            name=name,
            timezone=zone.key,
            first=self._local_now(zone),
            open_for=every,
            every=every,
            purpose=asked.purposes[0],
            drafts=drafts,
            conduct={"listening": True},
        )
        schedule, first = await self._campaigns.series.plan(wanted)
        return Listens(schedule, await self._opened(first.id))

    async def end(self, benchmark: str, city: str = "") -> tuple[Schedule, RoundId | None]:
        """End the listening rounds of a benchmark, and close the one that is open; return its id.

        What was written stays for review, as after every round.

        Raises:
            RoundError: people cannot write about this benchmark, or in several cities.
        """
        going = await self.going(benchmark, city)
        if len(going) != 1:
            said = "name the city with --city" if going else f"it is off: nobody can write about {benchmark}"
            raise RoundError(f"{said}; `portevoix tell status` says where people can")
        schedule, open_now = going[0].schedule, going[0].open_now
        await self._campaigns.end(schedule.series, schedule.city)
        if open_now is not None:
            await self._campaigns.close(open_now.id)
        return schedule, None if open_now is None else open_now.id

    async def going(self, benchmark: str = "", city: str = "") -> Sequence[Listens]:
        """Return the series of listening rounds that go on, of one benchmark or city if they are named."""
        rounds = await self._registry.rounds.all()
        return [
            Listens(schedule, _open_of(schedule, rounds))
            for schedule in await self._campaigns.series.all()
            if schedule.conduct.get("listening")
            and not schedule.ended
            and benchmark in ("", schedule.benchmark)
            and city in ("", schedule.city)
        ]

    async def _opened(self, round_id: RoundId) -> Round:
        """Return a round, opened; the scheduler of a program that serves may have been faster."""
        try:
            return await self._campaigns.open(round_id, by_itself=True)
        except RoundError:
            found = await self._registry.rounds.get(round_id)
            if found is None or found.state is not RoundState.OPEN:
                raise
            return found

    def _local_now(self, zone: ZoneInfo) -> datetime:
        """Return this minute on the clocks of a zone, as a naive local time."""
        return self._campaigns.now().astimezone(zone).replace(second=0, microsecond=0, tzinfo=None)


def series_of(benchmark: str) -> str:
    """Return the name of a benchmark's series of listening rounds: never that of its monitoring rounds."""
    return f"{benchmark}-tell"


def _open_of(schedule: Schedule, rounds: Sequence[Round]) -> Round | None:
    """Return the round of a schedule that is open."""
    own = (one for one in rounds if one.schedule == schedule.id and one.state is RoundState.OPEN)
    return next(own, None)
