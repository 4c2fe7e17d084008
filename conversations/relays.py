"""Relays: associations and places that carry a round to people, and how somebody came to it."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Literal, Protocol, get_args

from conversations.errors import RelayError
from conversations.identifiers import Code, Locale, RelayId

RelayKind = Literal["association", "library", "school", "street", "online"]
KINDS: tuple[RelayKind, ...] = get_args(RelayKind)
DIRECTLY = Code("directly")
"""How somebody came who came by no relay."""
NO_RELAY = RelayId("")


@dataclass(frozen=True, slots=True, kw_only=True)
class Relay:
    """One relay of one series in one city.

    `number` stands for it in links; `generation` is counted up when its links are renewed, so that older ones
    count no more; `ends_on` is the last day on which they count. `page` and `facilitator` are hashes of the
    secret address of its page and of its facilitators' code, None where there is none.
    """

    id: RelayId
    number: int
    name: str
    kind: RelayKind
    city: str
    series: str
    languages: tuple[Locale, ...]
    ends_on: date
    generation: int = 1
    revoked: bool = False
    page: bytes | None = field(default=None, repr=False)
    facilitator: bytes | None = field(default=None, repr=False)

    def carries(self, city: str, series: str) -> bool:
        """Say whether this relay carries the rounds of a series in a city."""
        return (self.city, self.series) == (city, series)


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """How somebody came to a round: by which relay and kind of it, in which language, with which code.

    `series` and `city` are empty where any round will do; `assisted` where a facilitator sits beside.
    """

    series: str = ""
    city: str = ""
    relay: RelayId = NO_RELAY
    came_by: Code = DIRECTLY
    locale: Locale | None = None
    code: str = field(default="", repr=False)
    assisted: bool = False

    def leads_to(self, city: str, series: str) -> bool:
        """Say whether the way leads to the rounds of a series in a city."""
        return self.series in ("", series) and self.city in ("", city)


NOWHERE = Arrival()
"""Nobody showed the way."""


class Refusal(StrEnum):
    """Why a link, or a code, shows nobody the way."""

    TOO_LONG = "too long"
    UNREADABLE = "unreadable"
    FOREIGN = "of another installation"
    FORGED = "forged"
    OTHER_CHANNEL = "of another channel"
    EXPIRED = "expired"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True)
class Stranger:
    """Somebody whose link shows no way; they are welcome all the same."""

    reason: Refusal


LONGEST_NAME = 80  # characters: it stands in one line of a list, and of a poster


def clean_name(written: str) -> str:
    """Return the name of a relay as it is kept: composed letters, single spaces.

    Raises:
        RelayError: it is empty, too long, looks like an id, or holds signs that nobody can see.
    """
    name = " ".join(unicodedata.normalize("NFC", written).split())
    if not name or len(name) > LONGEST_NAME:
        raise RelayError(f"a relay's name has 1 to {LONGEST_NAME} characters; this one has {len(name)}")
    if any(unicodedata.category(sign) in UNSEEN and sign not in JOINERS for sign in name):
        raise RelayError("a relay's name holds signs that nobody can see; write it in plain letters")
    if re.fullmatch(r"[rR]\d{4}", name):
        raise RelayError(f"“{name}” looks like the id of a relay; choose another name")
    return name


JOINERS = "\u200c\u200d"
"""Signs that nobody sees, but that Persian and Bengali names are written with."""
UNSEEN = ("Cc", "Cf", "Co", "Cs", "Cn", "Zl", "Zp")
"""Kinds of signs that no name may hold. Source: Unicode, "General Category"."""


def is_same_name(one: str, other: str) -> bool:
    """Say whether two names of relays are the same, upper and lower case alike."""
    return _folded(one) == _folded(other)


def _folded(name: str) -> str:
    return unicodedata.normalize("NFKC", " ".join(name.split())).casefold()


def check_new(relay: Relay, others: Iterable[Relay]) -> None:
    """Refuse a relay whose name, id or number another one has.

    Raises:
        RelayError: as said.
    """
    for other in others:
        if is_same_name(other.name, relay.name):
            raise RelayError(f"there is a relay “{other.name}” already ({other.id}); choose another name")
        if other.id == relay.id or other.number == relay.number:
            raise RelayError(f"another relay was added at the same moment ({other.id}); add yours again")


class RelayStore(Protocol):
    """Keeps relays; nothing in it tells who came, or when."""

    async def add(self, relay: Relay) -> None:
        """Keep a new relay.

        Raises:
            RelayError: its id, number or name (upper and lower case alike) is taken.
        """

    async def change(self, relay: Relay) -> None:
        """Keep a relay in place of the one with its id."""

    async def all(self) -> Sequence[Relay]:
        """Return every relay, by name, revoked ones too."""
