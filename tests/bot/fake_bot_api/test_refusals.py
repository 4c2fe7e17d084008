"""The fake Telegram says no where the real one does, in its words."""

import asyncio
from typing import Any

import pytest
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup
from telegram.error import BadRequest, Forbidden, InvalidToken, NetworkError, RetryAfter

from tests.bot.fake_bot_api.asking import AMAL, GROUP, OMAR, YES_OR_NO, call, plain_bot, say
from tests.fake_bot_api import FakeBotApi, Person
from tests.fake_bot_api.markup import parse_html
from tests.fake_bot_api.refusals import Refused


async def test_a_tap_can_be_answered_for_150_seconds(api: FakeBotApi, bot: Bot, started: Person) -> None:
    await say(bot, "Well?", reply_markup=YES_OR_NO)
    early, late = await started.press("Yes"), await started.press("No")

    with pytest.raises(BadRequest, match="_too_long"):
        await bot.answer_callback_query(early, "x" * 201)
    assert await bot.answer_callback_query(early, "x" * 200)
    api.clock.advance(151)

    with pytest.raises(
        BadRequest, match="Query is too old and response timeout expired or query id is invalid"
    ):
        await bot.answer_callback_query(late)
    assert started.spinning == [late]


async def test_nobody_is_written_to_who_did_not_start_or_has_left(
    api: FakeBotApi, bot: Bot, amal: Person
) -> None:
    with pytest.raises(BadRequest, match="Chat not found"):
        await bot.send_message(OMAR, "Hello")
    with pytest.raises(Forbidden, match="bot can't initiate conversation with a user"):
        await say(bot)
    await amal.command("/start")
    await say(bot)
    await amal.block()
    with pytest.raises(Forbidden, match="bot was blocked by the user"):
        await say(bot)
    await amal.send("I am back")
    await say(bot)
    amal.deactivate()
    with pytest.raises(Forbidden, match="user is deactivated"):
        await say(bot)


async def test_a_bot_that_left_a_group_cannot_write_there(bot: Bot, amal: Person) -> None:
    await amal.in_group(GROUP).send("hello all")
    assert await bot.leave_chat(GROUP)

    with pytest.raises(Forbidden, match="not a member"):
        await bot.send_message(GROUP, "Hello")


async def test_a_wrong_token_is_unauthorized(api: FakeBotApi) -> None:
    assert await call(api, "getMe", token="1:wrong") == {
        "ok": False,
        "error_code": 401,
        "description": "Unauthorized",
    }
    with pytest.raises(InvalidToken):
        await plain_bot(api, "1:wrong").__aenter__()


@pytest.mark.parametrize(
    "source, reason",
    [
        ("<big>x</big>", 'unsupported start tag "big" at byte offset 0'),
        ("é <b>x", 'can\'t find end tag corresponding to start tag "b"'),
        ("é <b", "unclosed start tag at byte offset 3"),
        ("<b>x</i>", 'unmatched end tag at byte offset 4, expected "</b>", found "</i>"'),
        ("x</b>", "unexpected end tag at byte offset 1"),
        ("1 < 2 and 3 > 2", 'unsupported start tag "" at byte offset 2'),
        ("line<br/>", 'unsupported start tag "br/" at byte offset 4'),
        ("<span class='red'>x</span>", 'tag "span" must have class "tg-spoiler" at byte offset 0'),
    ],
)
async def test_faulty_html_is_refused(bot: Bot, started: Person, source: str, reason: str) -> None:
    with pytest.raises(BadRequest) as caught:
        await say(bot, source, parse_mode="HTML")

    assert caught.value.message.lower() == f"can't parse entities: {reason}".lower()


def test_html_becomes_text_with_entities_counted_in_utf16() -> None:
    text, entities = parse_html(
        '😀 <b>a &amp; <i>b</i></b> <a href="https://a.example/?x=1&amp;y">c</a> &nbsp;&#39;'
    )

    assert text == "😀 a & b c &nbsp;'"
    assert entities == [
        {"type": "bold", "offset": 3, "length": 5},
        {"type": "italic", "offset": 7, "length": 1},
        {"type": "text_link", "url": "https://a.example/?x=1&y", "offset": 9, "length": 1},
    ]
    with pytest.raises(Refused):
        parse_html("<")


@pytest.mark.parametrize(
    "text, more, reason",
    [
        ("", {}, "message text is empty"),
        (" \n", {}, "message text is empty"),
        ("<b> </b>", {"parse_mode": "HTML"}, "text must be non-empty"),
        ("x" * 4097, {}, "message is too long"),
        ("x", {"parse_mode": "Markup"}, "unsupported parse_mode"),
        ("x", {"data": "é" * 33}, "BUTTON_DATA_INVALID"),
        ("x", {"label": " "}, "can't parse inline keyboard button: Text must be non-empty"),
        ("x", {"data": None}, "can't parse inline keyboard button: Text buttons are unallowed"),
        ("x", {"count": 101}, "reply markup is too long"),
    ],
)
async def test_what_is_too_long_or_empty_is_refused(
    bot: Bot, started: Person, text: str, more: dict[str, Any], reason: str
) -> None:
    if more.keys() & {"data", "label", "count"}:
        button = InlineKeyboardButton(more.get("label", "x"), callback_data=more.get("data", "x"))
        more = {"reply_markup": InlineKeyboardMarkup([[button]] * more.get("count", 1))}

    with pytest.raises(BadRequest, match=f"(?i){reason}"):
        await say(bot, text, **more)


async def test_the_longest_text_is_counted_without_its_tags(bot: Bot, started: Person) -> None:
    shown = await say(bot, f"<b>{'&lt;' * 4096}</b>", parse_mode="HTML")

    assert shown.text == "<" * 4096


async def test_edits_and_deletions_that_cannot_be_are_refused(
    api: FakeBotApi, bot: Bot, started: Person
) -> None:
    shown = await say(bot, "Well?", reply_markup=YES_OR_NO)
    own = started.chat[0].message_id

    with pytest.raises(BadRequest, match="is not modified"):
        await bot.edit_message_text("Well?", AMAL, shown.message_id, reply_markup=YES_OR_NO)
    with pytest.raises(BadRequest, match="is not modified"):
        await bot.edit_message_reply_markup(AMAL, shown.message_id, reply_markup=YES_OR_NO)
    with pytest.raises(BadRequest, match="Message to edit not found"):
        await bot.edit_message_text("Well!", AMAL, 999)
    with pytest.raises(BadRequest, match="Message can't be edited"):
        await bot.edit_message_text("Well!", AMAL, own)
    assert await bot.delete_message(AMAL, own)
    with pytest.raises(BadRequest, match="Message to delete not found"):
        await bot.delete_message(AMAL, own)
    api.clock.advance(48 * 3600 + 1)
    with pytest.raises(BadRequest, match="Message can't be deleted"):
        await bot.delete_message(AMAL, shown.message_id)
    assert await bot.edit_message_text("Well?", AMAL, shown.message_id)
    assert started.screen is not None
    assert (started.screen.edited, started.screen.rows) == (1, ())


async def test_strict_rates_ask_to_wait(started: Person, api: FakeBotApi, bot: Bot) -> None:
    api.telegram.strict_rates = True

    for number in range(3):
        await say(bot, str(number))
    with pytest.raises(RetryAfter) as caught:
        await say(bot, "too much")
    api.clock.advance(caught.value.retry_after)

    assert len(started.history) == 3
    assert await say(bot, "after the wait")


async def test_scripted_refusals_end_when_they_should(api: FakeBotApi, bot: Bot, started: Person) -> None:
    api.fail_next("sendMessage", 429, "Too Many Requests: retry after 7", retry_after=7)
    api.fail_next("sendMessage", 500, "Internal Server Error")

    with pytest.raises(RetryAfter) as caught:
        await say(bot)
    with pytest.raises(NetworkError):
        await say(bot)
    await say(bot)
    api.fail_always("*", 403, "Forbidden: scripted")
    for _ in range(3):
        with pytest.raises(Forbidden):
            await bot.get_me()
    api.succeed_again("*")

    assert caught.value.retry_after.total_seconds() == 7
    assert await bot.get_me()
    assert [code for _, code, _ in api.refusals] == [429, 500, 403, 403, 403]


async def test_the_line_breaks_and_works_again(api: FakeBotApi, bot: Bot, started: Person) -> None:
    waiting = asyncio.create_task(bot.get_updates(timeout=40))
    await bot.get_me()
    api.down()
    with pytest.raises(NetworkError):
        await waiting
    with pytest.raises(NetworkError):
        await say(bot)
    api.down(502)
    with pytest.raises(NetworkError, match="Bad Gateway"):
        await say(bot)
    api.up()
    api.lose_answer("sendMessage")
    with pytest.raises(NetworkError):
        await say(bot, "done, but never answered")
    await say(bot, "done and answered")

    assert [shown.text for shown in started.history] == ["done, but never answered", "done and answered"]
