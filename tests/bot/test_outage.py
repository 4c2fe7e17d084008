"""An outage strands nobody: whoever was answering is asked again, once, newest first; a restart is none."""

import asyncio
import time
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from pydantic import SecretStr

from bot.delivery import Delivery
from bot.outage import Recovery
from bot.pacing import Rates
from bot.telegram.greeting import Greeting
from bot.telegram.places import newness
from bot.telegram.service import TelegramService
from conversations.errors import DatabaseUnusable
from storage.alive import AliveFile, RememberedMoment
from tests.bot.houses import MovableClock
from tests.bot.telegram_side import until
from tests.conftest import NOON
from tests.fake_bot_api import FakeBotApi
from tests.journeys.household import household, on_disk, open_round

# Messages go out beside each other: so far apart that they arrive in the order they were sent in.
FAST = Rates(chat_rate=1000, overall_rate=20)
BYSTANDER = 2**45


@pytest.fixture
async def api():
    async with FakeBotApi() as api:
        yield api


class Program:
    """The program on one data folder; people write to it through the fake Telegram."""

    def __init__(self, api, folder):
        self.api, self.opening, self.clock = api, on_disk(folder), MovableClock()
        self.bystander = api.person(account_id=BYSTANDER)
        self.has_round = False

    @asynccontextmanager
    async def running(self):
        """Between a start and a stop; the first answer of Telegram has been dealt with."""
        bell = []
        async with (
            household(self.opening, wake=lambda: bell[0].wake(), clock=self.clock) as house,
            TelegramService(SecretStr(self.api.token), self.api.url, first_pause=0.01) as service,
        ):
            if not self.has_round:
                await open_round(house)
                self.has_round = True
            stores = house.stores
            channels = {"telegram": service.channel}
            delivery = Delivery(
                stores.outbox,
                stores.conversations,
                house.saying,
                channels,
                time.monotonic,
                asyncio.sleep,
                rates=FAST,
            )
            bell.append(delivery)
            recovery = Recovery(
                stores.last_heard,
                stores.conversations,
                delivery,
                self.clock,
                newness,
                service.channel.forget_places,
            )
            stop = asyncio.Event()
            tasks = [
                asyncio.create_task(delivery.run(stop)),
                asyncio.create_task(service.run(house.dialogue, Greeting(), stop, recovery)),
            ]
            self.outbox = stores.outbox
            try:
                await self.settled()
                yield house
            finally:
                stop.set()
                await asyncio.gather(*tasks)

    async def settled(self):
        """Telegram was heard, and everything is said."""
        await self.bystander.send("/help")
        await self.api.emptied()
        async with asyncio.timeout(5):
            while await self.outbox.waiting():
                await asyncio.sleep(0.005)

    async def begins(self, person):
        await person.send("/start")
        await self.settled()

    def asked_since(self, calls):
        """Return who was sent something since so many calls, in order, except the bystander."""
        sent = [call["chat_id"] for method, call in self.api.calls[calls:] if method == "sendMessage"]
        return [int(chat) for chat in sent if int(chat) != BYSTANDER]


@pytest.fixture
def program(api, tmp_path):
    return Program(api, tmp_path / "data")


@pytest.fixture
def people(api):
    return [api.person(account_id=2**41 + number) for number in range(3)]


async def test_after_149_seconds_nobody_and_after_151_everybody_once_newest_first(api, program, people):
    maria, ali, zoe = people
    async with program.running():
        for person in (ali, zoe, maria):
            await program.begins(person)

    program.clock.advance(timedelta(seconds=149))
    calls = len(api.calls)
    async with program.running():
        pass
    assert program.asked_since(calls) == []

    # What is kept is rounded down to twenty seconds: an outage may count a little early, never late.
    program.clock.advance(timedelta(seconds=151))
    calls, before = len(api.calls), {person.chat_id: person.screen for person in people}
    async with program.running():
        pass
    assert program.asked_since(calls) == [maria.chat_id, zoe.chat_id, ali.chat_id]
    for person in people:
        assert person.screen is not before[person.chat_id]
        assert person.screen.text == before[person.chat_id].text
        assert before[person.chat_id].deleted
        assert person.screen is person.chat[-1]

    calls = len(api.calls)
    async with program.running():
        pass
    assert program.asked_since(calls) == []


async def test_while_running_too_and_the_new_button_works(api, program, people):
    maria, *_ = people
    async with program.running():
        await program.begins(maria)
        calls, before = len(api.calls), maria.screen
        api.down()
        program.clock.advance(timedelta(seconds=149))
        api.up()
        await program.settled()
        assert program.asked_since(calls) == []

        api.down()
        program.clock.advance(timedelta(seconds=151))
        api.up()
        await program.settled()
        await until(lambda: before.deleted)
        assert program.asked_since(calls) == [maria.chat_id]
        assert maria.screen.text == before.text

        await maria.press(0)
        await program.settled()
        assert maria.screen.text != before.text


async def test_who_answered_days_ago_is_left_in_peace_and_goes_on_at_the_next_message(api, program, people):
    maria, ali, _ = people
    async with program.running():
        await program.begins(maria)
        program.clock.advance(timedelta(days=3))
        await program.begins(ali)
    program.clock.advance(timedelta(days=1))
    calls, screen = len(api.calls), maria.screen

    async with program.running():
        assert program.asked_since(calls) == [ali.chat_id]
        assert maria.screen is screen
        await maria.send("nobody")
        await program.settled()

    assert maria.screen is not screen


async def test_what_was_written_during_the_outage_is_heard_and_answered_once(api, program, people):
    maria, *_ = people
    async with program.running():
        await program.begins(maria)
    program.clock.advance(timedelta(hours=1))
    await maria.send("/start")
    calls = len(api.calls)

    async with program.running():
        pass

    assert set(program.asked_since(calls)) == {maria.chat_id}
    assert len([shown for shown in maria.chat if shown.from_bot]) == 1


class Store:
    """A store whose sessions can be asked again after so many failures."""

    def __init__(self, failures=0):
        self.failures, self.calls = failures, []

    async def prompt_again(self, since, today):
        self.calls.append((since, today))
        if self.failures:
            self.failures -= 1
            raise DatabaseUnusable("disk full")
        return []


class Sayer:
    async def say_last(self, put):
        await put()


def a_recovery(kept, store, clock):
    return Recovery(kept, store, Sayer(), clock, newness, lambda: None)


async def test_what_could_not_be_put_into_the_outbox_is_tried_again(caplog):
    clock, kept, store = MovableClock(), RememberedMoment(), Store(failures=2)
    kept.mark(NOON - timedelta(hours=1))
    recovery = a_recovery(kept, store, clock)

    for _ in range(4):
        await recovery.heard()

    today = NOON.date()
    assert store.calls == [(today - timedelta(days=1), today)] * 3
    assert kept.at() == NOON
    assert [record.error for record in caplog.records] == ["DatabaseUnusable"] * 2


async def test_the_kept_moment_tells_no_finer_than_twenty_seconds(tmp_path):
    clock, kept = MovableClock(), AliveFile(tmp_path)
    recovery = a_recovery(kept, Store(), clock)
    assert kept.at() is None

    moments = []
    for _ in range(45):
        clock.advance(timedelta(seconds=1))
        await recovery.heard()
        moments.append(kept.at())

    assert set(moments) == {NOON + timedelta(seconds=20 * step) for step in range(3)}
    assert (tmp_path / "alive").read_bytes() == b""


async def test_a_silent_webhook_is_no_outage():
    clock, kept, store = MovableClock(), RememberedMoment(), Store()
    kept.mark(NOON)
    recovery = a_recovery(kept, store, clock)
    stop = asyncio.Event()

    keeping = asyncio.create_task(recovery.keep_up(stop))
    await asyncio.sleep(0)
    stop.set()
    await keeping
    clock.advance(timedelta(seconds=100))
    await recovery.heard()
    clock.advance(timedelta(seconds=100))
    await recovery.heard()

    assert store.calls == []
