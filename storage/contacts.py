"""Who may be written to: a file of its own, addresses sealed, days only."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Collection, Sequence
from datetime import date
from secrets import SystemRandom

from conversations.errors import StorageError
from conversations.identifiers import Locale
from conversations.ports import Contact
from storage.database import Connection, Database, load_queries, truncate_log
from storage.erasures import Erasures
from storage.keyring import KeyFolder
from storage.sealing import seal, subkey, unseal

_queries = load_queries("contacts")
_chance = SystemRandom()
STEP = 256  # bytes; longer than any address, so that all contacts look alike


class Contacts:
    """Keeps contacts under a keyed hash of their address, so that opting in twice is opting in once.

    `leaving` is called for each address that is forgotten, after that: what else was kept for it goes too.
    """

    def __init__(
        self,
        database: Database,
        keys: KeyFolder,
        erasures: Erasures,
        leaving: Callable[[str], Awaitable[None]],
    ) -> None:
        self._database = database
        self._leaving = leaving
        self._erasures = erasures
        self._names = subkey(keys.installation(), "contact names")
        self._sealing = subkey(keys.installation(), "contacts")

    async def opt_in(self, contact: Contact, today: date) -> None:
        """Keep a contact; doing it again changes the language only."""
        sealed = seal(self._sealing, json.dumps([contact.address, contact.locale]).encode(), STEP)
        name, day = self._name(contact.address), today.isoformat()
        await self._database.write(
            lambda db: _queries.opt_in(db, id=name, sealed=sealed, used_on=day),
            lambda _: self._erasures.strike_contact(name),
        )

    async def opt_out(self, address: str) -> bool:
        """Forget a contact with all letters to it, and say whether it was there."""
        name = self._name(address)

        def opt_out(db: Connection) -> bool:
            gone = _queries.opt_out(db, id=name) is not None
            if gone:
                self._erasures.note_contact(name)  # durable before the commit
            return gone

        was_there = await self._database.write(opt_out, truncate_log)
        await self._leaving(address)  # in another file, so in a commit of its own; asked again, done again
        return was_there

    async def all(self) -> Sequence[Contact]:
        """Return every contact, in random order."""
        rows = await self._database.read(lambda db: list(_queries.every_contact(db)))
        contacts = await asyncio.to_thread(lambda: [self._open(row[0]) for row in rows])
        return _chance.sample(contacts, len(contacts))

    async def known(self, addresses: Collection[str]) -> frozenset[str]:
        """Return which of these addresses are contacts."""

        def read(db: Connection) -> frozenset[str]:
            return frozenset(one for one in addresses if _queries.is_contact(db, id=self._name(one)))

        return await self._database.read(read)

    async def forget_unused(self, before: date) -> int:
        """Forget contacts not used since before that day, and what was kept for them; return how many."""
        day = before.isoformat()
        unused = await self._database.read(lambda db: list(_queries.unused(db, before=day)))
        for row in unused:  # first what stands elsewhere: after a crash between the two it is found again
            await self._leaving(self._open(row[0]).address)
        if not unused:
            return 0
        return await self._database.write(
            lambda db: len(list(_queries.forget_unused(db, before=day))), truncate_log
        )

    def _name(self, address: str) -> bytes:
        return subkey(self._names, address)

    def _open(self, sealed: bytes) -> Contact:
        try:
            address, locale = json.loads(unseal(self._sealing, sealed))
        except (ValueError, TypeError):
            raise StorageError("a contact cannot be read; another version wrote it") from None
        return Contact(address=address, locale=Locale(locale))
