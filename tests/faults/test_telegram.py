"""Somebody on Telegram while nothing can be stored: one kind word, and the conversation goes on by itself."""

import asyncio
from contextlib import asynccontextmanager

import pytest

from bot.hearing import Address
from bot.identity import participant_key
from conversations.wording import say
from tests.bot.telegram_side import until
from tests.bot.webhook_side import posted
from tests.fake_bot_api import FakeBotApi
from tests.faults.injection import KINDS
from tests.journeys.household import ROUND, a_round, household, on_disk, open_round
from tests.journeys.on_telegram import settled, telegram_house

pytestmark = pytest.mark.slow

ACCOUNT = 2**41 + 7
RETRIES = 0.2
"""Seconds in which what was not stored is tried several times."""


class Visit:
    """One person, the program, and a disk that can be broken."""

    def __init__(self, api, house, language):
        self.api, self.house = api, house
        self.person = api.person(account_id=ACCOUNT, language_code=language)
        self.sorry = house.catalogues.voice(language).say(say("trouble.not_kept"))

    async def settled(self):
        await settled(self.house, self.api)

    async def begin(self):
        await self.person.send("/start")
        await self.settled()
        for _ in range(3):
            await self.person.press(0)
            await self.settled()

    @property
    def texts(self):
        return [shown.text for shown in self.person.chat if shown.from_bot]

    @property
    def toasts(self):
        return [toast for toast in self.person.toasts if toast]

    def words_of_trouble(self):
        return self.toasts.count(self.sorry) + self.texts.count(self.sorry)

    async def answers(self):
        keyring = self.house.stores.keyring
        key = participant_key(Address("telegram", str(ACCOUNT)), keyring.round_secret(ROUND))
        draft = await self.house.stores.conversations.draft(key)
        return {} if draft is None else dict(draft.session.answers)


@asynccontextmanager
async def a_visit(folder, language="en"):
    async with FakeBotApi() as api, telegram_house(on_disk(folder), api) as house:
        await open_round(house, a_round())
        yield Visit(api, house, language)


@pytest.mark.parametrize("kind", KINDS)
async def test_a_pressed_button_is_answered_kindly_once_and_kept_when_there_is_room(tmp_path, faults, kind):
    async with a_visit(tmp_path) as visit:
        await visit.begin()
        before, asked = await visit.answers(), visit.person.screen.text

        faults.break_everything(kind)
        await visit.person.press(0)
        await until(lambda: visit.words_of_trouble())
        await asyncio.sleep(RETRIES)

        assert visit.words_of_trouble() == 1
        assert visit.toasts == [visit.sorry]
        assert visit.person.screen.text == asked
        assert await visit.answers() == before
        faults.mend()
        await visit.settled()
        assert len(await visit.answers()) == len(before) + 1
        assert visit.person.screen.text != asked
        assert visit.words_of_trouble() == 1


@pytest.mark.parametrize("language", ["en", "fr", "ar"])
async def test_somebody_who_writes_is_told_in_their_language_and_the_word_goes_when_it_is_kept(
    tmp_path, faults, language
):
    async with a_visit(tmp_path, language) as visit:
        faults.break_everything()
        await visit.person.send("/start")
        await until(lambda: visit.words_of_trouble())
        await visit.person.send("hello?")
        await asyncio.sleep(RETRIES)
        assert visit.texts == [visit.sorry]

        faults.mend()
        await visit.settled()

        await until(lambda: visit.sorry not in visit.texts)
        assert len(visit.texts) == 1


async def test_the_next_trouble_is_told_again(tmp_path, faults):
    async with a_visit(tmp_path) as visit:
        await visit.begin()
        for times in (1, 2):
            faults.break_everything()
            await visit.person.press(0)
            await until(lambda times=times: visit.words_of_trouble() == times)
            faults.mend()
            await visit.settled()

        assert len(await visit.answers()) >= 2


async def test_a_whole_conversation_on_a_disk_that_fails_at_every_step_is_kept_once(tmp_path, faults):
    async with a_visit(tmp_path) as visit:
        for turn in range(60):
            faults.break_everything(KINDS[turn % 3])
            struck = faults.struck
            if turn:
                await visit.person.press(0)
            else:
                await visit.person.send("/start")
            await until(lambda struck=struck: faults.struck > struck)
            faults.mend()
            await visit.settled()
            if visit.texts[-1].startswith("Would"):
                break

        assert await visit.house.stores.answers.count(ROUND) == 1
        assert await visit.house.stores.answers.flush(ROUND, 1) == 1
        assert len(await visit.house.stores.answers.open_boxes(ROUND)) == 1
        assert visit.sorry not in visit.texts


async def test_the_webhook_says_no_and_sorry_once_and_keeps_what_is_posted_again(tmp_path, faults):
    async with household(on_disk(tmp_path)) as house, FakeBotApi() as api:
        await open_round(house, a_round())
        person = api.person(account_id=ACCOUNT, language_code="en")
        sorry = house.catalogues.voice("en").say(say("trouble.not_kept"))
        async with posted(api, house.dialogue):
            faults.break_everything()
            await person.send("/start")
            await until(lambda: [shown for shown in person.chat if shown.from_bot])
            await asyncio.sleep(RETRIES)
            assert [shown.text for shown in person.chat if shown.from_bot] == [sorry]
            assert await house.stores.outbox.waiting() == []

            faults.mend()
            await api.emptied()

            assert len(await house.stores.outbox.waiting()) == 1
            assert [shown.text for shown in person.chat if shown.from_bot] == []
