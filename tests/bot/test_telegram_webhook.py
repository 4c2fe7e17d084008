"""Updates that Telegram posts: nothing is acknowledged before it is stored, nobody else gets in."""

import asyncio
import logging
from datetime import timedelta

import aiohttp
import pytest
from pydantic import SecretStr
from telegram import Bot

from bot.config import read_settings
from bot.hearing import Heard
from bot.logs import tame_logs
from bot.telegram.doorway import BELOW, NOT_TAKEN, Doorplate, doorway
from bot.telegram.greeting import Greeting
from bot.telegram.inbox import REFUSED, UNREACHABLE, WANTED
from bot.telegram.reception import Reception
from bot.telegram.service import TelegramService
from bot.telegram.webhook import MAX_BODY
from conversations.errors import Conflict, DatabaseUnusable, SettingsError
from conversations.moves import Pressed, Typed
from tests.bot.telegram_side import ScriptedListener, telegram, until
from tests.bot.webhook_side import INSTALLATION, a_press, an_update, posted
from tests.fake_bot_api import FakeBotApi


@pytest.fixture
async def api():
    async with FakeBotApi() as api:
        yield api


@pytest.fixture
def listener():
    return ScriptedListener()


async def test_an_update_is_answered_only_after_it_was_stored(api, listener):
    stored = asyncio.Event()
    listener.before = lambda _address, _what: stored.wait()
    maria = api.person(account_id=2**41)

    async with posted(api, listener):
        await maria.send("hello")
        await until(lambda: listener.calls == 1)
        before = (len(api.pending), list(api.confirmed), list(listener.heard))
        stored.set()
        await api.emptied()

    assert before == (1, [], [])
    assert listener.what == [Typed("hello")]
    assert listener.calls == 1


async def test_what_was_not_stored_is_refused_and_stored_once_when_it_comes_again(api, listener):
    failures = iter([DatabaseUnusable("disk full"), Conflict("two writers")])
    told = []

    def fail_twice(_address, _what):
        told.append(api.telegram.webhook.last_error)
        if failure := next(failures, None):
            assert api.confirmed == []
            raise failure

    listener.before = fail_twice
    maria = api.person(account_id=2**41)

    async with posted(api, listener):
        await maria.send("hello")
        await api.emptied()

    assert ["503" in words for words in told] == [False, True, True]
    assert listener.what == [Typed("hello")]


async def test_what_takes_too_long_is_to_come_again_and_is_recognised(api, listener):
    stored = asyncio.Event()
    listener.before = lambda _address, _what: stored.wait()

    async with posted(api, listener, patience=timedelta(seconds=0.05)) as posts:
        first, _ = await posts.post(an_update(1))
        stored.set()
        again, _ = await posts.post(an_update(1))

    assert (first, again) == (503, 200)
    assert listener.what == [Typed("hello")]


@pytest.mark.parametrize("word", ["", "wrong", "é"])
async def test_whoever_does_not_know_the_word_stays_outside(api, listener, word):
    async with posted(api, listener) as posts:
        status, _ = await posts.post(an_update(1), word=word)

    assert status == 403
    assert listener.calls == 0


async def test_the_word_is_asked_for_before_anything_is_read(api, listener):
    async with posted(api, listener) as posts:
        reader, writer = await asyncio.open_connection("127.0.0.1", int(posts.door.url.split(":")[2][:5]))
        writer.write(f"POST {posts.door.path} HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n".encode())
        answer = await asyncio.wait_for(reader.read(), 5)
        writer.close()

    assert answer.startswith(b"HTTP/1.1 403")


async def test_every_other_address_below_telegram_is_nothing_and_the_rest_are_pages(api, listener):
    async with posted(api, listener) as posts:
        wrong, _ = await posts.post(an_update(1), url=f"{BELOW}updates")
        async with posts.session.get(posts.door.path) as answer:
            looked = answer.status
        async with posts.session.get("/") as answer:
            page = await answer.text()

    assert (wrong, looked, page) == (404, 405, "a page")
    assert listener.calls == 0


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"a secret answer",
        b"[" * 100_000,
        b'{"message": {"text": "a secret answer"}}',
        b'{"update_id": 7, "message": {"message_id": "no chat", "text": "a secret answer"}}',
        b'"' + b"a secret answer" * (MAX_BODY // 10) + b'"',
    ],
    ids=["empty", "no JSON", "deep", "no number", "odd", "long"],
)
async def test_what_cannot_be_read_is_stepped_over(api, listener, content, caplog):
    async with posted(api, listener) as posts:
        try:
            status, _ = await posts.post(content)
        except aiohttp.ClientOSError:  # hung up on in mid-sentence
            status = 200
        after, _ = await posts.post(an_update(8))

    assert (status, after) == (200, 200)
    assert listener.what == [Typed("hello")]
    assert "read" in caplog.text
    assert "secret answer" not in caplog.text + "".join(str(vars(record)) for record in caplog.records)


async def test_a_mistake_of_ours_does_not_hold_up_the_chat(api, listener, caplog):
    def stumble(_address, what):
        if what != Typed("go on"):
            raise ZeroDivisionError("a secret answer")

    listener.before = stumble
    maria = api.person(account_id=2**41)

    async with posted(api, listener):
        await maria.send("stumble")
        await maria.press_data("q7.1.a", 1)
        await maria.send("go on")
        await api.emptied()

    assert listener.what == [Typed("go on")]
    assert maria.spinning == []
    assert "secret answer" not in caplog.text


async def test_doubled_and_reordered_updates_are_heard_once_each(api, listener):
    updates = [an_update(number, str(number), 2**41 + number % 3) for number in range(30)]

    async with posted(api, listener) as posts:
        answers = await asyncio.gather(
            *(posts.post(update) for update in [*updates[::-1], *updates[::2], *updates])
        )

    assert {status for status, _ in answers} == {200}
    assert sorted(int(what.text) for what in listener.what) == list(range(30))


async def test_telegrams_own_doubles_and_jumps_are_heard_once_each(api, listener):
    maria = api.person(account_id=2**41)

    async with posted(api, listener):
        api.duplicate_next()
        await maria.send("once")
        await api.emptied()
        await api.deliver_again(api.confirmed[0])
        api.jump_ids(downwards=True)
        await maria.send("twice")
        await until(lambda: len(listener.heard) == 2)
        await api.emptied()

    assert listener.what == [Typed("once"), Typed("twice")]


async def test_a_slow_chat_is_heard_in_order_and_holds_up_nobody_else(api, listener):
    slow = asyncio.Event()
    listener.before = lambda address, _what: slow.wait() if address.account == "111111" else None

    async with posted(api, listener) as posts:
        first = asyncio.create_task(posts.post(an_update(1, "first", 111111)))
        await until(lambda: listener.calls == 1)
        second = asyncio.create_task(posts.post(an_update(2, "second", 111111)))
        for number in range(3, 13):
            assert (await posts.post(an_update(number, "quick", 222222)))[0] == 200
        calls = listener.calls
        slow.set()
        answers = await asyncio.gather(first, second)

    assert calls == 11
    assert [status for status, _ in answers] == [200, 200]
    assert listener.what == [Typed("quick")] * 10 + [Typed("first"), Typed("second")]


async def test_a_pressed_button_is_answered_in_the_same_breath(api, listener):
    listener.answer = Heard(toast="Thank you" + "!" * 300)

    async with posted(api, listener) as posts:
        _, with_toast = await posts.post(a_press(1, "q7.1z.a"))
        _, again = await posts.post(a_press(1, "q7.1z.a"))
        _, unknown = await posts.post(a_press(2, "nothing of ours"))
        calls = api.calls_of("answerCallbackQuery")

    assert with_toast == {
        "method": "answerCallbackQuery",
        "callback_query_id": "query1",
        "text": "Thank you" + "!" * 191,
    }
    assert again == {"method": "answerCallbackQuery", "callback_query_id": "query1"}
    assert unknown == {"method": "answerCallbackQuery", "callback_query_id": "query2"}
    assert listener.what == [(Pressed("a", 71), "q7")]
    assert calls == []


async def test_the_phone_shows_what_a_press_came_to(api, listener):
    listener.answer = Heard(toast="Thank you")
    maria = api.person(account_id=2**41)

    async with posted(api, listener):
        began = await maria.send("/start")
        await maria.press_data("n.news.yes", began)
        await until(lambda: maria.toasts)
        await until(lambda: api.calls_of("editMessageReplyMarkup"))

    assert maria.toasts == ["Thank you"]
    assert maria.spinning == []


async def test_telegram_is_told_where_to_post_and_what_we_want(api, listener):
    async with posted(api, listener) as posts:
        await until(lambda: api.telegram.webhook.url)
        door = posts.door

    [call] = api.calls_of("setWebhook")
    assert call["url"] == door.url
    assert call["secret_token"] == door.word
    assert tuple(api.telegram.inbox.allowed) == WANTED
    assert "drop_pending_updates" not in call
    assert api.calls_of("getUpdates") == []


def test_the_doorway_is_the_same_at_every_start_and_nobody_guesses_it():
    token, other = SecretStr("1:abc"), SecretStr("1:def")

    door = doorway("https://voice.example.org", INSTALLATION, token)

    assert door == doorway("https://voice.example.org", INSTALLATION, token)
    assert door.url == f"https://voice.example.org{door.path}"
    others = [
        door,
        doorway("https://voice.example.org", INSTALLATION, other),
        doorway("https://voice.example.org", b"another installation", token),
    ]
    assert len({found.path for found in others} | {found.word for found in others}) == 6
    assert len(door.path) - len(BELOW) == len(door.word) == 64
    assert "1:abc" not in door.url
    assert door.word not in repr(door)
    assert door.path not in repr(door)


async def test_when_the_program_stops_updates_wait_at_telegram_for_the_next_start(api, listener):
    maria = api.person(account_id=2**41)

    async with posted(api, listener):
        await maria.send("before")
        await api.emptied()
    assert api.telegram.webhook.url
    await maria.send("meanwhile")
    async with posted(api, listener):
        await api.emptied()

    assert listener.what == [Typed("before"), Typed("meanwhile")]
    assert api.calls_of("deleteWebhook") == []


async def test_stopping_finishes_the_update_in_hand(api, listener):
    stored = asyncio.Event()
    listener.before = lambda _address, _what: stored.wait()

    async with posted(api, listener) as posts:
        in_hand = asyncio.create_task(posts.post(an_update(1)))
        await until(lambda: listener.calls == 1)
        posts.stop.set()
        await asyncio.sleep(0)
        stored.set()
        status, _ = await in_hand

    assert status == 200
    assert listener.what == [Typed("hello")]


async def test_from_the_webhook_to_polling_and_back_nothing_is_lost(api, listener):
    maria = api.person(account_id=2**41)

    async with posted(api, listener):
        await maria.send("posted")
        await api.emptied()
    await maria.send("between")
    async with telegram(api, listener):
        await api.emptied()
        await maria.send("fetched")
        await api.emptied()
    await maria.send("again between")
    async with posted(api, listener):
        await api.emptied()
        await maria.send("posted again")
        await api.emptied()

    assert listener.what == [
        Typed(text) for text in ("posted", "between", "fetched", "again between", "posted again")
    ]


async def test_a_refused_token_is_said_in_one_line_without_it(api, listener, caplog):
    caplog.set_level(logging.DEBUG)
    tame_logs(logging.DEBUG)

    with pytest.raises(SettingsError) as caught:
        async with posted(api, listener, token="123456789:not-the-token-of-this-bot"):
            await until(lambda: api.refusals)

    assert str(caught.value) == REFUSED
    assert "not-the-token" not in caplog.text + repr(caught.value)
    assert caught.value.__suppress_context__


@pytest.mark.parametrize("status", [0, 502])
async def test_an_unreachable_telegram_is_said_once_and_told_later(api, listener, caplog, status):
    caplog.set_level(logging.INFO)
    maria = api.person(account_id=2**41)

    api.down(status)
    async with posted(api, listener) as posts:
        await until(lambda: UNREACHABLE in caplog.text)
        taken, _ = await posts.post(an_update(1, "posted all the same"))
        api.up()
        await maria.send("hello")
        await api.emptied()

    assert taken == 200
    assert listener.what == [Typed("posted all the same"), Typed("hello")]
    assert caplog.text.count(UNREACHABLE) == caplog.text.count("answers again") == 1


@pytest.mark.parametrize(
    "method, answer",
    [
        ("getMe", {"ok": True}),
        ("getMe", {"ok": True, "result": [None]}),
        ("setWebhook", {"ok": True}),
        ("setWebhook", {"ok": False, "error_code": 400, "description": "Bad Request: a secret"}),
    ],
)
async def test_odd_answers_do_not_end_the_program(api, listener, caplog, method, answer):
    maria = api.person(account_id=2**41)

    api.answer_always(method, answer)
    async with posted(api, listener):
        await until(lambda: UNREACHABLE in caplog.text)
        api.answer_as_published(method)
        await maria.send("hello")
        await api.emptied()

    assert listener.what == [Typed("hello")]
    assert "secret" not in caplog.text


async def test_a_refused_address_is_explained_and_tried_again(api, listener, caplog):
    maria = api.person(account_id=2**41)

    api.fail_next("setWebhook", 400, "Bad Request: bad webhook: Failed to resolve host", times=2)
    api.fail_next("setWebhook", 429, "Too Many Requests: retry after 1", retry_after=1)
    async with posted(api, listener):
        await maria.send("hello")
        await api.emptied()

    assert caplog.text.count(NOT_TAKEN) == 1
    assert "PORTEVOIX_PUBLIC_URL" in NOT_TAKEN
    assert listener.what == [Typed("hello")]


async def test_a_webhook_that_somebody_switched_off_is_set_again(api, listener):
    door = doorway("http://127.0.0.1:9", INSTALLATION, SecretStr(api.token))
    async with TelegramService(SecretStr(api.token), api.url, door) as service:
        bot = service.channel._bot
        assert isinstance(bot, Bot)
        plate = Doorplate(bot, door, renewal=timedelta(seconds=0.01))
        telling = asyncio.create_task(plate.keep_up(Reception(bot, service.channel, listener), Greeting()))
        await until(lambda: api.telegram.webhook.url)
        await bot.delete_webhook()
        await until(lambda: api.telegram.webhook.url)
        telling.cancel()
        await asyncio.gather(telling, return_exceptions=True)

    assert api.telegram.webhook.url == door.url


async def test_a_group_calls_us_by_our_name_from_the_first_update_on(api, listener):
    group = api.person(account_id=2**41).in_group(-1001234)
    await group.send("/start@portevoix_fake_bot")

    api.delay = 0.05
    async with posted(api, listener):
        await api.emptied()

    assert listener.what == ["notice group"]


async def test_no_line_of_any_log_holds_the_token_the_word_or_what_was_said(api, listener, caplog):
    caplog.set_level(logging.DEBUG)
    tame_logs(logging.DEBUG, [api.token])
    maria = api.person(account_id=2**41 + 12345)

    async with posted(api, listener, greeting=Greeting("en", {"en": {"start": "Begin"}})) as posts:
        began = await maria.send("a secret answer")
        await maria.press_data("q7.1.a", began)
        await api.emptied()
        await posts.post(an_update(1), word="wrong")
        listener.before = lambda _address, _what: 1 / 0
        await posts.post(an_update(2, "another secret answer"))
        api.down()
        door = posts.door

    logged = caplog.text + "".join(str(vars(record)) for record in caplog.records)
    for secret in (api.token, door.word, door.path, str(maria.account_id), "secret answer", "q7.1.a"):
        assert secret not in logged


NO_ADDRESS = (
    "PORTEVOIX_PUBLIC_URL: a webhook needs the https address at which Telegram reaches this program; "
    "set it, or set PORTEVOIX_TELEGRAM_MODE=polling"
)
NO_HTTPS = (
    "PORTEVOIX_PUBLIC_URL: Telegram posts to https only; "
    "begin it with https://, or set PORTEVOIX_TELEGRAM_MODE=polling"
)


@pytest.mark.parametrize(
    "settings, words",
    [
        ({}, NO_ADDRESS),
        ({"PUBLIC_URL": ""}, NO_ADDRESS),
        ({"PUBLIC_URL": "http://voice.example.org"}, NO_HTTPS),
        ({"PUBLIC_URL": "http://voice.example.org", "TELEGRAM_API_URL": ""}, NO_HTTPS),
        (
            {"PUBLIC_URL": "http://voice.example.org", "TELEGRAM_API_URL": "https://api.telegram.org/"},
            NO_HTTPS,
        ),
        ({"PUBLIC_URL": "https://voice.example.org"}, ""),
        ({"PUBLIC_URL": "http://127.0.0.1:8080", "TELEGRAM_API_URL": "http://127.0.0.1:8081"}, ""),
    ],
)
def test_a_webhook_to_which_nobody_could_post_is_refused_at_the_door(monkeypatch, tmp_path, settings, words):
    monkeypatch.chdir(tmp_path)
    for name, value in {"TELEGRAM_MODE": "webhook", **settings}.items():
        monkeypatch.setenv(f"PORTEVOIX_{name}", value)

    if words:
        with pytest.raises(SettingsError) as caught:
            read_settings()
        assert str(caught.value) == words
    else:
        assert read_settings().telegram_mode == "webhook"
