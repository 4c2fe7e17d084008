"""What a renderer needs of a language: to say words, numbers, shares and days in it."""

from datetime import date
from typing import Literal, Protocol

from conversations.wording import Words


class Voice(Protocol):
    """Says words in one language."""

    tag: str
    direction: Literal["ltr", "rtl"]

    def say(self, words: Words) -> str:
        """Return words as a sentence of this language."""

    def number(self, number: int) -> str:
        """Return a whole number in the digits of this language."""

    def percent(self, share: float) -> str:
        """Return a share between 0 and 1 as percents."""

    def day(self, day: date) -> str:
        """Return a day, long form."""
