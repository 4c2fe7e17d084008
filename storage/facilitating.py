"""Evenings in which a facilitator helps: sealed, under a keyed hash of the chat, for a day at most."""

import json
from collections.abc import Sequence
from contextlib import suppress
from datetime import date

from conversations.errors import StorageError
from conversations.facilitating import Evening
from conversations.identifiers import RelayId
from storage.database import Database, load_queries, truncate_log
from storage.keyring import KeyFolder
from storage.sealing import seal, subkey, unseal

_queries = load_queries("facilitating")
STEP = 256  # bytes; longer than any evening, so that all look alike


class Facilitating:
    """Keeps evenings; the number of who answered before goes with its row, also from the log."""

    def __init__(self, database: Database, keys: KeyFolder) -> None:
        self._database = database
        self._names = subkey(keys.installation(), "facilitating names")
        self._sealing = subkey(keys.installation(), "facilitating")

    async def keep(self, evening: Evening) -> None:
        """Keep an evening in place of the one in the same chat."""
        name, sealed = subkey(self._names, evening.chat), seal(self._sealing, _written(evening), STEP)
        day = evening.began_on.isoformat()
        await self._database.write(
            lambda db: _queries.keep(db, id=name, sealed=sealed, began_on=day), truncate_log
        )

    async def end(self, chat: str) -> None:
        """Forget the evening of a chat."""
        name = subkey(self._names, chat)
        await self._database.write(lambda db: _queries.end_evening(db, id=name), truncate_log)

    async def all(self) -> Sequence[Evening]:
        """Return every evening, in no particular order."""
        rows = await self._database.read(lambda db: list(_queries.every_evening(db)))
        evenings = []
        for (sealed,) in rows:
            with suppress(StorageError):  # another version wrote it; it goes after a day, like all others
                evenings.append(_read(unseal(self._sealing, sealed)))
        return evenings

    async def forget_before(self, day: date) -> int:
        """Forget evenings that began before a day, and return how many."""
        return await self._database.write(
            lambda db: len(list(_queries.forget_before(db, day=day.isoformat()))), truncate_log
        )


def _written(evening: Evening) -> bytes:
    """Return an evening as JSON."""
    day = evening.began_on.isoformat()
    parts = [evening.chat, evening.relay, evening.person, evening.leaving, day, evening.proof]
    return json.dumps(parts, separators=(",", ":")).encode()


def _read(content: bytes) -> Evening:
    """Read what `_written` wrote."""
    try:
        chat, relay, person, leaving, day, proof = json.loads(content)
        return Evening(
            chat=chat,
            relay=RelayId(relay),
            person=person,
            leaving=leaving,
            began_on=date.fromisoformat(day),
            proof=proof,
        )
    except (ValueError, TypeError):
        raise StorageError("an evening cannot be read; another version wrote it") from None
