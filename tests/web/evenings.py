"""An association's evening on the web: the real program over real stores, a relay, and its code."""

from contextlib import asynccontextmanager
from datetime import timedelta

from bot.web.app import web_app
from bot.web.site import SiteLook
from conversations.identifiers import Locale, RelayId
from conversations.lettering import in_groups
from conversations.relays import Relay
from tests.bot.houses import MovableClock
from tests.conftest import NOON
from tests.journeys.household import CITY, a_round, household, open_round
from tests.web.house import Shelf, serving

LANGUAGES = ("en", "fr", "ar", "bn", "el")


class Evening:
    """The program, its address, and a code of a relay."""

    def __init__(self, house, clock, base, code):
        self.house, self.clock, self.base, self.code = house, clock, base, code

    async def relay(self):
        (relay,) = await self.house.stores.relays.all()
        return relay


@asynccontextmanager
async def an_evening(opening, languages=LANGUAGES):
    clock = MovableClock()
    async with household(opening, clock=clock) as house:
        await open_round(house, a_round(languages=tuple(map(Locale, languages)), draft_languages=languages))
        code, kept = house.assisting.new_code()
        relay = Relay(
            id=RelayId("r0001"),
            number=1,
            name="House of the Quarter",
            kind="association",
            city=CITY,
            series="learning",
            languages=(Locale("fr"), Locale("ar")),
            ends_on=NOON.date() + timedelta(days=60),
            facilitator=kept,
        )
        await house.stores.relays.add(relay)
        app = web_app(
            listener=house.dialogue,
            catalogues=house.catalogues,
            releases=Shelf(),
            look=SiteLook(
                names={"en": "Port-Saule"}, colour="#1d625c", demonstration=True, offered=languages
            ),
            secret=house.stores.keyring.installation(),
            secure=False,
            assisting=house.assisting,
        )
        async with serving(app) as base:
            yield Evening(house, clock, base, in_groups(code))
