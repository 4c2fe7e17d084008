"""A town whose rounds cost little: a questionnaire of two questions, and stores that let others go first."""

import asyncio
from dataclasses import replace
from pathlib import Path
from random import Random

from bot.app import LOCALES, SHIPPED
from bot.campaigns import Campaigns
from bot.definitions import Definitions
from bot.i18n import Catalogues
from bot.programme import Programme
from bot.registry import Registry
from conversations.questionnaire import Role
from conversations.rounds import RoundState, check_move
from storage.opening import Stores

PACK, CITY = "language-learning", "wellbrook"


class FewQuestions:
    """Definitions of one benchmark of two questions and one city, read once."""

    def __init__(self) -> None:
        shipped = Definitions(SHIPPED)
        benchmark, whole = shipped.pack(PACK)
        side = whole.with_role(Role.SIDE)[0]
        one = next(question for question in whole.with_role(Role.FACTOR) if question.relevant is None)
        factors = tuple(factor for factor in benchmark.key_factors if factor.key == one.key_factor)
        small = benchmark.model_copy(update={"key_factors": factors, "contextual_factors": ()})
        self._pack = small, whole.model_copy(update={"questions": (side, one)})
        known = shipped.city("port-saule")
        own = {"key": CITY, "demonstration": False, "languages": ("en",)}
        short = {"help_contacts": known.help_contacts[:1], "regions": (), "districts": (), "margins": ()}
        self._city = known.model_copy(update=own | short)

    def packs(self):
        return [PACK]

    def cities(self):
        return [CITY]

    def pack(self, name):
        return self._pack

    def asked(self, round_):
        return self._pack

    def plan_text(self, name):
        return None

    def city(self, key):
        return self._city


class Yielding:
    """A store behind which others get their turn: each call first waits for none, one or two of them."""

    def __init__(self, store, chance: Random) -> None:
        self._store = store
        self._chance = chance

    def __getattr__(self, name: str):
        kept = getattr(self._store, name)

        async def call(*args, **facts):
            for _ in range(self._chance.randrange(3)):
                await asyncio.sleep(0)
            return await kept(*args, **facts)

        return call


class Quick(Campaigns):
    """Campaigns whose releases hold nothing: the change alone is made, as the release step makes it."""

    async def release(self, round_id, passphrase=None, watch=None, *, by="staff"):
        before = await self.close_if_due(round_id)
        if before.state is not RoundState.RELEASED:
            check_move(before, RoundState.RELEASED)
            await self._move(before, replace(before, state=RoundState.RELEASED, released_at=self._now()), by)
        return ""


class Town:
    """One data folder, or memory, that several processes work on."""

    def __init__(self) -> None:
        self._catalogues = Catalogues.read(Path(LOCALES))
        self._definitions = FewQuestions()

    def process(self, stores: Stores, clock, chance: Random) -> Quick:
        """Return the campaigns of one more process over the same stores."""
        rounds = Yielding(stores.rounds, chance)
        programme = Programme(rounds, self._catalogues, "")
        known = {name: getattr(stores, name, None) for name in Registry.__dataclass_fields__}
        own = {
            "rounds": rounds,
            "schedules": Yielding(stores.schedules, chance),
            "programme": programme,
            "definitions": self._definitions,
            "catalogues": self._catalogues,
            "version": "0",
        }
        return Quick(Registry(**(known | own)), clock)
