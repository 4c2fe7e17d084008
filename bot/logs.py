"""The one place where logs are tamed: no token, address or answer in any line, at any level."""

import asyncio
import logging
import re
import resource
import sys
import threading
import traceback
import warnings
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, TextIO

log = logging.getLogger(__name__)

SILENT = logging.CRITICAL + 1
OURS = ("bot", "conversations", "reports", "storage")
ROOT = str(Path(__file__).parents[1])

# What each library would tell, measured (ANONYMITY.md, "Logs, errors, crash dumps"):
TAMED = {
    "telegram": SILENT,  # updates at DEBUG, raw bodies at CRITICAL
    "aiohttp.access": SILENT,  # no access log
    "uvicorn.access": SILENT,  # no access log
    "uvicorn.asgi": SILENT,  # every message, with the headers of the request
    "uvicorn.error": logging.WARNING,  # greetings of a server that we introduce ourselves
    "aiosqlite": logging.WARNING,  # bound parameters at DEBUG
    "asyncpg": logging.WARNING,
    "aiosql": logging.WARNING,
    "httpx": logging.WARNING,  # the bot's token at INFO
    "httpcore": logging.WARNING,  # headers at DEBUG
    "aiohttp": logging.WARNING,
    "asyncio": logging.WARNING,  # in debug mode, what tasks hold
    "apscheduler": logging.WARNING,
    "python_multipart": logging.WARNING,  # the bytes of a form at DEBUG
    "starlette": logging.WARNING,
    "pydantic_settings": logging.WARNING,
    "websockets": logging.WARNING,
}
# Even then a library's words are put together from whatever it holds: these alone are said, without values.
MAY_BE_SAID = frozenset(
    {
        ("uvicorn.error", "Exceeded concurrency limit."),
        ("uvicorn.error", "Invalid HTTP request received."),
    }
)
EXTRAS = ("action", "error", "failure")  # of our own lines; type names and names of actions
PLAIN = re.compile(r"[\w ,.-]{1,80}")
BOT_TOKEN = re.compile(r"\d{6,}:[A-Za-z0-9_-]{20,}")
MOST_FRAMES = 20  # of one exception, the innermost; a deep recursion says the same again and again


class WithoutSecrets(logging.Filter):
    """Drops every line that holds a secret, in words or traceback; the last guard, not the first."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        super().__init__()
        self._secrets = tuple(secret for secret in secrets if secret)

    def filter(self, record: logging.LogRecord) -> bool:
        """Say whether the line may be written."""
        if not _is_ours(record.name) and record.levelno < logging.WARNING:
            return False
        return not any(self._is_secret(text) for text in _texts(record))

    def _is_secret(self, text: str) -> bool:
        return BOT_TOKEN.search(text) is not None or any(secret in text for secret in self._secrets)


class PlainLine(logging.Formatter):
    """Writes time, level, logger, sentence and the names of action and error; of an exception only frames."""

    def format(self, record: logging.LogRecord) -> str:
        """Write one line."""
        words = [f"{self.formatTime(record)} {record.levelname} {record.name}: {record.getMessage()}"]
        extras = [str(value) for name in EXTRAS if (value := getattr(record, name, None)) is not None]
        words += [f"[{', '.join(extras)}]"] if extras and all(map(PLAIN.fullmatch, extras)) else []
        caught = record.exc_info[1] if record.exc_info else None
        words += [f"({told})"] if (told := record.exc_text if caught is None else frames_of(caught)) else []
        return " ".join(words)


def tame_logs(level: int | str = logging.INFO, secrets: Iterable[str] = ()) -> None:
    """Write our own lines from `level` on, keep the libraries quiet, and drop what holds one of `secrets`.

    From now on no record of any logger holds an exception, and none of a library's holds its words: whatever
    handlers and levels are set later. May be called again; the last call counts.
    """
    logging.setLogRecordFactory(_record)
    root = logging.getLogger()
    if not root.handlers:
        written = logging.StreamHandler()
        written.setFormatter(PlainLine())
        root.addHandler(written)
    root.setLevel(level)
    guard = WithoutSecrets(secrets)
    for handler in root.handlers:
        for old in [found for found in handler.filters if isinstance(found, WithoutSecrets)]:
            handler.removeFilter(old)
        handler.addFilter(guard)
    for name, quiet in TAMED.items():
        logging.getLogger(name).setLevel(quiet)


def tame_failures() -> None:
    """Let what nobody catches be told by type and frames only, and let no crash write memory to the disk.

    Hooks that somebody else has set already are left alone.
    """
    logging.raiseExceptions = False  # a line that cannot be written would be shown with its arguments
    if sys.excepthook is sys.__excepthook__:
        sys.excepthook = _nobody_caught
    if sys.unraisablehook is sys.__unraisablehook__:
        sys.unraisablehook = _cannot_be_raised
    if threading.excepthook is threading.__excepthook__:
        threading.excepthook = _thread_died
    warnings.showwarning = _warn
    with suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))


def tame_loop(loop: asyncio.AbstractEventLoop) -> None:
    """Let what nobody awaits in this event loop be told by type and frames only."""
    loop.set_exception_handler(_nobody_awaited)


def frames_of(error: BaseException) -> str:
    """Return an exception as its type and frames, and those it came from: never a word of what it says."""
    return "; from ".join(_one(caught) for caught in _chain(error))


def mistake_of_ours(error: BaseException) -> str:
    """Return the one line for an exception that nobody foresaw: its type, and where in our own code."""
    innermost = list(_members(error))[-1]
    frames = [*traceback.walk_tb(innermost.__traceback__)]
    places = [f"{_place(frame.f_code.co_filename)}:{line}" for frame, line in frames]
    own = [place for place in places if place.startswith(OURS)]
    where = f" at {(own or places)[-1]}" if places else ""
    return (
        f"a mistake of ours ({type(innermost).__name__}{where}); nothing you typed is shown; please report it"
    )


def _record(
    name: str,
    level: int,
    path: str,
    line: int,
    words: object,
    values: Any,
    caught: Any,
    function: str | None = None,
    stack: str | None = None,
    **_more: object,
) -> logging.LogRecord:
    """Make the record of a line: exceptions as frames, and of a library only where it spoke."""
    if not _is_ours(name):
        said = str(words) if (name, words) in MAY_BE_SAID else "spoke; its words are not shown"
        words, values = f"{said} ({_place(path)}:{line})", ()
    record = logging.LogRecord(name, level, path, line, words, values, None, function)
    if isinstance(caught, tuple) and caught[1] is not None:
        record.exc_text = frames_of(caught[1])
    return record


def _is_ours(name: str) -> bool:
    return name.partition(".")[0] in OURS


def _nobody_caught(
    _kind: type[BaseException], error: BaseException, _trace: TracebackType | None = None
) -> None:
    log.critical("nobody caught: %s", frames_of(error))


def _cannot_be_raised(about: "sys.UnraisableHookArgs") -> None:
    told = about.exc_type.__name__ if about.exc_value is None else frames_of(about.exc_value)
    log.error("cannot be raised: %s", told)


def _thread_died(about: threading.ExceptHookArgs) -> None:
    if not issubclass(about.exc_type, SystemExit):
        told = about.exc_type.__name__ if about.exc_value is None else frames_of(about.exc_value)
        log.error("a thread died: %s", told)


def _nobody_awaited(_loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    error = context.get("exception")
    log.error("nobody awaited: %s", "a task went astray" if error is None else frames_of(error))


def _warn(
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    file: TextIO | None = None,
    line: str | None = None,
) -> None:
    log.warning("%s at %s:%s", category.__name__, _place(filename), lineno)


def _one(error: BaseException) -> str:
    """Return one exception's type and frames, innermost first."""
    stack = [*traceback.walk_tb(error.__traceback__)][-MOST_FRAMES:]
    codes = [(frame.f_code, line) for frame, line in reversed(stack)]
    frames = [f"{_place(code.co_filename)}:{line} {code.co_name}" for code, line in codes]
    return f"{type(error).__name__} at {' < '.join(frames)}" if frames else type(error).__name__


def _chain(error: BaseException) -> Iterator[BaseException]:
    """Yield an exception, those grouped in it, and those it came from, each once."""
    waiting, seen = [error], set[int]()
    while waiting:
        found = waiting.pop(0)
        if id(found) in seen:
            continue
        seen.add(id(found))
        yield found
        before = found.__cause__ or (None if found.__suppress_context__ else found.__context__)
        waiting += found.exceptions if isinstance(found, BaseExceptionGroup) else ()
        waiting += [before] if before is not None else []


def _members(error: BaseException) -> Iterator[BaseException]:
    """Yield an exception, then the first one in it if it is a group, and so on."""
    yield error
    if isinstance(error, BaseExceptionGroup):
        yield from _members(error.exceptions[0])


def _place(path: str) -> str:
    """Return a file's path without what it says about this machine."""
    _, installed, below = path.rpartition("site-packages/")
    if installed:
        return below
    if path.startswith(f"{ROOT}/"):
        return path.removeprefix(f"{ROOT}/")
    return "/".join(path.split("/")[-2:])


def _texts(record: logging.LogRecord) -> Iterable[str]:
    yield record.getMessage()
    if record.exc_info and record.exc_info[1] is not None:
        yield "".join(traceback.format_exception(record.exc_info[1]))
    if record.exc_text:
        yield record.exc_text
