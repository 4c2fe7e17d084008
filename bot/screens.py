"""What a channel shows: a prompt or notice in words of one language, with buttons to press."""

from dataclasses import dataclass
from typing import Literal

from bot.i18n import LANGUAGES
from conversations.prompts import ButtonKind, Takes

Role = Literal["notice", "lead", "body", "item", "hint"]
"""What a paragraph is for."""


@dataclass(frozen=True, slots=True)
class ScreenButton:
    """A button in words; `number` is what may be typed instead, in the digits of the language.

    `tag` is that of the language its words stand in, where it is not the screen's.
    """

    token: str
    label: str
    kind: ButtonKind
    number: str | None = None
    picked: bool = False
    url: str | None = None
    tag: str = ""

    @property
    def caption(self) -> str:
        """The label as it is read everywhere: with its number before it, where it has one."""
        return f"{self.number}. {self.label}" if self.number else self.label


@dataclass(frozen=True, slots=True)
class ScreenText:
    """One paragraph in words, with what it is for.

    `tag` is that of the language its words stand in, where it is not the screen's.
    """

    text: str
    role: Role
    tag: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """How a question is read aloud: in which language, the fingerprint of its words, by a person or not."""

    tag: str
    question: str
    fingerprint: str
    by_person: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Screen:
    """One thing to show; the same on every channel.

    `turn` is None for notices. `mark` tells a person's open sessions apart in button data. `progress` is
    said in words ("4 of 12"); `steps` is the same as numbers, for a bar. `tag` and `direction` are those of
    the language it was asked for. `reading` says how it can be heard, where it can. `paced`: answers are sent
    from here, and a channel may ask people to wait before.
    """

    name: str
    tag: str
    direction: Literal["ltr", "rtl"]
    texts: tuple[ScreenText, ...]
    buttons: tuple[ScreenButton, ...] = ()
    takes: Takes = Takes.BUTTONS
    turn: int | None = None
    mark: str = ""
    progress: str | None = None
    steps: tuple[int, int] | None = None
    question: str | None = None
    max_length: int | None = None
    reading: Reading | None = None
    paced: bool = False

    def direction_of(self, part: ScreenText | ScreenButton) -> Literal["ltr", "rtl"]:
        """Return the direction of a paragraph or button: its language's, never guessed from its letters."""
        return LANGUAGES[part.tag].direction if part.tag else self.direction

    def button(self, token: str) -> ScreenButton | None:
        """Return the button with this token, if the screen offers it."""
        return next((button for button in self.buttons if button.token == token), None)
