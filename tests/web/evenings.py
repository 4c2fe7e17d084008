"""An association's evening on the web: the real program over real stores, a relay, and its code."""

from contextlib import asynccontextmanager

from bot.web.site import SiteLook
from conversations.identifiers import Locale
from conversations.lettering import in_groups
from tests.bot.houses import MovableClock
from tests.journeys.associations import a_relay
from tests.journeys.household import a_round, household, open_round
from tests.web.house import app_of, serving

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
        await house.stores.relays.add(a_relay(facilitator=kept))
        look = SiteLook(names={"en": "Port-Saule"}, colour="#1d625c", demonstration=True, offered=languages)
        secret = house.stores.keyring.installation()
        app = app_of(house, look=look, secret=secret, assisting=house.assisting)
        async with serving(app) as base:
            yield Evening(house, clock, base, in_groups(code))
