"""One-use codes that nobody has used: keyed hashes; a used one is gone with the turn that used it."""

import hashlib
import hmac
from collections.abc import Collection

from conversations.codes import Bundle
from conversations.errors import Conflict
from conversations.identifiers import RelayId
from storage.database import Connection, Database, load_queries, truncate_log
from storage.keyring import KeyFolder
from storage.sealing import subkey

_queries = load_queries("codes")


class Codes:
    """Keeps unspent codes in the main database, as what nobody can turn back without the key folder."""

    def __init__(self, database: Database, keys: KeyFolder) -> None:
        self._database = database
        self._key = codes_key(keys.installation())

    async def add(self, codes: Collection[str], bundle: Bundle) -> None:
        """Keep new codes, all or none."""
        ids = [code_id(self._key, code) for code in codes]
        rows = [{"id": id_, "series": bundle.series, "relay": bundle.relay} for id_ in ids]
        await self._database.write(lambda db: _queries.add(db, rows))

    async def drop(self, bundle: Bundle) -> int:
        """Destroy the codes of a bundle that nobody has used, and return how many; truncate the log."""

        def drop(db: Connection) -> int:
            return len(list(_queries.drop_bundle(db, series=bundle.series, relay=bundle.relay)))

        return await self._database.write(drop, truncate_log)


def codes_key(installation: bytes) -> bytes:
    """Return the key under which codes are hashed."""
    return subkey(installation, "one-use codes")


def code_id(key: bytes, code: str) -> bytes:
    """Return what stands for a code in its table: 32 bytes."""
    return hmac.digest(key, code.encode(), hashlib.sha256)


def bundle_of(db: Connection, key: bytes, code: str) -> Bundle | None:
    """Return what an unspent code was printed for, or None; inside a unit of work."""
    row = _queries.by_id(db, id=code_id(key, code))
    return None if row is None else Bundle(row[0], RelayId(row[1]))


def spend(db: Connection, key: bytes, code: str) -> None:
    """Delete a code inside the unit of work that sends answers with it; the caller empties the log.

    Raises:
        Conflict: somebody has spent it.
    """
    if _queries.spend(db, id=code_id(key, code)) is None:
        raise Conflict("the one-use code was spent meanwhile")
