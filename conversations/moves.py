"""What a participant can send: a press, words, marks, a wish, or something that we cannot read."""

from dataclasses import dataclass, field
from enum import StrEnum

from conversations.relays import Arrival


class Wish(StrEnum):
    """What can be asked for at any time, by a command or a word."""

    START = "start"
    LANGUAGE = "language"
    STOP = "stop"


@dataclass(frozen=True, slots=True)
class Pressed:
    """A button of the prompt of `turn` was pressed.

    `ticked` are the boxes ticked beside it on a form, None where ticks are told one by one.
    """

    token: str
    turn: int
    ticked: tuple[str, ...] | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Typed:
    """Words were written; `repr` hides them so that logs stay clean."""

    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Marked:
    """Several choices of the prompt of `turn` were marked at once, and it is to go on."""

    tokens: tuple[str, ...] = field(repr=False)
    turn: int


@dataclass(frozen=True, slots=True)
class Asked:
    """Something was asked for that every turn offers."""

    wish: Wish


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A photo, a voice, a sticker or the like came, or words longer than a message may be."""

    reason: str


@dataclass(frozen=True, slots=True)
class Handed:
    """A one-use code was looked up: what it says of how somebody came, None where it is good for nothing."""

    arrival: Arrival | None = field(repr=False)


Reply = Pressed | Typed | Marked | Asked | Unreadable | Handed
