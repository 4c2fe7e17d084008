"""Frozen releases, for ever, as the bytes they were frozen as."""

import hashlib
from collections.abc import Sequence

from conversations.errors import ReleaseError
from conversations.identifiers import RoundId
from storage.database import Connection, Database, load_queries

_queries = load_queries("releases")


class Releases:
    """Keeps releases in the main database, each with the SHA-256 of its bytes."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def freeze(self, round_id: RoundId, content: bytes) -> str:
        """Keep a release's bytes, once, and return their SHA-256 in hex."""
        sha256 = hashlib.sha256(content).hexdigest()

        def freeze(db: Connection) -> str:
            frozen = _queries.freeze(db, round=round_id, content=content, sha256=sha256)
            return str(frozen or _queries.sha256_of(db, round=round_id))

        return await self._database.write(freeze)

    async def read(self, round_id: RoundId) -> bytes | None:
        """Return the bytes of a release after checking their hash, or None."""
        row = await self._database.read(lambda db: _queries.by_round(db, round=round_id))
        if row is None:
            return None
        content, sha256 = bytes(row[0]), row[1]
        if hashlib.sha256(content).hexdigest() != sha256:
            raise ReleaseError(f"the release of {round_id} was changed after it was frozen; restore a backup")
        return content

    async def all(self) -> Sequence[tuple[RoundId, str]]:
        """Return (round, SHA-256) of every release."""
        rows = await self._database.read(lambda db: list(_queries.every_release(db)))
        return [(RoundId(row[0]), row[1]) for row in rows]
