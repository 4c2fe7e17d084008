"""What is said goes as a letter: in words, to somebody, by a channel that can write first."""

from dataclasses import dataclass, field
from typing import Protocol

from bot.screens import Screen
from conversations.ports import Draft, Notice


class SpeakingChannel(Protocol):
    """A channel that can write first."""

    async def show(self, account: str, screen: Screen, shown: str) -> str:
        """Show a screen; `shown` is the note of what was shown before, the returned one finds this.

        Raises:
            DeliveryError: it was not shown.
        """


class Renderer(Protocol):
    """Puts what is to be said into words."""

    def render_draft(self, draft: Draft) -> Screen | None:
        """Return what a session says now, or None if it has nothing to say any more."""

    def render_notice(self, notice: Notice) -> Screen:
        """Return what a notice says."""


@dataclass(frozen=True, slots=True)
class Letter:
    """One thing to say, in words, and where."""

    address: str = field(repr=False)
    channel: str
    account: str = field(repr=False)
    screen: Screen
    shown: str

    @property
    def chat(self) -> str:
        """What is kept in order and paced: one account on one channel."""
        return chat_of(self.address)


def chat_of(address: str) -> str:
    """Return the channel and the account of an address."""
    return ":".join(address.split(":")[:2])
