"""What the dialogue works with: stores, programme, words, clock and chance."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from bot.aloud import Aloud
from bot.i18n import Catalogues
from bot.programme import Programme
from bot.relays import Relays
from conversations.keys import Keyring
from conversations.ports import AnswerStore, ContactStore, ConversationStore


class Chance(Protocol):
    """What must be random: made where the clock is, never in the core."""

    def mark(self) -> str:
        """Return a random word of six characters."""

    def withdrawal_code(self) -> str:
        """Return sixteen random digits."""

    def letters(self, count: int) -> str:
        """Return so many random letters of those that codes are written with."""


@dataclass(frozen=True, slots=True)
class Desk:
    """What the dialogue works with."""

    conversations: ConversationStore
    answers: AnswerStore
    contacts: ContactStore
    keyring: Keyring
    programme: Programme
    catalogues: Catalogues
    now: Callable[[], datetime]
    chance: Chance
    wake: Callable[[], None]
    aloud: Aloud | None = None
    relays: Relays = field(default_factory=Relays)
    pause: Callable[[float], Awaitable[object]] = asyncio.sleep
