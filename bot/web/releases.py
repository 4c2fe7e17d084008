"""What the pages need of released rounds: a list, when the next results come, each form's bytes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal, Protocol

from conversations.city_answers import Kept
from conversations.wording import Words

Format = Literal["html", "pdf", "xlsx", "csv", "json"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What the list tells of a release, as it was published; `people` None where that is withheld.

    `texts` says that what people wrote in their own words is a part of it.
    """

    theme: Words
    opened_on: date
    closed_on: date
    people: int | None
    texts: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicRelease:
    """One released round as it stands in the list; `figures` None where it does not verify.

    `city` holds the city's names by language tag, English among them. `answered` says that the city has
    answered what was said.
    """

    round_id: str
    name: str
    city: Mapping[str, str]
    released_on: date
    demonstration: bool
    figures: Figures | None
    answered: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """A round whose results are still to come: where, and open until, or closed on, its local day.

    `by_hand` says that staff hold the key, so that some days pass after the close.
    """

    name: str
    city: Mapping[str, str]
    closes_on: date
    closed: bool
    by_hand: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicAnswer:
    """What a city answered to a released round; `factors` are the names of the key factors, by key."""

    name: str
    city: Mapping[str, str]
    demonstration: bool
    factors: Mapping[str, Words]
    kept: Kept


class PublicReleases(Protocol):
    """Hands out releases, which are for everybody."""

    async def list(self, skip: int, most: int) -> Sequence[PublicRelease]:
        """Return released rounds, newest first: at most so many, after the first ones are left out."""

    async def expected(self) -> Sequence[Expected]:
        """Return the rounds whose results are still to come, the next to close first."""

    async def edition(self, round_id: str) -> str | None:
        """Return what names all parts of a release as they are now, or None where nothing was released."""

    async def answer(self, round_id: str) -> PublicAnswer | None:
        """Return what the city answered to a round, or None where it has not."""

    async def content(self, round_id: str, form: Format, tag: str) -> bytes | None:
        """Return one form of a release in a language, or None where nothing was released.

        Raises:
            ReleaseError: the release does not verify; nothing of it may be shown.
        """
