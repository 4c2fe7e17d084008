"""Rounds, releases and contacts, in memory."""

import hashlib
from collections.abc import Sequence
from datetime import date
from secrets import SystemRandom

from conversations.errors import RoundError
from conversations.identifiers import Locale, RoundId
from conversations.ports import Contact
from conversations.rounds import Round
from storage.memory.shared import Memory

_chance = SystemRandom()


class MemoryRounds:
    """Keeps monitoring rounds and the definitions they were opened with."""

    def __init__(self, memory: Memory) -> None:
        self._rounds = memory.rounds
        self._definitions: dict[str, str] = {}

    async def add(self, round_: Round) -> None:
        """Keep a new round."""
        if round_.id in self._rounds:
            raise RoundError(f"there is a round {round_.id} already; choose another name")
        self._rounds[round_.id] = round_

    async def get(self, round_id: RoundId) -> Round | None:
        """Return one round, or None."""
        return self._rounds.get(round_id)

    async def all(self) -> Sequence[Round]:
        """Return every round, newest opening first."""
        return sorted(
            sorted(self._rounds.values(), key=lambda r: r.id), key=lambda r: r.opens_at, reverse=True
        )

    async def advance(self, before: Round, after: Round) -> bool:
        """Move a round on, only if it still is in the state of `before`; say whether this call did it."""
        kept = self._rounds.get(before.id)
        if kept is None or kept.state is not before.state:
            return False
        self._rounds[before.id] = after
        return True

    async def keep_definition(self, fingerprint: str, document: str) -> None:
        """Keep a definition's JSON under its fingerprint; keeping it again changes nothing."""
        self._definitions.setdefault(fingerprint, document)

    async def definition(self, fingerprint: str) -> str | None:
        """Return the JSON of a definition, or None."""
        return self._definitions.get(fingerprint)


class MemoryReleases:
    """Keeps frozen releases as their bytes."""

    def __init__(self) -> None:
        self._releases: dict[RoundId, bytes] = {}

    async def freeze(self, round_id: RoundId, content: bytes) -> str:
        """Keep a release's bytes, once, and return their SHA-256 in hex."""
        return hashlib.sha256(self._releases.setdefault(round_id, content)).hexdigest()

    async def read(self, round_id: RoundId) -> bytes | None:
        """Return the bytes of a release after checking their hash, or None."""
        return self._releases.get(round_id)

    async def all(self) -> Sequence[tuple[RoundId, str]]:
        """Return (round, SHA-256) of every release."""
        return [(id_, hashlib.sha256(content).hexdigest()) for id_, content in sorted(self._releases.items())]


class MemoryContacts:
    """Keeps who may be written to."""

    def __init__(self) -> None:
        self._contacts: dict[str, tuple[Locale, date]] = {}

    async def opt_in(self, contact: Contact, today: date) -> None:
        """Keep a contact; doing it again changes the language only."""
        self._contacts[contact.address] = (contact.locale, today)

    async def opt_out(self, address: str) -> bool:
        """Forget a contact, and say whether it was there."""
        return self._contacts.pop(address, None) is not None

    async def all(self) -> Sequence[Contact]:
        """Return every contact, in random order."""
        contacts = [Contact(address, locale) for address, (locale, _) in self._contacts.items()]
        return _chance.sample(contacts, len(contacts))

    async def forget_unused(self, before: date) -> int:
        """Forget contacts not used since before that day, and return how many."""
        unused = [address for address, (_, day) in self._contacts.items() if day < before]
        for address in unused:
            del self._contacts[address]
        return len(unused)
