"""Updates twice, late, in reverse, with odd numbers and over restarts: a plain dictionary knows what is kept.

The long form: `pytest tests/bot/test_updates_in_disorder.py --hypothesis-profile=long`.
"""

import asyncio
from collections.abc import Callable
from contextlib import contextmanager
from datetime import timedelta
from itertools import count

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from hypothesis.stateful import run_state_machine_as_test as run_machine
from telegram import Update

from bot.telegram.buttons import button_data
from conversations.prompts import ButtonKind
from conversations.session import Status
from tests.bot.disorder import Model, Person, Posted, Running, sheet_of
from tests.journeys.household import Opening, in_memory, on_disk

SHARES = {"memory": 0.3, "sqlite": 0.1}  # of Hypothesis's number of examples: 100, or as a profile says
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


class Disorder(RuleBasedStateMachine):
    """Three people, a careless network, and a program that is started again now and then."""

    opening: Callable[[], Opening]

    def __init__(self):
        super().__init__()
        self.running = Running(self.opening())
        self.model = Model(self.running.instrument)

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
        else:
            self.deliver([posted] * (2 if comes == "twice" else 1))

    @rule(person=PEOPLE, places=st.lists(st.integers(0, 3), min_size=3, max_size=9))
    def go_on(self, person, places):
        """Press what leads on, or is an answer, several times."""
        somebody = self.people[person]
        for place in places:
            posted = self.posted(somebody, "lead on", place) or self.posted(somebody, "command", "start")
            self.deliver([posted])

    @rule(person=PEOPLE, pressed=PLACES, before=st.integers(0, 3))
    def press_twice_quickly_and_the_second_comes_first(self, person, pressed, before):
        """Two buttons of one prompt: only what arrives first was of the present turn."""
        somebody = self.people[person]
        late = self.posted(somebody, "press", pressed)
        first = self.posted(somebody, "lead on", before)
        self.deliver([posted for posted in (first, late) if posted is not None])

    @rule(person=PEOPLE, words=st.sampled_from(["1", "2", "more courses"]))
    def write_and_come_again_the_next_day(self, person, words):
        posted = self.posted(self.people[person], "write", words)
        self.deliver([posted])
        self.days_pass(1)
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
        return posted.day >= self.running.day - 1  # Telegram keeps an update for 24 hours

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
                return self.written(person, f"{what} {person.account}" if what[:1].isalpha() else what)
            case "type a number":
                return self.written(person, str(what))
        back, place = what if isinstance(what, tuple) else (0, what)
        screen = person.seen[-1 - back] if len(person.seen) > back else None
        buttons = () if screen is None else screen.buttons
        if act == "lead on":
            buttons = buttons if present is not None else ()
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
        self.message, chat = self.message + 1, {"id": person.account, "type": "private"}
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
                self.model.understand(posted, await self.running.screen(posted.person))
                self.delivered.append(posted)
            self.running.taken[posted.number] = self.running.day
            await self.running.reception.take(Update.de_json(posted.content, None))
            if not is_new:
                assert await self.running.kept(posted.person) == before

    # --- What must be true at any time

    @invariant()
    def everybodys_answers_are_what_they_gave(self):
        for person in getattr(self, "people", ()):
            draft = self.running.draft(person)
            if person.is_sent:
                assert draft.session.status is Status.SENT
                assert sheet_of(draft.session) == self.model.sheet_as_given(person)
            else:
                assert (draft.session.answers if draft else {}) == person.answers

    @invariant()
    def nobody_has_words_of_somebody_else(self):
        for person in getattr(self, "people", ()):
            draft = self.running.draft(person)
            others = [str(other.account) for other in self.people if other is not person]
            assert draft is None or not any(one in draft.session.model_dump_json() for one in others)


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
            phases=[phase for phase in Phase if phase is not Phase.shrink or settings().max_examples > 100],
        ),
    )


@contextmanager
def disorder(kind, folder):
    """One such world, for somebody to order things in."""

    class Machine(Disorder):
        opening = staticmethod(in_memory if kind == "memory" else lambda: on_disk(folder))

    machine = Machine()
    machine.begin(1000)
    try:
        yield machine
        machine.everybodys_answers_are_what_they_gave()
    finally:
        machine.teardown()


@pytest.mark.parametrize("kind", ["memory", "sqlite"])
@pytest.mark.parametrize("days", [3, 4])
def test_a_number_of_some_days_ago_is_a_new_update(kind, days, tmp_path):
    with disorder(kind, tmp_path) as world:
        world.go_on(0, [0] * 6)
        world.days_pass(days)
        world.number = 1000
        world.act(0, ("press", 0), "now")

        assert len(world.people[0].answers) > 1


@pytest.mark.parametrize("kind", ["memory", "sqlite"])
def test_a_late_press_of_an_erased_conversation_answers_nothing_in_the_next(kind, tmp_path):
    with disorder(kind, tmp_path) as world:
        somebody = world.people[0]
        world.go_on(0, [0] * 4)
        late = world.posted(somebody, "press", 1)
        world.act(0, ("command", "stop"), "now")
        world.go_on(0, [1, 0, 0, 0, 0])
        present = world.running.do(world.running.screen(somebody))
        assert late.press[0] != present.mark
        assert late.press[1] == present.turn

        world.deliver([late])

        assert somebody.answers == {}
