"""Monitoring rounds, their changes, and the definitions they were opened with."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from conversations.errors import RoundError
from conversations.identifiers import RoundId
from conversations.life import Change, Deed, change_between, deed_of
from conversations.rounds import Round, RoundState
from storage.database import Connection, Database, load_queries

_queries = load_queries("rounds")

COLUMNS = tuple(Round.__dataclass_fields__)
"""A round's facts, one column each, in the order in which the statements name them (a test compares)."""

_TIMES = ("opens_at", "closes_at", "opened_at", "closed_at", "released_at")
_FLAGS = ("demonstration", "staff_key")
_LISTS = ("languages", "draft_languages")
_DOCUMENTS = ("plan", "definitions", "note", "conduct")


class Rounds:
    """Keeps monitoring rounds, their changes, and their definitions as JSON, in the main database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, round_: Round, deed: Deed | None = None) -> None:
        """Keep a new round, and its first change in the same transaction."""
        if not await self.offer(round_, deed):
            raise RoundError(f"there is a round {round_.id} already; choose another name")

    async def offer(self, round_: Round, deed: Deed | None = None) -> bool:
        """Keep a new round as `add` does, if nobody did; say whether this call did it."""
        columns, change = _columns(round_), _change(None, round_, deed)

        def work(db: Connection) -> bool:
            return _queries.add(db, **columns) is not None and _recorded(db, change)

        return await self._database.write(work)

    async def get(self, round_id: RoundId) -> Round | None:
        """Return one round, or None."""
        row = await self._database.read(lambda db: _queries.by_id(db, id=round_id))
        return None if row is None else _round(row)

    async def all(self) -> Sequence[Round]:
        """Return every round, newest opening first."""
        return [_round(row) for row in await self._database.read(lambda db: list(_queries.newest_first(db)))]

    async def advance(self, before: Round, after: Round, deed: Deed | None = None) -> bool:
        """Move a round on, and keep the change in the same transaction; say whether this call did it."""
        stood = {"note_before": _columns(before)["note"], "without_before": before.without_answer}
        columns = _columns(after) | stood | {"id": before.id, "before": before.state.value}
        change = _change(before, after, deed)

        def work(db: Connection) -> bool:
            return _queries.advance(db, **columns) is not None and _recorded(db, change)

        return await self._database.write(work)

    async def history(self, round_id: RoundId) -> Sequence[Change]:
        """Return the changes of a round, the first one first."""
        rows = await self._database.read(lambda db: list(_queries.history(db, round=round_id)))
        return [Change(change, datetime.fromisoformat(at), by, reason) for change, at, by, reason in rows]

    async def keep_definition(self, fingerprint: str, document: str) -> None:
        """Keep a definition's JSON under its fingerprint; keeping it again changes nothing."""
        await self._database.write(
            lambda db: _queries.keep_definition(db, fingerprint=fingerprint, document=document)
        )

    async def definition(self, fingerprint: str) -> str | None:
        """Return the JSON of a definition, or None."""
        found: str | None = await self._database.read(
            lambda db: _queries.definition(db, fingerprint=fingerprint)
        )
        return found


def _change(before: Round | None, after: Round, deed: Deed | None) -> dict[str, Any]:
    """Return a change as the row that it is kept as."""
    done = deed_of(after, deed)
    return {
        "round": (before or after).id,
        "change": change_between(before, after),
        "at": _written(done.at),
        "made_by": done.by,
        "reason": done.reason,
    }


def _recorded(db: Connection, change: dict[str, Any]) -> bool:
    """Keep a change behind those before, and say so."""
    _queries.record(db, **change)
    return True


def _columns(round_: Round) -> dict[str, Any]:
    columns: dict[str, Any] = {name: getattr(round_, name) for name in COLUMNS}
    columns["state"] = round_.state.value
    for name in _FLAGS:
        columns[name] = int(columns[name])
    for name in _TIMES:
        columns[name] = _written(columns[name])
    for name in _LISTS:
        columns[name] = json.dumps(list(columns[name]))
    for name in _DOCUMENTS:
        columns[name] = json.dumps(dict(columns[name]), ensure_ascii=False)
    return columns


def _round(row: Sequence[Any]) -> Round:
    columns: dict[str, Any] = dict(zip(COLUMNS, row, strict=True))
    columns["state"] = RoundState(columns["state"])
    for name in _FLAGS:
        columns[name] = bool(columns[name])
    for name in _TIMES:
        columns[name] = None if columns[name] is None else datetime.fromisoformat(columns[name])
    for name in _LISTS:
        columns[name] = tuple(json.loads(columns[name]))
    for name in _DOCUMENTS:
        columns[name] = json.loads(columns[name])
    return Round(**columns)


def _written(moment: datetime | None) -> str | None:
    """Write a time so that the order of letters is the order of time."""
    return None if moment is None else moment.astimezone(UTC).isoformat(timespec="microseconds")
