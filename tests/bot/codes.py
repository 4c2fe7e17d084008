"""Many people try one code at the same moment: `python -m tests.bot.codes --tries 100000`."""

import argparse
import asyncio
import sys
import tempfile
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from time import monotonic
from zoneinfo import ZoneInfo

from bot.app import SystemChance
from bot.codes import bundle_for, new_codes
from bot.hearing import Address
from bot.identity import participant_key
from bot.planning import Wish, wanted_round
from bot.screens import Screen
from conversations.codes import CARD
from conversations.identifiers import Locale, RelayId
from conversations.moves import Pressed, Typed
from conversations.ports import Draft, Outcome
from conversations.relays import Relay
from conversations.session import Place, Status
from tests.bot.houses import MovableClock, a_house
from tests.bot.somebody import ENGLISH, ON_PHONE, Somebody

TOGETHER = 1_000  # people who try at the same moment
LIBRARY = Relay(
    id=RelayId("library"),
    number=1,
    name="Library",
    kind="library",
    city="port-saule",
    series="language-learning",
    languages=(Locale("en"),),
    ends_on=date(2031, 12, 31),
)


async def planned_with(house, conduct):
    """Plan a round of the demonstration city that is conducted in this way."""
    wish = Wish(
        benchmark="language-learning",
        name="Spring",
        opens_at=house.campaigns.now(),
        closes_at=house.campaigns.now() + timedelta(days=21),
        zone=ZoneInfo("Europe/Brussels"),
        city=LIBRARY.city,
        series=LIBRARY.series,
    )
    round_, _ = wanted_round(wish, house.definitions, house.catalogues)
    return await house.campaigns.plan(replace(round_, conduct=conduct))


async def opened_with(house, **conduct):
    """Open a round that is conducted in this way, and make a library known that carries it."""
    planned = await planned_with(house, conduct)
    if LIBRARY.id not in [one.id for one in await house.stores.relays.all()]:
        await house.stores.relays.add(LIBRARY)
    house.relays.forget()
    return await house.campaigns.open(planned.id)


async def codes_for(house, count=1):
    """Put codes of the library on cards."""
    made = new_codes(SystemChance(), count)
    await house.stores.codes.add(made, bundle_for(LIBRARY))
    return made


def shown(screen: Screen) -> str:
    """All words of a screen."""
    return "\n".join(text.text for text in screen.texts)


class Holder(Somebody):
    """Somebody who may hold a card."""

    async def begin_with(self, code=""):
        """Begin as the card's link does, or without a link."""
        self.phone = replace(self.phone, arrival=f"{CARD}{code}" if code else "")
        await self.begin("l0", "g", "y")
        self.phone = replace(self.phone, arrival="")

    async def to_review(self):
        for _ in range(40):
            if self.screen.name == "review":
                return
            await self.press(self.screen.buttons[0].token)
        raise AssertionError("the review never came")


def key_of(house, address, round_):
    """The key under which somebody's session is kept."""
    return participant_key(address, house.stores.keyring.round_secret(round_.id))


async def crowd_at_review(house, round_, code, people):
    """Let one person come to the review with a code; make many who stand there with the same."""
    first = Holder(house, ON_PHONE, ENGLISH)
    await first.begin_with()
    await first.type(code)
    await first.to_review()
    session = (await house.stores.conversations.draft(key_of(house, ON_PHONE, round_))).session
    crowd = []
    for number in range(people):
        address = Address("web", f"{number:016}", returns=False)
        key = key_of(house, address, round_)
        draft = Draft(session.model_copy(update={"key": key, "mark": f"{number:06}"}))
        day = session.touched_on
        kept = Outcome(save=draft)
        await house.stores.conversations.take_turn(None, {round_.id: key}, day, lambda _, kept=kept: kept)
        crowd.append((address, draft.session))
    return crowd


async def try_once(house, round_, address, session, code):
    """Send, or type the code where it is asked for again; return what the session is afterwards."""
    reply = Typed(code) if session.place is Place.CODE else Pressed("y", session.turn)
    mark = session.mark if isinstance(reply, Pressed) else ""
    await house.dialogue.hear(address, None, reply, ENGLISH, mark)
    return (await house.stores.conversations.draft(key_of(house, address, round_))).session


async def try_at_once(house, round_, crowd, code):
    """Let everybody who has not sent try at the same moment; return the crowd as it is then."""

    async def one(address, session):
        if session.status is Status.SENT:
            return address, session
        return address, await try_once(house, round_, address, session, code)

    return await asyncio.gather(*(one(address, session) for address, session in crowd))


def sent(crowd):
    """How many have sent."""
    return sum(session.status is Status.SENT for _, session in crowd)


async def run(tries: int, folder: Path) -> None:
    """Try so often, a thousand at the same moment; say what came of it."""
    async with a_house("sqlite", folder, MovableClock()) as house:
        house.dialogue._desk = replace(house.dialogue._desk, pause=lambda _: asyncio.sleep(0))
        round_ = await opened_with(house, codes=True)
        code = (await codes_for(house))[0]
        crowd = await crowd_at_review(house, round_, code, min(tries, TOGETHER))
        began, done = monotonic(), 0
        while done < tries:
            done += len(crowd) - sent(crowd)
            crowd = await try_at_once(house, round_, crowd, code)
        left = await house.stores.codes.drop(bundle_for(LIBRARY))
        sys.stdout.write(
            f"{done} tries of one code in {monotonic() - began:.0f} s: {sent(crowd)} answer sent, "
            f"{len(crowd) - sent(crowd)} people told kindly, {left} codes left\n"
        )


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--tries", type=int, default=1_000)
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        asyncio.run(run(wanted.tries, Path(place)))
