"""Assisted mode: which code lets somebody help, and who answers now in the chats where somebody does."""

import asyncio
import hmac
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import sha256

from bot.hearing import Address
from bot.markers import may_help
from bot.relays import Relays
from conversations.facilitating import Evening, FacilitatingStore
from conversations.lettering import ALPHABET, read_code, with_check
from conversations.relays import Relay

CODE_LETTERS = 12  # 55 random bits, and nobody may try twice in a second
WRONG_CODE = 1.0  # seconds to pause after a wrong code
LASTS = timedelta(days=1)  # an evening may go on after midnight
PERSON_BITS = 48  # nobody finds the number of who answers by trying


class Assisting:
    """Knows facilitators by their relay's code, and chats by their evening.

    Evenings are read once, by `prepare`; only one program serves, so what it remembers is what is kept.
    """

    def __init__(
        self,
        store: FacilitatingStore,
        relays: Relays,
        key: bytes,
        now: Callable[[], datetime],
        pause: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self._store = store
        self._relays = relays
        self._key = key
        self._now = now
        self._pause = pause
        self._trying = asyncio.Lock()
        self._evenings: dict[str, Evening] = {}

    async def prepare(self) -> None:
        """Read the evenings that are going on."""
        self._evenings = {evening.chat: evening for evening in await self._store.all()}

    def new_code(self) -> tuple[str, bytes]:
        """Return a fresh facilitator code, to be shown once, and what is kept of it."""
        code = with_check("".join(secrets.choice(ALPHABET) for _ in range(CODE_LETTERS - 1)))
        return code, self._print(code)

    async def admit(self, typed: str) -> Relay | None:
        """Return the relay whose facilitator typed this code, or None.

        One try at a time for everybody together, and a pause after a wrong one.
        """
        code = read_code(typed, CODE_LETTERS)
        if code is None:
            return None
        async with self._trying:
            now = self._now()
            await self._relays.refresh(now)
            wanted = self._print(code)
            for relay in self._relays.all:
                is_it = hmac.compare_digest(relay.facilitator or bytes(len(wanted)), wanted)
                if is_it and may_help(relay, now.date()):
                    return relay
            await self._pause(WRONG_CODE)
        return None

    def marker(self, relay: Relay) -> str:
        """Return what a browser, or a reply in a chat, carries while somebody of this relay helps."""
        return self._relays.marker(relay, self._now())

    async def helper(self, marker: str) -> Relay | None:
        """Return the relay of a marker, or None where it is over, or none."""
        now = self._now()
        await self._relays.refresh(now)
        return self._relays.helper(marker, now)

    def evening(self, address: Address) -> Evening | None:
        """Return the evening that goes on in a chat."""
        return self._evenings.get(_chat(address))

    async def relay_of(self, evening: Evening) -> Relay | None:
        """Return the relay of an evening, or None where it is over: after a day, or with its code."""
        now = self._now()
        await self._relays.refresh(now)
        relay, today = self._relays.named(evening.relay), now.date()
        is_today = timedelta() <= today - evening.began_on <= LASTS
        if relay is None or not is_today or not may_help(relay, today):
            return None
        return relay if evening.proof == _proof(relay) else None

    async def begin(self, address: Address, relay: Relay) -> Evening:
        """Begin an evening in a chat, and keep it; who wrote there before is to be taken off the phone."""
        evening = Evening(
            chat=_chat(address),
            relay=relay.id,
            person=new_person(),
            leaving=address.person,
            began_on=self._now().date(),
            proof=_proof(relay),
        )
        await self.keep(evening)
        return evening

    async def next(self, evening: Evening) -> Evening:
        """Give a chat to somebody new, and keep who is to be taken off the phone."""
        following = replace(evening, person=new_person(), leaving=evening.person)
        await self.keep(following)
        return following

    async def keep(self, evening: Evening) -> None:
        """Keep an evening as it is now."""
        await self._store.keep(evening)
        self._evenings[evening.chat] = evening

    async def end(self, evening: Evening) -> None:
        """Forget an evening."""
        await self._store.end(evening.chat)
        self._evenings.pop(evening.chat, None)

    def _print(self, code: str) -> bytes:
        """Return what the table keeps of a code: its keyed hash."""
        return hmac.digest(self._key, code.encode(), sha256)


def new_person() -> int:
    """Return a random number for somebody on a shared phone, never 0."""
    return secrets.randbits(PERSON_BITS) or 1


def _chat(address: Address) -> str:
    return f"{address.channel}:{address.account}"


def _proof(relay: Relay) -> str:
    """Return the part of a code's hash that an evening remembers."""
    return (relay.facilitator or b"").hex()[:16]
