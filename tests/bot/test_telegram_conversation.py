"""Whole conversations on Telegram: the real dialogue, delivery and bot, over real HTTP."""

import asyncio
import time
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from bot.delivery import Delivery
from bot.desk import Desk
from bot.dialogue import Dialogue
from bot.programme import Programme
from bot.rendering import render, render_notice
from conversations.ports import Parcel
from conversations.prompting import prompt_of
from conversations.session import Status
from tests.bot.telegram_side import telegram, until
from tests.conftest import NOON
from tests.fake_bot_api import FakeBotApi
from tests.web.house import Codes, Dice, Drafts, House, Rounds, Secrets


class Store(Drafts):
    """Drafts with an outbox beside them, in memory."""

    def __init__(self):
        super().__init__()
        self.parcels = {}
        self.contacts = set()

    async def take_turn(self, update, keys, today, decide):
        outcome = await super().take_turn(update, keys, today, decide)
        if outcome is None:
            return None
        if outcome.speak:
            session = outcome.save.session
            self._put(Parcel(f"p{len(self.seen)}", session.key, session.turn))
        for place, notice in enumerate(outcome.notices):
            self._put(Parcel(f"p{len(self.seen)}-{place}", notice=notice))
        return outcome

    def _put(self, parcel):
        self.parcels[parcel.id] = parcel

    async def draft(self, key):
        return self.drafts.get(key)

    async def drafts_of(self, keys):
        return {key: self.drafts[key] for key in keys if key in self.drafts}

    async def waiting(self):
        return tuple(self.parcels.values())

    async def said(self, parcel, shown=None):
        self.parcels.pop(parcel.id, None)
        if shown is not None and parcel.key in self.drafts:
            self.drafts[parcel.key] = replace(self.drafts[parcel.key], shown=shown)

    async def forget_address(self, key):
        self.drafts[key] = replace(self.drafts[key], address="")

    async def opt_in(self, contact, today):
        self.contacts.add(contact.address)

    async def opt_out(self, address):
        self.contacts.discard(address)
        return True


class Renderer:
    """Renders with the instruments of the house."""

    def __init__(self, programme, catalogues):
        self._programme = programme
        self._catalogues = catalogues

    def render_draft(self, draft):
        instrument = self._programme._instruments.get(draft.session.round)
        if instrument is None:
            return None
        voice = self._catalogues.voice(draft.session.locale, instrument.city.host_language)
        return render(prompt_of(instrument, draft.session), voice, draft.session.mark)

    def render_notice(self, notice):
        return render_notice(notice, self._catalogues.voice(notice.locale))


class TelegramHouse:
    """What outlasts a restart: the store, the rounds and the fake Telegram."""

    def __init__(self, api, *rounds):
        self.api = api
        self.store = Store()
        self.rounds = Rounds(*(rounds or ("summer",)))
        self.codes = Codes()
        self.dice = Dice()

    @asynccontextmanager
    async def running(self):
        """The program from start to stop."""
        catalogues = House().catalogues
        programme = Programme(self.rounds, catalogues, "")
        deliveries = []
        desk = Desk(
            conversations=self.store,
            answers=self.codes,
            contacts=self.store,
            keyring=Secrets(),
            programme=programme,
            catalogues=catalogues,
            now=lambda: NOON,
            chance=self.dice,
            wake=lambda: deliveries[0].wake(),
        )
        await programme.open_now(NOON)
        stop = asyncio.Event()
        async with telegram(self.api, Dialogue(desk)) as service:
            renderer = Renderer(programme, catalogues)
            # Real time, as Telegram's rates are; people in these tests type faster than a delivery may go.
            delivery = Delivery(
                self.store,
                self.store,
                renderer,
                {"telegram": service.channel},
                lambda: time.monotonic() * 100,
                lambda seconds: asyncio.sleep(seconds / 100),
                contacts=self.store,
            )
            deliveries.append(delivery)
            running = asyncio.create_task(delivery.run(stop))
            try:
                yield service
            finally:
                stop.set()
                await running

    @property
    def sent(self):
        return self.store.sent()

    async def settled(self):
        """Wait until everything was heard and said."""
        await self.api.emptied()
        await until(lambda: not self.store.parcels)


@pytest.fixture
async def house():
    async with FakeBotApi() as api:
        yield TelegramHouse(api)


async def go_on(house, person, by="press"):
    """Press the first button, or type its number, and wait for what comes."""
    first = person.screen.rows[0][0]
    number = first.split(".")[0]
    if by == "number" and number.isdecimal():
        await person.send(number)
    else:
        await person.press(first, person.screen)
    await house.settled()


async def answer_everything(house, person, by="press"):
    for _ in range(40):
        if house.sent:
            return
        await go_on(house, person, by)
    raise AssertionError(f"no end; on the screen: {person.screen}")


@pytest.mark.parametrize("language", ["en", "fr", "ar"])
async def test_a_whole_conversation_by_buttons_is_one_message_edited_in_place(house, language):
    maria = house.api.person(account_id=2**41, language_code=language)

    async with house.running():
        await maria.send("/start")
        await house.settled()
        await answer_everything(house, maria)

    thanks, news = [shown for shown in maria.chat if shown.from_bot]
    assert len(house.sent) == 1
    assert thanks.edited > 15
    assert maria.spinning == []
    assert [shown.text for shown in maria.chat if not shown.from_bot] == []
    assert len(news.rows) == 2
    assert all(line.startswith("\u200f") for line in thanks.text.splitlines() if line) is (language == "ar")


async def test_typed_numbers_do_what_buttons_do(house):
    maria, ali = (house.api.person(account_id=2**41 + n, language_code="en") for n in (1, 2))

    async with house.running():
        for person in (maria, ali):
            await person.send("/start")
            await house.settled()
        await answer_everything(house, maria)
        seen_by_pressing = [shown.split("\n")[0] for shown in dict.fromkeys(v.text for v in maria.history)]
        (pressed,) = house.sent
        for _ in range(40):
            if len(house.sent) == 2:
                break
            await go_on(house, ali, by="number")
        seen_by_typing = [shown.split("\n")[0] for shown in dict.fromkeys(v.text for v in ali.history)]

    typed = next(session for session in house.sent if session is not pressed)
    assert typed.answers == pressed.answers
    assert seen_by_typing == seen_by_pressing
    assert sum(bool(shown.rows) for shown in ali.chat if shown.from_bot) == 1  # only the last notice


async def test_a_restart_in_the_middle_loses_nothing_and_sends_nothing(house):
    maria = house.api.person(account_id=2**41, language_code="en")

    async with house.running():
        await maria.send("/start")
        await house.settled()
        for _ in range(6):
            await go_on(house, maria)
    before = maria.screen.text, len(maria.history)
    async with house.running():
        await house.settled()
        after = maria.screen.text, len(maria.history)
        await answer_everything(house, maria)

    assert before == after
    assert len([shown for shown in maria.chat if shown.from_bot]) == 2


async def test_what_was_sent_while_the_program_was_down_is_heard(house):
    maria = house.api.person(account_id=2**41, language_code="en")

    async with house.running():
        await maria.send("/start")
        await house.settled()
    await maria.press(maria.screen.rows[0][0], maria.screen)
    async with house.running():
        await house.settled()

    assert maria.screen.edited == 1
    assert maria.spinning == []


async def test_photos_and_old_buttons_change_no_answer(house):
    maria = house.api.person(account_id=2**41, language_code="en")

    async with house.running():
        await maria.send("/start")
        await house.settled()
        old = maria.screen.buttons[0][0].data
        for _ in range(5):
            await go_on(house, maria)
        (draft,) = house.store.drafts.values()
        await maria.photo()
        await house.settled()
        await maria.press_data(old, maria.screen.message_id)
        await house.settled()
        await until(lambda: maria.toasts)
        (after,) = house.store.drafts.values()

    assert after.session.answers == draft.session.answers
    assert len(maria.toasts) == 1
    assert [shown.from_bot for shown in maria.chat] == [
        False,
        False,
        True,
    ]  # the question again, below the photo


async def test_stopping_erases_and_takes_the_question_away(house):
    maria = house.api.person(account_id=2**41, language_code="en")

    async with house.running():
        await maria.send("/start")
        await house.settled()
        for _ in range(5):
            await go_on(house, maria)
        question = maria.screen.text
        await maria.send("/stop")
        await house.settled()
        await maria.press("erase")  # it asks whether that is meant
        await house.settled()
        erased = [shown.text for shown in maria.chat if shown.from_bot]
        drafts = dict(house.store.drafts)
        await maria.press(maria.screen.rows[0][0])
        await house.settled()
        await until(lambda: sum(bool(shown.rows) for shown in maria.chat) == 1)

    assert drafts == {}
    assert len(erased) == 1
    assert question not in erased
    assert len(house.store.drafts) == 1


async def test_help_comes_below_and_the_question_follows_the_next_answer(house):
    maria = house.api.person(account_id=2**41, language_code="en")

    async with house.running():
        await maria.send("/start")
        await house.settled()
        for _ in range(5):
            await go_on(house, maria)
        question = maria.screen
        await maria.send("/help")
        await house.settled()
        helped = maria.screen
        await maria.press(question.rows[0][0], question)
        await house.settled()

    assert helped is not question
    assert question.deleted
    assert maria.screen is not helped
    assert maria.screen.rows


async def test_of_several_rounds_one_is_chosen_first():
    async with FakeBotApi() as api:
        house = TelegramHouse(api, "summer", "winter")
        maria = api.person(account_id=2**41, language_code="en")

        async with house.running():
            await maria.send("/start")
            await house.settled()
            asked = maria.screen
            await maria.press("winter")
            await house.settled()
            await until(lambda: not asked.rows)

        assert [draft.session.round for draft in house.store.drafts.values()] == ["winter"]
        assert maria.screen is not asked


async def test_who_blocks_the_bot_is_forgotten_and_found_again_when_they_return(house):
    maria = house.api.person(account_id=2**41, language_code="en")

    async with house.running():
        await maria.send("/start")
        await house.settled()
        await maria.press(maria.screen.rows[0][0])
        await maria.block()
        await house.settled()
        addresses = [draft.address for draft in house.store.drafts.values()]
        await maria.unblock()
        await maria.send("/start")
        await house.settled()

    assert addresses == [""]
    assert [draft.address for draft in house.store.drafts.values()] == [f"telegram:{2**41}:0"]
    assert maria.screen.rows


async def test_news_are_asked_for_once_and_kept_apart(house):
    maria = house.api.person(account_id=2**41, language_code="en")

    async with house.running():
        await maria.send("/start")
        await house.settled()
        await answer_everything(house, maria)
        await house.settled()
        await go_on(house, maria)
        await until(lambda: not any(shown.rows for shown in maria.chat))

    assert house.store.contacts == {f"telegram:{2**41}:0"}
    assert [draft.session.status for draft in house.store.drafts.values()] == [Status.SENT]
