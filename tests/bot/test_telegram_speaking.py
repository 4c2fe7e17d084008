"""Screens as Telegram takes them: text, rows of buttons, one message edited in place."""

import json
import re
from datetime import timedelta

import pytest
from telegram import error

from bot.screens import ScreenButton, ScreenText
from bot.telegram.buttons import NoticePress, Press, button_data, read_button
from bot.telegram.refusals import in_our_words
from bot.telegram.speaking import MAX_TEXT, speak
from conversations.errors import ChannelBusy, ChannelDown, ParticipantLeft, PromptRefused
from conversations.prompts import ButtonKind
from tests.bot.telegram_side import ScriptedListener, a_screen, telegram
from tests.fake_bot_api import FakeBotApi
from tests.fake_bot_api.markup import parse_html, utf16_length

RLM = "\u200f"


@pytest.fixture
async def api():
    async with FakeBotApi() as api:
        yield api


@pytest.fixture
async def said(api):
    """A channel that speaks, and somebody who has begun."""
    maria = api.person(account_id=2**41)
    async with telegram(api, ScriptedListener()) as service:
        began = await maria.send("/start")
        await api.emptied()
        yield service.channel, maria, began


async def at_once():
    """No turn to wait for."""


async def show(channel, account, screen, shown):
    """Say it as delivery does: show it, then take away what it took the place of."""
    note = await channel.show(account, screen, shown, at_once)
    await channel.take_away(account, shown, note)
    return note


def rows(screen):
    return [
        [button["text"] for button in row] for row in json.loads(speak(screen).keyboard)["inline_keyboard"]
    ]


def test_a_screen_is_said_with_bold_lead_and_quiet_hint_and_progress():
    texts = (
        ScreenText("Please choose one.", "notice"),
        ScreenText("How are you?", "lead"),
        ScreenText("Today.", "body"),
        ScreenText("one", "item"),
        ScreenText("two", "item"),
        ScreenText("Nobody will know.", "hint"),
    )

    assert speak(a_screen(texts=texts)).parts == (
        "Please choose one.\n\n<b>How are you?</b>\n\nToday.\n\none\ntwo"
        "\n\n<i>Nobody will know.</i>\n\n<i>4 of 12</i>",
    )


def test_what_looks_like_markup_stays_text():
    source = "<b>&amp; \"quotes\" </b> & 'more' <script>"

    (part,) = speak(a_screen(source, progress=None)).parts

    assert parse_html(part)[0] == source


def test_every_line_of_a_right_to_left_text_begins_with_its_mark():
    texts = (ScreenText("كيف حالك؟", "lead"), ScreenText("Porte-voix ١\n2 كتب\n<Français>", "body"))

    text, _ = parse_html(speak(a_screen(texts=texts, direction="rtl", tag="ar", progress="٤ من ١٢")).parts[0])

    assert text.split("\n") == [
        f"{RLM}كيف حالك؟",
        "",
        f"{RLM}Porte-voix ١",
        f"{RLM}2 كتب",
        f"{RLM}<Français>",
        "",
        f"{RLM}٤ من ١٢",
    ]


def test_left_to_right_texts_carry_no_marks():
    assert RLM not in speak(a_screen()).parts[0]


def test_buttons_keep_their_order_and_the_first_leads_forward():
    assert rows(a_screen()) == [["1. Well"], ["✓ 2. Not so well"], ["Skip"], ["Back", "Why?"]]


@pytest.mark.parametrize(
    "kind, labels, widths",
    [
        (ButtonKind.FORWARD, ["Go", "On"], [1, 1]),
        (ButtonKind.ANSWER, ["Yes", "No"], [1, 1]),
        (ButtonKind.SPECIAL, ["Skip", "Don't know", "Rather not say"], [2, 1]),
        (ButtonKind.SPECIAL, ["Skip", "It does not apply to me"], [1, 1]),
        (ButtonKind.CONTROL, ["Back", "Why?", "Language", "Stop"], [3, 1]),
        (ButtonKind.CONTROL, ["Back", "Change language", "Stop"], [2, 1]),
        (ButtonKind.CONTROL, ["Back", "Why do you ask me this?", "Stop"], [1, 1, 1]),
    ],
)
def test_short_buttons_share_a_row(kind, labels, widths):
    buttons = tuple(ScreenButton(f"t{n}", label, kind) for n, label in enumerate(labels))

    found = rows(a_screen(buttons=buttons))

    assert [len(row) for row in found] == widths
    assert [label for row in found for label in row] == labels


@pytest.mark.parametrize("text", ["word " * 3000, "x" * 9000, "line\n" * 2000, "😀" * 3000, "<&>" * 3000])
def test_long_texts_are_cut_into_messages_that_fit(text):
    screen = a_screen(texts=(ScreenText(text.strip(), "lead"), ScreenText("The end.", "body")))

    speech = speak(screen)
    read = [parse_html(part)[0] for part in speech.parts]

    assert len(read) > 1
    assert all(0 < utf16_length(text) <= MAX_TEXT for text in read)
    assert re.sub(r"\s", "", "".join(read)) == re.sub(r"\s", "", text + "The end.4 of 12")


async def test_a_long_screen_has_its_buttons_under_the_last_message(said):
    channel, maria, _ = said

    note = await show(channel, str(maria.chat_id), a_screen("word " * 2000), "")
    parts = [shown for shown in maria.chat if shown.from_bot]
    await show(channel, str(maria.chat_id), a_screen("short"), note)

    assert [bool(shown.rows) for shown in parts] == [False] * (len(parts) - 1) + [True]
    assert [shown.text for shown in maria.chat if shown.from_bot] == ["short\n\n4 of 12"]


async def test_after_a_press_the_message_is_edited_in_place(said):
    channel, maria, _ = said

    first = await show(channel, str(maria.chat_id), a_screen("one"), "")
    second = await show(channel, str(maria.chat_id), a_screen("two"), first)
    again = await show(channel, str(maria.chat_id), a_screen("two"), second)

    assert first == second == again
    assert [version.text for version in maria.history] == ["one\n\n4 of 12", "two\n\n4 of 12"]
    assert len([shown for shown in maria.chat if shown.from_bot]) == 1


async def test_below_a_written_answer_comes_a_new_message_and_the_old_one_goes(api, said):
    channel, maria, _ = said

    first = await show(channel, str(maria.chat_id), a_screen("one"), "")
    await maria.send("2")
    await api.emptied()
    second = await show(channel, str(maria.chat_id), a_screen("two"), first)

    assert first != second
    assert [shown.text for shown in maria.chat] == ["/start", "2", "two\n\n4 of 12"]


async def test_after_a_restart_a_pressed_message_is_edited_and_others_come_anew(api):
    maria, ali = api.person(account_id=2**41), api.person(account_id=2**42)
    async with telegram(api, ScriptedListener()) as service:
        await maria.send("/start")
        await ali.send("/start")
        await api.emptied()
        notes = [await show(service.channel, str(who.chat_id), a_screen("one"), "") for who in (maria, ali)]

    async with telegram(api, ScriptedListener()) as service:
        await maria.press("1. Well")
        await api.emptied()
        after = [
            await show(service.channel, str(who.chat_id), a_screen("two"), note)
            for who, note in zip((maria, ali), notes, strict=True)
        ]

    assert [before == then for before, then in zip(notes, after, strict=True)] == [True, False]
    assert [shown.text for shown in ali.chat if shown.from_bot] == ["two\n\n4 of 12"]


async def test_a_message_that_is_gone_is_said_anew(api, said):
    channel, maria, _ = said

    first = await show(channel, str(maria.chat_id), a_screen("one"), "")
    maria.screen.deleted = True
    second = await show(channel, str(maria.chat_id), a_screen("two"), first)

    assert first != second
    assert maria.screen.text == "two\n\n4 of 12"


async def test_an_old_message_that_cannot_be_deleted_loses_its_buttons(api, said):
    channel, maria, _ = said

    first = await show(channel, str(maria.chat_id), a_screen("one"), "")
    old = maria.screen
    api.clock.advance(timedelta(hours=49))
    await maria.send("2")
    await api.emptied()
    await show(channel, str(maria.chat_id), a_screen("two"), first)

    assert not old.deleted
    assert old.rows == ()
    assert maria.screen.text == "two\n\n4 of 12"


async def test_a_note_that_is_not_ours_is_no_reason_to_fail(said):
    channel, maria, _ = said

    for note in ("garbage", "[]", '{"messages": ["x"]}', "null"):
        await show(channel, str(maria.chat_id), a_screen(note), note)

    assert len([shown for shown in maria.chat if shown.from_bot]) == 4


async def test_links_that_telegram_refuses_are_written_out(said):
    channel, maria, _ = said
    buttons = (
        ScreenButton("w", "On the web", ButtonKind.CONTROL, url="https://porte-voix.example/go"),
        ScreenButton("l", "On this machine", ButtonKind.CONTROL, url="http://localhost:8080/"),
    )

    await show(channel, str(maria.chat_id), a_screen("Read more", buttons=buttons), "")

    assert maria.screen.rows == (("On the web",),)
    assert "On this machine: http://localhost:8080/" in maria.screen.text


async def test_errors_of_telegram_come_in_our_words(api, said):
    channel, maria, _ = said
    chat = str(maria.chat_id)

    api.fail_next("sendMessage", 429, "Too Many Requests: retry after 7", retry_after=7)
    with pytest.raises(ChannelBusy) as busy:
        await show(channel, chat, a_screen(), "")
    api.fail_next("sendMessage", 400, "Bad Request: something new")
    with pytest.raises(PromptRefused):
        await show(channel, chat, a_screen(), "")
    maria._room.blocked = True
    with pytest.raises(ParticipantLeft):
        await show(channel, chat, a_screen(), "")
    api.down(403)  # a firewall's page is not somebody who left
    with pytest.raises(ChannelDown):
        await show(channel, chat, a_screen(), "")
    api.down()
    with pytest.raises(ChannelDown) as down:
        await show(channel, chat, a_screen(), "")
    api.up()

    assert busy.value.wait == timedelta(seconds=7)
    assert api.token.split(":")[1] not in repr(down.value) + repr(down.value.__cause__)


@pytest.mark.parametrize(
    "caught, ours",
    [
        (error.RetryAfter(timedelta(seconds=3)), ChannelBusy),
        (error.Forbidden("blocked"), ParticipantLeft),
        (error.BadRequest("no"), PromptRefused),
        (error.TimedOut(), ChannelDown),
        (error.NetworkError("no"), ChannelDown),
        (error.InvalidToken(), ChannelDown),
        (error.ChatMigrated(-100), PromptRefused),
        (error.TelegramError("what"), PromptRefused),
    ],
)
def test_each_error_has_its_word(caught, ours):
    assert type(in_our_words(caught)) is ours


@pytest.mark.parametrize("turn", [0, 1, 35, 36, 10**6])
def test_button_data_comes_back_as_it_went(turn):
    assert read_button(button_data("q7x9ab", turn, "a.b")) == Press("q7x9ab", turn, "a.b")


def test_notice_buttons_come_back_as_they_went():
    assert read_button(button_data("", None, "n.news.yes")) == NoticePress("news", "yes")
    assert read_button(button_data("", None, "n.round.a.b-c")) == NoticePress("round", "a.b-c")


@pytest.mark.parametrize(
    "mark, turn, token",
    [("q7", 1, "é" * 31), ("n", 1, "a"), ("a.b", 1, "a"), ("", None, "a"), ("", None, f"n.round.{'x' * 60}")],
)
def test_button_data_that_telegram_or_we_could_not_read_is_refused(mark, turn, token):
    with pytest.raises(PromptRefused):
        button_data(mark, turn, token)
