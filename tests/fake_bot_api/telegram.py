"""What the fake Telegram knows about one bot: its account, chats, waiting updates and webhook."""

import random
from dataclasses import dataclass, field
from typing import Any

from tests.fake_bot_api.chats import Chat, Rooms
from tests.fake_bot_api.clock import Clock
from tests.fake_bot_api.inbox import Inbox
from tests.fake_bot_api.rates import Rates
from tests.fake_bot_api.refusals import bad_request, forbidden, migrated

BOT_ID = 7_000_000_001


@dataclass
class Webhook:
    """Where updates are posted, when they are."""

    url: str = ""
    secret: str = ""
    last_error: str = ""
    last_error_at: int = 0


@dataclass
class Telegram:
    """Everything that stands behind the methods."""

    clock: Clock
    chance: random.Random
    token: str = f"{BOT_ID}:fake-token-for-tests"
    strict_rates: bool = False
    webhook: Webhook = field(default_factory=Webhook)
    commands: dict[str, list[dict[str, str]]] = field(default_factory=dict)
    profile: dict[tuple[str, str], str] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    menu_button: dict[str, Any] = field(default_factory=lambda: {"type": "commands"})

    def __post_init__(self) -> None:
        """Open the house."""
        self.inbox = Inbox(self.clock, self.chance)
        self.rooms = Rooms(self.clock)
        self.rates = Rates(self.clock)
        self.bot = {
            "id": BOT_ID,
            "is_bot": True,
            "first_name": "Porte-voix (fake)",
            "username": "portevoix_fake_bot",
        }

    def chat_to_write_in(self, chat_id: int | str) -> Chat:
        """Return the chat if the bot may write there.

        Raises:
            Refused: unknown, never started, blocked, deactivated, left, muted or moved.
        """
        chat = self.known_chat(chat_id)
        if chat.deactivated:
            raise forbidden("user is deactivated")
        if chat.blocked:
            raise forbidden("bot was blocked by the user")
        if chat.moved_to is not None:
            raise migrated(chat.moved_to)
        if chat.left:
            raise forbidden("bot is not a member of the group chat")
        if chat.is_private and not chat.started:
            raise forbidden("bot can't initiate conversation with a user")
        if chat.muted:
            raise bad_request("not enough rights to send text messages to the chat")
        return chat

    def known_chat(self, chat_id: int | str | None) -> Chat:
        """Return the chat that the bot knows under `chat_id`.

        Raises:
            Refused: there is none.
        """
        try:
            return self.rooms.chats[int(chat_id or 0)]
        except (KeyError, ValueError):
            raise bad_request("chat not found") from None

    def count_message(self, chat: Chat) -> None:
        """Count a message against the rates, where they are kept strictly.

        Raises:
            Refused: 429.
        """
        if self.strict_rates:
            self.rates.take(chat.id)
