"""Releases, steps of progress and contacts, in memory."""

import hashlib
from collections.abc import Awaitable, Callable, Collection, Sequence
from datetime import date
from secrets import SystemRandom

from conversations.identifiers import Locale, RoundId
from conversations.ports import TABLES, Contact
from conversations.progress import Step

_chance = SystemRandom()


class MemoryReleases:
    """Keeps the parts of frozen releases as their bytes."""

    def __init__(self) -> None:
        self._parts: dict[RoundId, dict[str, bytes]] = {}

    async def freeze(self, round_id: RoundId, content: bytes, part: str = TABLES) -> str:
        """Keep the bytes of a part, once, and return their SHA-256 in hex."""
        return _sha256(self._parts.setdefault(round_id, {}).setdefault(part, content))

    async def read(self, round_id: RoundId, part: str = TABLES) -> bytes | None:
        """Return the bytes of a part after checking their hash, or None."""
        return self._parts.get(round_id, {}).get(part)

    async def parts(self, round_id: RoundId) -> Sequence[tuple[str, str]]:
        """Return (part, SHA-256) of every part of a round's release, in the order they were frozen in."""
        return [(part, _sha256(content)) for part, content in self._parts.get(round_id, {}).items()]

    async def all(self) -> Sequence[tuple[RoundId, str, str]]:
        """Return (round, part, SHA-256) of every part of every release."""
        found = sorted(self._parts.items())
        return [(id_, part, _sha256(content)) for id_, parts in found for part, content in parts.items()]


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


class MemoryProgress:
    """Keeps the steps of rounds as they were counted last."""

    def __init__(self) -> None:
        self._steps: dict[RoundId, dict[str, Step]] = {}

    async def keep(self, round_id: RoundId, steps: Sequence[Step]) -> None:
        """Keep steps in place of those before, each by its side."""
        self._steps.setdefault(round_id, {}).update({step.side: step for step in steps})

    async def steps(self, round_id: RoundId) -> Sequence[Step]:
        """Return the steps of a round, everybody's first; none before the first count."""
        return [step for _, step in sorted(self._steps.get(round_id, {}).items())]

    async def forget(self, round_id: RoundId) -> None:
        """Delete the steps of a round."""
        self._steps.pop(round_id, None)


class MemoryContacts:
    """Keeps who may be written to."""

    def __init__(self, leaving: Callable[[str], Awaitable[None]]) -> None:
        self._contacts: dict[str, tuple[Locale, date]] = {}
        self._leaving = leaving

    async def opt_in(self, contact: Contact, today: date) -> None:
        """Keep a contact; doing it again changes the language only."""
        self._contacts[contact.address] = (contact.locale, today)

    async def opt_out(self, address: str) -> bool:
        """Forget a contact with all letters to it, and say whether it was there."""
        was_there = self._contacts.pop(address, None) is not None
        await self._leaving(address)
        return was_there

    async def all(self) -> Sequence[Contact]:
        """Return every contact, in random order."""
        contacts = [Contact(address, locale) for address, (locale, _) in self._contacts.items()]
        return _chance.sample(contacts, len(contacts))

    async def known(self, addresses: Collection[str]) -> frozenset[str]:
        """Return which of these addresses are contacts."""
        return frozenset(self._contacts.keys() & set(addresses))

    async def forget_unused(self, before: date) -> int:
        """Forget contacts not used since before that day, and what was kept for them; return how many."""
        unused = [address for address, (_, day) in self._contacts.items() if day < before]
        for address in unused:
            await self._leaving(address)
            del self._contacts[address]
        return len(unused)
