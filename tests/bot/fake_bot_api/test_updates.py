"""Updates wait, are confirmed, expire, repeat and jump as Telegram's do."""

import asyncio

import pytest
from aiohttp import web
from telegram import Bot
from telegram.error import Conflict

from tests.bot.fake_bot_api.asking import AMAL, YES_OR_NO, plain_bot, say
from tests.fake_bot_api import FakeBotApi, Person


async def test_an_update_stays_until_the_offset_passes_it(api: FakeBotApi, bot: Bot, amal: Person) -> None:
    for word in ("one", "two", "three"):
        await amal.send(word)

    first = await bot.get_updates()
    again = await bot.get_updates(offset=first[0].update_id)
    rest = await bot.get_updates(offset=first[1].update_id)
    nothing = await bot.get_updates(offset=first[2].update_id + 1)

    assert [update.message.text for update in first] == ["one", "two", "three"]
    assert [update.update_id for update in again] == [update.update_id for update in first]
    assert [update.message.text for update in rest] == ["two", "three"]
    assert nothing == ()
    assert api.pending == []
    assert api.confirmed == [update.update_id for update in first]
    assert api.confirmed_offset == first[2].update_id + 1


async def test_a_forgotten_update_does_not_come_back(api: FakeBotApi, bot: Bot, amal: Person) -> None:
    await amal.send("one")
    await amal.send("two")
    first, second = await bot.get_updates()

    await bot.get_updates(offset=second.update_id)

    assert [update.update_id for update in await bot.get_updates(offset=first.update_id)] == [
        second.update_id
    ]


async def test_a_negative_offset_forgets_all_but_the_last(api: FakeBotApi, bot: Bot, amal: Person) -> None:
    for word in ("one", "two", "three"):
        await amal.send(word)

    batch = await bot.get_updates(offset=-2)

    assert [update.message.text for update in batch] == ["two", "three"]
    assert len(api.pending) == 2


async def test_a_batch_has_at_most_a_hundred_updates_and_keeps_the_limit(bot: Bot, amal: Person) -> None:
    for number in range(105):
        await amal.send(str(number))

    assert len(await bot.get_updates(limit=7)) == 7
    assert len(await bot.get_updates(offset=1)) == 100


async def test_a_hurried_repetition_brings_one_update_only(bot: Bot, amal: Person) -> None:
    await amal.send("one")
    await amal.send("two")

    batches = [await bot.get_updates(), await bot.get_updates()]

    assert [len(batch) for batch in batches] == [2, 1]


async def test_long_polling_returns_as_soon_as_somebody_writes(bot: Bot, amal: Person) -> None:
    async with asyncio.timeout(5):
        waiting = asyncio.create_task(bot.get_updates(timeout=40))
        await bot.get_me()
        await amal.send("good morning")

        (update,) = await waiting

    assert update.message.text == "good morning"
    assert update.effective_user.id == AMAL
    assert update.effective_user.language_code == "ar"


async def test_a_second_poller_ends_the_first_with_a_conflict(
    api: FakeBotApi, bot: Bot, amal: Person
) -> None:
    first = asyncio.create_task(bot.get_updates(timeout=40))
    while not api.calls_of("getUpdates"):
        await bot.get_me()
    async with plain_bot(api) as other:
        second = asyncio.create_task(other.get_updates(timeout=40))

        with pytest.raises(Conflict, match="terminated by other getUpdates request"):
            await first
        await amal.send("hello")

        assert len(await second) == 1


async def test_only_the_kinds_asked_for_arrive(bot: Bot, amal: Person) -> None:
    await bot.get_updates(allowed_updates=["message"])
    message = await amal.send("one")
    await amal.edit_message(message, "two")

    batch = await bot.get_updates(offset=1)

    assert [update.message.text for update in batch] == ["one"]


async def test_a_message_waits_a_day_and_a_tap_150_seconds(
    api: FakeBotApi, bot: Bot, started: Person
) -> None:
    await say(bot, "Well?", reply_markup=YES_OR_NO)
    await started.press("Yes")
    await started.send("a text")

    api.clock.advance(149)
    assert len(api.pending) == 2
    api.clock.advance(2)
    assert [list(update)[1] for update in api.pending] == ["message"]
    api.clock.advance(24 * 3600)
    assert api.pending == []


async def test_after_a_quiet_week_identifiers_jump_even_downwards(
    api: FakeBotApi, bot: Bot, amal: Person
) -> None:
    await amal.send("before")
    (before,) = await bot.get_updates()
    await bot.get_updates(offset=before.update_id + 1)

    expected = api.jump_ids(downwards=True)
    await amal.send("after")
    (after,) = await bot.get_updates(offset=before.update_id + 1)

    assert after.update_id == expected < before.update_id
    await bot.get_updates(offset=after.update_id + 1)
    await api.emptied()


async def test_updates_come_twice_and_in_another_order_when_a_test_asks(
    api: FakeBotApi, bot: Bot, amal: Person
) -> None:
    api.duplicate_next()
    await amal.send("one")
    await amal.send("two")
    batch = await bot.get_updates()
    await api.deliver_again(batch[0].update_id)
    api.reverse_batches()
    await amal.send("three")

    again = await bot.get_updates(offset=batch[-1].update_id + 1)

    assert [update.message.text for update in batch] == ["one", "one", "two"]
    assert [update.message.text for update in again] == ["three", "one"]


async def test_the_webhook_is_posted_to_until_it_says_yes(api: FakeBotApi, bot: Bot, amal: Person) -> None:
    posted: list[tuple[str, str | None]] = []
    taken = asyncio.Event()

    async def receive(request: web.Request) -> web.Response:
        update = await request.json()
        posted.append((update["message"]["text"], request.headers.get("X-Telegram-Bot-Api-Secret-Token")))
        if len(posted) < 3:
            return web.Response(status=500)
        taken.set()
        return web.json_response({"method": "sendChatAction", "chat_id": AMAL, "action": "typing"})

    await amal.send("before the webhook")
    application = web.Application()
    application.router.add_post("/updates", receive)
    runner = web.AppRunner(application)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    await bot.set_webhook(f"http://127.0.0.1:{runner.addresses[0][1]}/updates", secret_token="s3cret")
    with pytest.raises(Conflict, match="webhook is active"):
        await bot.get_updates()

    async with asyncio.timeout(5):
        await taken.wait()
    await api.emptied()

    assert posted == [("before the webhook", "s3cret")] * 3
    assert "500" in (await bot.get_webhook_info()).last_error_message
    assert await bot.delete_webhook()
    assert await bot.get_updates() == ()
    assert api.calls_of("sendChatAction") == [{"chat_id": AMAL, "action": "typing"}]
    await runner.cleanup()
