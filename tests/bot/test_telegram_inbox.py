"""Updates from a Telegram that behaves as the real one: nothing is lost, nothing is heard twice."""

import asyncio
import logging

import pytest

from bot.hearing import Heard
from bot.logs import tame_logs
from bot.telegram.greeting import Greeting
from bot.telegram.inbox import REFUSED, TWO_POLLERS, UNREACHABLE
from conversations.errors import Conflict, DatabaseUnusable, SettingsError
from conversations.moves import Asked, Pressed, Typed, Wish
from tests.bot.telegram_side import ScriptedListener, telegram, until
from tests.fake_bot_api import FakeBotApi


@pytest.fixture
async def api():
    async with FakeBotApi() as api:
        yield api


@pytest.fixture
def listener():
    return ScriptedListener()


async def test_an_update_is_acknowledged_only_after_it_was_stored(api, listener):
    stored = asyncio.Event()
    listener.before = lambda _address, _what: stored.wait()
    maria = api.person(account_id=2**41)

    async with telegram(api, listener):
        await maria.send("hello")
        await until(lambda: listener.calls == 1)
        before = (len(api.pending), list(api.confirmed))
        stored.set()
        await api.emptied()

    assert before == (1, [])
    assert listener.what == [Typed("hello")]


async def test_what_was_not_stored_is_not_acknowledged_and_is_tried_again(api, listener):
    failures = iter([DatabaseUnusable("disk full"), Conflict("two writers")])

    def fail_twice(_address, _what):
        if failure := next(failures, None):
            assert api.confirmed == []
            raise failure

    listener.before = fail_twice
    maria = api.person(account_id=2**41)

    async with telegram(api, listener):
        await maria.send("hello")
        await api.emptied()

    assert listener.calls == 3
    assert listener.what == [Typed("hello")]


async def test_stopping_leaves_what_could_not_be_stored_for_the_next_start(api, listener):
    def fail(_address, _what):
        raise DatabaseUnusable("disk full")

    listener.before = fail
    maria = api.person(account_id=2**41)

    async with telegram(api, listener):
        await maria.send("hello")
        await until(lambda: listener.calls)
    left = [update["message"]["text"] for update in api.pending]
    listener.before = None
    async with telegram(api, listener):
        await api.emptied()

    assert left == ["hello"]
    assert listener.what == [Typed("hello")]


async def test_a_mistake_of_ours_does_not_hold_up_the_others(api, listener, caplog):
    def stumble(_address, what):
        if what == Typed("stumble"):
            raise ZeroDivisionError("a secret answer")

    listener.before = stumble
    maria = api.person(account_id=2**41)

    async with telegram(api, listener):
        await maria.send("stumble")
        await maria.send("go on")
        await api.emptied()

    assert listener.what == [Typed("go on")]
    assert [record.error for record in caplog.records if record.message == "given up"] == [
        "ZeroDivisionError"
    ]
    assert "secret answer" not in caplog.text


async def test_one_chat_is_heard_in_order(api, listener):
    async def dawdle(_address, what):
        await asyncio.sleep(0.01 if what == Typed("0") else 0)

    listener.before = dawdle
    maria = api.person(account_id=2**41)

    async with telegram(api, listener):
        for number in range(20):
            await maria.send(str(number))
        await api.emptied()

    assert listener.what == [Typed(str(number)) for number in range(20)]


async def test_a_slow_chat_does_not_hold_up_others_nor_is_it_acknowledged(api, listener):
    slow = asyncio.Event()
    listener.before = lambda address, _what: slow.wait() if address.account == "111111" else None
    maria, ali = api.person(account_id=111111), api.person(account_id=222222)

    async with telegram(api, listener):
        await maria.send("slow")
        await until(lambda: listener.calls)
        for number in range(3):
            await ali.send(str(number))
            await until(lambda: listener.what == [Typed(str(n)) for n in range(number + 1)])  # noqa: B023
        unacknowledged = len(api.pending)
        slow.set()
        await api.emptied()

    assert unacknowledged == 4
    assert listener.what[-1] == Typed("slow")
    assert listener.calls == 4


async def test_doubled_updates_are_recognised(api, listener):
    maria = api.person(account_id=2**41)

    async with telegram(api, listener):
        api.duplicate_next()
        await maria.send("once")
        await api.emptied()
        await api.deliver_again(api.confirmed[0])
        await maria.send("twice")
        await until(lambda: len(listener.heard) == 2)
        await api.emptied()

    assert listener.what == [Typed("once"), Typed("twice")]


@pytest.mark.parametrize("downwards", [True, False])
async def test_numbers_that_jump_after_a_quiet_week_lose_nothing(api, listener, downwards):
    maria = api.person(account_id=2**41)

    async with telegram(api, listener):
        await maria.send("before")
        await api.emptied()
        api.jump_ids(downwards=downwards)
        for number in range(5):
            await maria.send(str(number))
        await api.emptied()

    assert listener.what == [Typed("before"), *(Typed(str(number)) for number in range(5))]


async def test_a_batch_out_of_order_with_doubles_loses_nothing(api, listener):
    people = [api.person(account_id=10**6 + number) for number in range(130)]
    for person in people[:100]:
        await person.send("early")
    api.duplicate_next(3)
    for person in people[100:]:
        await person.send("late")
    api.reverse_batches()

    async with telegram(api, listener):
        await until(lambda: len(listener.heard) == 130, timeout=20)
        api.reverse_batches(False)
        await api.emptied(20)

    assert {account for account, _, _ in listener.heard} == {str(person.account_id) for person in people}
    assert sorted(api.confirmed) == sorted(set(api.confirmed))


async def test_a_wrong_token_is_said_in_one_line_without_it(api, listener, caplog):
    caplog.set_level(logging.DEBUG)
    tame_logs(logging.DEBUG)

    with pytest.raises(SettingsError) as caught:
        async with telegram(api, listener, token="123456789:not-the-token-of-this-bot") as _:
            await until(lambda: api.refusals)

    assert str(caught.value) == REFUSED
    assert "PORTEVOIX_TELEGRAM_TOKEN" in REFUSED
    assert "not-the-token" not in caplog.text + repr(caught.value)
    assert caught.value.__suppress_context__


@pytest.mark.parametrize("token", ["", "secret word", "98765", "98:ab cd"])
async def test_what_cannot_be_a_token_is_refused_at_once(api, listener, token):
    with pytest.raises(SettingsError, match="PORTEVOIX_TELEGRAM_TOKEN") as caught:
        async with telegram(api, listener, token=token or " "):
            pass

    assert not token or token not in str(caught.value)


@pytest.mark.parametrize("status", [0, 502])
async def test_an_unreachable_telegram_is_said_once_and_the_bot_goes_on(api, listener, caplog, status):
    caplog.set_level(logging.INFO)
    maria = api.person(account_id=2**41)

    api.down(status)
    async with telegram(api, listener):
        await until(lambda: UNREACHABLE in caplog.text)
        await asyncio.sleep(0.1)
        api.up()
        await maria.send("hello")
        await api.emptied()
        api.down(status)
        await until(lambda: caplog.text.count(UNREACHABLE) == 2)
        api.up()
        await maria.send("hello again")
        await api.emptied()

    assert listener.what == [Typed("hello"), Typed("hello again")]
    assert caplog.text.count(UNREACHABLE) == caplog.text.count("answers again") == 2


@pytest.mark.parametrize("method", ["getMe", "getUpdates"])
@pytest.mark.parametrize(
    "answer",
    [
        {"ok": True},
        {"ok": True, "result": None},
        {"ok": True, "result": 7},
        {"ok": True, "result": [{}]},
        {"ok": True, "result": [None]},
        {"ok": False, "error_code": 400, "description": "Bad Request: a secret"},
    ],
)
async def test_odd_answers_do_not_end_the_program(api, listener, caplog, method, answer):
    maria = api.person(account_id=2**41)
    caplog.set_level(logging.INFO)

    api.answer_always(method, answer)
    async with telegram(api, listener):
        await until(lambda: UNREACHABLE in caplog.text)
        api.answer_as_published(method)
        await maria.send("hello")
        await api.emptied()
        api.answer_always(method, answer)

    assert listener.what == [Typed("hello")]
    assert caplog.text.count(UNREACHABLE) <= 2
    assert "secret" not in caplog.text


async def test_halves_of_signs_do_not_travel_on(api, listener):
    maria = api.person(account_id=2**41)

    async with telegram(api, listener):
        await maria.send("a\ud800b \U0001f600")
        await maria.press_data("q7.1.\ud800", 1)
        await api.emptied()

    assert listener.what == [Typed("a?b \U0001f600"), (Pressed("?", 1), "q7")]


async def test_a_second_poller_is_said_in_one_line(api, listener, caplog):
    maria = api.person(account_id=2**41)

    api.fail_next("getUpdates", 409, "Conflict: terminated by other getUpdates request", times=3)
    async with telegram(api, listener):
        await maria.send("hello")
        await api.emptied()

    assert caplog.text.count(TWO_POLLERS) == 1
    assert listener.what == [Typed("hello")]


async def test_a_wait_that_telegram_asks_for_is_obeyed(api, listener):
    maria = api.person(account_id=2**41)
    loop = asyncio.get_running_loop()

    api.fail_next("getUpdates", 429, "Too Many Requests: retry after 1", retry_after=1)
    began = loop.time()
    async with telegram(api, listener):
        await maria.send("hello")
        await api.emptied()

    assert loop.time() - began >= 1
    assert listener.what == [Typed("hello")]


async def test_niceties_may_fail(api, listener, caplog):
    for method in ("setMyCommands", "setMyShortDescription", "deleteWebhook"):
        api.fail_always(method, 400, "Bad Request: not today")
    greeting = Greeting(
        "en", {"en": {"start": "Begin"}, "ar": {"start": "ابدأ"}}, {"en": "Ask", "fr": "Dire"}
    )
    maria = api.person(account_id=2**41)

    async with telegram(api, listener, greeting):
        await maria.send("hello")
        await api.emptied()
        await until(lambda: "menu or description not set" in caplog.text)

    assert caplog.text.count("not set") == 1
    assert listener.what == [Typed("hello")]


async def test_the_menu_is_given_in_each_language_and_for_all_others(api, listener):
    menus = {"en": {"start": "Begin"}, "ar": {"start": "ابدأ"}, "kmr": {"start": "Dest pê bike"}}
    greeting = Greeting("en", menus, {"en": "Ask", "fr": "Dire"})

    async with telegram(api, listener, greeting):
        await until(lambda: len(api.telegram.profile) == 3)

    assert set(api.telegram.commands) == {"", "en", "ar", "ku"}  # Telegram knows Kurmanji by two letters
    assert set(api.telegram.profile) == {("short_description", code) for code in ("", "en", "fr")}


async def test_a_pressed_button_is_answered_after_it_was_stored(api, listener):
    listener.answer = Heard(toast="Thank you" + "!" * 300)
    maria = api.person(account_id=2**41)
    began = await maria.send("/start")

    async with telegram(api, listener):
        await maria.press_data("q7.1z.a", began)
        await until(lambda: maria.toasts)

    assert listener.what == [Asked(Wish.START), (Pressed("a", 71), "q7")]
    assert maria.toasts == ["Thank you" + "!" * 191]
    assert maria.spinning == []


@pytest.mark.parametrize(
    "data", ["", "x", "a.b", "q7.zz!.a", "q7.1.", "n.unknown.x", "n.news.maybe", "é" * 32]
)
async def test_unknown_buttons_are_answered_and_change_nothing(api, listener, data):
    maria = api.person(account_id=2**41)
    await maria.send("/start")

    async with telegram(api, listener):
        await maria.press_data(data, 1)
        await until(lambda: not maria.spinning)

    assert listener.what == [Asked(Wish.START)]


async def test_a_button_pressed_too_long_ago_is_harmless(api, listener):
    maria = api.person(account_id=2**41)
    api.fail_next("answerCallbackQuery", 400, "Bad Request: query is too old and response timeout expired")

    async with telegram(api, listener):
        await maria.press_data("q7.1.a", 1)
        await api.emptied()

    assert listener.what == [(Pressed("a", 1), "q7")]


@pytest.mark.parametrize(
    "data, what",
    [
        ("n.round.language-learning-2030", "join language-learning-2030"),
        ("n.news.yes", "notice news_yes"),
        ("n.news.no", "notice news_no"),
        ("n.start", Asked(Wish.START)),
    ],
)
async def test_buttons_under_notices_reach_the_dialogue(api, listener, data, what):
    maria = api.person(account_id=2**41)

    async with telegram(api, listener):
        await maria.press_data(data, 1)
        await api.emptied()

    assert listener.what == [what]


@pytest.mark.parametrize(
    "text, what",
    [
        ("/start", Asked(Wish.START)),
        ("/start relay_42-x", Asked(Wish.START)),
        ("/start@portevoix_fake_bot", Asked(Wish.START)),
        ("/LANGUAGE", Asked(Wish.LANGUAGE)),
        ("/stop", Asked(Wish.STOP)),
        ("/privacy", "notice privacy"),
        ("/help", "notice help"),
        ("/withdraw 1234 5678 9012 3456", "notice withdraw 1234 5678 9012 3456"),
        ("/withdraw", "notice withdraw"),
        ("/somethingelse", "notice help"),
        ("2", Typed("2")),
        ("٢", Typed("٢")),
        ("1/2", Typed("1/2")),
        ("/ 2", Typed("/ 2")),
    ],
)
async def test_words_and_commands_reach_the_dialogue(api, listener, text, what):
    maria = api.person(account_id=2**41, language_code="ar")

    async with telegram(api, listener):
        await maria.send(text)
        await api.emptied()

    assert listener.what == [what]
    assert listener.phones[0].languages == ("ar",)


async def test_what_cannot_be_read_gets_a_kind_sentence(api, listener):
    maria = api.person(account_id=2**41, language_code=None)

    async with telegram(api, listener):
        await maria.photo("a caption")
        await maria.voice()
        await maria.sticker()
        await maria.forward("words of somebody else")
        await api.emptied()

    assert listener.what == ["notice unreadable"] * 4
    assert listener.phones[0].languages == ()


async def test_edits_blocks_and_service_messages_get_silence(api, listener):
    maria = api.person(account_id=2**41)

    async with telegram(api, listener):
        written = await maria.send("first")
        await maria.edit_message(written, "changed")
        await maria.block()
        await maria.unblock()
        await maria._write(media={"delete_chat_photo": True})
        await api.emptied()

    assert listener.what == [Typed("first")]


async def test_in_groups_only_a_start_that_names_the_bot_is_answered(api, listener):
    maria = api.person(account_id=2**41).in_group(-1001234)

    async with telegram(api, listener):
        for text in ("hello", "/start", "/start@another_bot", "/help@portevoix_fake_bot", "2"):
            await maria.send(text)
        await maria.photo()
        await maria.press_data("q7.1.a", 1)
        await maria.send("/start@portevoix_fake_bot")
        await api.emptied()

    assert [(account, what) for account, _, what in listener.heard] == [("-1001234", "notice group")]


async def test_what_the_library_cannot_read_is_stepped_over(api, listener, caplog):
    caplog.set_level(logging.DEBUG)
    tame_logs(logging.DEBUG)
    maria = api.person(account_id=2**41)

    await maria.send("before")
    await api.telegram.inbox.push("message", {"message_id": "no chat, no date", "text": "a secret answer"})
    await maria.send("after")
    async with telegram(api, listener):
        await api.emptied()

    assert listener.what == [Typed("before"), Typed("after")]
    assert "secret answer" not in caplog.text


async def test_no_line_of_any_log_holds_the_token_or_what_was_said(api, listener, caplog):
    caplog.set_level(logging.DEBUG)
    tame_logs(logging.DEBUG, [api.token])
    maria = api.person(account_id=2**41 + 12345)
    began = await maria.send("a secret answer")

    async with telegram(api, listener, Greeting("en", {"en": {"start": "Begin"}})):
        await maria.press_data("q7.1.a", began)
        await api.emptied()
        api.down()
        await until(lambda: UNREACHABLE in caplog.text)
        api.up()
        await maria.send("another secret answer")
        await api.emptied()

    logged = caplog.text + "".join(str(vars(record)) for record in caplog.records)
    for secret in (api.token, api.token.split(":")[1], str(maria.account_id), "secret answer", "q7.1.a"):
        assert secret not in logged
