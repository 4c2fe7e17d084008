"""Demonstration rounds: an earlier one, released, and an open one, both with simulated people."""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from bot.answer_file import taken
from bot.app import SHIPPED, House
from bot.bars import bar
from bot.dialogue import Dialogue
from bot.people import throw_people
from bot.planning import Wish, wanted_round
from bot.relaying import NewRelay
from bot.relays import Relays
from bot.simulate import Way, simulate
from conversations.identifiers import Locale, RoundId
from conversations.relays import Relay
from conversations.rounds import Round, RoundState

CITY, BENCHMARK, SERIES = "port-saule", "language-learning", "demonstration"
EARLIER, OPEN = RoundId("demonstration-earlier"), RoundId("demonstration")
PEOPLE = 300
SEEDS = {EARLIER: 1, OPEN: 2}
LASTED = timedelta(days=21)
AGO = timedelta(days=90)
LINKS_LAST = timedelta(days=365)
ANSWER = SHIPPED / "cities" / CITY / "answer.toml"
"""What the invented city answers to its earlier round."""


RELAYS = (
    ("House of Languages", "association", 4),
    ("Library at the Harbour", "library", 2),
    ("Evening Course", "school", 1),
)
"""Invented relays: their names, their kinds, and how often people come by them."""
BY_THEMSELVES = 3
"""How often people come by no relay."""


class Demonstration:
    """Prepares the demonstration; whatever was done at an earlier start is not done again."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._now = house.campaigns.now

    async def begin(self) -> None:
        """Plan both rounds, and open the one that can be answered: quick, before anybody looks."""
        now = self._now()
        if await self._house.stores.rounds.get(EARLIER) is None:
            opens = now - AGO
            await self._add(EARLIER, "Demonstration: last season", opens, opens + LASTED)
        await self._relays()
        current = await self._house.stores.rounds.get(OPEN)
        if current is None:
            await self._add(OPEN, "Demonstration: this season", now, now + LASTED)
            await self._house.campaigns.open(OPEN)
        elif current.state is RoundState.PLANNED:
            await self._house.campaigns.open(OPEN)

    async def _relays(self) -> None:
        """Make the invented relays known, once."""
        known = {relay.name for relay in await self._house.stores.relays.all()}
        city = self._house.definitions.city(CITY)
        for name, kind, _ in RELAYS:
            if name not in known:
                ends_on = self._now().date() + LINKS_LAST
                wish = NewRelay(
                    name=name, languages=city.languages, ends_on=ends_on, kind=kind, city=CITY, series=SERIES
                )
                await self._house.relaying.add(wish)

    async def _ways(self) -> list[Way]:
        """Return the links of the invented relays, and how often people come by each, or by none."""
        relays = {relay.name: relay for relay in await self._house.stores.relays.all()}
        ways: list[Way] = [(lambda _: "", BY_THEMSELVES)]
        for name, _, often in RELAYS:
            if name in relays:
                ways.append((partial(_link, self._house.relays, relays[name]), often))
        return ways

    async def past(self, stop: asyncio.Event) -> None:
        """Let simulated people answer the earlier round, close and release it, at the time it was open."""
        round_ = await self._get(EARLIER)
        if round_.state is RoundState.RELEASED:
            await self._answer()
            return
        if round_.state is RoundState.PLANNED:
            campaigns, _ = self._house.at(lambda: round_.opens_at)
            await campaigns.open(EARLIER)
        _, dialogue = self._house.at(lambda: round_.opens_at + LASTED / 2)
        if (await self._get(EARLIER)).state is RoundState.OPEN:
            await self._people(EARLIER, dialogue, "people of last season", stop)
        if stop.is_set():
            return
        campaigns, _ = self._house.at(lambda: round_.closes_at)
        await campaigns.close(EARLIER)
        await campaigns.release(EARLIER)
        await self._answer()

    async def _answer(self) -> None:
        """Let the city answer the earlier round, once."""
        registry = self._house.registry
        if await registry.city_answers.get(EARLIER) is None:
            await taken(registry, EARLIER, ANSWER.read_text("utf-8"), ANSWER.name, self._now())

    async def present(self, stop: asyncio.Event) -> None:
        """Let simulated people answer the open round."""
        if (await self._get(OPEN)).state is RoundState.OPEN:
            await self._people(OPEN, self._house.dialogue, "people of this season", stop)

    async def _people(self, round_id: RoundId, dialogue: Dialogue, words: str, stop: asyncio.Event) -> None:
        """Simulate, with a progress bar, until everybody answered or `stop` is set."""
        house = self._house
        instrument = await house.programme.instrument(await self._get(round_id))
        people = throw_people(instrument, PEOPLE, SEEDS[round_id])
        ways = await self._ways()
        with bar(words, len(people)) as advance:
            answering = asyncio.create_task(
                simulate(dialogue, instrument, people, "demonstration", SEEDS[round_id], advance, ways)
            )
            stopping = asyncio.create_task(stop.wait())
            await asyncio.wait({answering, stopping}, return_when=asyncio.FIRST_COMPLETED)
            stopping.cancel()
            if not answering.done():
                answering.cancel()
                await asyncio.wait({answering})
                return
            await answering

    async def _add(self, round_id: RoundId, name: str, opens_at: datetime, closes_at: datetime) -> None:
        """Plan one demonstration round."""
        wish = Wish(
            benchmark=BENCHMARK,
            name=name,
            opens_at=opens_at,
            closes_at=closes_at,
            zone=ZoneInfo(self._house.definitions.city(CITY).timezone),
            city=CITY,
            series=SERIES,
        )
        round_, _ = wanted_round(wish, self._house.definitions, self._house.catalogues)
        campaigns, _ = self._house.at(lambda: opens_at)  # what is over by now could not be planned any more
        await campaigns.plan(replace(round_, id=round_id, demonstration=True))

    async def _get(self, round_id: RoundId) -> Round:
        round_ = await self._house.stores.rounds.get(round_id)
        assert round_ is not None
        return round_


def _link(relays: Relays, relay: Relay, tag: str) -> str:
    """Return what an invented relay's link carries in a language."""
    return relays.payload(relay, "web", Locale(tag))
