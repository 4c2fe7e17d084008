"""What channels and use cases hand to each other: an address, a phone's language, what came of a reply."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from bot.screens import Screen
from conversations.identifiers import RoundId, UpdateId
from conversations.moves import Reply
from conversations.ports import Notice


@dataclass(frozen=True, slots=True)
class Address:
    """Where somebody can be reached: a channel of the registry, an account (text), a person on it.

    `returns` tells whether the channel can write first (the web cannot).
    """

    channel: str
    account: str = field(repr=False)
    person: int = 0
    returns: bool = True

    def __str__(self) -> str:
        return f"{self.channel}:{self.account}:{self.person}"


@dataclass(frozen=True, slots=True)
class Phone:
    """What the phone says of itself: its languages, best first, as BCP-47 tags.

    `trace` is the channel's own note of what this reply left on the phone, empty if nothing.
    `arrival` is what a link carried, empty if nothing: it counts where a session begins.
    """

    languages: tuple[str, ...] = ()
    trace: str = field(default="", repr=False)
    arrival: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Heard:
    """What came of a reply: what is to be seen now, and a short word for the button press.

    `fresh` is False when the update was seen before. `ended` says that a draft no longer exists. `shows` is
    put into words only if somebody looks at `screen`: a channel that writes by itself does not. `listens` is
    what is to be said to somebody who wants to hear a question, once there is a sound. `wrong`: a code was
    tried that is none, so the channel hears of it only after a pause.
    """

    shows: Callable[[], Screen] | None = None
    toast: str | None = None
    fresh: bool = True
    ended: bool = False
    listens: Notice | None = None
    wrong: bool = False

    @property
    def screen(self) -> Screen | None:
        """What is to be seen now."""
        return None if self.shows is None else self.shows()


class Listener(Protocol):
    """What a channel needs of the dialogue."""

    async def hear(
        self, address: Address, update: UpdateId | None, reply: Reply, phone: Phone, mark: str = ""
    ) -> Heard:
        """Take one reply. Everything is stored before this returns; a channel that `returns` speaks through
        the outbox only, the web shows `screen`. `mark` is that of the pressed button, if one was pressed.

        Raises:
            StorageError: nothing was stored; the update must not be acknowledged.
        """

    async def look(self, address: Address, phone: Phone) -> Heard:
        """Return what this address would see now, changing nothing."""

    async def join(self, address: Address, update: UpdateId | None, round_id: RoundId, phone: Phone) -> Heard:
        """Begin, or go on, in one of several open rounds."""

    async def notice(self, address: Address, update: UpdateId | None, topic: str, phone: Phone) -> Heard:
        """Say something outside the questionnaire, by its topic.

        Topics are privacy, help, hide, unreadable, group, news_yes, news_no, tell, tell_ask and withdraw:
        `tell` begins or goes on where one can write outside rounds, `tell_ask` only says how. The topic
        `withdraw` is followed by a space and the code.
        """

    async def invitation(self, asked: str) -> Screen:
        """Return an invitation for a group; a button's token is what it carries to the private chat."""

    async def left(self, address: Address) -> None:
        """Forget somebody who blocked us: their open answers, and that they wanted to be written to."""

    def sorry(self, phone: Phone) -> str:
        """Return a kind sentence for a moment at which nothing can be stored; needs no storage itself."""
