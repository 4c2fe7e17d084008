"""Receipts: made so that a true one is known without a list, and taken in once by an association."""

import asyncio
import hmac
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from hashlib import sha256

from bot.desk import Chance
from conversations.engine import Step
from conversations.instrument import Instrument
from conversations.keys import Keyring
from conversations.lettering import ALPHABET, is_checked, with_check
from conversations.life import RoundStore
from conversations.ports import Known
from conversations.receipts import LENGTH, ReceiptStore, Redeemed, receipt_code
from conversations.relays import Relay
from conversations.session import Status

RANDOM = 9  # letters: 45 bits, so that two of 10,000 people hardly ever get the same (1 in 700,000)
PROOF = LENGTH - RANDOM - 1  # letters: 30 bits, which only the installation can make
WRONG = 1.0  # seconds to pause after a receipt that is none, so that nobody finds one by trying


class Taking(StrEnum):
    """What became of a receipt that somebody showed."""

    VALID = "valid"
    AGAIN = "again"
    UNKNOWN = "unknown"
    MISTYPED = "mistyped"


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a receipt; `week` is that in which it was taken in, now or before."""

    taking: Taking
    week: str = ""


class Receipts:
    """Takes receipts in at a relay, one try at a time; says by week and relay how many there were."""

    def __init__(
        self,
        store: ReceiptStore,
        keyring: Keyring,
        rounds: RoundStore,
        now: Callable[[], datetime],
        pause: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self._store = store
        self._keyring = keyring
        self._rounds = rounds
        self._now = now
        self._pause = pause
        self._trying = asyncio.Lock()

    async def take(self, words: str, relay: Relay) -> Taken:
        """Take a receipt of the relay's series in, once, however many try at the same moment."""
        code = receipt_code(words)
        if code is None:
            return Taken(Taking.MISTYPED)
        async with self._trying:
            if not is_ours(self._keyring.installation(), relay.series, code):
                await self._pause(WRONG)
                return Taken(Taking.UNKNOWN)
            week = week_of(self._now())
            before = await self._store.redeem(code, relay.id, week)
        return Taken(Taking.VALID, week) if before is None else Taken(Taking.AGAIN, before)

    async def are_given(self, relay: Relay) -> bool:
        """Say whether any round that a relay carries, or carried, gives receipts."""
        rounds = await self._rounds.all()
        return any(one.conduct.get("receipts") and relay.carries(one.city, one.series) for one in rounds)

    async def taken(self) -> Sequence[Redeemed]:
        """Return how many receipts were taken in, by week and relay, newest week first."""
        return await self._store.redeemed()


def new_receipt(keyring: Keyring, instrument: Instrument, chance: Chance) -> str:
    """Return a receipt for a round that gives them, else none: random letters and a proof that it is ours."""
    if not instrument.conduct.receipts:
        return ""
    letters = chance.letters(RANDOM)
    return with_check(letters + _proof(keyring.installation(), instrument.series, letters))


def is_ours(installation: bytes, series: str, code: str) -> bool:
    """Say whether this installation made a receipt, for this series of rounds."""
    letters, proof = code[:RANDOM], code[RANDOM:-1]
    return is_checked(code, LENGTH) and hmac.compare_digest(proof, _proof(installation, series, letters))


def within_pool(step: Step, known: Known, instrument: Instrument) -> Step:
    """Return a step that sends, without its receipt where as many were given as there are."""
    session = step.session
    if session.status is not Status.SENT or not session.receipt:
        return step
    if known.receipts_given(session.round) < instrument.conduct.receipts:
        return step
    return replace(step, session=session.model_copy(update={"receipt": ""}))


def week_of(moment: datetime) -> str:
    """Return the week of a moment, such as 2027-W05. Source: ISO 8601."""
    year, week, _ = moment.isocalendar()
    return f"{year}-W{week:02}"


def _proof(installation: bytes, series: str, letters: str) -> str:
    """Return the letters that show that we made a receipt. Source: RFC 2104."""
    key = hmac.digest(installation, b"receipts", sha256)
    said = hmac.digest(key, f"{series}\0{letters}".encode(), sha256)
    return "".join(ALPHABET[byte % len(ALPHABET)] for byte in said[:PROOF])
