"""What the doctor says of one thing: how it stands, and what to do."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """How something stands."""

    GOOD = "good"
    OFF = "off"
    LOOK = "look"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Found:
    """One thing that was looked at: how it stands, and what to do (empty: nothing)."""

    about: str
    verdict: Verdict
    says: str
    do: str = ""

    def __str__(self) -> str:
        return f"{self.verdict:<6}{self.about:<12}{self.says}" + (f" -> {self.do}" if self.do else "")


def few(names: Sequence[str]) -> str:
    """Return the first of some names, and how many more there are."""
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return ", ".join(names[:3]) + more
