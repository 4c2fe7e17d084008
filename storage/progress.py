"""Steps of rounds as they were counted last, without any exact number."""

from collections.abc import Sequence
from datetime import date

from conversations.identifiers import RoundId
from conversations.progress import Step
from storage.database import Database, load_queries

_queries = load_queries("progress")


class Progress:
    """Keeps the steps of rounds in the main database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def keep(self, round_id: RoundId, steps: Sequence[Step]) -> None:
        """Keep steps in place of those before, each by its side."""
        rows = [
            {
                "round": round_id,
                "side": step.side,
                "step": step.step,
                "people": step.people,
                "counted_on": step.counted_on.isoformat(),
            }
            for step in steps
        ]
        await self._database.write(lambda db: _queries.keep(db, rows))

    async def steps(self, round_id: RoundId) -> Sequence[Step]:
        """Return the steps of a round, everybody's first; none before the first count."""
        rows = await self._database.read(lambda db: list(_queries.steps_of(db, round=round_id)))
        return [Step(side, step, people, date.fromisoformat(day)) for side, step, people, day in rows]

    async def forget(self, round_id: RoundId) -> None:
        """Delete the steps of a round."""
        await self._database.write(lambda db: _queries.forget(db, round=round_id))
