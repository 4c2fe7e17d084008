"""What is said goes as a letter: in words, to somebody, by a channel that can write first."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from bot.screens import Screen
from conversations.identifiers import ParticipantKey
from conversations.ports import Draft, Notice, Parcel

Spoken = tuple[ParticipantKey, int]
"""A session and its turn."""
Turn = Callable[[], Awaitable[None]]
"""Waits until one more message may go to the same chat."""


READ_ALOUD = frozenset({"aloud.person", "aloud.machine"})
"""The keys of notices that are heard: a question, read aloud by a person or a machine."""


class SpeakingChannel(Protocol):
    """A channel that can write first."""

    async def show(self, account: str, screen: Screen, shown: str, turn: Turn) -> str:
        """Show a screen; `shown` is the note of what was shown before, the returned one finds this.

        The first message goes at once, before each further one `turn` is awaited. Where the same screen is
        shown again after an error, it goes on behind what was said.

        Raises:
            DeliveryError: it was not shown, or not to its end.
        """

    async def clear(self, account: str, notes: Sequence[str]) -> None:
        """Take off the phone what these notes find; what is gone already, or too old, is let be.

        Raises:
            DeliveryError: not now; to be tried again.
        """

    async def take_away(self, account: str, before: str, after: str) -> None:
        """Take away what one note finds and another, newer one does not; what cannot be done is let be.

        Raises:
            ChannelBusy: not now; to be tried again.
        """


class Renderer(Protocol):
    """Puts what is to be said into words."""

    def render_draft(self, draft: Draft) -> Screen | None:
        """Return what a session says now, or None if it has nothing to say any more."""

    def render_notice(self, notice: Notice) -> Screen | None:
        """Return what a notice says, or None if it cannot be said any more."""


@dataclass(frozen=True, slots=True)
class Letter:
    """One thing to say, in words, and where; `clears` are notes of what is taken off the phone before."""

    address: str = field(repr=False)
    channel: str
    account: str = field(repr=False)
    screen: Screen
    shown: str
    clears: tuple[str, ...] = field(default=(), repr=False)

    @property
    def chat(self) -> str:
        """What is kept in order and paced: one account on one channel."""
        return chat_of(self.address)


def chat_of(address: str) -> str:
    """Return the channel and the account of an address."""
    return ":".join(address.split(":")[:2])


def is_read_aloud(notice: Notice) -> bool:
    """Say whether a notice is a question to be heard; `values` name its round, question and asking turn."""
    return notice.key in READ_ALOUD


def session_of(parcel: Parcel) -> ParticipantKey | None:
    """Return the session that decides what is said: a parcel's own, or that of a question to be heard."""
    if parcel.notice is None:
        return parcel.key
    return parcel.notice.session if is_read_aloud(parcel.notice) else None
