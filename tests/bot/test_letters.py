"""Delivery of letters: behind everybody who waits, in their hours alone, and never after their end."""

from datetime import UTC, datetime, timedelta

from bot.delivery import Delivery
from conversations.conduct import Hours
from conversations.letters import as_letter
from conversations.ports import Notice, Parcel
from tests.bot.post_office import Channel, Shelf, Time, Words, drained

NOON = datetime(2027, 3, 1, 12, 0, tzinfo=UTC)
ENDS = NOON + timedelta(days=2)


def a_shelf(letters):
    shelf = Shelf()
    for number in range(letters):
        notice = Notice(f"here:contact {number}:0", "en", f"letter {number}")
        shelf.waits[f"l{number}"] = Parcel(f"l{number}", notice=as_letter(notice, Hours(), "UTC", ENDS))
    return shelf


def a_delivery(shelf, at, channel=None):
    time = Time()
    channel = channel or Channel(time)
    channel.time = time

    def now():
        return at + timedelta(seconds=time.now - 1000)

    delivery = Delivery(shelf, shelf, Words(), {"here": channel}, time, time.sleep, contacts=shelf, now=now)
    return delivery, time, channel


async def test_people_in_a_conversation_are_answered_before_any_letter():
    shelf = a_shelf(60)
    for number in range(5):
        shelf.session(f"person {number}", 3)
    delivery, time, channel = a_delivery(shelf, NOON)

    await drained(delivery, time)

    assert [name for _, name in channel.said[:5]] == ["turn 3"] * 5
    assert len(channel.said) == 65


async def test_outside_the_hours_letters_stay_in_the_outbox_and_turns_are_said():
    shelf = a_shelf(3)
    shelf.session("person", 3)
    delivery, time, channel = a_delivery(shelf, NOON + timedelta(hours=8))

    await drained(delivery, time)

    assert channel.said == [("person", "turn 3")]
    assert len(shelf.parcels) == 3


async def test_a_letter_whose_hours_end_while_it_waits_its_turn_stays_in_the_outbox():
    shelf = a_shelf(60)
    delivery, time, channel = a_delivery(shelf, NOON + timedelta(hours=8, seconds=-1))

    await drained(delivery, time)

    assert 20 <= len(channel.said) <= 26
    assert max(moment for moment, _ in channel.calls) < 1001
    assert len(shelf.parcels) == 60 - len(channel.said)


async def test_what_is_over_is_struck_out_and_never_said():
    shelf = a_shelf(3)
    delivery, time, channel = a_delivery(shelf, ENDS)

    await drained(delivery, time)

    assert (channel.said, shelf.parcels) == ([], [])
