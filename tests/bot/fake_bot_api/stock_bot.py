"""A bot with PTB's own polling, a slow handler and a diary: what it handled stands in a file."""

import asyncio
import os
import sys
from pathlib import Path

from telegram import Update
from telegram.ext import Application, ContextTypes, MessageHandler, filters

HANDLING_TAKES = 0.05  # seconds for one update


def main(url: str, token: str, diary: Path) -> None:
    """Poll `url` as PTB does by default and note every handled update in `diary`."""

    async def note(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        await asyncio.sleep(HANDLING_TAKES)
        with diary.open("a") as lines:
            lines.write(f"{update.update_id}\n")
            lines.flush()
            os.fsync(lines.fileno())
        assert update.effective_chat is not None
        await context.bot.send_message(update.effective_chat.id, "Noted.")

    application = Application.builder().token(token).base_url(f"{url}/bot").build()
    application.add_handler(MessageHandler(filters.ALL, note))
    application.run_polling()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], Path(sys.argv[3]))
