"""What hosts must bring to keep the lives of rounds: rounds, their changes, and schedules."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from conversations.identifiers import RoundId
from conversations.rounds import Round
from conversations.schedule import Schedule

By = Literal["clock", "staff"]

PREPARED = "prepared"
"""The change of a round that stays planned: its note, or why it opens without an answer."""


@dataclass(frozen=True, slots=True)
class Deed:
    """When a change was made (aware, UTC), by whom, and why; nothing about a person."""

    at: datetime
    by: By = "staff"
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """One change in the life of a round: planned, prepared, opened, closed, released or cancelled."""

    change: str
    at: datetime
    by: By
    reason: str = ""


def change_between(before: Round | None, after: Round) -> str:
    """Return what a change is called."""
    if before is not None and before.state is after.state:
        return PREPARED
    return {"open": "opened"}.get(after.state.value, after.state.value)


def deed_of(round_: Round, deed: Deed | None) -> Deed:
    """Return a deed, or what a round itself tells of one: its latest moment, by staff."""
    at = round_.released_at or round_.closed_at or round_.opened_at or round_.opens_at
    return deed or Deed(at)


class RoundStore(Protocol):
    """Keeps monitoring rounds, their changes, and the definitions they were opened with."""

    async def add(self, round_: Round, deed: Deed | None = None) -> None:
        """Keep a new round, and its first change in the same transaction.

        Raises:
            RoundError: a round with this id exists, or with this number in this schedule.
        """

    async def offer(self, round_: Round, deed: Deed | None = None) -> bool:
        """Keep a new round as `add` does, if nobody did; say whether this call did it."""

    async def get(self, round_id: RoundId) -> Round | None:
        """Return one round, or None."""

    async def all(self) -> Sequence[Round]:
        """Return every round, newest opening first."""

    async def advance(self, before: Round, after: Round, deed: Deed | None = None) -> bool:
        """Move a round on, and keep the change in the same transaction; say whether this call did it.

        Only if it still is in the state of `before`, with the same note and reason.
        """

    async def history(self, round_id: RoundId) -> Sequence[Change]:
        """Return the changes of a round, the first one first."""

    async def keep_definition(self, fingerprint: str, document: str) -> None:
        """Keep a definition's JSON under its fingerprint; keeping it again changes nothing."""

    async def definition(self, fingerprint: str) -> str | None:
        """Return the JSON of a definition, or None."""


class ScheduleStore(Protocol):
    """Keeps what series of rounds are planned from."""

    async def add(self, schedule: Schedule) -> None:
        """Keep a new schedule.

        Raises:
            RoundError: there is one with this id.
        """

    async def all(self) -> Sequence[Schedule]:
        """Return every schedule, ended ones too, in the order of their ids."""

    async def end(self, schedule_id: str) -> bool:
        """End a schedule: no more rounds; say whether this call did it."""
