"""Two histories of moves that end in the same answers leave the same release behind, byte for byte."""

import json
from random import Random

from bot.hearing import Address, Phone
from bot.people import throw_people
from bot.screens import Screen
from bot.simulate import Walk
from conversations.moves import Asked, Marked, Pressed, Reply, Typed, Wish
from tests.conftest import NOON
from tests.instruments import shipped
from tests.journeys.household import ROUND, a_round, household, in_memory, on_disk, open_round

PEOPLE = 40


class Wanderer(Walk):
    """Somebody who goes back, changes answers, asks why, pauses and switches language, and comes home."""

    def __init__(self, dialogue, instrument, person, address, phone, seed):
        super().__init__(dialogue, instrument, person, address, phone, Random(seed))
        self.wandered, self.return_now, self.edits = set(), False, 2

    def _detour(self, screen: Screen) -> Reply | None:
        turn = screen.turn or 0
        if self.return_now and screen.name in ("question", "review"):
            self.return_now = False
            return Pressed("b", turn)
        if screen.name == "language":
            return Pressed(self._dice.choice(["l0", "l1", "l2"]), turn)
        if screen.name == "change":
            return Pressed(self._dice.choice(screen.buttons[1:]).token, turn)
        if screen.name == "review" and self.edits:
            self.edits -= 1
            return Pressed("c", turn)
        if screen.name == "question":
            return self._wander(screen, turn)
        return None

    def _wander(self, screen: Screen, turn: int) -> Reply | None:
        """On the first sight of a question do something else than answering it for good."""
        if screen.question in self.wandered:
            return None
        self.wandered.add(screen.question)
        match self._dice.choice(["wrong", "wrong", "why", "pause", "language", "stop", "nothing"]):
            case "wrong":
                self.return_now = True
                return self._wrong(screen, turn)
            case "why" | "pause" as token if screen.button(token[0]):
                return Pressed(token[0], turn)
            case "language" | "stop" as wish:
                return Asked(Wish(wish))
        return None

    def _wrong(self, screen: Screen, turn: int) -> Reply:
        """Give some answer, which is taken back on the next screen."""
        match screen.takes:
            case "marks":
                return Marked(("+0", "+2"), turn)
            case "integer":
                return Typed("٣")
            case "text":
                return Typed("Nothing in particular")
        return Pressed("a0", turn)


async def release_of(opening, walk_of):
    """Let everybody walk in their own way; close the round and return the release's bytes."""
    async with household(opening) as house:
        round_ = await open_round(house, a_round(k=5))
        instrument = await house.programme.instrument(round_)
        for number, person in enumerate(throw_people(shipped(), PEOPLE, 7)):
            await walk_of(house, instrument, person, number).go()
        assert await house.stores.answers.count(ROUND) == PEOPLE
    async with household(opening, clock=lambda: NOON.replace(month=4)) as house:
        await house.campaigns.close(ROUND)
        await house.campaigns.release(ROUND)
        return await house.stores.releases.read(ROUND)


def straight_on(house, instrument, person, number):
    return Walk(
        house.dialogue, instrument, person, Address("web", f"w{number}", returns=False), Phone(("en",))
    )


def wandering(house, instrument, person, number):
    on_telegram = number % 2 == 0
    address = Address("telegram" if on_telegram else "web", str(number), returns=on_telegram)
    return Wanderer(house.dialogue, instrument, person, address, Phone(("ar",)), number)


async def test_the_way_to_an_answer_leaves_no_trace_in_the_release(tmp_path):
    one = await release_of(in_memory(), straight_on)
    other = await release_of(in_memory(), wandering)
    on_paper = await release_of(on_disk(tmp_path), wandering)

    groups = [group for table in json.loads(one)["tables"] for group in table["groups"]]
    counts = [answer["count"] for group in groups for answer in group["answers"]]
    assert sum(count is not None for count in counts) > 50
    assert one == other == on_paper


async def test_wanderers_do_change_their_minds():
    async with household(in_memory()) as house:
        instrument = await house.programme.instrument(await open_round(house))
        person = throw_people(shipped(), 1, 7)[0]
        walk = wandering(house, instrument, person, 0)
        await walk.go()

        (key,) = house.stores.keyring.drafts
        session = (await house.stores.conversations.draft(key)).session

    assert len(walk.wandered) > 10
    assert session.turn > 2 * len(session.sheet.answers)
