"""Rounds, their changes, and schedules, in memory."""

from collections.abc import Sequence
from dataclasses import replace

from conversations.errors import RoundError
from conversations.identifiers import RoundId
from conversations.life import Change, Deed, change_between, deed_of
from conversations.rounds import Round
from conversations.schedule import Schedule
from storage.memory.shared import Memory


class MemoryRounds:
    """Keeps monitoring rounds, their changes, and the definitions they were opened with."""

    def __init__(self, memory: Memory) -> None:
        self._rounds = memory.rounds
        self._audit = memory.audit
        self._definitions: dict[str, str] = {}

    async def add(self, round_: Round, deed: Deed | None = None) -> None:
        """Keep a new round, and its first change in the same transaction."""
        if not await self.offer(round_, deed):
            raise RoundError(f"there is a round {round_.id} already; choose another name")

    async def offer(self, round_: Round, deed: Deed | None = None) -> bool:
        """Keep a new round as `add` does, if nobody did; say whether this call did it."""
        places = {(kept.schedule, kept.number) for kept in self._rounds.values() if kept.schedule}
        if round_.id in self._rounds or (round_.schedule, round_.number) in places:
            return False
        self._rounds[round_.id] = round_
        self._record(None, round_, deed)
        return True

    async def get(self, round_id: RoundId) -> Round | None:
        """Return one round, or None."""
        return self._rounds.get(round_id)

    async def all(self) -> Sequence[Round]:
        """Return every round, newest opening first."""
        return sorted(
            sorted(self._rounds.values(), key=lambda r: r.id), key=lambda r: r.opens_at, reverse=True
        )

    async def advance(self, before: Round, after: Round, deed: Deed | None = None) -> bool:
        """Move a round on, and keep the change in the same transaction; say whether this call did it."""
        kept = self._rounds.get(before.id)
        if kept is None or _standing(kept) != _standing(before):
            return False
        self._rounds[before.id] = after
        self._record(before, after, deed)
        return True

    async def history(self, round_id: RoundId) -> Sequence[Change]:
        """Return the changes of a round, the first one first."""
        return list(self._audit.get(round_id, ()))

    async def keep_definition(self, fingerprint: str, document: str) -> None:
        """Keep a definition's JSON under its fingerprint; keeping it again changes nothing."""
        self._definitions.setdefault(fingerprint, document)

    async def definition(self, fingerprint: str) -> str | None:
        """Return the JSON of a definition, or None."""
        return self._definitions.get(fingerprint)

    def _record(self, before: Round | None, after: Round, deed: Deed | None) -> None:
        """Keep a change behind those before."""
        done = deed_of(after, deed)
        change = Change(change_between(before, after), done.at, done.by, done.reason)
        self._audit.setdefault((before or after).id, []).append(change)


class MemorySchedules:
    """Keeps what series of rounds are planned from."""

    def __init__(self, memory: Memory) -> None:
        self._schedules = memory.schedules

    async def add(self, schedule: Schedule) -> None:
        """Keep a new schedule."""
        if schedule.id in self._schedules:
            raise RoundError(f"there is a series {schedule.id} already; choose another --series")
        self._schedules[schedule.id] = schedule

    async def all(self) -> Sequence[Schedule]:
        """Return every schedule, ended ones too, in the order of their ids."""
        return [schedule for _, schedule in sorted(self._schedules.items())]

    async def end(self, schedule_id: str) -> bool:
        """End a schedule: no more rounds; say whether this call did it."""
        kept = self._schedules.get(schedule_id)
        if kept is None or kept.ended:
            return False
        self._schedules[schedule_id] = replace(kept, ended=True)
        return True


def _standing(round_: Round) -> tuple[str, dict[str, str], str]:
    """Return what must still be so when a round moves on."""
    return round_.state.value, dict(round_.note), round_.without_answer
