"""What an association finds on its own page: its links, its sheets, how many came, what the city answered."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.posters import poster_of, sheets
from bot.registry import Registry
from bot.relaying import Came, Relaying
from bot.relays import Link, Relays
from conversations.errors import RelayError
from conversations.identifiers import Locale, RoundId
from conversations.relays import Relay


@dataclass(frozen=True, slots=True, kw_only=True)
class Association:
    """What stands on the page of one relay; `answered` are the rounds that the city answered to."""

    relay: Relay
    links: Sequence[tuple[Locale, Sequence[Link]]]
    came: Came
    answered: Sequence[tuple[RoundId, str]]


class Associations:
    """Finds what belongs on the page behind a secret address.

    `username` says the bot's name, empty while it is not known; `typed` is the short address on sheets.
    """

    def __init__(
        self,
        registry: Registry,
        relays: Relays,
        relaying: Relaying,
        username: Callable[[], str],
        typed: str,
    ) -> None:
        self._registry = registry
        self._relays = relays
        self._relaying = relaying
        self._username = username
        self._typed = typed
        self._setting = asyncio.Lock()  # one PDF is set at a time, however many are asked for

    async def at(self, secret: str) -> Association | None:
        """Return what stands behind a secret address, or None where it leads nowhere."""
        relay = await self._relaying.at_page(secret)
        if relay is None:
            return None
        links = [] if self._relaying.is_over(relay) else self._links(relay)
        by_language = [(tag, [link for link in links if link.locale == tag]) for tag in relay.languages]
        return Association(
            relay=relay,
            links=[(tag, found) for tag, found in by_language if found],
            came=await self._relaying.came(relay),
            answered=await self._answered(relay),
        )

    def _links(self, relay: Relay) -> Sequence[Link]:
        return self._relays.links(relay, self._username())

    async def _answered(self, relay: Relay) -> Sequence[tuple[RoundId, str]]:
        """Return the rounds of a relay's series to which the city has answered, each with its name."""
        answered = await self._registry.city_answers.all()
        return [
            (round_.id, round_.name)
            for round_ in await self._registry.rounds.all()
            if round_.id in answered and relay.carries(round_.city, round_.series)
        ]

    async def sheets(self, relay: Relay, tag: str) -> bytes | None:
        """Return posters and cards in one language as a PDF, or None where there are none."""
        if tag not in relay.languages or self._relaying.is_over(relay):
            return None
        try:
            poster = await poster_of(self._registry, relay, self._links(relay), self._typed, [tag])
            async with self._setting:
                return await asyncio.to_thread(sheets, poster, self._registry.catalogues)
        except RelayError:
            return None
