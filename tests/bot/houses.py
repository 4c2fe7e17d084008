"""A whole house for tests: the real program over memory or SQLite, with a clock that can be moved."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.app import House, memory_house, open_house
from bot.config import Settings
from bot.people import throw_people
from bot.planning import Wish, wanted_round
from bot.simulate import simulate
from conversations.rounds import Round
from tests.conftest import NOON


class MovableClock:
    """A clock that stands still until it is moved."""

    def __init__(self, at: datetime = NOON) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at

    def advance(self, step: timedelta) -> None:
        self.at += step


@asynccontextmanager
async def a_house(kind: str, folder: Path, clock: MovableClock) -> AsyncIterator[House]:
    settings = Settings(_env_file=None, data_dir=folder)
    if kind == "memory":
        async with memory_house(settings, clock) as house:
            yield house
    else:
        async with open_house(settings, clock=clock) as house:
            yield house


async def plan(
    house: House,
    opens_in: timedelta = timedelta(),
    lasts: timedelta = timedelta(days=21),
    city: str = "port-saule",
) -> Round:
    """Plan a round of the demonstration city."""
    opens_at = house.campaigns.now() + opens_in
    wish = Wish(
        benchmark="language-learning",
        name="Spring",
        opens_at=opens_at,
        closes_at=opens_at + lasts,
        zone=ZoneInfo("Europe/Brussels"),
        city=city,
    )
    round_, _ = wanted_round(wish, house.definitions, house.catalogues)
    return await house.campaigns.plan(round_)


async def opened(house: House) -> Round:
    """Plan a round and open it."""
    return await house.campaigns.open((await plan(house)).id)


async def answer(house: House, round_: Round, people: int, seed: int = 1, name: str = "crowd") -> None:
    """Let people made of dice answer."""
    instrument = await house.programme.instrument(round_)
    crowd = throw_people(instrument, people, seed)
    await simulate(house.dialogue, instrument, crowd, name, seed, lambda: None)
