"""What to say next, as data: paragraphs and buttons, in no language yet."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from conversations.identifiers import Locale
from conversations.wording import Words


class Takes(StrEnum):
    """What besides its buttons a prompt takes: nothing, marks, words, or a whole number."""

    BUTTONS = "buttons"
    MARKS = "marks"
    TEXT = "text"
    INTEGER = "integer"


class ButtonKind(StrEnum):
    """What a button does; the kinds stand in this order, so that the first button leads forward."""

    FORWARD = "forward"
    ANSWER = "answer"
    SPECIAL = "special"
    CONTROL = "control"


@dataclass(frozen=True, slots=True)
class Button:
    """One thing to press.

    `token` names the move within its prompt (at most 8 bytes, opaque outside the engine); `number` is what
    may be typed instead, counted from 1, `None` where only the label may be typed; `picked` marks what was
    answered before or is marked now.
    """

    token: str
    label: Words
    kind: ButtonKind
    number: int | None = None
    picked: bool = False


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One paragraph of a prompt: a kind notice first, then the lead, what explains it, and a hint."""

    words: Words
    role: Literal["notice", "lead", "body", "item", "hint"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """What one turn says: `name` is its place (language, intro, consent, question, review, ...).

    `progress` is (position, total) counted in questions, or `None` where nothing true can be said yet;
    `max_length` is in characters, for a prompt that takes words. `paced`: answers are sent from here without
    a one-use code, so that a channel may ask people to wait where very many come from one place.
    """

    name: str
    turn: int
    locale: Locale
    paragraphs: tuple[Paragraph, ...]
    buttons: tuple[Button, ...]
    takes: Takes = Takes.BUTTONS
    progress: tuple[int, int] | None = None
    question: str | None = None
    max_length: int | None = None
    paced: bool = False

    def button(self, token: str) -> Button | None:
        """Return the button with this token, if the prompt offers it."""
        return next((button for button in self.buttons if button.token == token), None)
