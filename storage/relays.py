"""Relays: who carries rounds to people, without anything about who came."""

import json
from collections.abc import Sequence
from datetime import date
from typing import Any

from conversations.identifiers import Locale
from conversations.relays import Relay, check_new
from storage.database import Connection, Database, load_queries, truncate_log

_queries = load_queries("relays")

COLUMNS = tuple(Relay.__dataclass_fields__)
"""A relay's facts, one column each, in the order in which the statements name them (a test compares)."""


class Relays:
    """Keeps relays in the main database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, relay: Relay) -> None:
        """Keep a new relay, unless its id, number or name (upper and lower case alike) is taken."""

        def add(db: Connection) -> None:
            check_new(relay, [_relay(row) for row in list(_queries.all_by_name(db))])
            _queries.add(db, **_columns(relay))

        await self._database.write(add)

    async def change(self, relay: Relay) -> None:
        """Keep a relay in place of the one with its id; what it was before is gone from the log too."""
        columns = _columns(relay)
        await self._database.write(lambda db: _queries.change(db, **columns), truncate_log)

    async def all(self) -> Sequence[Relay]:
        """Return every relay, by name, revoked ones too."""
        rows = await self._database.read(lambda db: list(_queries.all_by_name(db)))
        return [_relay(row) for row in rows]


def _columns(relay: Relay) -> dict[str, Any]:
    columns: dict[str, Any] = {name: getattr(relay, name) for name in COLUMNS}
    columns["languages"] = json.dumps(list(relay.languages))
    columns["ends_on"] = relay.ends_on.isoformat()
    columns["revoked"] = int(relay.revoked)
    return columns


def _relay(row: Sequence[Any]) -> Relay:
    columns: dict[str, Any] = dict(zip(COLUMNS, row, strict=True))
    columns["languages"] = tuple(Locale(tag) for tag in json.loads(columns["languages"]))
    columns["ends_on"] = date.fromisoformat(columns["ends_on"])
    columns["revoked"] = bool(columns["revoked"])
    return Relay(**columns)
