"""What a renderer needs of a language: to say words, numbers, shares and days in it."""

from datetime import date
from typing import Literal, Protocol

from conversations.wording import Words

RIGHT_TO_LEFT = frozenset(("ar", "fa", "ur", "ps", "he", "ckb", "ug", "sd", "dv", "yi", "ku-arab"))
"""Languages that are written from right to left. Source: CLDR, characterOrder."""
ISOLATE, END_ISOLATE = "\u2068", "\u2069"
"""What stands around words so that their direction leaves those beside them alone. Source: UAX 9."""
DASH = " – "


class Said(Protocol):
    """A sentence, and the tag of the language in which it really stands: it may be a fallback's."""

    @property
    def text(self) -> str:
        """The sentence."""

    @property
    def tag(self) -> str:
        """The language that it is in."""


class Voice(Protocol):
    """Says words in one language."""

    tag: str
    direction: Literal["ltr", "rtl"]

    @property
    def is_draft(self) -> bool:
        """Whether there are words of this language that nobody signed."""

    def say(self, words: Words) -> str:
        """Return words as a sentence of this language."""

    def said(self, words: Words) -> Said:
        """Return words as a sentence, with the language in which it really stands."""

    def number(self, number: int) -> str:
        """Return a whole number in the digits of this language."""

    def percent(self, share: float) -> str:
        """Return a share between 0 and 1 as percents."""

    def day(self, day: date) -> str:
        """Return a day, long form."""


def direction(tag: str) -> Literal["ltr", "rtl"]:
    """Return the direction in which a language is written: its tag decides, never its words."""
    found = tag.lower()
    return "rtl" if found in RIGHT_TO_LEFT or found.split("-")[0] in RIGHT_TO_LEFT else "ltr"


def tongue(tag: str) -> str:
    """Return the two or three letters by which a typesetter knows a language, or those of none."""
    code = tag.split("-")[0].lower()
    return code if code.isascii() and code.isalpha() and len(code) in (2, 3) else "und"


def dashed(voice: Voice, *parts: str) -> str:
    """Return names and sentences with dashes between; each keeps its own direction."""
    if voice.direction == "ltr":
        return DASH.join(parts)
    return DASH.join(f"{ISOLATE}{part}{END_ISOLATE}" for part in parts)
