"""A world for updates in disorder: people, the program on a loop of its own, and what must be kept."""

import asyncio
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import timedelta

from bot.hearing import Address, Phone
from bot.identity import participant_key
from bot.screens import Screen
from bot.telegram.channel import TelegramChannel
from bot.telegram.reception import Reception
from conversations.prompts import Takes
from conversations.questionnaire import QuestionType, Role
from conversations.relevance import path
from conversations.session import Answer
from tests.bot.houses import MovableClock
from tests.conftest import NOON
from tests.journeys.household import ROUND, a_round, household, open_round

ENGLISH = Phone(("en",))


@dataclass
class Person:
    """What the model knows of somebody: answers by question, and whether they were sent."""

    account: int
    seen: list[Screen] = field(default_factory=list)
    answers: dict[str, Answer] = field(default_factory=dict)
    is_sent: bool = False

    @property
    def address(self):
        return Address("telegram", str(self.account))


@dataclass(frozen=True)
class Posted:
    """An update as Telegram keeps it; `press` is (mark, turn, token), `text` what was written."""

    content: dict
    person: Person
    day: int
    press: tuple | None = None
    text: str = ""

    @property
    def number(self):
        return self.content["update_id"]


class Running:
    """The program, started and restarted on a loop of its own, with a clock of days."""

    def __init__(self, opening):
        self.opening = opening
        self.clock = MovableClock()
        self.day = 0
        self.taken = {}  # numbers of updates, with the last day on which they were delivered
        self.accounts = iter(range(2**41, 2**42))
        self.loop = asyncio.Runner()
        self.stack = None
        self.do(self._open_round())
        self.restart()

    def do(self, work):
        return self.loop.run(work)

    async def _open_round(self):
        async with household(self.opening, clock=self.clock) as house:
            round_ = await open_round(house, a_round(closes_at=NOON + timedelta(days=10_000)))
            self.instrument = await house.programme.instrument(round_)

    def restart(self):
        self.do(self._restart())

    async def _restart(self):
        if self.stack is not None:
            await self.stack.aclose()
        self.stack = AsyncExitStack()
        self.house = await self.stack.enter_async_context(household(self.opening, clock=self.clock))
        self.reception = Reception(None, TelegramChannel(None), self.house.dialogue)

    def close(self):
        self.do(self.stack.aclose())
        self.loop.close()

    def draft(self, person):
        return self.do(self.kept(person))

    async def kept(self, person):
        secret = self.house.stores.keyring.round_secret(ROUND)
        return await self.house.stores.conversations.draft(participant_key(person.address, secret))

    async def screen(self, person):
        """What a person has before them, or None where no conversation is open."""
        screen = (await self.house.dialogue.look(person.address, ENGLISH)).screen
        return screen if screen.mark else None


class Model:
    """What updates mean, in plain dictionaries: what is pressed counts at the turn it belongs to only."""

    def __init__(self, instrument):
        self.instrument = instrument

    def understand(self, posted, present):
        """Let the model take an update that comes for the first time."""
        if present is None or posted.person.is_sent or posted.text.startswith("/"):
            return
        if posted.press is not None:
            mark, turn, token = posted.press
            if (mark, turn) == (present.mark, present.turn) and present.button(token):
                self.press(posted.person, present, token)
            return
        token = meant(present, posted.text)
        if token is not None:
            self.press(posted.person, present, token)
        elif present.name == "question":
            self.keep(posted.person, present.question, self.worded(present, posted.text))

    def press(self, person, screen, token):
        if (screen.name, token) in (("stop", "y"), ("consent", "o")):
            person.answers = {}
        elif screen.name == "review" and token in ("y", "z"):
            person.is_sent = True
        elif screen.name == "question":
            self.keep(person, screen.question, self.chosen(screen, token))

    def chosen(self, screen, token):
        """Return the answer that a button gives, or None."""
        question = self.question(screen)
        codes = [choice.code for choice in self.instrument.questionnaire.choices_of(question)]
        match token[0]:
            case "a":
                return Answer(codes=(codes[int(token[1:])],))
            case "d":
                return Answer(codes=(self.instrument.specials(question)[int(token[1:])],))
            case "g":
                picked = [b.token[1:] for b in screen.buttons if b.picked and b.token[0] in "+-"]
                marked = tuple(codes[int(place)] for place in picked)
                is_enough = marked or question.type is QuestionType.NOTE or not question.required
                return Answer(codes=marked) if is_enough else None
            case "s":
                return Answer()
        return None

    def worded(self, screen, text):
        """Return the answer that words give, or None."""
        if screen.takes is Takes.TEXT and text.strip() and len(text) <= screen.max_length:
            return Answer(text=text.strip())
        if screen.takes is Takes.INTEGER and text.strip().isdecimal():
            limits = self.question(screen).constraint
            fits = limits is None or (limits.at_least or 0) <= int(text) <= (limits.at_most or 10**9)
            return Answer(number=int(text)) if fits else None
        return None

    def question(self, screen):
        return self.instrument.questionnaire.question(screen.question)

    def keep(self, person, question, answer):
        if answer is not None:
            answers = {**person.answers, question: answer}
            asked = {found.id for found in path(self.instrument.questionnaire, answers)}
            person.answers = {key: given for key, given in answers.items() if key in asked}

    def sheet_as_given(self, person):
        given = {}
        for key, answer in person.answers.items():
            if self.instrument.questionnaire.question(key).role is not Role.PATH:
                number = () if answer.number is None else (str(answer.number),)
                given[key] = answer.text or answer.codes or number
        return {key: value for key, value in given.items() if value}


def meant(screen, text):
    """Return the button that words name on a screen: its number or its label."""
    if text.strip().isdecimal() and screen.takes in (Takes.BUTTONS, Takes.MARKS):
        named = [b.token for b in screen.buttons if b.number is not None and int(b.number) == int(text)]
        return named[0] if named else None
    return next((button.token for button in screen.buttons if button.label == text), None)


def sheet_of(session):
    """Everything that was sent: codes and texts by question."""
    return {**session.sheet.answers, **{text.question: text.text for text in session.texts}}
