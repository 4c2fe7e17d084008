"""Listening on Telegram: a voice message, once; the session stays as it is; nothing of it is left behind."""

import asyncio
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace

import pytest

from bot.aloud.opus import seconds_of
from bot.hearing import Address, Phone
from bot.identity import participant_key
from conversations.errors import ChannelBusy
from conversations.identifiers import UpdateId
from conversations.moves import Pressed
from tests.bot.telegram_side import ScriptedListener, a_screen, telegram, until
from tests.bot.test_aloud import an_instrument
from tests.bot.voices import Machine, aloud_with
from tests.fake_bot_api import FakeBotApi
from tests.journeys.household import ROUND, a_round, in_memory, on_disk, open_round
from tests.journeys.on_telegram import settled, telegram_house

ACCOUNT = 2**41
MACHINE = "A computer voice reads this aloud. It can make mistakes."


class Evening:
    """One person on Telegram, the program, and its machine voice."""

    def __init__(self, api, machine, opening, folder):
        self.api, self.machine = api, machine
        self._opening, self._aloud = opening, (folder, machine.synthesiser())
        self._running = AsyncExitStack()
        self.person = api.person(account_id=ACCOUNT, language_code="en")

    async def start(self):
        self.house = await self._running.enter_async_context(
            telegram_house(self._opening, self.api, aloud=self._aloud)
        )

    async def stop(self):
        await self._running.aclose()

    async def send(self, text):
        await self.person.send(text)
        await settled(self.house, self.api)

    async def press(self, label=0):
        await self.person.press(label)
        await settled(self.house, self.api)

    async def begin(self):
        await self.send("/start")
        for _ in range(3):
            await self.press()

    async def draft(self):
        key = participant_key(
            Address("telegram", str(ACCOUNT)), self.house.stores.keyring.round_secret(ROUND)
        )
        return await self.house.stores.conversations.draft(key)

    @property
    def voices(self):
        return [shown for shown in self.person.chat if "voice" in shown.media]

    @property
    def prompts(self):
        return [shown for shown in self.person.chat if shown.from_bot and shown.rows]


@asynccontextmanager
async def an_evening(opening, folder):
    async with FakeBotApi() as api:
        evening = Evening(api, Machine(folder), opening, folder)
        await evening.start()
        await open_round(evening.house, a_round())
        try:
            yield evening
        finally:
            await evening.stop()


@pytest.fixture
async def evening(tmp_path):
    async with an_evening(in_memory(), tmp_path) as evening:
        yield evening


async def test_a_voice_message_says_that_a_machine_reads_and_the_session_stays_as_it_is(evening):
    await evening.begin()
    before, history = await evening.draft(), len(evening.person.history)

    await evening.press("Listen")

    (voice,) = evening.voices
    assert voice.media["caption"] == MACHINE
    assert voice.media["voice"]["duration"] == round(
        seconds_of(evening.api.telegram.files[voice.media["voice"]["file_id"]])
    )
    assert (await evening.draft()).session == before.session
    assert len(evening.person.history) == history + 1  # the voice, and no prompt again
    assert evening.person.spinning == []
    assert evening.person.toasts == []


async def test_a_person_may_also_write_the_word(evening):
    await evening.begin()

    await evening.send("listen")

    assert len(evening.voices) == 1
    await evening.send("/hide")
    assert evening.person.chat == []


async def test_listening_again_leaves_one_voice_message(evening):
    await evening.begin()

    for _ in range(3):
        await evening.press("Listen")

    assert len(evening.voices) == 1
    assert len(evening.prompts) == 1


async def test_what_was_heard_goes_when_the_question_is_answered(evening):
    await evening.begin()
    await evening.press("Listen")

    await evening.press()

    assert evening.voices == []
    assert len(evening.prompts) == 1
    await evening.press("Listen")
    assert len(evening.voices) == 1


@pytest.mark.parametrize(
    "words, left", [(("/hide",), 0), (("/stop", "Yes, stop"), 1), (("/language", "العربية"), 3)]
)
async def test_what_empties_a_chat_takes_the_voice_too(evening, words, left):
    await evening.begin()
    await evening.press("Listen")

    for word in words:
        await (evening.send(word) if word[0] == "/" else evening.press(word))

    assert evening.voices == []
    assert len(evening.person.chat) == left


async def test_a_voice_that_cannot_be_taken_away_at_once_is_taken_away_later(tmp_path):
    aloud = await aloud_with(tmp_path, Machine(tmp_path))
    reading = aloud.reading(an_instrument(), "service_known", "en")
    async with FakeBotApi() as api, telegram(api, ScriptedListener(), aloud=aloud) as service:
        person = api.person(account_id=ACCOUNT)
        await person.send("/start")
        await api.emptied()
        await service.channel.show(str(ACCOUNT), replace(a_screen(MACHINE), reading=reading), "", no_turn)
        assert [shown for shown in person.chat if "voice" in shown.media]
        api.fail_next("deleteMessages", 429, "Too Many Requests: retry after 1", retry_after=1)

        with pytest.raises(ChannelBusy):
            await service.channel.clear(str(ACCOUNT), ())  # its note was not kept yet
        await service.channel.clear(str(ACCOUNT), ())

        assert not [shown for shown in person.chat if "voice" in shown.media]


async def no_turn():
    """Nobody waits."""


async def test_after_a_restart_the_voice_is_found_by_its_note(tmp_path):
    async with an_evening(on_disk(tmp_path / "data"), tmp_path) as evening:
        await evening.begin()
        await evening.press("Listen")
        await evening.stop()
        await evening.start()
        assert len(evening.voices) == 1

        await evening.send("/stop")
        await evening.press("Yes, stop")

        assert evening.voices == []
        assert len(evening.person.chat) == 1


async def test_a_voice_that_waits_is_not_sent_once_the_question_is_over(evening):
    await evening.begin()
    before = len(evening.person.history)
    evening.api.fail_next("sendVoice", 429, "Too Many Requests: retry after 1", retry_after=1)
    await evening.person.press("Listen")
    await evening.api.emptied()

    await evening.press()

    assert evening.voices == []
    assert len(evening.person.history) > before


async def test_a_crash_while_the_machine_speaks_loses_the_wish_and_nothing_else(evening):
    await evening.begin()
    before = await evening.draft()
    evening.machine.set("wait")
    mark, press = before.session.mark, Pressed("h", before.session.turn)
    here, phone = Address("telegram", str(ACCOUNT)), Phone(("en",))
    asking = asyncio.create_task(evening.house.dialogue.hear(here, UpdateId("u1"), press, phone, mark))
    await until(lambda: evening.machine.calls)

    asking.cancel()
    await asyncio.gather(asking, return_exceptions=True)

    assert not await evening.house.stores.outbox.waiting()
    assert await evening.draft() == before
    again = await evening.house.dialogue.hear(here, UpdateId("u1"), press, phone, mark)
    assert not again.fresh
    assert again.listens is None


async def test_a_voice_on_its_way_when_the_program_stops_is_sent_after_the_next_start(tmp_path):
    async with an_evening(on_disk(tmp_path / "data"), tmp_path) as evening:
        await evening.begin()
        evening.api.fail_always("sendVoice", 502, "Bad Gateway")
        await evening.person.press("Listen")
        await evening.api.emptied()
        await until(lambda: evening.api.calls_of("sendVoice"))
        await evening.stop()
        evening.api.succeed_again("sendVoice")

        await evening.start()
        await evening.person.waits_for(lambda _: evening.voices)
        await settled(evening.house, evening.api)

        assert len(evening.voices) == 1
        await evening.send("/hide")
        assert evening.person.chat == []


async def test_a_voice_whose_answer_was_lost_stays_one(evening):
    await evening.begin()
    evening.api.lose_answer("sendVoice")

    await evening.press("Listen")

    assert len(evening.api.calls_of("sendVoice")) == 2
    assert len(evening.voices) == 1


async def test_when_it_cannot_be_read_a_short_word_says_so(evening):
    await evening.begin()
    evening.machine.set("broken")

    await evening.press("Listen")

    assert evening.voices == []
    assert evening.person.toasts == ["We cannot read this aloud right now. Please try again later."]
    await evening.send("listen")
    assert any(shown.text.startswith("We cannot read this aloud") for shown in evening.person.chat)


async def test_somebody_who_takes_no_voice_messages_goes_on_without(evening):
    await evening.begin()
    evening.api.telegram.rooms.chats[ACCOUNT].takes_no_voices = True

    await evening.press("Listen")
    await evening.press()

    assert evening.voices == []
    assert (await evening.draft()).session.answers


async def test_ticking_choices_leaves_the_voice_of_that_question(evening):
    await evening.begin()
    for _ in range(40):
        if evening.person.screen.rows[0] == ("Continue",):
            break
        await evening.press()
    await evening.press("Listen")

    await evening.press(1)
    await evening.press(2)

    assert len(evening.voices) == 1
    assert len((await evening.draft()).session.marks) == 2


async def test_without_a_voice_there_is_no_button(tmp_path):
    async with FakeBotApi() as api, telegram_house(in_memory(), api) as house:
        await open_round(house, a_round())
        person = api.person(account_id=ACCOUNT, language_code="en")
        await person.send("/start")
        await settled(house, api)
        for _ in range(3):
            await person.press(0)
            await settled(house, api)

        assert not any("Listen" in label for row in person.screen.rows for label in row)
