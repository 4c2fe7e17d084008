"""One phone on Telegram, somebody who helps, several people in a row: nobody comes to another's words."""

import sqlite3
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.hearing import Address
from bot.identity import participant_key
from conversations.session import Place, Status
from conversations.wording import say
from tests.bot.houses import MovableClock
from tests.fake_bot_api import FakeBotApi
from tests.journeys.associations import a_relay
from tests.journeys.household import ROUND, a_round, in_memory, on_disk, open_round
from tests.journeys.on_telegram import settled, telegram_house

ACCOUNT = 2**41
CHAT = Address("telegram", str(ACCOUNT))
ODD = {"Français": "qu’est-ce que c’est ?", "العربية": "ماذا تعني بهذا؟", "English": "what is this about?"}
"""Three people: the language that each chooses, and what each types at the first question."""


class Helper:
    """Somebody with a phone who helps, and the program."""

    def __init__(self, api, house, clock, code):
        self.api, self.house, self.clock, self.code = api, house, clock, code
        self.phone = api.person(account_id=ACCOUNT, language_code="en")

    async def send(self, text):
        await self.phone.send(text)
        await settled(self.house, self.api)

    async def press(self, label=0, message=None):
        await self.phone.press(label, message)
        await settled(self.house, self.api)

    async def begin(self):
        await self.send(f"/assist {self.code}")

    async def come_to_review(self, language="English"):
        """Begin, choose a language, consent, type something odd, answer everything."""
        for label in ("Begin", language, 0, 0):
            await self.press(label)
        await self.send(ODD[language])
        for _ in range(40):
            if (await self.session()).place is Place.REVIEW:
                return
            await self.press()
        raise AssertionError("the review never came")

    async def session(self, person=None):
        """What is kept of somebody: of who answers now, or of whom one knows the number of."""
        number = self.evening.person if person is None else person
        secret = self.house.stores.keyring.round_secret(ROUND)
        key = participant_key(replace(CHAT, person=number), secret)
        draft = await self.house.stores.conversations.draft(key)
        return draft.session if draft else None

    @property
    def evening(self):
        return self.house.assisting.evening(CHAT)

    @property
    def texts(self):
        return [shown.text for shown in self.phone.chat]

    @property
    def labels(self):
        return [label for shown in self.phone.chat for row in shown.rows for label in row]


async def at_work(api, house, clock):
    """Open a round, and let somebody of a relay help."""
    await open_round(house, a_round())
    code, kept = house.assisting.new_code()
    await house.stores.relays.add(a_relay(facilitator=kept))
    return Helper(api, house, clock, code)


@asynccontextmanager
async def a_helper(opening):
    clock = MovableClock()
    async with FakeBotApi() as api, telegram_house(opening, api, clock) as house:
        yield await at_work(api, house, clock)


@pytest.fixture
async def helper():
    async with a_helper(in_memory()) as helper:
        yield helper


async def test_three_people_each_have_their_own_language_consent_and_session(helper):
    await helper.send(f"/assist {helper.code.lower()}")
    assert [text.split(".")[0] for text in helper.texts] == [
        "You are helping on this phone now"
    ]  # the code itself is gone

    for language in ODD:
        person = helper.evening.person
        assert await helper.session() is None
        await helper.come_to_review(language)
        voice = helper.house.catalogues.voice((await helper.session()).locale)
        assert helper.texts[-1].lstrip("\u200e\u200f").startswith(voice.say(say("assisted.hand_over")))
        await helper.press()

        sent = await helper.session()
        assert (sent.status, sent.assisted, sent.relay) == (Status.SENT, True, "r0001")
        assert (sent.came_by, sent.locale) == ("association", {"F": "fr", "E": "en"}.get(language[0], "ar"))
        assert len(helper.phone.chat) == 1  # the thanks; nobody is asked whether to be written to
        old = helper.phone.chat[0]
        await helper.press()

        assert [text.split("\n")[0] for text in helper.texts] == ["Give the phone to the next person."]
        assert helper.evening.person != person
        if language == "Français":
            await helper.press(0, old)  # somebody was quick: it is too late for another
            assert helper.evening.person not in (0, person)
            assert len(helper.phone.chat) == 1
    await helper.press("End")

    assert helper.evening is None
    assert [text.split(".")[0] for text in helper.texts] == ["The evening is over on this phone"]
    assert await helper.house.stores.contacts.all() == []


async def test_who_stops_is_asked_and_erased_and_the_next_one_reads_no_language_of_theirs(helper):
    await helper.begin()
    for label in ("Begin", "Français", 0, 0):
        await helper.press(label)
    person, began = helper.evening.person, await helper.session()
    assert began.place is Place.QUESTION

    await helper.send("/next")
    assert (await helper.session()).aside == "stop"
    await helper.press(1)

    assert await helper.session(person) is None
    assert helper.evening.person != person
    assert [text.split("\n")[0] for text in helper.texts] == ["Give the phone to the next person."]
    await helper.press("Begin")
    assert (await helper.session()).mark != began.mark
    assert "Hello! Which language" in helper.texts[-1]
    assert all(any(language in label for label in helper.labels) for language in ODD)


async def test_nobody_presses_for_another_person(helper):
    """A button of an earlier person, whose message a phone still shows, means nothing any more."""
    await helper.begin()
    for label in ("Begin", "English", 0):
        await helper.press(label)
    old = helper.phone.chat[-1]
    await helper.send("/stop")
    await helper.press("Yes")
    for label in ("Begin", "Français", 0):
        await helper.press(label)
    before = await helper.session()

    await helper.press(0, old)

    assert await helper.session() == before


async def test_the_helpers_own_answers_are_hidden_and_wait_again_afterwards(helper):
    await helper.send("/start")
    for _ in range(3):
        await helper.press()
    own = await helper.session(person=0)

    await helper.begin()
    assert len(helper.phone.chat) == 1
    await helper.press("Begin")
    assert (await helper.session()).place is Place.LANGUAGE
    assert not (await helper.session(person=0)).assisted
    await helper.send("/assist")  # somebody has begun: asked first
    await helper.press("Yes")
    await helper.send("/assist")

    assert helper.evening is None
    await helper.send("/start")
    assert "Welcome back" in helper.phone.screen.text
    assert (await helper.session(person=0)).question == own.question


@pytest.mark.parametrize("said", ["/assist 0000-0000-0000", "/assist nonsense"])
async def test_a_wrong_code_is_told_so_kindly_and_is_taken_off_the_phone(helper, said):
    await helper.send(said)

    assert [text.split(".")[0] for text in helper.texts] == ["This code does not work"]
    assert helper.evening is None
    await helper.send("/assist")
    assert helper.texts[-1].startswith("To help several people with this phone, send /assist")


@pytest.mark.parametrize("change", [{"revoked": True}, {"facilitator": None}, {"facilitator": b"n" * 32}])
async def test_an_evening_ends_with_its_code_but_nobody_is_interrupted(helper, change):
    await helper.begin()
    await helper.press("Begin")
    (relay,) = await helper.house.stores.relays.all()
    await helper.house.stores.relays.change(replace(relay, **change))
    helper.clock.advance(timedelta(seconds=2))

    await helper.press("English")
    assert (await helper.session()).place is Place.INTRO
    await helper.send("/stop")
    await helper.press("Yes")
    await helper.press("Begin")

    assert helper.evening is None
    assert helper.texts[-1].startswith("The time for helping on this phone is over")
    await helper.begin()
    assert helper.texts[-1].startswith("This code does not work")


async def test_the_code_once_more_ends_nothing(helper):
    await helper.begin()
    person = helper.evening.person

    await helper.begin()

    assert helper.evening.person not in (0, person)
    assert helper.texts[-1].startswith("Give the phone to the next person.")


async def test_an_evening_is_over_after_a_day(helper):
    await helper.begin()
    helper.clock.advance(timedelta(days=2))
    helper.api.clock.advance(timedelta(days=2))

    await helper.send("/start")

    assert helper.evening is None
    assert helper.texts[-1].startswith("The time for helping on this phone is over")


async def test_a_forgotten_evening_is_tidied_away(helper):
    await helper.begin()
    helper.clock.advance(timedelta(days=2))

    await helper.house.campaigns.tidy()

    assert await helper.house.stores.facilitating.all() == []


async def test_who_blocks_us_ends_the_evening_and_the_open_answers(helper):
    await helper.begin()
    await helper.press("Begin")
    person = helper.evening.person

    await helper.phone.block()
    await helper.api.emptied()

    assert helper.evening is None
    assert await helper.session(person) is None


async def test_what_a_crash_left_half_done_is_done_before_anything_else(tmp_path):
    clock = MovableClock()
    async with FakeBotApi() as api:
        async with telegram_house(on_disk(tmp_path), api, clock) as house:
            helper = await at_work(api, house, clock)
            await helper.begin()
            for label in ("Begin", "English", 0, 0):
                await helper.press(label)
            person, old = helper.evening.person, {shown.message_id for shown in helper.phone.chat}
            await house.assisting.next(helper.evening)  # kept, and then the machine stops
        async with telegram_house(on_disk(tmp_path), api, clock) as house:
            helper.house = house
            assert helper.evening.leaving == person

            await helper.send("/start")

            assert helper.evening.leaving is None
            assert await helper.session(person) is None
            assert (await helper.session()).place is Place.LANGUAGE
            assert not old & {shown.message_id for shown in helper.phone.chat}


async def test_people_on_one_account_share_nothing_that_the_database_shows(tmp_path):
    async with a_helper(on_disk(tmp_path)) as helper:
        await helper.begin()
        for language in ODD:
            await helper.send("/start")
            for label in (language, 0, 0):
                await helper.press(label)
            await helper.house.assisting.keep(replace(helper.evening, person=helper.evening.person + 1))
        assert len(list((tmp_path / "keys" / "drafts").iterdir())) == 3

    files = [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]
    assert not any(str(ACCOUNT).encode() in content for content in files)
    with sqlite3.connect(tmp_path / "portevoix.db") as database:
        rows = database.execute("SELECT * FROM open_sessions").fetchall()
        columns = [column[1] for column in database.execute("PRAGMA table_info(open_sessions)")]
    shared = [
        name for name, values in zip(columns, zip(*rows, strict=True), strict=True) if len(set(values)) < 3
    ]
    assert len(rows) == 3
    assert set(shared) <= {"round", "state", "status", "turn", "touched_on", "day"}
