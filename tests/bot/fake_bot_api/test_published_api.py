"""Requests are held against the published methods and fields, whoever sends them."""

from typing import Any

import aiohttp
import pytest
from telegram import Bot, BotCommand, MenuButtonCommands
from telegram.error import BadRequest

from tests.bot.fake_bot_api.asking import AMAL, call
from tests.fake_bot_api import FakeBotApi, Person


async def test_all_that_a_bot_says_of_itself_is_kept(api: FakeBotApi, bot: Bot, started: Person) -> None:
    assert (await bot.get_me()).username == "portevoix_fake_bot"
    assert await bot.set_my_commands([BotCommand("start", "Begin")], language_code="fr")
    assert await bot.set_my_name("Porte-voix")
    assert await bot.set_my_description("What this is", language_code="ar")
    assert await bot.set_my_short_description("Short")
    assert await bot.set_chat_menu_button(menu_button=MenuButtonCommands())
    assert await bot.send_chat_action(AMAL, "typing")
    assert (await bot.get_chat(AMAL)).first_name == "Amal"
    with pytest.raises(BadRequest):
        await bot.set_my_commands([BotCommand("Début", "Begin")])
    assert await bot.log_out()
    assert await bot.close()

    assert api.telegram.commands == {"fr": [{"command": "start", "description": "Begin"}]}
    assert api.telegram.profile["description", "ar"] == "What this is"


@pytest.mark.parametrize("form", ["json", "json in json", "urlencoded", "multipart"])
async def test_parameters_are_read_in_every_form(api: FakeBotApi, started: Person, form: str) -> None:
    markup = '{"inline_keyboard": [[{"text": "Yes", "callback_data": "y"}]]}'
    fields = {"chat_id": str(AMAL), "text": "5", "disable_notification": "true", "reply_markup": markup}
    how: dict[str, Any] = {
        "json": {
            "json": {
                "chat_id": AMAL,
                "text": "5",
                "reply_markup": {"inline_keyboard": [[{"text": "Yes", "callback_data": "y"}]]},
            }
        },
        "json in json": {"json": fields},
        "urlencoded": {"data": fields},
        "multipart": {"data": aiohttp.FormData(fields, default_to_multipart=True)},
    }[form]

    answer = await call(api, "sendmessage", **how)

    assert answer["result"]["reply_markup"]["inline_keyboard"][0][0]["callback_data"] == "y"
    assert started.screen is not None
    assert started.screen.rows == (("Yes",),)


@pytest.mark.parametrize(
    "method, parameters, finding",
    [
        ("sendMesage", {}, "sendMesage: no such method"),
        ("sendMessage", {"chat_id": AMAL}, "sendMessage: sendMessage.text: Field required"),
        ("sendMessage", {"chat_id": AMAL, "text": "x", "colour": 1}, "sendMessage.colour: unknown field"),
        ("sendMessage", {"chat_id": AMAL, "text": 5}, "sendMessage.text: Input should be a valid string"),
        ("sendMessage", {"chat_id": AMAL, "text": "x", "reply_markup": "{"}, "reply_markup: is not JSON"),
        (
            "sendMessage",
            {
                "chat_id": AMAL,
                "text": "x",
                "reply_markup": {"inline_keyboard": [[{"text": "x", "dat": "x"}]]},
            },
            "sendMessage.reply_markup.inline_keyboard.0.0.dat: unknown field",
        ),
        ("sendDice", {"chat_id": AMAL}, "sendDice: published, but not played by this fake"),
        ("getUpdates", {"offset": "soon"}, "getUpdates.offset: Input should be a valid integer"),
    ],
)
async def test_what_is_not_published_is_a_violation(
    method: str, parameters: dict[str, Any], finding: str
) -> None:
    async with FakeBotApi(expect_violations=True) as api:
        answer = await call(api, method, json=parameters)

    assert answer["error_code"] in (400, 404)
    assert len(api.violations) == 1
    assert finding in api.violations[0]


async def test_a_violation_fails_the_test_that_did_not_expect_it() -> None:
    with pytest.raises(AssertionError, match="no such method"):
        async with FakeBotApi() as api:
            await call(api, "sendMesage")


OPUS = b"OggS" + bytes(24) + b"OpusHead" + bytes(40)


async def test_a_voice_message_arrives_with_its_bytes_its_length_and_its_words(
    api: FakeBotApi, bot: Bot, started: Person
) -> None:
    sent = await bot.send_voice(AMAL, OPUS, duration=7, caption="<b>Listen</b>", parse_mode="HTML")

    assert sent.voice is not None
    assert api.telegram.files[sent.voice.file_id] == OPUS
    assert (sent.caption, sent.voice.mime_type) == ("Listen", "audio/ogg")
    assert started.screen is not None
    assert started.screen.media["voice"]["duration"] == 7
    assert await bot.delete_messages(AMAL, [sent.message_id])


async def test_a_sound_that_is_no_opus_becomes_a_document(bot: Bot, started: Person) -> None:
    sent = await bot.send_voice(AMAL, b"ID3 and so on")

    assert sent.voice is None
    assert sent.document is not None


async def test_a_voice_message_keeps_to_the_published_limits(
    api: FakeBotApi, bot: Bot, started: Person
) -> None:
    with pytest.raises(BadRequest, match="caption is too long"):
        await bot.send_voice(AMAL, OPUS, caption="a" * 1025)
    with pytest.raises(BadRequest, match="non-empty"):
        await bot.send_voice(AMAL, b"")
    started_room = api.telegram.rooms.chats[AMAL]
    started_room.takes_no_voices = True
    with pytest.raises(BadRequest, match=r"(?i)voice.messages.forbidden"):
        await bot.send_voice(AMAL, OPUS)
