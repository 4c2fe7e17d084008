"""Monitoring rounds as functions of `now`: what is due, what is allowed, what two rounds may not share."""

from calendar import monthrange
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Literal

from conversations.errors import RoundError
from conversations.identifiers import Fingerprint, Locale, RoundId

K = 10
"""People a group needs to be shown. Source: ANONYMITY.md, "Releases" 3."""
LOWEST_K = 5

LONGEST_NAME = 80
"""Characters of a round's name: it stands on one button, and in one line of a list."""

IDLE = timedelta(days=14)
"""After so long without a word an open session is erased. Source: ANONYMITY.md, "What is kept"."""


class RoundState(StrEnum):
    """States of a round; closing happens by itself, releasing needs the round's key."""

    PLANNED = "planned"
    OPEN = "open"
    CLOSED = "closed"
    RELEASED = "released"
    CANCELLED = "cancelled"


ALLOWED = MappingProxyType(
    {
        RoundState.PLANNED: frozenset({RoundState.OPEN, RoundState.CANCELLED}),
        RoundState.OPEN: frozenset({RoundState.CLOSED}),
        RoundState.CLOSED: frozenset({RoundState.RELEASED}),
        RoundState.RELEASED: frozenset[RoundState](),
        RoundState.CANCELLED: frozenset[RoundState](),
    }
)

Purpose = Literal["monitor", "draft", "apply", "revise"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """One wave of one questionnaire in one city. All times are aware UTC; `plan` is the release plan as data.

    `definitions` are the fingerprints of questionnaire, benchmark and city as they were frozen at opening
    (empty before). `staff_key`: the answers open with a passphrase that staff hold, so nothing is released
    by itself. `draft_languages` are the languages that the planner named although nobody reviewed them.
    `schedule` and `number` (from 1) say which of a series of rounds it is; empty and 0 where it was planned
    by hand. `note` says what changed since last time, by language; `without_answer` why it opens although the
    city has not answered the round before. `conduct` is a `Conduct` as data.
    """

    id: RoundId
    name: str
    city: str
    series: str
    purpose: Purpose
    benchmark: str
    state: RoundState
    opens_at: datetime
    closes_at: datetime
    timezone: str
    languages: tuple[Locale, ...]
    draft_languages: tuple[Locale, ...] = ()
    k: int = K
    demonstration: bool = False
    plan: Mapping[str, Any] = field(default_factory=dict)
    definitions: Mapping[str, Fingerprint] = field(default_factory=dict)
    opened_at: datetime | None = None
    closed_at: datetime | None = None
    released_at: datetime | None = None
    staff_key: bool = False
    number: int = 0
    schedule: str = ""
    note: Mapping[str, str] = field(default_factory=dict)
    without_answer: str = ""
    conduct: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_listening(self) -> bool:
        """Whether it takes free texts, always open; it may lie beside a monitoring round."""
        return bool(self.conduct.get("listening"))


def due_state(round_: Round, now: datetime) -> RoundState | None:
    """Return the state that `round_` should have moved to by `now`, or None if it is where it belongs.

    A planned round whose whole opening passed while nobody was awake opens first and closes next: each
    transition happens once, late ones at start.
    """
    if round_.state is RoundState.PLANNED and now >= round_.opens_at:
        return RoundState.OPEN
    if round_.state is RoundState.OPEN and now >= round_.closes_at:
        return RoundState.CLOSED
    if round_.state is RoundState.CLOSED and not round_.staff_key:
        return RoundState.RELEASED
    return None


def check_move(round_: Round, wanted: RoundState) -> None:
    """Refuse a move that the table does not allow.

    Raises:
        RoundError: the round is in a state from which `wanted` cannot be reached.
    """
    if wanted not in ALLOWED[round_.state]:
        raise RoundError(f"round {round_.id} is {round_.state}; it cannot become {wanted}")


def check_times(opens_at: datetime, closes_at: datetime) -> None:
    """Refuse a round that closes before, or when, it opens.

    Raises:
        RoundError: the times stand the wrong way round.
    """
    if closes_at <= opens_at:
        raise RoundError(
            f"the round would close ({closes_at:%Y-%m-%d %H:%M} UTC) before it opens"
            f" ({opens_at:%Y-%m-%d %H:%M} UTC); give a later end or a longer --open-for"
        )


def check_name(name: str) -> None:
    """Refuse a name that readers could not be shown.

    Raises:
        RoundError: it is empty, too long, not on one line, or holds a place for words that nobody fills in.
    """
    if not name.strip() or len(name) > LONGEST_NAME:
        raise RoundError(f"a round's name has 1 to {LONGEST_NAME} characters, not {len(name.strip())}")
    if not name.isprintable():
        raise RoundError("a round's name stands on one line, in signs that everybody can see")
    if "{" in name or "}" in name:
        raise RoundError(f"nobody fills in the braces of '{name}': only a series counts, and by {{number}}")


def check_alone(wanted: Round, others: Iterable[Round]) -> None:
    """Refuse two rounds of one questionnaire in one city that are open at the same time.

    Raises:
        RoundError: another planned or open round overlaps, named with its times.
    """
    for other in others:
        if other.id == wanted.id or other.state not in (RoundState.PLANNED, RoundState.OPEN):
            continue
        same = (other.city, other.benchmark, other.is_listening) == (
            wanted.city,
            wanted.benchmark,
            wanted.is_listening,
        )
        if same and other.opens_at < wanted.closes_at and wanted.opens_at < other.closes_at:
            raise RoundError(
                f"round {other.id} asks the same questionnaire in {other.city}"
                f" from {other.opens_at:%Y-%m-%d %H:%M} to {other.closes_at:%Y-%m-%d %H:%M} UTC;"
                " choose other times or cancel that round"
            )


def may_share_people(one: Round, other: Round) -> bool:
    """Say whether the same people may have answered both: one city, and one series or days in common.

    Invented people are never looked at together with real ones.
    """
    if one.id == other.id or (one.city, one.demonstration) != (other.city, other.demonstration):
        return False
    return one.series == other.series or (_began(one) < _ended(other) and _began(other) < _ended(one))


def months_after(moment: datetime, months: int) -> datetime:
    """Return the same day of a later month, or the month's last day where it is shorter."""
    year, month = divmod(moment.year * 12 + moment.month - 1 + months, 12)
    return moment.replace(year=year, month=month + 1, day=min(moment.day, monthrange(year, month + 1)[1]))


def _began(round_: Round) -> datetime:
    return round_.opened_at or round_.opens_at


def _ended(round_: Round) -> datetime:
    return round_.closed_at or round_.closes_at
