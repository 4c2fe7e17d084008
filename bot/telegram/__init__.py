"""The Telegram channel: what comes in, what is said, and how both travel."""

import os

# python-telegram-bot then gives durations as timedelta; without it even reading `retry_after` warns.
os.environ.setdefault("PTB_TIMEDELTA", "true")
