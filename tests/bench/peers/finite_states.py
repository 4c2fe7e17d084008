"""An ordinary survey of twenty questions: aiogram 3 with its states in memory, one commit per answer."""

import asyncio
import sys

import aiosqlite
import uvloop
from aiogram import Bot, Dispatcher, F
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.filters import CommandStart
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import (
    CallbackQuery,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    KeyboardButton,
    Message,
    ReplyKeyboardMarkup,
)

QUESTIONS = [f"Question {number}: how often does this happen to you here?" for number in range(1, 21)]
CHOICES = ("never", "sometimes", "quite often", "always")
TYPED = ReplyKeyboardMarkup(keyboard=[[KeyboardButton(text=words) for words in CHOICES]])
PRESSED = InlineKeyboardMarkup(
    inline_keyboard=[[InlineKeyboardButton(text=words, callback_data=words)] for words in CHOICES]
)
THANKS = "Thank you!"
INSERT = "INSERT INTO answers (person, question, answer) VALUES (?, ?, ?)"


class Survey(StatesGroup):
    """Where somebody stands."""

    asked = State()


async def keep(db: aiosqlite.Connection, state: FSMContext, person: int, answer: str) -> int:
    """Commit one answer and return which question comes next."""
    asked = int((await state.get_data())["question"])
    await db.execute(INSERT, (person, asked, answer))
    await db.commit()
    await state.update_data(question=asked + 1)
    return asked + 1


def survey(db: aiosqlite.Connection, buttons: bool) -> Dispatcher:
    """Return the whole conversation."""
    dispatcher = Dispatcher()
    keyboard = PRESSED if buttons else TYPED

    @dispatcher.message(CommandStart())
    async def start(message: Message, state: FSMContext) -> None:
        await state.set_state(Survey.asked)
        await state.set_data({"question": 0})
        await message.answer(QUESTIONS[0], reply_markup=keyboard)

    @dispatcher.message(Survey.asked, F.text)
    async def typed(message: Message, state: FSMContext) -> None:
        after = await keep(db, state, message.chat.id, message.text or "")
        if after == len(QUESTIONS):
            await state.clear()
            await message.answer(THANKS)
        else:
            await message.answer(QUESTIONS[after], reply_markup=keyboard)

    @dispatcher.callback_query(Survey.asked)
    async def pressed(query: CallbackQuery, state: FSMContext) -> None:
        assert isinstance(query.message, Message)
        after = await keep(db, state, query.from_user.id, query.data or "")
        await query.answer()
        if after == len(QUESTIONS):
            await state.clear()
            await query.message.edit_text(THANKS)
        else:
            await query.message.edit_text(QUESTIONS[after], reply_markup=PRESSED)

    return dispatcher


async def main(url: str, token: str, folder: str, buttons: bool) -> None:
    """Poll until told to stop."""
    bot = Bot(token, session=AiohttpSession(api=TelegramAPIServer.from_base(url)))
    async with aiosqlite.connect(f"{folder}/survey.db") as db:
        await db.execute("PRAGMA journal_mode = WAL")
        await db.execute("PRAGMA synchronous = FULL")
        await db.execute("CREATE TABLE answers (person INTEGER, question INTEGER, answer TEXT)")
        await survey(db, buttons).start_polling(bot)


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:  # as aiogram's own `run_polling` does
        runner.run(main(sys.argv[1], sys.argv[2], sys.argv[3], sys.argv[4:] == ["buttons"]))
