"""Series of rounds: planned once, and the next round is made as soon as none of them is planned."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from bot.arranging import check_outside, fitted, free_id
from bot.planning import Wish, wanted_round
from bot.registry import Registry
from conversations.errors import RoundError
from conversations.life import Deed
from conversations.rounds import Round, RoundState
from conversations.schedule import Schedule, check_beside, check_schedule

ENDED = "the series was ended"


class Series:
    """Plans series of rounds, and makes their rounds one after the other."""

    def __init__(self, registry: Registry, now: Callable[[], datetime]) -> None:
        self._registry = registry
        self._now = now

    async def all(self) -> Sequence[Schedule]:
        """Return every schedule, ended ones too."""
        return await self._registry.schedules.all()

    async def plan(
        self, wanted: Schedule, note: Mapping[str, str] | None = None, without_answer: str = ""
    ) -> tuple[Schedule, Round]:
        """Keep a new series and its first round; the schedule's id is made of city and series.

        Raises:
            RoundError: its rounds would overlap, among themselves or with others; it lies in the past.
            DefinitionError: the benchmark or city is faulty.
        """
        others, rounds = await self.all(), await self._registry.rounds.all()
        schedule = replace(wanted, id=_free(wanted, others))
        check_schedule(schedule)
        nth = schedule.next_after(-1)
        if nth is None or schedule.closing(nth) <= self._now():
            raise RoundError("the first round of the series would be over by now; give a later --opens")
        for other in others:
            if not other.ended:
                check_beside(schedule, other)
        for round_ in rounds:
            if round_.state in (RoundState.PLANNED, RoundState.OPEN):
                check_outside(round_, schedule)
        first = replace(self._row(schedule, nth, rounds), note=note or {}, without_answer=without_answer)
        await self._registry.schedules.add(schedule)
        kept = await self._keep_first(first)
        self._registry.programme.forget()
        return schedule, kept

    async def _keep_first(self, first: Round) -> Round:
        """Keep the first round of a new series; a look may have made one, without what staff say."""
        rounds, deed = self._registry.rounds, Deed(self._now())
        if await rounds.offer(first, deed):
            return first
        own = (kept for kept in await rounds.all() if kept.schedule == first.schedule)
        made = min(own, key=lambda kept: kept.number, default=first)
        said = replace(made, note=first.note, without_answer=first.without_answer)
        if made.state is RoundState.PLANNED and said != made:
            await rounds.advance(made, said, deed)
        return said

    async def follow(self, schedule: Schedule, rounds: Sequence[Round]) -> Round | None:
        """Make the next round of a series, if none of `rounds` is planned for it; None if it was not made.

        Whoever comes second, in this process or another, makes none.

        Raises:
            RoundError: the release plan does not fit any more.
            DefinitionError: the benchmark or city is faulty.
        """
        own = [round_ for round_ in rounds if round_.schedule == schedule.id]
        if schedule.ended or any(round_.state is RoundState.PLANNED for round_ in own):
            return None
        nth = _following(schedule, own)
        if nth is None:
            return None
        row = self._row(schedule, nth, rounds)
        made = await self._registry.rounds.offer(row, Deed(self._now(), "clock"))
        self._registry.programme.forget()
        return row if made else None

    async def end(self, series: str, city: str = "") -> Schedule:
        """End a series: no more rounds are made; those that are planned are for the caller to cancel.

        Raises:
            RoundError: there is no such series, or one in several cities.
        """
        going = [schedule for schedule in await self.all() if not schedule.ended]
        found = [one for one in going if one.series == series and city in ("", one.city)]
        if len(found) != 1:
            known = ", ".join(f"{one.series} in {one.city}" for one in going) or "none"
            said = "name the city with --city" if found else f"there is no series '{series}' going on"
            raise RoundError(f"{said}; there are: {known}")
        await self._registry.schedules.end(found[0].id)
        return found[0]

    def _row(self, schedule: Schedule, nth: int, rounds: Sequence[Round]) -> Round:
        """Return the nth round (from 0) of a series, with definitions, languages and plan as they are now."""
        wish = Wish(
            benchmark=schedule.benchmark,
            name=schedule.name_of(nth),
            opens_at=schedule.opening(nth),
            closes_at=schedule.closing(nth),
            zone=schedule.zone,
            city=schedule.city,
            series=schedule.series,
            purpose=schedule.purpose,
            drafts=schedule.drafts,
            k=schedule.k,
        )
        wanted, _ = wanted_round(wish, self._registry.definitions, self._registry.catalogues)
        placed = replace(wanted, schedule=schedule.id, number=nth + 1, conduct=schedule.conduct)
        round_ = fitted(self._registry, placed, schedule.plan or None)
        return replace(round_, id=free_id(schedule.round_id(nth), {other.id for other in rounds}))


def next_opening(schedule: Schedule, rounds: Sequence[Round]) -> datetime | None:
    """Return when the next of a series opens, made already or not, aware, UTC; None where none comes."""
    own = [round_ for round_ in rounds if round_.schedule == schedule.id]
    planned = [round_.opens_at for round_ in own if round_.state is RoundState.PLANNED]
    if planned or schedule.ended:
        return min(planned, default=None)
    nth = _following(schedule, own)
    return None if nth is None else schedule.opening(nth)


def _following(schedule: Schedule, own: Sequence[Round]) -> int | None:
    """Return the number (from 0) of the round after those that a series has; None after the last."""
    return schedule.next_after(max((round_.number for round_ in own), default=0) - 1)


def _free(wanted: Schedule, others: Sequence[Schedule]) -> str:
    """Return the id of a new schedule: city and series, with a number if there was one before.

    Raises:
        RoundError: a series of this name goes on in this city.
    """
    same = [other for other in others if (other.city, other.series) == (wanted.city, wanted.series)]
    if any(not other.ended for other in same):
        raise RoundError(
            f"the series {wanted.series} goes on in {wanted.city}; end it (portevoix round end"
            f" {wanted.series}) or choose another --series"
        )
    return f"{wanted.city}/{wanted.series}" + (f"/{len(same) + 1}" if same else "")
