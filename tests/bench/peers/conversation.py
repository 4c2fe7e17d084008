"""An ordinary survey of twenty questions: `ConversationHandler` with `PicklePersistence`."""

import sys
from typing import Any

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, ReplyKeyboardMarkup, Update
from telegram.ext import (
    Application,
    BaseHandler,
    CallbackQueryHandler,
    CommandHandler,
    ContextTypes,
    ConversationHandler,
    MessageHandler,
    PicklePersistence,
    filters,
)

QUESTIONS = [f"Question {number}: how often does this happen to you here?" for number in range(1, 21)]
CHOICES = ("never", "sometimes", "quite often", "always")
TYPED = ReplyKeyboardMarkup([list(CHOICES)], one_time_keyboard=True)
PRESSED = InlineKeyboardMarkup([[InlineKeyboardButton(words, callback_data=words)] for words in CHOICES])
THANKS = "Thank you!"


class Survey:
    """Asks one question after another; with `buttons` each is pressed, otherwise typed."""

    def __init__(self, buttons: bool) -> None:
        self._keyboard = PRESSED if buttons else TYPED

    async def start(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> int:
        """Ask the first question."""
        assert update.message is not None
        await update.message.reply_text(QUESTIONS[0], reply_markup=self._keyboard)
        return 0

    async def typed(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> int:
        """Keep what was typed and ask the next question."""
        assert update.message is not None
        after = self._keep(context, update.message.text or "")
        if after == len(QUESTIONS):
            await update.message.reply_text(THANKS)
            return ConversationHandler.END
        await update.message.reply_text(QUESTIONS[after], reply_markup=self._keyboard)
        return after

    async def pressed(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> int:
        """Keep what was pressed and show the next question in its place."""
        query = update.callback_query
        assert query is not None
        await query.answer()
        after = self._keep(context, query.data or "")
        if after == len(QUESTIONS):
            await query.edit_message_text(THANKS)
            return ConversationHandler.END
        await query.edit_message_text(QUESTIONS[after], reply_markup=PRESSED)
        return after

    def _keep(self, context: ContextTypes.DEFAULT_TYPE, answer: str) -> int:
        assert context.user_data is not None
        answers = context.user_data.setdefault("answers", [])
        answers.append(answer)
        return len(answers)

    def handler(self) -> ConversationHandler[ContextTypes.DEFAULT_TYPE]:
        """Return the whole conversation."""
        listening: list[BaseHandler[Any, Any, object]] = [
            MessageHandler(filters.TEXT & ~filters.COMMAND, self.typed),
            CallbackQueryHandler(self.pressed),
        ]
        return ConversationHandler(
            entry_points=[CommandHandler("start", self.start)],
            states=dict.fromkeys(range(len(QUESTIONS)), listening),
            fallbacks=[],
            name="survey",
            persistent=True,
        )


def main(url: str, token: str, folder: str, buttons: bool) -> None:
    """Poll until told to stop."""
    application = (
        Application.builder()
        .token(token)
        .base_url(f"{url}/bot")
        .persistence(PicklePersistence(f"{folder}/survey.pickle"))
        .build()
    )
    application.add_handler(Survey(buttons).handler())
    application.run_polling()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3], sys.argv[4:] == ["buttons"])
