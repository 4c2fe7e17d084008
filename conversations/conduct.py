"""How a round is conducted: reminders and quiet hours, modules, codes, receipts, what is kept of relays."""

import tomllib
from datetime import time
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from conversations.errors import RoundError
from conversations.identifiers import QuestionId

MOST_REMINDERS = 2
"""So many reminders a round may have."""


class Part(BaseModel):
    """A part of how a round is conducted."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Hours(Part):
    """The local hours in which people may be written to: from `first` on, until `last`."""

    first: time = time(9)
    last: time = time(20)


class Module(Part):
    """Questions that are asked together in some rounds of a series, and rest in the others."""

    name: str = Field(min_length=1, max_length=40)
    questions: tuple[QuestionId, ...] = Field(min_length=1)


class Conduct(Part):
    """How a round is conducted, besides what its release shows.

    `remind_after` are whole days after the opening; `core` (empty: everything) is asked in each round,
    one of `modules` in each round in turn. `codes`: nobody sends answers without a one-use code. `receipts`:
    so many may be given, 0 for none. `by_association`: releases may show associations by name, those
    that were `associations` (names by code) when the round opened. `listening`: the round takes free texts
    about key factors, always open, instead of asking.
    """

    remind_after: tuple[int, ...] = ()
    hours: Hours = Hours()
    core: tuple[QuestionId, ...] = ()
    modules: tuple[Module, ...] = ()
    codes: bool = False
    receipts: int = Field(default=0, ge=0, le=100_000)
    by_association: bool = False
    associations: dict[str, str] = Field(default_factory=dict)
    listening: bool = False


PLAIN = Conduct()
"""No reminders, no modules, no codes: a round as it is if nobody says anything else."""


def read_conduct(said: dict[str, Any]) -> Conduct:
    """Return how a round is conducted, as a TOML table says.

    Raises:
        RoundError: names the key that is wrong.
    """
    try:
        conduct = Conduct.model_validate(said)
    except ValidationError as error:
        fault = error.errors()[0]
        place = ".".join(["conduct", *(str(part) for part in fault["loc"])])
        raise RoundError(f"{place} of the plan is wrong: {fault['msg'].lower()}") from None
    days = conduct.remind_after
    if len(days) > MOST_REMINDERS or list(days) != sorted(set(days)) or any(day < 1 for day in days):
        raise RoundError(
            f"conduct.remind_after of the plan is wrong: at most {MOST_REMINDERS} different days after the"
            " opening, in order, such as [7, 14]"
        )
    if conduct.hours.first >= conduct.hours.last:
        raise RoundError("conduct.hours of the plan is wrong: the first hour must come before the last")
    return conduct


def split_plan(text: str) -> tuple[dict[str, Any], Conduct]:
    """Return the tables of a release plan in TOML without `[conduct]`, and how the round is conducted.

    Raises:
        RoundError: it is no TOML, or names the key that is wrong.
    """
    try:
        said: dict[str, Any] = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise RoundError(f"the plan is no TOML: {error}") from None
    conduct = said.pop("conduct", {})
    if not isinstance(conduct, dict):
        raise RoundError("conduct of the plan is wrong: it is a table, written [conduct]")
    return said, read_conduct(conduct)
