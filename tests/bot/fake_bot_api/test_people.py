"""People write, press and see what they would on a phone."""

import asyncio

import pytest
from pydantic import TypeAdapter
from telegram import Bot, Update

from tests.bot.fake_bot_api.asking import AMAL, GROUP, YES_OR_NO, call, say
from tests.fake_bot_api import FakeBotApi, Person
from tests.fake_bot_api.parameters import PUBLISHED


async def test_a_conversation_in_one_edited_message(api: FakeBotApi, bot: Bot, started: Person) -> None:
    shown = await say(bot, "<b>How &lt;well&gt;?</b>", parse_mode="HTML", reply_markup=YES_OR_NO)
    assert shown.parse_entities() == {shown.entities[0]: "How <well>?"}
    await started.press("Yes")
    (update,) = await bot.get_updates(offset=1)
    assert started.spinning == [update.callback_query.id]

    await bot.answer_callback_query(update.callback_query.id, "Kept")
    edited = await bot.edit_message_text("Thank you", AMAL, update.callback_query.message.message_id)

    assert update.callback_query.data == "1:yes"
    assert (await started.waits_for("Thank")).rows == ()
    assert edited.edit_date is not None
    assert started.spinning == []
    assert started.toasts == ["Kept"]
    assert [(version.text, version.rows) for version in started.history] == [
        ("How <well>?", (("Yes, often",), ("No",))),
        ("Thank you", ()),
    ]
    assert [message.text for message in started.chat] == ["/start", "Thank you"]


async def test_somebody_waits_for_the_bot_without_sleeping(bot: Bot, started: Person) -> None:
    first = await started.turn(say(bot, "Good morning"))
    seeing = asyncio.create_task(started.waits_for(lambda person: len(person.chat) == 1))

    await bot.delete_messages(AMAL, [first.message_id, first.message_id + 500])
    await seeing

    with pytest.raises(AssertionError, match="waited 0"):
        await started.waits_for("Good evening", timeout=0.01)
    with pytest.raises(AssertionError, match="no button 'Yes'"):
        await started.press("Yes")


async def test_everything_a_phone_sends_is_read_by_ptb(api: FakeBotApi, bot: Bot, started: Person) -> None:
    await say(bot, "Well?", reply_markup=YES_OR_NO)
    own = await started.send("x" * 5000)
    await started.photo("a caption")
    await started.voice()
    await started.sticker()
    await started.edit_message(own, "y")
    await started.forward("somebody's words")
    await started.in_group(GROUP).command("/start@portevoix_fake_bot")
    await started.press(1)
    await started.press_data("forged", 999)
    await started.block()
    await started.unblock()

    updates = await bot.get_updates(offset=1)

    texts = [update.message.text for update in updates if update.message and update.message.text]
    assert [len(text) for text in texts[:2]] == [4096, 904]
    assert updates[2].message.photo
    assert updates[2].message.caption == "a caption"
    assert updates[3].message.voice
    assert updates[4].message.sticker
    assert updates[5].edited_message.text == "y"
    assert updates[6].message.forward_origin
    assert updates[7].message.chat.type == "supergroup"
    assert updates[8].callback_query.data == "1:no"
    assert not updates[9].callback_query.message.is_accessible
    assert [update.my_chat_member.new_chat_member.status for update in updates[10:]] == ["kicked", "member"]


async def test_updates_and_results_have_the_published_shapes(
    api: FakeBotApi, bot: Bot, started: Person
) -> None:
    await started.photo()
    await started.voice()
    await started.sticker()
    await started.forward("words")
    await started.edit_message(await started.send("one"), "two")
    message = await call(
        api, "sendMessage", json={"chat_id": AMAL, "text": "hi", "reply_markup": YES_OR_NO.to_dict()}
    )
    await started.press("No")
    await started.block()
    updates = await call(api, "getUpdates", json={"offset": 1})
    chat = await call(api, "getChat", json={"chat_id": AMAL})
    me = await call(api, "getMe")

    for method, answer in {
        "sendMessage": message,
        "getUpdates": updates,
        "getChat": chat,
        "getMe": me,
    }.items():
        TypeAdapter(PUBLISHED[method.lower()].__returning__).validate_python(answer["result"])
    assert len(updates["result"]) == 8
    assert all(Update.de_json(update, bot).update_id for update in updates["result"])
