"""Updates twice, late, in reverse, with odd numbers and over restarts: a plain dictionary knows what is kept.

The long form: `pytest tests/bot/test_updates_in_disorder.py --hypothesis-profile=long`.
"""

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from hypothesis.stateful import run_state_machine_as_test as run_machine
from telegram import Update

from bot.hearing import Address, Phone
from bot.identity import participant_key
from bot.screens import Screen
from bot.telegram.buttons import button_data
from bot.telegram.channel import TelegramChannel
from bot.telegram.reception import Reception
from conversations.prompts import ButtonKind, Takes
from conversations.questionnaire import QuestionType, Role
from conversations.relevance import path
from conversations.session import Answer, Status
from tests.bot.houses import MovableClock
from tests.conftest import NOON
from tests.journeys.household import ROUND, Opening, a_round, household, in_memory, on_disk, open_round

ENGLISH = Phone(("en",))
SHARES = {
    "memory": 0.4,
    "sqlite": 0.12,
}  # of Hypothesis's number of examples, 100 unless a profile says other
COMMANDS = ("start", "language", "stop", "privacy", "help")
PLACES = st.integers(0, 12)
ACTS = st.one_of(
    st.tuples(st.just("press"), PLACES),
    st.tuples(st.just("press an old button"), st.tuples(st.integers(1, 6), PLACES)),
    st.tuples(st.just("type a number"), st.integers(0, 30)),
    st.tuples(st.just("type a label"), PLACES),
    st.tuples(st.just("write"), st.sampled_from(["more courses", "no stairs", "  ", "٣ 4"])),
    st.tuples(st.just("command"), st.sampled_from(COMMANDS)),
)
PEOPLE = st.integers(0, 2)


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


class Disorder(RuleBasedStateMachine):
    """Three people, a careless network, and a program that is started again now and then."""

    opening: Callable[[], Opening]

    def __init__(self):
        super().__init__()
        self.running = Running(self.opening())

    def teardown(self):
        self.running.close()

    @initialize(number=st.integers(1, 2**31))
    def begin(self, number):
        self.people = [Person(next(self.running.accounts)) for _ in range(3)]
        self.number = number
        self.held: list[Posted] = []
        self.delivered: list[Posted] = []
        self.message = 1

    # --- What people and the network do

    @rule(person=PEOPLE, act=ACTS, comes=st.sampled_from(["now", "now", "twice", "later"]))
    def act(self, person, act, comes):
        posted = self.posted(self.people[person], *act)
        if posted is None:
            return
        if comes == "later":
            self.held.append(posted)
            return
        self.deliver([posted])
        if comes == "twice":
            self.deliver([posted])

    @rule(person=PEOPLE, places=st.lists(st.integers(0, 3), min_size=3, max_size=9))
    def go_on(self, person, places):
        """Press what leads on, or is an answer, several times."""
        somebody = self.people[person]
        for place in places:
            posted = self.posted(somebody, "lead on", place) or self.posted(somebody, "command", "start")
            self.deliver([posted])

    @precondition(lambda self: self.held)
    @rule(place=PLACES)
    def come_late(self, place):
        self.deliver([self.held.pop(place % len(self.held))])

    @precondition(lambda self: self.held)
    @rule()
    def come_all_in_reverse(self):
        held, self.held = self.held, []
        self.deliver(held[::-1])

    @precondition(lambda self: self.delivered)
    @rule(places=st.lists(st.integers(0, 60), min_size=1, max_size=4))
    def come_again(self, places):
        fresh = [posted for posted in self.delivered if self.is_recent(posted)]
        if fresh:
            self.deliver([fresh[place % len(fresh)] for place in places])

    @rule(leap=st.integers(-(2**20), 2**20))
    def numbers_jump(self, leap):
        self.number = max(1, self.number + leap)

    @rule(person=PEOPLE, places=st.tuples(st.integers(0, 60), PLACES), days=st.integers(3, 6))
    def numbers_come_back_after_a_quiet_time(self, person, places, days):
        """What was used three days ago and more may be used for something new."""
        self.days_pass(days)
        old = sorted(n for n, day in self.running.taken.items() if day <= self.running.day - 3)
        if old:
            self.number = old[places[0] % len(old)] - 1
        self.act(person, ("press", places[1]), "now")

    @rule(days=st.integers(1, 4))
    def days_pass(self, days):
        self.running.day += days
        self.running.clock.advance(timedelta(days=days))
        self.held = [posted for posted in self.held if self.is_recent(posted)]

    @rule()
    def restart(self):
        self.running.restart()

    def is_recent(self, posted):
        """Telegram keeps an update for 24 hours."""
        return posted.day >= self.running.day - 1

    # --- Updates

    def posted(self, person, act, what):
        """Make an update of what a person does now, or None where there is nothing to do it with."""
        present = self.running.do(self.running.screen(person))
        if present is not None and present not in person.seen:
            person.seen.append(present)
        match act:
            case "command":
                return self.written(person, f"/{what}")
            case "write":
                return self.written(person, f"{what} {person.account}" if what.strip() else what)
            case "type a number":
                return self.written(person, str(what))
        back, place = what if isinstance(what, tuple) else (0, what)
        screen = person.seen[-1 - back] if len(person.seen) > back else None
        buttons = () if screen is None else screen.buttons
        if act == "lead on":
            buttons = [b for b in buttons if b.kind in (ButtonKind.FORWARD, ButtonKind.ANSWER)]
            place = place if len(buttons) > 1 else 0
        if not buttons:
            return None
        button = buttons[place % len(buttons)]
        if act == "type a label":
            return self.written(person, button.label)
        return self.pressed(person, screen, button.token)

    def written(self, person, text):
        return Posted(self.update(message=self.chat(person, text)), person, self.running.day, text=text)

    def pressed(self, person, screen, token):
        press = (screen.mark, screen.turn, token)
        query = {
            "id": "1",
            "from": self.account(person),
            "chat_instance": "1",
            "message": self.chat(person, "?"),
            "data": button_data(*press),
        }
        return Posted(self.update(callback_query=query), person, self.running.day, press=press)

    def update(self, **content):
        """Give the next number that was not in use for some days."""
        self.number += 1
        while self.running.taken.get(self.number, -9) > self.running.day - 3:
            self.number += 1
        self.running.taken[self.number] = self.running.day
        return {"update_id": self.number, **content}

    def chat(self, person, text):
        self.message += 1
        chat = {"id": person.account, "type": "private"}
        written = {"message_id": self.message, "date": 1, "chat": chat, "from": self.account(person)}
        return {**written, "text": text}

    def account(self, person):
        return {"id": person.account, "is_bot": False, "first_name": "Somebody", "language_code": "en"}

    # --- Delivery, to the program and to the model

    def deliver(self, batch):
        """Deliver to different people side by side, to each in order."""

        async def side_by_side():
            lanes = [[one for one in batch if one.person is person] for person in self.people]
            await asyncio.gather(*(self.lane(lane) for lane in lanes if lane))

        self.running.do(side_by_side())

    async def lane(self, lane):
        for posted in lane:
            before = await self.running.kept(posted.person)
            is_new = posted not in self.delivered
            if is_new:
                self.understand(posted, await self.running.screen(posted.person))
                self.delivered.append(posted)
            self.running.taken[posted.number] = self.running.day
            await self.running.reception.take(Update.de_json(posted.content, None))
            if not is_new:
                assert await self.running.kept(posted.person) == before

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
        codes = [choice.code for choice in self.running.instrument.questionnaire.choices_of(question)]
        match token[0]:
            case "a":
                return Answer(codes=(codes[int(token[1:])],))
            case "d":
                return Answer(codes=(self.running.instrument.specials(question)[int(token[1:])],))
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
        return self.running.instrument.questionnaire.question(screen.question)

    def keep(self, person, question, answer):
        if answer is not None:
            answers = {**person.answers, question: answer}
            asked = {found.id for found in path(self.running.instrument.questionnaire, answers)}
            person.answers = {key: given for key, given in answers.items() if key in asked}

    # --- What must be true at any time

    @invariant()
    def everybodys_answers_are_what_they_gave(self):
        for person in getattr(self, "people", ()):
            draft = self.running.draft(person)
            if person.is_sent:
                assert draft.session.status is Status.SENT
                assert sheet_of(draft.session) == self.sheet_as_given(person)
            else:
                assert (draft.session.answers if draft else {}) == person.answers

    @invariant()
    def nobody_has_words_of_somebody_else(self):
        for person in getattr(self, "people", ()):
            kept = str((draft.session.model_dump_json()) if (draft := self.running.draft(person)) else "")
            assert not any(str(other.account) in kept for other in self.people if other is not person)

    def sheet_as_given(self, person):
        given = {}
        for key, answer in person.answers.items():
            if self.running.instrument.questionnaire.question(key).role is not Role.PATH:
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


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["memory", "sqlite"])
def test_updates_in_disorder_change_nothing_but_what_they_say(kind, tmp_path):
    folders = (tmp_path / str(place) for place in count())
    opening = in_memory if kind == "memory" else lambda: on_disk(next(folders))
    examples = max(5, round(SHARES[kind] * settings().max_examples))
    run_machine(
        type("Machine", (Disorder,), {"opening": staticmethod(opening)}),
        settings=settings(
            max_examples=examples,
            stateful_step_count=40,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


@pytest.mark.parametrize("kind", ["memory", "sqlite"])
@pytest.mark.parametrize("days", [3, 4])
def test_a_number_of_some_days_ago_is_a_new_update(kind, days, tmp_path):
    class Machine(Disorder):
        opening = staticmethod(in_memory if kind == "memory" else lambda: on_disk(tmp_path))

    machine = Machine()
    try:
        machine.begin(1000)
        machine.go_on(0, [0] * 6)
        machine.days_pass(days)
        machine.number = 1000
        machine.act(0, ("press", 0), "now")
        machine.everybodys_answers_are_what_they_gave()
        assert len(machine.people[0].answers) > 1
    finally:
        machine.teardown()
