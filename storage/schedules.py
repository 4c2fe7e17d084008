"""What series of rounds are planned from, as JSON."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from conversations.errors import RoundError
from conversations.schedule import Schedule, Span
from storage.database import Database, load_queries

_queries = load_queries("schedules")

_SPANS = ("open_for", "every")


class Schedules:
    """Keeps schedules in the main database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, schedule: Schedule) -> None:
        """Keep a new schedule."""
        document = _document(schedule)
        added = await self._database.write(lambda db: _queries.add(db, id=schedule.id, document=document))
        if added is None:
            raise RoundError(f"there is a series {schedule.id} already; choose another --series")

    async def all(self) -> Sequence[Schedule]:
        """Return every schedule, ended ones too, in the order of their ids."""
        rows = await self._database.read(lambda db: list(_queries.every(db)))
        return [_schedule(document, bool(ended)) for document, ended in rows]

    async def end(self, schedule_id: str) -> bool:
        """End a schedule: no more rounds; say whether this call did it."""
        return await self._database.write(lambda db: _queries.end(db, id=schedule_id)) is not None


def _document(schedule: Schedule) -> str:
    """Write a schedule; whether it has ended stands in a column of its own."""
    said: dict[str, Any] = asdict(schedule) | {"first": schedule.first.isoformat()}
    del said["ended"]
    return json.dumps(said, ensure_ascii=False)


def _schedule(document: str, ended: bool) -> Schedule:
    said: dict[str, Any] = json.loads(document)
    said |= {name: Span(**said[name]) for name in _SPANS}
    said |= {"first": datetime.fromisoformat(said["first"]), "drafts": tuple(said["drafts"])}
    return Schedule(**said, ended=ended)
