"""In groups the bot posts an invitation when an admin asks for one, and keeps nothing of what is said."""

import logging
from contextlib import asynccontextmanager

import pytest

from bot.links import payload_in
from bot.telegram.groups import PAUSE, Groups
from conversations.identifiers import Locale
from tests.bot.telegram_side import telegram
from tests.fake_bot_api import FakeBotApi
from tests.journeys.associations import add_relay
from tests.journeys.household import household, in_memory, on_disk, open_round
from tests.storage.disk import every_byte

GROUP = -1001234
BOT = "portevoix_fake_bot"


@pytest.fixture
async def api():
    async with FakeBotApi() as api:
        yield api


@pytest.fixture
async def house():
    async with household(in_memory()) as house:
        await open_round(house)
        await add_relay(house)
        yield house


@asynccontextmanager
async def serving(api, house):
    async with telegram(api, house.dialogue) as service:
        yield service


def admin(api, group=GROUP, **more):
    return api.person(account_id=2**41).in_group(group, status="administrator", **more)


def payload(house, channel="telegram", tag="fr"):
    (relay,) = house.relays.all
    return house.relays.payload(relay, channel, Locale(tag))


def ways(shown):
    return [button.url for row in shown.buttons for button in row]


@pytest.mark.parametrize("status", ["creator", "administrator"])
async def test_an_admin_has_an_invitation_posted_in_the_rounds_first_languages(api, house, status):
    group = api.person(account_id=2**41).in_group(GROUP, status=status)

    async with serving(api, house):
        shown = await group.turn(group.send(f"/invite@{BOT}"))

    assert len(shown.text.split("\n\n")) == 3
    assert ways(shown) == [f"https://t.me/{BOT}"] * 3
    assert all(button.data is None for row in shown.buttons for button in row)


async def test_the_languages_are_those_that_the_admin_names(api, house):
    group = admin(api)

    async with serving(api, house):
        shown = await group.turn(group.send(f"/invite@{BOT} en, ar"))

    assert len(shown.buttons) == 2
    assert "How is it to live together in" in shown.text


@pytest.mark.parametrize("channel", ["telegram", "web"])
async def test_a_relays_link_goes_along_in_each_of_its_languages(api, house, channel):
    group = admin(api)
    link = f"https://voix.example/r/{payload(house, channel)}"

    async with serving(api, house):
        shown = await group.turn(group.send(f"/invite@{BOT} {link}"))

    assert [payload_in(url) for url in ways(shown)] == [payload(house, tag=tag) for tag in ("ar", "fr")]
    assert all(len(payload_in(url)) <= 64 for url in ways(shown))


@pytest.mark.parametrize("asked", ["rubbish", "r" + "A" * 48, "c1234"])
async def test_a_link_that_is_none_is_answered_in_one_kind_line(api, house, asked):
    group = admin(api)

    async with serving(api, house):
        shown = await group.turn(group.send(f"/invite@{BOT} {asked}"))

    assert shown.text.startswith("This link does not work")
    assert shown.buttons == []


async def test_an_admin_who_stays_anonymous_is_an_admin(api, house):
    group = admin(api, anonymous=True)

    async with serving(api, house):
        await group.turn(group.send(f"/invite@{BOT} en"))

    assert "getChatMember" not in [method for method, _ in api.calls]


async def test_whoever_is_no_admin_meets_silence(api, house):
    group = api.person(account_id=2**41).in_group(GROUP)
    other = api.person(account_id=2**42).in_group(GROUP)

    async with serving(api, house):
        await group.send(f"/invite@{BOT}")
        await other.send("/invite")
        await other.send("/invite@another_bot")
        await api.emptied()

    assert group.screen is None


async def test_a_group_gets_one_invitation_a_minute_and_each_group_its_own(api, house):
    first, second = admin(api), admin(api, GROUP - 1)

    async with serving(api, house):
        await first.turn(first.send(f"/invite@{BOT} en"))
        for _ in range(3):
            await first.send(f"/invite@{BOT} en")
        await second.turn(second.send(f"/invite@{BOT} en"))
        await api.emptied()

    assert len(first.history) == len(second.history) == 1


async def test_after_a_minute_there_may_be_another():
    clock = [0.0]
    groups = Groups(None, None, lambda: clock[0])

    assert groups._may_post(GROUP)
    clock[0] = PAUSE - 0.1
    assert not groups._may_post(GROUP)
    clock[0] = PAUSE
    assert groups._may_post(GROUP)


async def test_where_the_bot_may_not_write_nothing_happens(api, house):
    group = admin(api)
    api.telegram.rooms.chats[GROUP].muted = True

    async with serving(api, house):
        await group.send(f"/invite@{BOT}")
        await api.emptied()
        private = api.person(account_id=2**42, language_code="en")
        await private.send("/start")
        await api.emptied()

    assert group.screen is None


async def test_a_group_that_became_a_supergroup_is_written_to_under_its_new_number(api, house):
    group = admin(api, -55)
    there = admin(api, -1009955)

    async with serving(api, house):
        _migrate_between_the_calls(api.telegram.rooms.chats[-55])
        await there.turn(group.send(f"/invite@{BOT} en"))

    assert len(there.history) == 1


def _migrate_between_the_calls(room):
    """The group moves after the bot has asked who the admin is."""

    class Moving(dict):
        def get(self, key, default=None):
            room.moved_to = -1009955
            return dict.get(self, key, default)

    room.members = Moving(room.members)


async def test_a_start_in_a_group_still_leads_to_the_private_chat_by_a_word(api, house):
    heard = []

    class Listener:
        async def notice(self, address, update, topic, phone):
            heard.append(topic)
            return await house.dialogue.notice(address, update, topic, phone)

    group = admin(api)
    async with telegram(api, Listener()):
        await group.send(f"/start@{BOT}")
        await api.emptied()

    assert heard == ["group"]


def everything_in(folder):
    """Every file and its bytes, except what SQLite's readers share in memory."""
    return {name: content for name, content in every_byte(folder).items() if not name.endswith("-shm")}


async def test_nothing_that_is_said_in_a_group_is_kept_or_logged(api, tmp_path, caplog):
    """Privacy mode is off: the bot gets every message, and none of it leaves a byte or a line."""
    secret = "a word that only this group knows"
    async with household(on_disk(tmp_path)) as house:
        await open_round(house)
        group = api.person(account_id=2**41 + 77).in_group(GROUP)
        boss = admin(api)
        before = everything_in(tmp_path)
        with caplog.at_level(logging.DEBUG, logger="bot"):
            async with serving(api, house):
                written = await group.send(secret)
                await group.edit_message(written, secret + " again")
                await group.photo(secret)
                await group.voice()
                await group.send(f"/help@{BOT} {secret}")
                await group.send(f"/invite@{BOT} {secret}")
                await boss.turn(boss.send(f"/invite@{BOT} en"))
                await api.emptied()
            after = everything_in(tmp_path)

    assert after == before
    for kept in (secret.encode(), str(2**41 + 77).encode(), str(GROUP).encode(), str(2**41).encode()):
        assert kept not in b"".join(after.values())
    assert [record for record in caplog.records if record.name.startswith("bot")] == []


async def test_a_person_comes_by_the_button_to_the_private_chat_with_the_relay(api, house):
    group = admin(api)
    async with serving(api, house):
        shown = await group.turn(group.send(f"/invite@{BOT} {payload(house)}"))
        maria = api.person(account_id=2**42, language_code="en")
        await maria.send(f"/start {payload_in(ways(shown)[0])}")
        await api.emptied()

    (key,) = house.stores.keyring.drafts
    session = (await house.stores.conversations.draft(key)).session
    assert (session.relay, session.locale) == ("r0001", "ar")
