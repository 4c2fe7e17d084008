"""What the pages need of released rounds: a list, a page, the bytes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal, Protocol

Format = Literal["json", "csv"]


@dataclass(frozen=True, slots=True)
class PublicRelease:
    """One released round as it stands in the list: what it is called, where, since when.

    `city` holds the city's names by language tag, English among them.
    """

    round_id: str
    name: str
    city: Mapping[str, str]
    released_on: date
    demonstration: bool


class PublicReleases(Protocol):
    """Hands out releases, which are for everybody."""

    async def list(self) -> Sequence[PublicRelease]:
        """Return the released rounds, newest first."""

    async def page(self, round_id: str, tag: str) -> str | None:
        """Return a release as a whole HTML page in a language, or None where nothing was released."""

    async def content(self, round_id: str, form: Format) -> bytes | None:
        """Return a release's bytes as JSON or CSV, or None where nothing was released."""
