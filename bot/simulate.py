"""People made of dice, or given in a file, answer through the real engine and the real stores."""

import asyncio
from collections.abc import Callable, Sequence
from random import Random

from bot.dialogue import Dialogue
from bot.hearing import Address, Heard, Phone
from bot.people import Person
from bot.screens import Screen
from conversations.errors import RoundError
from conversations.identifiers import RoundId
from conversations.instrument import Instrument
from conversations.moves import Marked, Pressed, Reply, Typed
from conversations.questionnaire import Question, QuestionType
from conversations.rounds import Round, RoundState

AT_ONCE = 4
"""People who answer at the same time."""
LONGEST = 400
"""Moves after which a walk is given up: far above the longest path with all detours."""


Way = tuple[Callable[[str], str], float]
"""What a link carries for a language, and how often it is taken."""


def check_demonstration(round_: Round) -> None:
    """Refuse to put simulated people into anything but an open demonstration round.

    Raises:
        RoundError: the round is real, or not open.
    """
    if not round_.demonstration:
        raise RoundError(f"round {round_.id} is a real round; simulated people may only enter demonstrations")
    if round_.state is not RoundState.OPEN:
        raise RoundError(f"round {round_.id} is {round_.state}, not open; nobody can enter it")


async def simulate(
    dialogue: Dialogue,
    instrument: Instrument,
    people: Sequence[Person],
    name: str,
    seed: int,
    progress: Callable[[], None],
    ways: Sequence[Way] = (),
) -> None:
    """Let everybody answer; `name` with a number is each one's account, so that going on doubles nobody.

    `ways` are those by which people come: what a link carries in a language (nothing: by themselves), and how
    often it is taken.
    """
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(number: int, person: Person) -> None:
        async with gate:
            dice = Random(f"{seed}:{number}")
            address = Address("simulated", f"{name}:{number}", returns=False)
            tag = dice.choice(instrument.languages)
            way = _way(ways, tag, Random(f"{seed}:{number}:way"))
            await Walk(dialogue, instrument, person, address, Phone((tag,), arrival=way), dice).go()
            progress()

    async with asyncio.TaskGroup() as group:
        for number, person in enumerate(people):
            group.create_task(one(number, person))


def _way(ways: Sequence[Way], tag: str, dice: Random) -> str:
    """Return what the link carries by which somebody comes, empty if by none."""
    if not ways:
        return ""
    return dice.choices([link for link, _ in ways], weights=[often for _, often in ways])[0](tag)


class Walk:
    """One simulated person's way through the conversation, with a detour now and then."""

    def __init__(
        self,
        dialogue: Dialogue,
        instrument: Instrument,
        person: Person,
        address: Address,
        phone: Phone,
        dice: Random | None = None,
    ) -> None:
        self._dialogue = dialogue
        self._instrument = instrument
        self._person = person
        self._address = address
        self._phone = phone
        self._dice = dice

    async def go(self) -> None:
        """Answer until everything is sent; somebody who already has does nothing.

        Raises:
            RoundError: the conversation does not end.
        """
        heard = await self._dialogue.join(self._address, None, RoundId(self._instrument.round), self._phone)
        for _ in range(LONGEST):
            screen = heard.screen
            if screen is None or screen.turn is None or screen.name == "thanks":
                return
            heard = await self._say(self._detour(screen) or self._reply(screen), screen)
        raise RoundError(f"a simulated person got lost in round {self._instrument.round}")

    async def _say(self, reply: Reply, screen: Screen) -> Heard:
        return await self._dialogue.hear(self._address, None, reply, self._phone, screen.mark)

    def _detour(self, screen: Screen) -> Reply | None:
        """Sometimes ask why, change the language back and forth, or go back; always coming home."""
        if self._dice is None or screen.turn is None or self._dice.random() > 0.04:
            return None
        token = self._dice.choice(["b", "w", "p", "l"])
        return Pressed(token, screen.turn) if screen.button(token) else None

    def _reply(self, screen: Screen) -> Reply:
        """Return what leads forward from a screen, with this person's answer where it asks for one."""
        turn = screen.turn or 0
        if screen.name == "question" and screen.question is not None:
            return self._answer(self._instrument.questionnaire.question(screen.question), screen)
        return Pressed(screen.buttons[0].token, turn)

    def _answer(self, question: Question, screen: Screen) -> Reply:
        """Return this person's answer to a question: a press, marks, or words."""
        turn = screen.turn or 0
        codes = self._person.answers.get(question.id, ())
        if not codes:
            return Pressed(_token_of(screen, "s", "g"), turn)
        for place, special in enumerate(self._instrument.specials(question)):
            if special in codes:
                return Pressed(f"d{place}", turn)
        if question.type in (QuestionType.TEXT, QuestionType.INTEGER):
            return Typed(codes[0])
        offered = [choice.code for choice in self._instrument.questionnaire.choices_of(question)]
        if question.type is QuestionType.SELECT_MULTIPLE:
            return Marked(tuple(f"+{offered.index(code)}" for code in codes), turn)
        return Pressed(f"a{offered.index(codes[0])}", turn)


def _token_of(screen: Screen, *wanted: str) -> str:
    """Return the first of the wanted buttons that a screen has, or its first button."""
    return next((token for token in wanted if screen.button(token)), screen.buttons[0].token)
