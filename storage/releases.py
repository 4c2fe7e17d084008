"""Frozen releases, for ever, part by part, as the bytes they were frozen as."""

import hashlib
from collections.abc import Sequence

from conversations.errors import ReleaseError
from conversations.identifiers import RoundId
from conversations.ports import TABLES
from storage.database import Connection, Database, load_queries

_queries = load_queries("releases")


class Releases:
    """Keeps the parts of releases in the main database, each with the SHA-256 of its bytes."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def freeze(self, round_id: RoundId, content: bytes, part: str = TABLES) -> str:
        """Keep the bytes of a part, once, and return their SHA-256 in hex."""
        sha256 = hashlib.sha256(content).hexdigest()

        def freeze(db: Connection) -> str:
            frozen = _queries.freeze(db, round=round_id, part=part, content=content, sha256=sha256)
            return str(frozen or _queries.sha256_of(db, round=round_id, part=part))

        return await self._database.write(freeze)

    async def read(self, round_id: RoundId, part: str = TABLES) -> bytes | None:
        """Return the bytes of a part after checking their hash, or None."""
        row = await self._database.read(lambda db: _queries.read_part(db, round=round_id, part=part))
        if row is None:
            return None
        content, sha256 = bytes(row[0]), row[1]
        if hashlib.sha256(content).hexdigest() != sha256:
            raise ReleaseError(
                f"the release of {round_id} was changed after it was frozen (part {part}); restore a backup"
            )
        return content

    async def parts(self, round_id: RoundId) -> Sequence[tuple[str, str]]:
        """Return (part, SHA-256) of every part of a round's release, in the order they were frozen in."""
        rows = await self._database.read(lambda db: list(_queries.parts_of(db, round=round_id)))
        return [(row[0], row[1]) for row in rows]

    async def all(self) -> Sequence[tuple[RoundId, str, str]]:
        """Return (round, part, SHA-256) of every part of every release."""
        rows = await self._database.read(lambda db: list(_queries.every_part(db)))
        return [(RoundId(row[0]), row[1], row[2]) for row in rows]
