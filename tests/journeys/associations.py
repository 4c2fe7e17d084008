"""An association for tests: a relay that carries the household's rounds, added by staff or kept at once."""

from dataclasses import replace
from datetime import timedelta

from bot.relaying import NewRelay
from conversations.identifiers import Locale, RelayId
from conversations.relays import Relay
from tests.conftest import NOON
from tests.journeys.household import CITY


async def add_relay(house, **changes):
    """Add a relay as staff do, and let the house know of it."""
    wish = NewRelay(
        name="House of Women",
        languages=("ar", "fr"),
        ends_on=NOON.date() + timedelta(days=30),
        kind="association",
        city=CITY,
        series="learning",
    )
    relay = await house.relaying.add(replace(wish, **changes))
    await house.relays.refresh(NOON)
    return relay


def a_relay(**changes):
    """A relay as a store keeps it."""
    relay = Relay(
        id=RelayId("r0001"),
        number=1,
        name="House of the Quarter",
        kind="association",
        city=CITY,
        series="learning",
        languages=(Locale("fr"), Locale("ar")),
        ends_on=NOON.date() + timedelta(days=60),
    )
    return replace(relay, **changes)
