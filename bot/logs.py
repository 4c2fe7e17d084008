"""The one place where logs are tamed: no token, address or answer in any line, at any level."""

import logging
import re
import traceback
from collections.abc import Iterable

SILENT = logging.CRITICAL + 1

# What each library would tell, measured (ANONYMITY.md, "Logs, errors, crash dumps"):
TAMED = {
    "telegram": SILENT,  # updates at DEBUG, raw bodies at CRITICAL
    "aiohttp.access": SILENT,  # no access log
    "uvicorn.access": SILENT,  # no access log
    "uvicorn.error": logging.WARNING,  # greetings of a server that we introduce ourselves
    "aiosqlite": logging.WARNING,  # bound parameters at DEBUG
    "httpx": logging.WARNING,  # the bot's token at INFO
    "httpcore": logging.WARNING,
    "aiohttp": logging.WARNING,
    "asyncio": logging.WARNING,  # in debug mode, what tasks hold
    "apscheduler": logging.WARNING,
    "websockets": logging.WARNING,
}
BOT_TOKEN = re.compile(r"\d{6,}:[A-Za-z0-9_-]{20,}")
LINE = "%(asctime)s %(levelname)s %(name)s: %(message)s"


class WithoutSecrets(logging.Filter):
    """Drops every line that holds a secret, in words or traceback; the last guard, not the first."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        super().__init__()
        self._secrets = tuple(secret for secret in secrets if secret)

    def filter(self, record: logging.LogRecord) -> bool:
        """Say whether the line may be written."""
        return not any(self._is_secret(text) for text in _texts(record))

    def _is_secret(self, text: str) -> bool:
        return BOT_TOKEN.search(text) is not None or any(secret in text for secret in self._secrets)


def tame_logs(level: int | str = logging.INFO, secrets: Iterable[str] = ()) -> None:
    """Write our own lines from `level` on, keep the libraries quiet, and drop what holds one of `secrets`.

    May be called again; the last call counts.
    """
    root = logging.getLogger()
    if not root.handlers:
        written = logging.StreamHandler()
        written.setFormatter(logging.Formatter(LINE))
        root.addHandler(written)
    root.setLevel(level)
    guard = WithoutSecrets(secrets)
    for handler in root.handlers:
        for old in [found for found in handler.filters if isinstance(found, WithoutSecrets)]:
            handler.removeFilter(old)
        handler.addFilter(guard)
    for name, quiet in TAMED.items():
        logging.getLogger(name).setLevel(quiet)


def _texts(record: logging.LogRecord) -> Iterable[str]:
    yield record.getMessage()
    if record.exc_info and record.exc_info[1] is not None:
        yield "".join(traceback.format_exception(record.exc_info[1]))
    if record.exc_text:
        yield record.exc_text
