"""What a conversation leaves on the phone: nothing that a bot can take away, and the truth about the rest."""

from contextlib import asynccontextmanager
from datetime import timedelta

import pytest

from bot.hearing import Address
from bot.identity import participant_key
from tests.bot.houses import MovableClock
from tests.fake_bot_api import FakeBotApi
from tests.journeys.household import ROUND, a_round, in_memory, on_disk, open_round
from tests.journeys.on_telegram import settled, telegram_house

ACCOUNT = 2**41
HIDING = ["hide", "Cacher", "إخفاء", "/hide"]


class Evening:
    """One person on Telegram, and the program."""

    def __init__(self, api, house, clock):
        self.api, self.house, self.clock = api, house, clock
        self.person = api.person(account_id=ACCOUNT, language_code="en")

    async def send(self, text):
        await self.person.send(text)
        await settled(self.house, self.api)

    async def press(self, label=0):
        await self.person.press(label)
        await settled(self.house, self.api)

    async def begin(self):
        """Come to the first question, and type an odd word there."""
        await self.send("/start")
        for _ in range(3):
            await self.press()
        await self.send("what do you mean?")

    async def go_to_review(self):
        for _ in range(40):
            if any("Send" in label for shown in self.person.chat for row in shown.rows for label in row):
                return
            await self.press()
        raise AssertionError("the review never came")

    def sleep(self, by: timedelta):
        self.clock.advance(by)
        self.api.clock.advance(by)

    async def draft(self):
        key = participant_key(
            Address("telegram", str(ACCOUNT)), self.house.stores.keyring.round_secret(ROUND)
        )
        return await self.house.stores.conversations.draft(key)

    @property
    def texts(self):
        return [shown.text for shown in self.person.chat]


@asynccontextmanager
async def an_evening(opening):
    clock = MovableClock()
    async with FakeBotApi() as api, telegram_house(opening, api, clock) as house:
        await open_round(house, a_round())
        yield Evening(api, house, clock)


@pytest.fixture
async def evening():
    async with an_evening(in_memory()) as evening:
        yield evening


async def test_after_sending_only_the_thanks_and_the_question_about_news_stay(evening):
    await evening.begin()
    await evening.send("/privacy")
    await evening.go_to_review()

    await evening.press()

    assert [text.split("\n")[0][:5] for text in evening.texts] == ["Thank", "Would"]
    assert all(shown.from_bot for shown in evening.person.chat)


async def test_after_stopping_only_the_word_that_all_is_erased_stays(evening):
    await evening.begin()
    await evening.send("/stop")

    await evening.press("Yes, stop")

    assert len(evening.texts) == 1
    assert "has been erased" in evening.texts[0]
    assert "Some older messages" not in evening.texts[0]


@pytest.mark.parametrize("word", HIDING)
async def test_one_quick_word_empties_the_chat_and_keeps_the_answers(evening, word):
    await evening.begin()
    await evening.press()
    await evening.send("/help")
    answers = (await evening.draft()).session.answers

    await evening.send(word)

    assert evening.texts == []
    assert (await evening.draft()).session.answers == answers
    await evening.send("/start")
    assert "Welcome back" in evening.person.screen.text
    assert (await evening.draft()).session.answers == answers


async def test_what_is_too_old_is_named_truthfully(evening):
    await evening.begin()
    evening.sleep(timedelta(days=3))
    await evening.send("still here?")

    await evening.send("hide")

    assert evening.texts[-1].startswith("Some older messages may still be in this chat")
    assert "still here?" not in evening.texts
    assert "what do you mean?" in evening.texts


async def test_a_withdrawal_code_stays_to_be_written_down_until_it_is_hidden(evening):
    await evening.begin()
    await evening.go_to_review()
    await evening.press("code")

    assert "Your withdrawal code" in evening.texts[0]

    await evening.send("hide")

    assert evening.texts == []


async def test_where_nothing_is_known_any_more_the_truth_is_told(evening):
    await evening.send("hide")

    (only,) = evening.texts
    assert only.startswith("Some older messages may still be in this chat")


async def test_somebody_who_blocks_us_is_forgotten_at_once(tmp_path):
    async with an_evening(on_disk(tmp_path)) as evening:
        await evening.begin()
        keys = list((tmp_path / "keys" / "drafts").iterdir())

        await evening.person.block()
        await evening.api.emptied()

        assert len(keys) == 1
        assert list((tmp_path / "keys" / "drafts").iterdir()) == []
        assert await evening.draft() is None
