"""Gathers what a relay's posters need: its links, its city, the theme of its series of rounds."""

from collections.abc import Sequence

from bot.posters.poster import Poster
from bot.registry import Registry
from bot.relays import Link
from conversations.errors import RelayError
from conversations.relays import Relay
from conversations.wording import Words


async def poster_of(
    registry: Registry, relay: Relay, links: Sequence[Link], typed: str, languages: Sequence[str] = ()
) -> Poster:
    """Return a relay's posters in some of its languages, or in all of them; make its city's words known.

    `typed` is the short address for people who cannot scan.

    Raises:
        RelayError: a language is none of the relay's, or no round of its series was ever planned.
    """
    if unknown := [tag for tag in languages if tag not in relay.languages]:
        raise RelayError(
            f"“{relay.name}” has no links in {', '.join(unknown)}; it has {', '.join(relay.languages)}"
        )
    city = registry.definitions.city(relay.city)
    registry.catalogues.add_city(city)
    return Poster(
        relay=relay.name,
        city=city,
        theme=await _theme(registry, relay),
        languages=tuple(languages) or relay.languages,
        web={link.locale: link.address for link in links if link.channel == "web"},
        telegram={link.locale: link.address for link in links if link.channel == "telegram"},
        typed=typed,
        ends_on=relay.ends_on,
    )


async def _theme(registry: Registry, relay: Relay) -> Words:
    """Return what the rounds of a relay's series ask about; the newest one tells."""
    rounds = [one for one in await registry.rounds.all() if relay.carries(one.city, one.series)]
    if not rounds:
        raise RelayError(
            f"no round of {relay.series} is planned in {relay.city} yet; plan one first: portevoix round plan"
        )
    newest = max(rounds, key=lambda one: one.opens_at)
    benchmark, _ = registry.definitions.pack(newest.benchmark)
    return Words(f"{benchmark.key}.theme", benchmark.theme)
