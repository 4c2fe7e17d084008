"""A screen in Telegram's HTML: bold leads, quiet hints, right-to-left lines, buttons with their turn."""

import html
import json
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any
from urllib.parse import urlsplit

from bot.screens import Screen, ScreenButton, ScreenText
from bot.telegram.buttons import button_data
from conversations.prompts import ButtonKind

AS_HTML = {"parse_mode": "HTML", "link_preview_options": {"is_disabled": True}}
"""How texts are sent. Source: Bot API, sendMessage."""
MAX_TEXT = 4096  # characters after the tags are read; Source: Bot API, sendMessage
MARKS = {"ltr": "\u200e", "rtl": "\u200f"}  # lead a line: a phone would go by its first letter
TAG_OF_ROLE = {"lead": "b", "hint": "i"}
PICKED = "✓ "
READABLE = 34
"""Letters of a caption that a phone of 360 points surely shows; some cut longer ones off."""

# (captions of at most so many characters, so many in a row): what stays readable on a screen 360 points wide
ROWS = {ButtonKind.SPECIAL: ((18, 2),), ButtonKind.CONTROL: ((11, 3), (18, 2))}
LANGUAGES = ((18, 2),)  # all of them: two in a row, so that they stay on one screen

Button = dict[str, str]  # as the Bot API has it: InlineKeyboardButton


@dataclass(frozen=True, slots=True)
class Speech:
    """What is sent: one or more texts in HTML; the keyboard, in JSON or "", belongs to the last."""

    parts: tuple[str, ...]
    keyboard: str


@dataclass(frozen=True, slots=True)
class _Line:
    """One line of text with its tag; `gap` is what stands before it when it is not the first of a message."""

    text: str
    tag: str
    gap: str

    @property
    def length(self) -> int:
        """The UTF-16 units of the line and its gap: the stricter reading of Telegram's limit."""
        return len((self.gap + self.text).encode("utf-16-le")) // 2

    @property
    def html(self) -> str:
        """The line, escaped, in its tag; direction marks stay outside of it."""
        mark = self.text[:1] if self.text.startswith(tuple(MARKS.values())) else ""
        words = html.escape(self.text.removeprefix(mark), quote=False)
        return f"{mark}<{self.tag}>{words}</{self.tag}>" if self.tag and words else mark + words


def speak(screen: Screen) -> Speech:
    """Write a screen as Telegram takes it, in several messages if one cannot hold it.

    Raises:
        PromptRefused: a button's data is longer than Telegram takes.
    """
    return Speech(parts=tuple(_cut(_lines(screen))), keyboard=_keyboard(screen))


def said(speech: Speech, place: int) -> dict[str, Any]:
    """Return what is sent of a speech's part; its keyboard goes with the last."""
    said = AS_HTML | {"text": speech.parts[place]}
    is_last = place == len(speech.parts) - 1
    return said | {"reply_markup": speech.keyboard} if speech.keyboard and is_last else said


def _lines(screen: Screen) -> Iterator[_Line]:
    before = None
    for text in _all_texts(screen):
        mark = _mark(screen, text)
        gap = "\n" if text.role == before == "item" else "\n\n"
        for line in text.text.split("\n"):
            yield from _short_enough(_Line(mark + line, TAG_OF_ROLE.get(text.role, ""), gap))
            gap = "\n"
        before = text.role


def _mark(screen: Screen, part: ScreenText | ScreenButton) -> str:
    """Return what settles the direction of a line; where all is left to right nothing needs settling."""
    direction = screen.direction_of(part)
    return MARKS[direction] if "rtl" in (direction, screen.direction) else ""


def is_told(screen: Screen, button: ScreenButton) -> bool:
    """Say whether a button's caption also stands in the text, because captions beside it may be cut off."""
    numbered = [other.caption for other in screen.buttons if other.number is not None]
    return button.number is not None and any(_letters(caption) > READABLE for caption in numbered)


def _letters(text: str) -> int:
    """Return how many signs stand side by side: vowel signs and direction marks take no room of their own."""
    return sum(unicodedata.category(sign) not in ("Mn", "Me", "Cf") for sign in text)


def _all_texts(screen: Screen) -> Iterator[ScreenText]:
    yield from screen.texts
    for button in screen.buttons:
        if is_told(screen, button):
            yield ScreenText(button.caption, "item", button.tag)
    for button in screen.buttons:
        if button.url and not _is_linkable(button.url):
            yield ScreenText(f"{button.label}: {button.url}", "body")
    if screen.progress:
        yield ScreenText(screen.progress, "hint")


def _short_enough(line: _Line) -> Iterator[_Line]:
    """Cut a line that is longer than a whole message, at a space if there is one."""
    while line.length > MAX_TEXT:
        room = MAX_TEXT // 2  # characters that take two units each fit, too
        at = line.text.rfind(" ", 1, room)
        at = at if at > 0 else room
        yield _Line(line.text[:at], line.tag, line.gap)
        line = _Line(line.text[at:].lstrip(" "), line.tag, "\n")
    yield line


def _cut(lines: Iterable[_Line]) -> Iterator[str]:
    part, length = "", 0
    for line in lines:
        if part and length + line.length > MAX_TEXT:
            yield part
            part, length = "", 0
        part += (line.gap if part else "") + line.html
        length += line.length
    yield part


def _keyboard(screen: Screen) -> str:
    rows: list[list[Button]] = []
    shown = [button for button in screen.buttons if not button.url or _is_linkable(button.url)]
    for kind, group in groupby(shown, key=lambda button: button.kind):
        widths = ROWS.get(kind, LANGUAGES if screen.name == "languages" else ())
        rows += _rows([_button(screen, button) for button in group], widths)
    return json.dumps({"inline_keyboard": rows}, ensure_ascii=False) if rows else ""


def _rows(buttons: list[Button], widths: tuple[tuple[int, int], ...]) -> Iterator[list[Button]]:
    longest = max(len(button["text"]) for button in buttons)
    width = next((count for fits, count in widths if longest <= fits), 1)
    for first in range(0, len(buttons), width):
        yield buttons[first : first + width]


def _button(screen: Screen, button: ScreenButton) -> Button:
    if button.url:
        return {"text": button.label, "url": button.url}
    caption = _mark(screen, button) + (PICKED if button.picked else "") + button.caption
    return {"text": caption, "callback_data": button_data(screen.mark, screen.turn, button.token)}


def _is_linkable(url: str) -> bool:
    """Whether Telegram takes a link under a button: not one to the machine itself."""
    parts = urlsplit(url)
    return parts.scheme in ("http", "https") and "." in (parts.hostname or "")
