"""What Telegram brings besides answers: a kind sentence or silence, and never a changed answer."""

import pytest

from tests.fake_bot_api import FakeBotApi
from tests.journeys.household import on_disk
from tests.journeys.on_telegram import OnTelegram
from tests.journeys.transcripts import Turn

BEGIN = ("start", "press: English", "press: Go on", "press: I am 18 or older and want to answer", "type: 1")
KIND = {"Sorry, we can only", "That is a little", "Sorry, that is not", "Please press one"}


@pytest.fixture
async def maria(tmp_path):
    """Somebody on Telegram who has answered one question."""
    async with FakeBotApi() as api, OnTelegram(on_disk(tmp_path), "en", api) as way:
        for does in BEGIN:
            await way.do(Turn(does))
        yield way


async def test_pictures_voices_stickers_and_forwarded_words_get_a_kind_sentence(maria):
    asked = maria.seen()
    person = maria.person

    for send in (person.photo, person.voice, person.sticker, lambda: person.forward("1")):
        await send()
        await maria.settled()
        said = person.screen.text.splitlines()
        assert said[0][:18] in KIND
        assert asked.says[0] in said

    assert len([shown for shown in person.chat if shown.from_bot]) == 1
    assert maria.api.telegram.rooms.toasts == {}


async def test_very_long_words_get_a_kind_sentence(maria):
    await maria.do(Turn("type: " + "word " * 1000))

    assert maria.seen().says[0][:18] in KIND
    assert maria.seen().says[-1] == "2 of 17"


async def test_an_edited_message_changes_no_answer(maria):
    before, history = maria.seen(), len(maria.person.history)
    answer = [shown.message_id for shown in maria.person.chat if not shown.from_bot][-1]

    await maria.person.edit_message(answer, "2")
    await maria.settled()

    assert (maria.seen(), len(maria.person.history)) == (before, history)


async def test_a_group_hears_nothing_but_where_to_write(maria):
    before = maria.seen()
    group = maria.person.in_group(-4001)

    for words in ("2", "/start", "/stop", "hello", "/start@somebody_else_bot"):
        await group.send(words)
        await maria.settled()
    silent = [shown for shown in group.chat if shown.from_bot]
    await group.send(f"/start@{maria.api.telegram.bot['username']}")
    await maria.settled()

    assert silent == []
    assert "write to me directly" in group.screen.text
    assert maria.seen() == before


async def test_the_same_data_from_another_account_presses_nothing(maria):
    before = maria.seen()
    data = maria.person.screen.buttons[1][0].data
    ali = maria.api.person(account_id=2**41 + 9, language_code="en")

    await ali.send("/privacy")
    await maria.settled()
    await ali.press_data(data, ali.screen.message_id)
    await maria.settled()
    await ali.waits_for(lambda phone: phone.toasts)

    assert maria.seen() == before
    assert ali.spinning == []
    assert "is over" in ali.toasts[0]


async def test_an_update_that_is_delivered_again_changes_nothing(maria):
    maria.api.duplicate_next(3)
    await maria.do(Turn("type: 2"))
    once = maria.seen()

    for number in maria.api.confirmed[-4:]:
        await maria.api.deliver_again(number)
        await maria.settled()

    assert once.says[-1] == "3 of 17"
    assert maria.seen() == once


async def test_data_that_we_never_gave_out_is_answered_and_does_nothing(maria, caplog):
    before = maria.seen()
    await maria.person.send("/help")
    await maria.settled()
    helped = maria.person.screen.message_id

    for data in ("", ".", "n.", "n.round.", "n.news.maybe", "x" * 64, "a.b.c", "m.1.", "☃.1.a0"):
        await maria.person.press_data(data, helped)
        await maria.settled()
    await maria.person.waits_for(lambda phone: not phone.spinning)

    assert [record.message for record in caplog.records if record.levelname in ("WARNING", "ERROR")] == []
    assert maria.seen() == before
