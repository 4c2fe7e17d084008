"""What waits is said: in order, newest turn only, no faster than the channel allows, whatever goes wrong."""

import asyncio
import random
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from math import inf
from time import monotonic

import pytest

from bot.delivery import Delivery
from bot.pacing import Rates
from conversations.errors import (
    ChannelBusy,
    ChannelDown,
    ParticipantLeft,
    PromptRefused,
)
from tests.bot.post_office import Channel, Shelf, Time, Words, drained, fullest_second
from tests.bot.storm import storm
from tests.bot.telegram_side import ScriptedListener, a_screen, telegram
from tests.fake_bot_api import FakeBotApi


@pytest.fixture
def time():
    return Time()


@pytest.fixture
def shelf():
    return Shelf()


@pytest.fixture
def channel(time):
    return Channel(time)


@pytest.fixture
def delivery(time, shelf, channel):
    return Delivery(shelf, shelf, Words(), {"here": channel}, time, time.sleep, contacts=shelf)


async def test_a_session_is_said_with_its_note_and_struck_out(delivery, time, shelf, channel):
    shelf.session("maria", 3, shown="the note before")

    await drained(delivery, time)

    assert channel.shown == [(1000.0, "maria", "turn 3", "the note before")]
    assert shelf.parcels == []
    assert shelf.drafts["maria"].shown == "note of turn 3"


async def test_only_the_newest_turn_of_a_session_is_said(delivery, time, shelf, channel):
    for turn in (1, 2, 3):
        shelf.session("maria", turn)

    await drained(delivery, time)

    assert channel.said == [("maria", "turn 3")]
    assert shelf.parcels == []


async def test_what_has_nothing_to_say_any_more_is_struck_out(delivery, time, shelf, channel):
    shelf.session("gone", 1)
    del shelf.drafts["gone"]
    shelf.session("over", -1)
    shelf.session("nowhere", 1)
    shelf.drafts["nowhere"] = replace(shelf.drafts["nowhere"], address="")

    await drained(delivery, time)

    assert (channel.calls, shelf.parcels) == ([], [])


async def test_what_is_for_a_channel_that_is_not_switched_on_stays_in_the_outbox(
    delivery, time, shelf, channel, caplog
):
    shelf.session("maria", 1, address="elsewhere:maria:0")
    shelf.session("ali", 1)

    await drained(delivery, time)

    assert channel.said == [("ali", "turn 1")]
    assert [parcel.id for parcel in shelf.parcels] == ["maria-1"]
    assert caplog.records == []


async def test_an_unreadable_draft_does_not_hold_up_what_is_behind_it(delivery, time, shelf, channel, caplog):
    shelf.session("maria", 1)
    shelf.session("ali", 1)
    shelf.unreadable.add("maria")

    await drained(delivery, time)

    assert channel.said == [("ali", "turn 1")]
    assert [parcel.id for parcel in shelf.parcels] == ["maria-1"]
    assert [record.error for record in caplog.records] == ["StorageError"]
    assert "secret" not in caplog.text


async def test_one_chat_never_fills_the_places_of_others(time, shelf, channel):
    delivery = Delivery(shelf, shelf, Words(), {"here": channel}, time, time.sleep)
    stop = asyncio.Event()
    for number in range(300):
        shelf.notice(f"n{number}", "maria")
    shelf.session("maria", 1)
    shelf.session("ali", 1)
    running = asyncio.create_task(delivery.run(stop))

    async def everything_said():
        while shelf.parcels:
            await time.sleep(0.1)
        stop.set()

    await time.pass_until(asyncio.create_task(everything_said()))
    await running

    assert ("ali", "turn 1") in channel.said[:4]
    told = [name for account, name in channel.said if account == "maria"]
    assert told == [*(f"n{number}" for number in range(300)), "turn 1"]


async def test_one_chat_is_told_in_the_order_of_the_outbox(delivery, time, shelf, channel):
    channel.travel = 0.3
    for name in "abcd":
        shelf.notice(name, "maria")
    shelf.session("maria", 7)
    shelf.notice("e", "maria", shown="a prompt's note")

    await drained(delivery, time)

    assert [name for _, name in channel.said] == ["a", "b", "c", "d", "turn 7", "e"]
    assert channel.shown[-1][3] == "a prompt's note"


async def test_different_chats_do_not_wait_for_each_other(delivery, time, shelf, channel):
    channel.travel = 2.0
    for number in range(5):
        shelf.notice(f"n{number}", f"person {number}")

    await drained(delivery, time)

    assert max(moment for moment, _ in channel.calls) < 1000.2


async def test_one_chat_hears_one_message_a_second_counted_from_when_it_was_taken(
    delivery, time, shelf, channel
):
    channel.travel = 0.25
    for number in range(4):
        shelf.notice(f"n{number}", "maria")

    await drained(delivery, time)

    assert [round(moment - 1000, 3) for moment, _ in channel.calls] == [0, 1.25, 2.5, 3.75]


async def test_rates_can_be_lifted(time, shelf, channel):
    rates = Rates(chat_rate=inf, overall_rate=inf)
    delivery = Delivery(shelf, shelf, Words(), {"here": channel}, time, time.sleep, rates=rates)
    for number in range(6):
        shelf.notice(f"n{number}", "maria")
        shelf.notice(f"n{number}", "ali")

    await drained(delivery, time)

    assert {moment for moment, _ in channel.calls} == {1000.0}


async def test_all_chats_together_hear_twenty_five_a_second(delivery, time, shelf, channel):
    for number in range(500):
        shelf.notice(f"n{number}", f"person {number}")

    await drained(delivery, time)

    moments = [moment for moment, _ in channel.calls]
    assert fullest_second(moments) == 25
    assert time.now - 1000 == pytest.approx(499 / 25, abs=0.1)


async def test_a_wait_that_the_channel_asks_for_is_obeyed_to_the_second(delivery, time, shelf, channel):
    refusals = iter([17])

    def busy_once(_account, _screen):
        for wait in refusals:
            raise ChannelBusy(timedelta(seconds=wait))

    channel.trouble = busy_once
    for number in range(3):
        shelf.notice(f"n{number}", f"person {number}")
    channel.travel = 0.01

    await drained(delivery, time)

    late = [moment for moment, _ in channel.calls if moment > 1000.1]
    assert [name for _, name in sorted(channel.said)] == ["n0", "n1", "n2"]
    assert min(late) == pytest.approx(1017.01)


async def test_who_left_is_forgotten(delivery, time, shelf, channel):
    def left(account, _screen):
        if account == "maria":
            raise ParticipantLeft("blocked")

    channel.trouble = left
    shelf.session("maria", 1)
    shelf.session("ali", 1)

    await drained(delivery, time)

    assert shelf.forgotten == ["maria", "here:maria:0"]
    assert (channel.said, shelf.parcels) == ([("ali", "turn 1")], [])


async def test_what_the_channel_refuses_for_good_is_struck_out_and_logged_by_type(
    delivery, time, shelf, channel, caplog
):
    def refuse(account, _screen):
        if account == "maria":
            raise PromptRefused("a secret answer")

    channel.trouble = refuse
    shelf.session("maria", 1)
    shelf.session("ali", 1)

    await drained(delivery, time)

    assert (channel.said, shelf.parcels) == ([("ali", "turn 1")], [])
    assert [record.error for record in caplog.records] == ["PromptRefused"]
    assert "secret" not in caplog.text


async def test_an_unreachable_channel_is_tried_less_and_less_often(delivery, time, shelf, channel, caplog):
    def down(_account, _screen):
        if time.now < 1200:
            raise ChannelDown("no way")

    channel.trouble = down
    shelf.session("maria", 1)

    await drained(delivery, time)

    moments = [moment for moment, _ in channel.calls]
    pauses = [round(later - earlier, 3) for earlier, later in pairwise(moments)]
    assert pauses == [1, 1, 2, 4, 8, 16, 32, 60, 60, 60]
    assert channel.said == [("maria", "turn 1")]
    assert [record.getMessage() for record in caplog.records] == [
        "here cannot be reached; trying again until it can",
        "here can be reached again",
    ]


async def test_failures_at_the_same_moment_count_once(delivery, time, shelf, channel):
    channel.travel = 0.2

    def down(_account, _screen):
        if time.now < 1000.5:
            raise ChannelDown("no way")

    channel.trouble = down
    for number in range(5):
        shelf.notice(f"n{number}", f"person {number}")

    await drained(delivery, time)

    assert len(channel.calls) == 10
    assert max(moment for moment, _ in channel.calls) < 1002  # and not 0.5 + 1 + 2 + 4 + 8 seconds later


async def test_what_was_said_is_not_said_again_when_the_disk_is_full(delivery, time, shelf, channel):
    shelf.session("maria", 1)
    shelf.failing = 5

    await drained(delivery, time)

    assert channel.said == [("maria", "turn 1")]
    assert shelf.parcels == []


async def test_a_mistake_of_ours_does_not_stop_the_rest(delivery, time, shelf, channel, caplog):
    def stumble(account, _screen):
        if account == "maria":
            raise ZeroDivisionError("a secret")

    channel.trouble = stumble
    shelf.notice("broken", "ali")
    shelf.session("maria", 1)
    shelf.session("ali", 1)

    await drained(delivery, time)

    assert channel.said == [("ali", "turn 1")]
    assert [parcel.id for parcel in shelf.parcels] == ["notice-broken", "maria-1"]
    assert "secret" not in caplog.text


async def test_while_waiting_for_its_turn_a_session_may_move_on(delivery, time, shelf, channel):
    channel.travel = 0.1
    for name in "bc":
        shelf.notice(name, "maria")
    shelf.session("maria", 1)
    draining = asyncio.create_task(delivery.drain())
    await asyncio.sleep(0)
    channel.trouble = lambda _account, screen: screen.name == "c" and shelf.session("maria", 2)

    await time.pass_until(draining)

    assert [name for _, name in channel.said] == ["b", "c", "turn 2", "turn 2"]


async def test_a_storm_of_refusals_loses_nothing_and_no_call_falls_into_a_wait(
    delivery, time, shelf, channel
):
    chance = random.Random(7)
    quiet = [0.0]
    early: list[float] = []

    def storm(_account, _screen):
        if time.now < quiet[0]:
            early.append(time.now)
        if chance.random() < 0.3:
            wait = chance.randrange(1, 30)
            quiet[0] = max(quiet[0], time.now + wait)
            raise ChannelBusy(timedelta(seconds=wait))

    channel.trouble = storm
    shelf.dawdle = lambda: time.sleep(chance.random() / 5)
    for number in range(150):
        shelf.notice(f"n{number}", f"person {number % 100}")
        shelf.session(f"person {number}", number)

    await drained(delivery, time)

    assert len(channel.said) == len(set(channel.said)) == 300
    assert early == []
    assert shelf.parcels == []


async def test_more_than_can_be_in_hand_is_said_without_waiting_for_the_next_look(time, shelf, channel):
    delivery = Delivery(shelf, shelf, Words(), {"here": channel}, time, time.sleep)
    stop = asyncio.Event()
    for number in range(450):
        shelf.notice(f"n{number}", f"person {number}")
    running = asyncio.create_task(delivery.run(stop))

    async def everything_said():
        while shelf.parcels:
            await time.sleep(0.1)
        stop.set()

    await time.pass_until(asyncio.create_task(everything_said()))
    await running

    assert len(channel.said) == 450


async def test_running_says_what_it_is_woken_for_and_stops_cleanly(delivery, time, shelf, channel):
    stop = asyncio.Event()
    running = asyncio.create_task(delivery.run(stop))
    await asyncio.sleep(0)

    shelf.session("maria", 1)
    delivery.wake()
    async with asyncio.timeout(1):
        while shelf.parcels:
            await asyncio.sleep(0)
    time.now += 1
    channel.trouble = lambda _account, _screen: (_ for _ in ()).throw(ChannelBusy(timedelta(hours=1)))
    shelf.session("ali", 1)
    delivery.wake()
    async with asyncio.timeout(1):
        while len(channel.calls) < 2:
            await asyncio.sleep(0)
    stop.set()
    async with asyncio.timeout(1):
        await running

    assert channel.said == [("maria", "turn 1")]
    assert [parcel.id for parcel in shelf.parcels] == ["ali-1"]


async def test_a_storm_of_429_delays_everything_and_breaks_nothing():
    happened = await storm(300)

    assert happened.findings == []
    assert happened.refusals > 60


async def test_the_old_message_is_taken_away_before_anything_is_struck_out(delivery, time, shelf, channel):
    shelf.session("maria", 1, shown="the note before")
    channel.untidy = lambda _account, _before: waiting.append(len(shelf.parcels))
    waiting = []

    await drained(delivery, time)

    assert waiting == [1]
    assert channel.taken == [(1000.0, "maria", "the note before")]


async def test_taking_away_obeys_a_wait_too_and_is_made_up_for(delivery, time, shelf, channel):
    waits = iter([12, 5])

    def busy_twice(_account, _before):
        for wait in waits:
            raise ChannelBusy(timedelta(seconds=wait))

    channel.untidy = busy_twice
    shelf.session("maria", 1, shown="the note before")

    await drained(delivery, time)

    assert [moment for moment, _ in channel.calls] == [1000.0]
    assert channel.taken == [(1017.0, "maria", "the note before")]
    assert shelf.parcels == []


async def test_nothing_is_taken_away_during_a_wait_that_another_chat_was_given(
    delivery, time, shelf, channel
):
    def slow_or_busy(account, _screen):  # ali is refused while maria's call is on its way
        if account == "ali":
            channel.trouble = None
            raise ChannelBusy(timedelta(seconds=9))

    channel.travel = 0.1
    channel.trouble = slow_or_busy
    shelf.session("ali", 1)
    shelf.session("maria", 1, shown="the note before")

    await drained(delivery, time)

    ((moment, account, _),) = channel.taken
    assert account == "maria"
    assert moment >= 1009


async def test_what_nobody_waits_for_is_said_last_and_in_the_given_order(time, shelf, channel):
    delivery = Delivery(shelf, shelf, Words(), {"here": channel}, time, time.sleep)
    stop = asyncio.Event()
    running = asyncio.create_task(delivery.run(stop))

    async def put():
        for number in range(100):
            shelf.session(f"person {number}", 4)
        return [(f"person {number}", 4) for number in reversed(range(100))]

    async def live_people_come():
        await delivery.say_last(put)
        await time.sleep(1.5)
        shelf.session("maria", 1)
        shelf.session("person 0", 5)
        delivery.wake()
        while shelf.parcels:
            await time.sleep(0.1)
        stop.set()

    await time.pass_until(asyncio.create_task(live_people_come()))
    await running

    told = [name for name, _ in channel.said]
    assert [name for name in told if name not in ("maria", "person 0")] == [
        f"person {number}" for number in reversed(range(1, 100))
    ]
    assert max(told.index("maria"), told.index("person 0")) < 75
    assert fullest_second([moment for moment, _ in channel.calls]) <= 25
    assert ("person 0", "turn 4") not in channel.said


class Maria:
    """Somebody at the fake Telegram, and a delivery that speaks through the real channel."""

    def __init__(self, api, service):
        self.api, self.channel, self.shelf = api, service.channel, Shelf()
        self.person = api.person(account_id=2**41)
        self.delivery = Delivery(
            self.shelf,
            self.shelf,
            Words(),
            {"telegram": service.channel},
            monotonic,
            lambda seconds: asyncio.sleep(min(seconds, 0.01)),
            rates=Rates(chat_rate=inf, overall_rate=inf),
        )

    @property
    def prompts(self):
        return [shown.text for shown in self.person.chat if shown.from_bot]

    async def hears(self, turn):
        """Be told a turn below what was written, as it is after a typed answer."""
        await self.person.send(f"answer {turn}")
        await self.api.emptied()
        shown = self.shelf.drafts["maria"].shown if self.shelf.drafts else ""
        self.shelf.session("maria", turn, address=f"telegram:{self.person.chat_id}:0", shown=shown)
        await self.delivery.drain()


@pytest.fixture
async def maria():
    async with FakeBotApi() as api, telegram(api, ScriptedListener()) as service:
        maria = Maria(api, service)
        await maria.person.send("/start")
        yield maria


async def test_answers_that_get_lost_leave_no_copies(maria):
    await maria.hears(1)
    other = maria.api.person(account_id=2**42)
    await other.send("/start")
    maria.api.lose_answer("sendMessage", times=3)

    await maria.hears(2)

    assert maria.prompts == ["turn 2"]
    assert [shown.text for shown in other.chat] == ["/start"]
    assert [shown.text for shown in maria.person.chat if not shown.from_bot] == [
        "/start",
        "answer 1",
        "answer 2",
    ]
    assert len(maria.api.calls_of("sendMessage")) == 5
    assert maria.shelf.parcels == []


async def test_an_edit_whose_answer_gets_lost_is_made_again_and_changes_nothing(maria):
    await maria.hears(1)
    await maria.person.press_data("n.x", maria.person.screen.message_id)
    await maria.api.emptied()
    maria.api.lose_answer("editMessageText", times=2)
    shown = maria.shelf.drafts["maria"].shown
    maria.shelf.session("maria", 2, address=f"telegram:{maria.person.chat_id}:0", shown=shown)

    await maria.delivery.drain()

    assert maria.prompts == ["turn 2"]
    assert len(maria.api.calls_of("sendMessage")) == 1


async def test_each_part_of_a_long_screen_waits_for_its_turn_and_none_is_said_twice(maria):
    waited = []

    async def turn():
        waited.append(len(maria.prompts))

    screen, account = a_screen("word " * 2500), str(maria.person.chat_id)
    maria.api.fail_next("sendMessage", 429, "Too Many Requests: retry after 1", retry_after=1)
    with pytest.raises(ChannelBusy):
        await maria.channel.show(account, screen, "", turn)

    async def turn_of_a_busy_channel():
        await turn()
        if len(waited) == 1:
            maria.api.fail_next("sendMessage", 429, "Too Many Requests: retry after 1", retry_after=1)

    with pytest.raises(ChannelBusy):
        await maria.channel.show(account, screen, "", turn_of_a_busy_channel)
    await maria.channel.show(account, screen, "", turn_of_a_busy_channel)

    assert len(maria.prompts) == 4
    assert waited == [1, 2, 3]
