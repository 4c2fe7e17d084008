"""Updates are read as far as they are used, and calls come back as the library's own would."""

import json

import pytest
from telegram import Bot, Update, error

from bot.telegram.calls import call, send
from bot.telegram.reading import Replied, Wondered, lane_of, read_update
from bot.telegram.request import AiohttpRequest
from bot.telegram.updates import update_from
from conversations.moves import Pressed, Typed
from tests.fake_bot_api import FakeBotApi

PERSON = {"id": 2**41, "is_bot": False, "first_name": "Maria", "last_name": "Doe", "language_code": "ar"}
CHAT = {"id": 2**41, "type": "private", "first_name": "Maria", "username": "maria_doe"}
TEXT = {
    "message_id": 7,
    "date": 1_900_000_000,
    "from": PERSON,
    "chat": CHAT,
    "text": "Maria Doe said so",
    "entities": [{"type": "bold", "offset": 0, "length": 5}],
}
KEYBOARD = {"inline_keyboard": [[{"text": "Well", "callback_data": "q7.1.a"}]]}
SHOWN = {**TEXT, "from": {"id": 1, "is_bot": True, "first_name": "Bot"}, "reply_markup": KEYBOARD}
PRESS = {"id": "query1", "from": PERSON, "message": SHOWN, "chat_instance": "5", "data": "q7.1.a"}


@pytest.fixture
async def api():
    async with FakeBotApi() as api:
        yield api


@pytest.fixture
async def bot(api):
    requests = AiohttpRequest(), AiohttpRequest()
    bot = Bot(api.token, base_url=f"{api.url}/bot", get_updates_request=requests[0], request=requests[1])
    async with bot:
        yield bot


@pytest.mark.parametrize(
    "kind, content",
    [
        ("message", TEXT),
        ("message", {**TEXT, "reply_to_message": SHOWN}),
        ("message", {name: part for name, part in TEXT.items() if name != "from"}),
        ("message", {**TEXT, "chat": {"id": -100, "type": "supergroup", "title": "All of us"}}),
        ("message", {**TEXT, "forward_origin": {"type": "user", "date": 1, "sender_user": PERSON}}),
        ("message", {**TEXT, "from": {**PERSON, "is_bot": True}}),
        ("edited_message", TEXT),
        ("callback_query", PRESS),
        ("callback_query", {**PRESS, "message": {"message_id": 7, "date": 0, "chat": CHAT}}),
        ("callback_query", {name: part for name, part in PRESS.items() if name != "message"}),
    ],
)
def test_what_was_cut_means_the_same_as_the_whole(kind, content):
    update = {"update_id": 1, kind: content}

    cut, whole = update_from(update), Update.de_json(update)

    assert read_update(cut, "some_bot") == read_update(whole, "some_bot")
    assert lane_of(cut) == lane_of(whole)
    assert cut.update_id == 1


def test_names_and_what_a_pressed_message_said_are_not_kept():
    text, press = (
        update_from({"update_id": 1, "message": TEXT}),
        update_from({"update_id": 2, "callback_query": PRESS}),
    )

    assert read_update(text, None).meant == Replied(Typed("Maria Doe said so"))
    assert read_update(press, None).meant == Replied(Pressed("a", 1), "q7")
    for name in ('"Maria"', '"Doe"', "maria_doe", "Well"):
        assert name not in text.to_json() + press.to_json()
    assert "said so" not in press.to_json()


def test_a_photo_is_still_known_as_something_that_cannot_be_read():
    photo = [{"file_id": "f", "file_unique_id": "u", "width": 1, "height": 1}]
    content = {name: part for name, part in TEXT.items() if name not in ("text", "entities")} | {
        "photo": photo
    }

    letter = read_update(update_from({"update_id": 1, "message": content}), None)

    assert letter.meant == Wondered("unreadable")


@pytest.mark.parametrize(
    "content",
    [
        None,
        7,
        [],
        {},
        {"update_id": 1, "callback_query": {}},
        {"update_id": 1, "message": {"text": "no chat"}},
    ],
)
def test_what_is_no_update_is_not_taken_for_one(content):
    with pytest.raises((TypeError, KeyError, AttributeError)):
        update_from(content)


async def test_a_call_checks_and_fails_as_the_librarys_own(api, bot):
    maria = api.person(account_id=2**41)
    await maria.send("/start")

    number = await send(bot, {"chat_id": maria.chat_id, "text": "<b>é</b>", "parse_mode": "HTML"})
    place = {"chat_id": maria.chat_id, "message_id": number}
    edited = await call(bot, "editMessageText", place | {"text": "two", "reply_markup": json.dumps(KEYBOARD)})
    with pytest.raises(error.BadRequest, match="not modified"):
        await call(bot, "editMessageText", place | {"text": "two", "reply_markup": json.dumps(KEYBOARD)})
    api.fail_next("sendMessage", 429, "Too Many Requests: retry after 7", retry_after=7)
    with pytest.raises(error.RetryAfter):
        await send(bot, {"chat_id": maria.chat_id, "text": "three"})
    api.answer_always("sendMessage", {"ok": True, "result": True})
    with pytest.raises(error.NetworkError):
        await send(bot, {"chat_id": maria.chat_id, "text": "three"})

    assert edited is True
    assert maria.screen.text == "two"
    assert maria.screen.rows == (("Well",),)


async def test_a_token_that_is_taken_back_is_a_refused_token(api, bot):
    api.fail_always("getUpdates", 401, "Unauthorized")

    with pytest.raises(error.InvalidToken) as caught:
        await call(bot, "getUpdates", {})

    assert api.token not in repr(caught.value)
    assert caught.value.__suppress_context__
