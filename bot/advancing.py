"""What is due is done, late or not: transitions of rounds, and the next rounds of series."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Protocol

from bot.freezing import as_opened
from bot.gates import waits_for
from bot.registry import Registry
from bot.series import ENDED, Series
from conversations.errors import AppError, DefinitionError, RoundError
from conversations.identifiers import RoundId
from conversations.life import By, Deed
from conversations.rounds import Round, RoundState, due_state
from conversations.schedule import Schedule

log = logging.getLogger(__name__)

Done = list[tuple[RoundId, RoundState]]


class Moves(Protocol):
    """Moves one round on."""

    async def open(self, round_id: RoundId, drafts: Sequence[str] = (), *, by_itself: bool = False) -> Round:
        """Open a planned round."""

    async def close(self, round_id: RoundId, *, by: By = "staff") -> Round:
        """Close an open round."""

    async def release(self, round_id: RoundId, *, by: By = "staff") -> str:
        """Release a closed round."""

    async def cancel(self, round_id: RoundId, reason: str = "", *, by: By = "staff") -> Round:
        """Cancel a planned round."""


class Advancing:
    """Makes what is due, oldest round first; a series that was asleep catches up round after round."""

    def __init__(self, registry: Registry, now: Callable[[], datetime], moves: Moves, series: Series) -> None:
        self._registry = registry
        self._now = now
        self._moves = moves
        self._series = series
        self._said: set[str] = set()

    async def advance_due(self) -> Done:
        """Make every transition that is due, and return what was done."""
        done: Done = []
        schedules = {schedule.id: schedule for schedule in await self._series.all()}
        rounds = list(await self._registry.rounds.all())
        for number, round_ in reversed(list(enumerate(rounds))):
            rounds[number] = await self._move_on(round_, schedules.get(round_.schedule), done)
        for schedule in schedules.values():
            await self._catch_up(schedule, rounds, done)
        return done

    async def _catch_up(self, schedule: Schedule, rounds: list[Round], done: Done) -> None:
        """Make the next round of a series, move it on, and so forth, until one is planned for later."""
        try:
            while (made := await self._series.follow(schedule, rounds)) is not None:
                rounds.append(await self._move_on(made, schedule, done))
        except AppError as error:
            self._say_once(f"series {schedule.id} has no next round: {type(error).__name__}")

    async def _move_on(self, round_: Round, schedule: Schedule | None, done: Done) -> Round:
        """Make the transitions of one round that are due; one that cannot move keeps no other from moving."""
        try:
            if schedule is not None and schedule.ended and round_.state is RoundState.PLANNED:
                round_ = await self._moves.cancel(round_.id, ENDED, by="clock")
                done.append((round_.id, round_.state))
            while (state := due_state(round_, self._now())) is not None:
                moved = await self._move(round_, state)
                if moved.state is round_.state:
                    break
                done.append((moved.id, moved.state))
                round_ = moved
        except AppError as error:
            self._say_once(f"round {round_.id} cannot move on: {type(error).__name__}")
        return round_

    async def _move(self, round_: Round, state: RoundState) -> Round:
        if state is RoundState.OPEN:
            return await self._open(round_)
        if state is RoundState.CLOSED:
            return await self._moves.close(round_.id, by="clock")
        await self._moves.release(round_.id, by="clock")
        return await self._registry.rounds.get(round_.id) or round_

    async def _open(self, round_: Round) -> Round:
        """Open a round whose hour has come; one that waited until its end is cancelled."""
        late = round_.closes_at <= self._now()
        if waits := await waits_for(self._registry, round_):
            if late:
                return await self._moves.cancel(round_.id, f"not opened: it waited for {waits}", by="clock")
            self._say_once(f"round {round_.id} is due, but waits for {waits}")
            return round_
        if not late:
            return await self._moves.open(round_.id, by_itself=True)
        try:
            return await self._open_late(round_)
        except (RoundError, DefinitionError) as error:
            if not round_.schedule:
                raise
            reason = f"not opened: {type(error).__name__}, see portevoix check"
            return await self._moves.cancel(round_.id, reason, by="clock")

    async def _open_late(self, round_: Round) -> Round:
        """Open a round whose whole time passed while nobody was awake; it closes at once."""
        self._registry.keyring.make_round(round_.id)
        now = self._now()
        after = await as_opened(self._registry, replace(round_, state=RoundState.OPEN, opened_at=now))
        reason = "late: nobody was awake in its time"
        try:
            await self._registry.rounds.advance(round_, after, Deed(now, "clock", reason))
        finally:
            self._registry.programme.forget()
        return await self._registry.rounds.get(round_.id) or round_

    def _say_once(self, words: str) -> None:
        """Put something into the log that every look would say again."""
        if words not in self._said:
            self._said.add(words)
            log.warning(words)
