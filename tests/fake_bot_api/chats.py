"""Chats as both sides see them: what was written, edited and deleted."""

import asyncio
import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from tests.fake_bot_api.clock import Clock


@dataclass(frozen=True)
class Button:
    """A button under a message; `data` is None for a link."""

    label: str
    data: str | None
    url: str | None = None


@dataclass(frozen=True)
class Version:
    """What a message of the bot said at one time."""

    message_id: int
    text: str
    rows: tuple[tuple[str, ...], ...]


@dataclass
class Shown:
    """One message in a chat, as it stands now."""

    message_id: int
    from_bot: bool
    date: int
    sender: dict[str, Any]
    text: str = ""
    html: str = ""
    entities: list[dict[str, Any]] = field(default_factory=list)
    markup: dict[str, Any] | None = None
    media: dict[str, Any] = field(default_factory=dict)
    edited: int = 0
    edited_at: int | None = None
    deleted: bool = False

    @property
    def buttons(self) -> list[list[Button]]:
        """The inline buttons, row by row."""
        rows = (self.markup or {}).get("inline_keyboard", [])
        return [[Button(b["text"], b.get("callback_data"), b.get("url")) for b in row] for row in rows]

    @property
    def rows(self) -> tuple[tuple[str, ...], ...]:
        """The labels of the buttons, row by row."""
        return tuple(tuple(button.label for button in row) for row in self.buttons)


@dataclass
class Chat:
    """A private chat or a group."""

    id: int
    described: dict[str, Any]
    messages: dict[int, Shown] = field(default_factory=dict)
    history: list[Version] = field(default_factory=list)
    started: bool = False
    blocked: bool = False
    deactivated: bool = False
    left: bool = False
    takes_no_voices: bool = False
    muted: bool = False  # the bot may read here, and not write
    moved_to: int | None = None  # a group that has become a supergroup
    members: dict[int, str] = field(default_factory=dict)
    actions: list[str] = field(default_factory=list)

    @property
    def is_private(self) -> bool:
        """Whether only one person is here."""
        return self.id > 0

    def visible(self) -> list[Shown]:
        """The messages that can be seen, oldest first."""
        return [shown for shown in self.messages.values() if not shown.deleted]

    def record(self, shown: Shown) -> None:
        """Remember what the bot shows now."""
        self.history.append(Version(shown.message_id, shown.text, shown.rows))

    def as_message(self, shown: Shown) -> dict[str, Any]:
        """Return a full Message object of the Bot API."""
        message: dict[str, Any] = {
            "message_id": shown.message_id,
            "from": shown.sender,
            "chat": self.described,
            "date": shown.date,
            **shown.media,
        }
        if shown.text:
            message["text"] = shown.text
        optional = {"entities": shown.entities, "reply_markup": shown.markup, "edit_date": shown.edited_at}
        return message | {name: value for name, value in optional.items() if value}


@dataclass
class Tap:
    """A pressed button that turns until the bot answers."""

    id: str
    account_id: int
    tapped_at: float
    answered: bool = False


class Rooms:
    """All chats of the bot, and a condition that says when one of them changed."""

    def __init__(self, clock: Clock) -> None:
        """Begin without chats."""
        self.clock = clock
        self.changed = asyncio.Condition()
        self.chats: dict[int, Chat] = {}
        self.taps: dict[str, Tap] = {}
        self.toasts: dict[int, list[str]] = {}
        self._ids: Iterator[int] = itertools.count(1)

    def open(self, chat_id: int, described: dict[str, Any]) -> Chat:
        """Return the chat, made on first sight."""
        return self.chats.setdefault(chat_id, Chat(chat_id, {"id": chat_id, **described}))

    def write(self, chat: Chat, sender: dict[str, Any], **content: Any) -> Shown:
        """Add a message to `chat`."""
        date = int(self.clock.seconds())
        shown = Shown(next(self._ids), bool(sender["is_bot"]), date, sender, **content)
        chat.messages[shown.message_id] = shown
        if shown.from_bot:
            chat.record(shown)
        return shown

    async def tell(self) -> None:
        """Wake everybody who waits for a change."""
        async with self.changed:
            self.changed.notify_all()
