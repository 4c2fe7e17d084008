"""Receipts: how many were given in a round, and which were taken in, in which week."""

import hashlib
import hmac
from collections.abc import Sequence

from conversations.identifiers import RelayId, RoundId
from conversations.receipts import Redeemed
from storage.database import Connection, Database, load_queries
from storage.keyring import KeyFolder
from storage.sealing import subkey

_queries = load_queries("receipts")


class Receipts:
    """Keeps receipts that were taken in, in the main database, as keyed hashes; none that was only given."""

    def __init__(self, database: Database, keys: KeyFolder) -> None:
        self._database = database
        self._key = subkey(keys.installation(), "redeemed receipts")

    async def redeem(self, code: str, relay: RelayId, week: str) -> str | None:
        """Take a receipt in, once: return None, or the week in which it was taken in before."""
        id_ = hmac.digest(self._key, code.encode(), hashlib.sha256)

        def redeem(db: Connection) -> str | None:
            if _queries.redeem(db, id=id_, relay=relay, week=week) is not None:
                return None
            return str(_queries.week_of(db, id=id_))

        return await self._database.write(redeem)

    async def redeemed(self) -> Sequence[Redeemed]:
        """Return how many were taken in, by week and relay."""
        rows = await self._database.read(lambda db: list(_queries.redeemed(db)))
        return [Redeemed(week, RelayId(relay), count) for week, relay, count in rows]


def given(db: Connection, round_id: RoundId) -> int:
    """Return how many receipts were given in a round, as of its last flush; inside a unit of work."""
    return int(_queries.given(db, round=round_id) or 0)


def note_given(db: Connection, round_id: RoundId, more: int) -> None:
    """Count receipts as given, inside the flush: never while one person is known."""
    if more:
        _queries.note_given(db, round=round_id, given=more)


def forget_given(db: Connection, round_id: RoundId) -> None:
    """Forget how many were given in a round that is over."""
    _queries.forget(db, round=round_id)
