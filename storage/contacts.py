"""Who may be written to: a file of its own, addresses sealed, days only."""

import json
from collections.abc import Sequence
from datetime import date
from secrets import SystemRandom

from conversations.errors import StorageError
from conversations.identifiers import Locale
from conversations.ports import Contact
from storage.database import Database, load_queries
from storage.keyring import KeyFolder
from storage.sealing import seal, subkey, unseal

_queries = load_queries("contacts")
_chance = SystemRandom()
STEP = 256  # bytes; longer than any address, so that all contacts look alike


class Contacts:
    """Keeps contacts under a keyed hash of their address, so that opting in twice is opting in once."""

    def __init__(self, database: Database, keys: KeyFolder) -> None:
        self._database = database
        self._names = subkey(keys.installation(), "contact names")
        self._sealing = subkey(keys.installation(), "contacts")

    async def opt_in(self, contact: Contact, today: date) -> None:
        """Keep a contact; doing it again changes the language only."""
        sealed = seal(self._sealing, json.dumps([contact.address, contact.locale]).encode(), STEP)
        async with self._database.unit_of_work() as db:
            await _queries.opt_in(
                db, id=self._name(contact.address), sealed=sealed, used_on=today.isoformat()
            )

    async def opt_out(self, address: str) -> bool:
        """Forget a contact, and say whether it was there."""
        async with self._database.unit_of_work() as db:
            gone = await _queries.opt_out(db, id=self._name(address))
        if gone is not None:
            await self._database.checkpoint()
        return gone is not None

    async def all(self) -> Sequence[Contact]:
        """Return every contact, in random order."""
        async with self._database.reading() as db:
            contacts = [self._open(row[0]) async for row in _queries.every_contact(db)]
        return _chance.sample(contacts, len(contacts))

    async def forget_unused(self, before: date) -> int:
        """Forget contacts not used since before that day, and return how many."""
        async with self._database.unit_of_work() as db:
            gone = [row async for row in _queries.forget_unused(db, before=before.isoformat())]
        if gone:
            await self._database.checkpoint()
        return len(gone)

    def _name(self, address: str) -> bytes:
        return subkey(self._names, address)

    def _open(self, sealed: bytes) -> Contact:
        try:
            address, locale = json.loads(unseal(self._sealing, sealed, STEP))
        except (ValueError, TypeError):
            raise StorageError("a contact cannot be read; another version wrote it") from None
        return Contact(address=address, locale=Locale(locale))
