"""A released round put where the program keeps such: what hands it out is the program itself."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cache
from pathlib import Path

from bot.i18n import Catalogues
from bot.programme import Programme
from bot.publishing import Publisher
from bot.shelf import Shelf
from conversations.identifiers import RoundId
from conversations.ports import TABLES
from conversations.rounds import Round, RoundState
from storage.opening import Stores, memory_stores
from tests.conftest import NOON
from tests.instruments import shipped

LOCALES = Path(__file__).parents[2] / "locales"


@cache
def all_words() -> Catalogues:
    """Return the catalogues, read once."""
    return Catalogues.read(LOCALES)


@dataclass(frozen=True)
class Shelved:
    """The parts that hand out releases."""

    stores: Stores
    publisher: Publisher
    shelf: Shelf


async def add_round(stores: Stores, round_id: str, state: RoundState, **changes) -> Round:
    """Keep a round with the shipped definitions; a released one needs its parts besides."""
    instrument = shipped()
    parts = {
        "questionnaire": instrument.questionnaire,
        "benchmark": instrument.benchmark,
        "city": instrument.city,
    }
    for part in parts.values():
        await stores.rounds.keep_definition(part.fingerprint, part.model_dump_json(by_alias=True))
    closes_at = NOON + timedelta(days=21)
    done = state is RoundState.RELEASED
    round_ = Round(
        id=RoundId(round_id),
        name=f"Learning the language, {round_id}",
        city=instrument.city.key,
        series="demonstration",
        purpose="monitor",
        benchmark=instrument.benchmark.key,
        state=state,
        opens_at=NOON,
        closes_at=closes_at,
        timezone="Europe/Brussels",
        languages=("fr", "ar", "en"),
        demonstration=True,
        definitions={name: part.fingerprint for name, part in parts.items()},
        opened_at=NOON,
        closed_at=closes_at if done else None,
        released_at=closes_at if done else None,
    )
    round_ = replace(round_, **changes)
    await stores.rounds.add(round_)
    return round_


async def shelved(rounds: Mapping[str, Mapping[str, bytes]], now=lambda: NOON) -> Shelved:
    """Return a shelf with these rounds released: the bytes of each part by its name, the tables first."""
    stores = memory_stores()
    for round_id, parts in rounds.items():
        await add_round(stores, round_id, RoundState.RELEASED)
        for part in sorted(parts, key=lambda part: part != TABLES):
            await stores.releases.freeze(RoundId(round_id), parts[part], part)
    catalogues = all_words()
    programme = Programme(stores.rounds, catalogues, "")
    publisher = Publisher(stores.rounds, stores.releases, programme, catalogues)
    shelf = Shelf(
        rounds=stores.rounds,
        releases=stores.releases,
        answers=stores.city_answers,
        programme=programme,
        forms=publisher,
        now=now,
        version="0",
    )
    return Shelved(stores, publisher, shelf)
