"""The program as tests run it: real stores, rounds and dialogue, at a fixed time."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cache
from pathlib import Path

from bot.aloud import Aloud
from bot.assisting import Assisting
from bot.campaigns import Campaigns
from bot.definitions import Definitions
from bot.desk import Desk
from bot.dialogue import Dialogue
from bot.helping import Helping
from bot.i18n import Catalogues
from bot.mailing import Mailings
from bot.programme import Programme
from bot.registry import Registry
from bot.relaying import Relaying
from bot.relays import Relays
from bot.saying import Saying
from conversations.identifiers import Locale, RoundId
from conversations.lettering import ALPHABET
from conversations.rounds import Round, RoundState
from storage.opening import Stores, memory_stores, open_stores
from tests.conftest import NOON

ROOT = Path(__file__).parents[2]
CITY = "port-saule"
ROUND = RoundId("spring")
PUBLIC_URL = "https://voix.example"

Opening = Callable[[], Awaitable[Stores]]


class Chance:
    """Marks and codes as the operating system throws them."""

    def mark(self):
        return secrets.token_hex(3)

    def withdrawal_code(self):
        return f"{secrets.randbelow(10**16):016}"

    def letters(self, count):
        return "".join(secrets.choice(ALPHABET) for _ in range(count))


def on_disk(folder: Path) -> Opening:
    """Stores in SQLite, opened anew at each start."""
    return lambda: open_stores(folder)


def in_memory() -> Opening:
    """Stores in memory; they outlast a restart of everything else."""
    stores = memory_stores()

    async def opening():
        return stores

    return opening


@cache
def all_words() -> Catalogues:
    """The catalogues, read once: reading them is most of what a start costs."""
    return Catalogues.read(ROOT / "locales")


@dataclass(kw_only=True)
class Household:
    """The program between a start and a stop."""

    stores: Stores
    catalogues: Catalogues
    programme: Programme
    dialogue: Dialogue
    assisting: Assisting
    helping: Helping
    campaigns: Campaigns
    registry: Registry
    mailings: Mailings
    relays: Relays
    relaying: Relaying
    saying: Saying
    aloud: Aloud


@asynccontextmanager
async def household(
    opening: Opening,
    *,
    wake=lambda: None,
    clock=lambda: NOON,
    own: Path | None = None,
    pause=lambda _: asyncio.sleep(0),
    aloud=None,
):
    """Start the program, and stop it at the end; `own` is a folder of definitions of one's own.

    `aloud` (a folder of recordings, a synthesiser) makes it read aloud; without it, it is silent.
    """
    catalogues = all_words()
    reads = Aloud(catalogues, *(aloud or (ROOT / "nowhere",)))
    if aloud is not None:
        await reads.prepare()
    stores = await opening()
    try:
        programme = Programme(stores.rounds, catalogues, "", reads.heard)
        desk = Desk(
            conversations=stores.conversations,
            answers=stores.answers,
            contacts=stores.contacts,
            keyring=stores.keyring,
            programme=programme,
            catalogues=catalogues,
            now=clock,
            chance=Chance(),
            wake=wake,
            pause=pause,
            aloud=reads,
            relays=Relays(stores.relays, b"relays", PUBLIC_URL),
        )
        registry = Registry(
            relays=stores.relays,
            facilitating=stores.facilitating,
            rounds=stores.rounds,
            conversations=stores.conversations,
            answers=stores.answers,
            texts=stores.texts,
            releases=stores.releases,
            progress=stores.progress,
            contacts=stores.contacts,
            told=stores.told,
            schedules=stores.schedules,
            outbox=stores.outbox,
            keyring=stores.keyring,
            programme=programme,
            definitions=Definitions(ROOT / "conversations", own),
            catalogues=catalogues,
            city_answers=stores.city_answers,
            version="0",
        )
        await programme.prepare()
        assisting = Assisting(stores.facilitating, desk.relays, b"facilitators", clock, pause)
        await assisting.prepare()
        dialogue = Dialogue(desk)
        yield Household(
            stores=stores,
            catalogues=catalogues,
            programme=programme,
            dialogue=dialogue,
            assisting=assisting,
            helping=Helping(dialogue, desk, assisting),
            campaigns=Campaigns(registry, clock),
            registry=registry,
            mailings=Mailings(registry, clock),
            relays=desk.relays,
            relaying=Relaying(registry, desk.relays, clock, Chance().letters),
            saying=Saying(programme, catalogues, reads),
            aloud=reads,
        )
    finally:
        await stores.close()


def a_round(round_id: str = ROUND, city: str = CITY, **changes) -> Round:
    """A demonstration round of three weeks that has been open for a day."""
    planned = Round(
        id=RoundId(round_id),
        name=f"Learning the language, {round_id}",
        city=city,
        series="learning",
        purpose="monitor",
        benchmark="language-learning",
        state=RoundState.PLANNED,
        opens_at=NOON - timedelta(days=1),
        closes_at=NOON + timedelta(days=20),
        timezone="Europe/Brussels",
        languages=tuple(Locale(tag) for tag in ("fr", "ar", "en")),
        demonstration=True,
    )
    return replace(planned, **changes)


async def open_round(house: Household, round_: Round | None = None) -> Round:
    """Plan and open a round."""
    planned = await house.campaigns.plan(round_ or a_round())
    return await house.campaigns.open(planned.id)
