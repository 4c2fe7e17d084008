"""Letters between the hand and the phone: people who leave just then, channels that are down, far zones."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from bot import mailing
from conversations.city_answers import CityAnswer
from storage.told import note_restored
from tests.bot.houses import MovableClock
from tests.bot.mail import Postman, a_post_house, address_of, an_open_round, opt_in

MONDAY = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)  # 10:00 in Brussels
NOON_THERE = datetime(2027, 3, 1, 23, 0, tzinfo=UTC)  # of Tuesday, 2 March, in Auckland
AUCKLAND = ZoneInfo("Pacific/Auckland")
INVITED, REMINDED, LAST = "letter.invitation", "letter.reminder", "letter.last_reminder"
HOUR, DAY, WEEK = timedelta(hours=1), timedelta(days=1), timedelta(days=7)


@pytest.fixture
def clock():
    return MovableClock(MONDAY)


@pytest.fixture
async def house(tmp_path, clock):
    async with a_post_house("memory", tmp_path, clock) as house:
        yield house


class Leaving:
    """Contacts one of whom leaves right after it was said that they are known."""

    def __init__(self, contacts, address):
        self._contacts, self._address = contacts, address

    def __getattr__(self, name):
        return getattr(self._contacts, name)

    async def known(self, addresses):
        found = await self._contacts.known(addresses)
        await self._contacts.opt_out(self._address)
        return found


@pytest.mark.parametrize("kind", ["memory", "sqlite"])
async def test_who_leaves_while_a_letter_is_put_gets_none_and_leaves_no_row(tmp_path, clock, kind):
    async with a_post_house(kind, tmp_path, clock) as house:
        await opt_in(house, range(3))
        round_ = await an_open_round(house)
        registry, stores = house.mailings.registry, house.stores
        leaving = replace(registry, contacts=Leaving(stores.contacts, address_of(1)))

        await mailing.Mailings(leaving, clock).go_on()

        waits = {parcel.notice.address for parcel in await stores.outbox.waiting()}
        assert waits == {address_of(0), address_of(2)}
        assert await stores.told.told([f"invite:{round_.id}"]) == 2


async def test_after_weeks_without_a_channel_nobody_gets_more_than_the_newest_letter(house, clock):
    await opt_in(house, range(2))
    await an_open_round(house)
    for _ in range(15):
        await house.mailings.go_on()
        await house.campaigns.tidy()
        clock.advance(DAY)

    postman = Postman(house)
    await postman.go_round()

    assert [postman.to(number) for number in range(2)] == [[LAST], [LAST]]


async def test_a_reminder_that_no_channel_could_say_is_not_said_on_the_last_day(house, clock):
    await opt_in(house, range(1))
    await an_open_round(house, conduct={"remind_after": [18]})
    postman = Postman(house)
    await postman.deliver()
    clock.advance(19 * DAY)
    await house.mailings.go_on()
    assert await house.stores.told.waiting() == 1

    clock.advance(DAY)
    await postman.deliver()

    assert postman.to(0) == [INVITED]


async def test_a_week_is_counted_in_the_days_of_the_place(house, clock):
    """In Auckland the day of UTC ends at one in the afternoon."""
    clock.at = NOON_THERE
    await opt_in(house, range(1))
    first = await an_open_round(house, timezone=AUCKLAND.key, closes_at=clock() + DAY)
    postman = Postman(house)
    await postman.deliver()
    clock.advance(DAY)
    await house.campaigns.close(first.id)
    await an_open_round(house, "second", timezone=AUCKLAND.key)
    for _ in range(24 * 20):
        await postman.deliver()
        clock.advance(HOUR)

    days = [at.astimezone(AUCKLAND) for _, _, at in postman.said]
    assert [f"{at:%d %H:%M}" for at in days] == ["02 12:00", "09 09:00", "17 09:00"]
    assert all(later.date() - earlier.date() >= WEEK for earlier, later in pairwise(days))


async def test_after_a_restore_on_its_first_day_a_round_in_the_far_east_does_not_invite_again(
    tmp_path, clock
):
    clock.at = datetime(2027, 3, 1, 20, 30, tzinfo=UTC)  # the morning of 2 March there
    async with a_post_house("sqlite", tmp_path, clock) as house:
        await opt_in(house, range(1))
        await an_open_round(house, timezone=AUCKLAND.key)
        note_restored(tmp_path, clock().date())  # and the row of its invitation did not come back
        postman = Postman(house)
        for _ in range(20):
            await postman.deliver()
            clock.advance(DAY)

    assert postman.to(0) == [REMINDED, LAST]


async def test_an_answer_is_not_sent_again_where_a_clock_is_set_back_over_its_last_day(house, clock):
    await opt_in(house, range(1))
    round_ = await an_open_round(house)
    clock.advance(22 * DAY)
    await house.campaigns.close(round_.id)
    said = {"factor": "information", "said": {"en": "You said"}, "did": {"en": "We did"}}
    await house.stores.city_answers.keep(CityAnswer(round=round_.id, answer=(said,)), clock())
    postman = Postman(house)
    await postman.deliver()
    clock.advance(mailing.ANSWER_DUE)
    await house.mailings.tidy()

    clock.advance(-DAY)

    assert await postman.deliver() == {}
    assert postman.to(0) == ["notice.city_answered"]
