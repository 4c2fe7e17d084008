"""Letters: at most weekly, at most two reminders, in hours, never twice, none to who has finished."""

import contextlib
import shutil
import sqlite3
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from bot import mailing
from bot.hearing import Address, Phone
from conversations.city_answers import CityAnswer
from conversations.conduct import Hours
from conversations.letters import invitation, reminder
from storage.opening import DATABASE
from storage.told import note_restored
from tests.bot.houses import MovableClock
from tests.bot.invitations import post
from tests.bot.mail import ZONE, Postman, a_post_house, address_of, an_open_round, opt_in, stand

MONDAY = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)  # 10:00 in Brussels
INVITED, REMINDED, LAST = "letter.invitation", "letter.reminder", "letter.last_reminder"
HOUR, DAY, WEEK = timedelta(hours=1), timedelta(days=1), timedelta(days=7)


@pytest.fixture
def clock():
    return MovableClock(MONDAY)


@pytest.fixture
async def house(tmp_path, clock):
    async with a_post_house("memory", tmp_path, clock) as house:
        yield house


@pytest.fixture
async def stored(tmp_path, clock):
    async with a_post_house("sqlite", tmp_path, clock) as house:
        yield house


def all_rows(folder):
    connection = sqlite3.connect(folder / DATABASE)
    try:
        return connection.execute("SELECT id, cause, told_on FROM told ORDER BY id").fetchall()
    finally:
        connection.close()


async def an_answer(house, round_, today):
    said = {"factor": "information", "said": {"en": "You said"}, "did": {"en": "We did"}}
    at = datetime(today.year, today.month, today.day, 12, tzinfo=UTC)
    await house.stores.city_answers.keep(CityAnswer(round=round_.id, answer=(said,)), at)


async def test_a_round_invites_once_and_reminds_twice(house, clock):
    await opt_in(house, range(3))
    await an_open_round(house)
    postman = Postman(house)

    said = []
    for _ in range(24):
        said.append(await postman.deliver())
        clock.advance(DAY)

    assert [(day, dict(kinds)) for day, kinds in enumerate(said) if kinds] == [
        (0, {INVITED: 3}),
        (7, {REMINDED: 3}),
        (14, {LAST: 3}),
    ]


async def test_an_invitation_leads_to_its_round_and_carries_the_way_out(house):
    await opt_in(house, range(1), "fr")
    await an_open_round(house)

    await house.mailings.go_on()

    (parcel,) = await house.stores.outbox.waiting()
    screen = house.saying.render_notice(parcel.notice)
    assert [button.token for button in screen.buttons] == ["n.round.spring", "n.news.no"]
    assert (parcel.notice.locale, screen.tag) == ("fr", "fr")


@pytest.mark.parametrize("theirs, written_in", [("fr", "fr"), ("ar", "ar"), ("ti", "fr")])
async def test_letters_are_in_the_language_of_the_contact_if_the_round_offers_it(house, theirs, written_in):
    await opt_in(house, range(1), theirs)
    await an_open_round(house)

    await house.mailings.go_on()

    (parcel,) = await house.stores.outbox.waiting()
    assert parcel.notice.locale == written_in


async def test_nothing_is_handed_out_or_said_outside_the_hours(house, clock):
    await opt_in(house, range(3))
    clock.at = datetime(2027, 3, 1, 18, 59, tzinfo=UTC)
    await an_open_round(house)
    await house.mailings.go_on()
    postman = Postman(house)

    clock.advance(timedelta(minutes=1))
    in_the_evening = await postman.go_round()
    await opt_in(house, range(3, 6))
    clock.advance(6 * HOUR)
    at_night = await postman.deliver()
    clock.at = datetime(2027, 3, 2, 8, 0, tzinfo=UTC)

    assert (in_the_evening, at_night) == (0, Counter())
    assert await postman.deliver() == {INVITED: 6}


async def test_who_has_sent_gets_no_letter_and_who_has_begun_is_reminded(house, clock):
    await opt_in(house, range(4))
    round_ = await an_open_round(house)
    await stand(house, round_, 0, "sent")
    await stand(house, round_, 1, "waiting")
    postman = Postman(house)

    await postman.deliver()
    clock.advance(WEEK)
    await stand(house, round_, 2, "sent")
    await postman.deliver()

    assert [postman.to(number) for number in range(4)] == [[], [REMINDED], [INVITED], [INVITED, REMINDED]]


async def test_the_table_is_the_same_whether_people_have_finished_or_not(tmp_path, clock):
    """Two installations with the same secret, contacts and days; in one of them everybody has finished."""
    rows = []
    for name, finished in (("one", 0), ("other", 12)):
        folder = tmp_path / name
        clock.at = MONDAY
        if rows:
            (folder / "keys").mkdir(parents=True)
            source = tmp_path / "one" / "keys" / "contacts"
            (folder / "keys" / "contacts").write_bytes(source.read_bytes())
            (folder / "keys" / "contacts").chmod(0o600)
        async with a_post_house("sqlite", folder, clock) as house:
            await opt_in(house, range(12))
            round_ = await an_open_round(house)
            for number in range(finished):
                await stand(house, round_, number, "sent")
            postman = Postman(house)
            for _ in range(16):
                await postman.deliver()
                clock.advance(DAY)
            assert len(postman.said) == (0 if finished else 36)
        rows.append(all_rows(folder))

    assert len(rows[0]) == 12 * 4  # invited, reminded twice, and the cap
    assert rows[0] == rows[1]


async def test_two_rounds_and_an_answer_share_one_letter_a_week(house, clock):
    await opt_in(house, range(2))
    first = await an_open_round(house, closes_at=clock() + 3 * DAY)
    postman = Postman(house)

    for day in range(45):
        await postman.deliver()
        clock.advance(DAY)
        if day == 3:
            await house.campaigns.close(first.id)
            await an_answer(house, first, clock().date())
            await an_open_round(house, "second")

    for number in range(2):
        days = [at.date() for address, _, at in postman.said if address == address_of(number)]
        assert all(later - earlier >= WEEK for earlier, later in pairwise(days))
        kinds = postman.to(number)
        assert kinds.count("notice.city_answered") == 1
        assert kinds.count(INVITED) == 2
        assert len(kinds) == len(days) <= 45 // 7 + 1


async def test_an_answer_is_sent_once_to_everybody_for_sixty_days(house, clock):
    await opt_in(house, range(2))
    round_ = await an_open_round(house)
    await stand(house, round_, 0, "sent")
    clock.advance(22 * DAY)
    await house.campaigns.close(round_.id)
    await an_answer(house, round_, clock().date())
    postman = Postman(house)

    assert await postman.deliver() == {"notice.city_answered": 2}
    clock.advance(30 * DAY)
    await opt_in(house, range(2, 3))
    assert await postman.deliver() == {"notice.city_answered": 1}
    clock.advance(31 * DAY)
    await opt_in(house, range(3, 4))
    assert await postman.deliver() == {}


@pytest.mark.parametrize(
    "down_for, reminded", [(8, [REMINDED]), (12, []), (15, [LAST]), (19, []), (20, []), (40, [])]
)
async def test_after_a_downtime_nobody_gets_a_burst(house, clock, down_for, reminded):
    await opt_in(house, range(1))
    await an_open_round(house)
    postman = Postman(house)
    await postman.deliver()

    clock.advance(timedelta(days=down_for))
    await postman.deliver()

    assert postman.to(0) == [INVITED, *reminded]


async def test_one_tap_ends_it_and_takes_back_what_waits(house, clock):
    await opt_in(house, range(2))
    await an_open_round(house)
    await house.mailings.go_on()
    heard = await house.dialogue.notice(Address("telegram", str(2**41)), None, "news_no", Phone(("en",)))
    postman = Postman(house)

    for _ in range(16):
        await postman.deliver()
        clock.advance(DAY)

    assert heard.screen.texts[0].text == "Good. We will not write to you."
    assert postman.to(0) == ["notice.news_no"]
    assert postman.to(1) == [INVITED, REMINDED, LAST]


async def test_who_leaves_between_the_look_and_the_letter_gets_none(house):
    await opt_in(house, range(250))
    await an_open_round(house)
    postman = Postman(house)
    queue = await house.mailings._queue((await house.mailings.due())[0])
    assert len(queue.contacts) == 250

    for number in range(0, 250, 2):
        await house.stores.contacts.opt_out(address_of(number))

    assert await postman.deliver() == {INVITED: 125}
    assert not [number for number in range(0, 250, 2) if postman.to(number)]


async def test_people_who_block_us_are_forgotten(stored, clock):
    await opt_in(stored, range(6))
    await an_open_round(stored)
    postman = Postman(stored)
    postman.blocked = {address_of(number) for number in range(3)}

    for _ in range(16):
        await postman.deliver()
        clock.advance(DAY)

    assert Counter(key for _, key, _ in postman.said) == {INVITED: 3, REMINDED: 3, LAST: 3}
    assert len(await stored.stores.contacts.all()) == 3


async def test_at_most_five_hundred_letters_wait_and_nobody_is_left_out(stored):
    await opt_in(stored, range(650))
    await an_open_round(stored)

    await stored.mailings.go_on()
    await stored.mailings.go_on()
    waits = await stored.stores.told.waiting()

    assert waits == mailing.MOST_WAITING
    assert await Postman(stored).deliver() == {INVITED: 650}


async def test_contacts_who_come_while_a_round_is_open_are_invited_later(house, clock):
    await opt_in(house, range(1))
    await an_open_round(house)
    postman = Postman(house)
    await postman.deliver()

    await opt_in(house, range(1, 2))
    at_once = await postman.deliver()
    clock.advance(mailing.READ_AGAIN)

    assert (at_once, await postman.deliver()) == ({}, {INVITED: 1})


async def test_two_programs_hand_out_every_letter_once(tmp_path, clock):
    async with (
        a_post_house("sqlite", tmp_path, clock) as one,
        a_post_house("sqlite", tmp_path, clock) as other,
    ):
        await opt_in(one, range(300))
        await an_open_round(one)
        await one.mailings._queue((await one.mailings.due())[0])
        told = await other.mailings.go_on() + await one.mailings.go_on()

        addresses = [parcel.notice.address for parcel in await one.stores.outbox.waiting()]

    assert told == 300
    assert sorted(addresses) == sorted(map(address_of, range(300)))


async def test_demonstrations_write_to_nobody(house, clock):
    await opt_in(house, range(2))
    await an_open_round(house, demonstration=True)

    assert await house.mailings.go_on() == 0


async def test_rows_go_when_a_round_is_over(stored, tmp_path, clock):
    await opt_in(stored, range(3))
    round_ = await an_open_round(stored)
    postman = Postman(stored)
    for _ in range(16):
        await postman.deliver()
        clock.advance(DAY)
    await stored.mailings.tidy()
    kept = {cause for _, cause, _ in all_rows(tmp_path)}

    clock.advance(6 * DAY)
    await stored.campaigns.close(round_.id)
    await stored.mailings.tidy()

    assert kept == {invitation(round_.id), reminder(round_.id, 1), reminder(round_.id, 2), "week"}
    assert {cause for _, cause, _ in all_rows(tmp_path)} == {"week"}
    clock.advance(3 * DAY)
    await stored.mailings.tidy()
    assert all_rows(tmp_path) == []


async def test_after_a_restore_nothing_is_sent_twice(stored, tmp_path, clock):
    await opt_in(stored, range(3))
    await an_open_round(stored)
    note_restored(tmp_path, clock().date())  # and the rows of these letters did not come back
    postman = Postman(stored)

    said = []
    for _ in range(16):
        said.append(await postman.deliver())
        clock.advance(DAY)

    assert [(day, dict(kinds)) for day, kinds in enumerate(said) if kinds] == [
        (7, {REMINDED: 3}),
        (14, {LAST: 3}),
    ]


async def test_letters_keep_to_the_hours_on_the_nights_of_clock_change(house, clock):
    """In Brussels clocks go forward on 28 March 2027 and back on 31 October 2027."""
    hours = Hours().model_dump(mode="json")
    for start in (datetime(2027, 3, 20, 9, tzinfo=UTC), datetime(2027, 10, 23, 9, tzinfo=UTC)):
        clock.at, number = start, start.month
        await opt_in(house, [number])
        round_ = await an_open_round(house, f"r{number}", conduct={"remind_after": [8, 9], "hours": hours})
        postman = Postman(house)
        for _ in range(24 * 10 * 2):
            await postman.deliver()
            clock.advance(HOUR / 2)

        local = [at.astimezone(ZoneInfo(ZONE)) for _, _, at in postman.said]
        assert [f"{at:%d %H:%M}" for at in local[1:]] == [f"{start.day + 8} 09:00"]
        assert postman.to(number) == [INVITED, REMINDED]
        await house.stores.contacts.opt_out(address_of(number))
        await house.campaigns.close(round_.id)


@pytest.mark.slow
async def test_hundreds_of_invitations_in_a_storm_reach_everybody_once_and_stop_at_the_evening(tmp_path):
    """`python -m tests.bot.invitations --people 10000` is the long form."""
    happened = await post(300, tmp_path, before=timedelta(seconds=5))

    assert happened.findings == []
    assert happened.refusals
    assert set(happened.days) == {"Monday", "Tuesday"}


# A kill between any two steps


class Killed(BaseException):
    """The program is no more."""


class Dying:
    """A store that dies before or after one of its calls; it shares its count of calls with others."""

    def __init__(self, store, calls, at):
        self._store, self._calls, self._at = store, calls, at

    def __getattr__(self, name):
        async def call(*facts):
            self._point(f"before {name}")
            result = await getattr(self._store, name)(*facts)
            self._point(f"after {name}")
            return result

        return call

    def _point(self, name):
        self._calls.append(name)
        if len(self._calls) == self._at:
            raise Killed


async def handed_out_until(house, clock, at):
    """Hand letters out with the program dying at one point; return the points that were passed."""
    calls = []
    dying = {
        kind: Dying(getattr(house.stores, kind), calls, at) for kind in ("contacts", "told", "conversations")
    }
    with contextlib.suppress(Killed):
        await mailing.Mailings(replace(house.mailings.registry, **dying), clock).go_on()
    return calls


async def test_a_kill_between_any_two_steps_leaves_every_letter_to_be_sent_once(tmp_path, clock):
    template = tmp_path / "template"
    async with a_post_house("sqlite", template, clock) as house:
        await opt_in(house, range(5))
        round_ = await an_open_round(house)
        await stand(house, round_, 0, "sent")
    shutil.copytree(template, tmp_path / "whole")
    async with a_post_house("sqlite", tmp_path / "whole", clock) as house:
        points = await handed_out_until(house, clock, 0)

    assert {"before tell", "after tell", "after standing"} <= set(points)
    for at in range(1, len(points) + 1):
        folder = tmp_path / str(at)
        shutil.copytree(template, folder)
        async with a_post_house("sqlite", folder, clock) as house:
            await handed_out_until(house, clock, at)
        async with a_post_house("sqlite", folder, clock) as house:
            assert await Postman(house).deliver() == {INVITED: 4}
            assert len(all_rows(folder)) == 10
