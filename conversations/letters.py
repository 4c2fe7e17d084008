"""Letters to people who asked for them: when each may be said, and the store of who was told what."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from enum import Enum, auto
from typing import Protocol

from conversations.conduct import Hours
from conversations.ports import Notice
from conversations.reminders import is_within

WEEK = timedelta(days=7)
"""At most one letter in so long to one address, over all rounds and causes."""

HOURS, ENDS = "_hours", "_ends"
"""Values of a notice that make it a letter: its hours and zone, and when there is no sense in it any more."""


class Timing(Enum):
    """Whether a letter may be said now, waits for its hours, or is over."""

    NOW = auto()
    WAITS = auto()
    OVER = auto()


def as_letter(notice: Notice, hours: Hours, zone: str, ends_at: datetime) -> Notice:
    """Return a notice that is said within these hours only, and before `ends_at`."""
    timed = {HOURS: f"{hours.first.isoformat()} {hours.last.isoformat()} {zone}", ENDS: ends_at.isoformat()}
    return replace(notice, values={**notice.values, **timed})


def is_letter(notice: Notice | None) -> bool:
    """Say whether a notice is a letter: nobody waits for it, and somebody who left must not get it."""
    return notice is not None and HOURS in notice.values


def timing(notice: Notice, now: datetime) -> Timing:
    """Say whether a notice may be said now; one that is no letter always may."""
    if not is_letter(notice):
        return Timing.NOW
    first, last, zone = str(notice.values[HOURS]).split(" ", 2)
    if now >= datetime.fromisoformat(str(notice.values[ENDS])):
        return Timing.OVER
    hours = Hours(first=time.fromisoformat(first), last=time.fromisoformat(last))
    return Timing.NOW if is_within(hours, zone, now) else Timing.WAITS


def invitation(round_id: str) -> str:
    """Return the cause of an invitation to a round."""
    return f"invite:{round_id}"


def reminder(round_id: str, rung: int) -> str:
    """Return the cause of a reminder of a round."""
    return f"remind:{round_id}:{rung}"


def answer(round_id: str) -> str:
    """Return the cause of a letter with the city's answer to a round."""
    return f"answer:{round_id}"


class ToldStore(Protocol):
    """Keeps who was told what, as keyed hashes of cause and address, with the day.

    Who needs no letter, because their answers are sent, has the same rows as who got one: no table tells.
    """

    async def due(self, cause: str, addresses: Collection[str], today: date) -> Mapping[str, date]:
        """Return who of these was not told of a cause, with the first day on which they may be written to."""

    async def tell(self, cause: str, letters: Mapping[str, Notice | None], today: date) -> int:
        """Note that these addresses are told, and put their letters into the outbox, in one transaction.

        None stands for somebody who needs no letter. Who was told of this cause before, or of anything
        within `WEEK`, is passed over. Returns how many were noted.
        """

    async def told(self, causes: Sequence[str]) -> int:
        """Return how many rows there are of these causes."""

    async def waiting(self) -> int:
        """Return how many notices wait in the outbox."""

    async def forget(self, address: str) -> None:
        """Forget what an address was told, and take its letters out of the outbox; again changes nothing."""

    async def keep_only(self, causes: Collection[str], today: date) -> None:
        """Delete the rows of all other causes, and of the cap once a week and a day have passed."""

    async def restored_on(self) -> date | None:
        """Return the day on which the database came back from a backup, if it did: what was told after the
        backup was made is not known.
        """
