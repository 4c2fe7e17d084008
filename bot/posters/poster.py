"""What a poster is made of: who gives it away, who asks about what, where its squares lead, until when."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from conversations.city import City
from conversations.errors import RelayError
from conversations.wording import Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Poster:
    """One relay's posters and cards.

    `web` and `telegram` are the relay's addresses by language; a language needs at least one of them, the web
    page stands first because it is the more private way. `ends_on` is the last day on which they count.
    `typed` is a short address for people who cannot scan: the city's page or the bot, which names no relay.
    """

    relay: str
    city: City
    theme: Words
    languages: tuple[str, ...]
    web: Mapping[str, str] = field(default_factory=dict)
    telegram: Mapping[str, str] = field(default_factory=dict)
    typed: str
    ends_on: date

    def ways(self, tag: str) -> tuple[tuple[str, str], ...]:
        """Return (web or telegram, address) of a language, the more private way first.

        Raises:
            RelayError: nothing leads anywhere in this language.
        """
        both = (("web", self.web.get(tag)), ("telegram", self.telegram.get(tag)))
        found = tuple((channel, address) for channel, address in both if address)
        if not found:
            raise RelayError(
                f"sheet of “{self.relay}”: there is no link in '{tag}'; "
                "set PORTEVOIX_PUBLIC_URL or PORTEVOIX_TELEGRAM_TOKEN, or leave the language out"
            )
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeCard:
    """A small card: `code` in groups as people type it, `address` in its square, `typed` where to type it."""

    code: str = field(repr=False)
    address: str = field(repr=False)
    typed: str


def to_type(address: str) -> str:
    """Return an address as people type it: without what every browser adds by itself."""
    return address.removeprefix("https://").removesuffix("/")
