"""Logs hold no token, no value and no words of an exception, whoever writes them and whatever goes wrong."""

import asyncio
import logging
import subprocess
import sys
import warnings
from pathlib import Path

import pytest

from bot.logs import TAMED, PlainLine, WithoutSecrets, frames_of, mistake_of_ours, tame_logs, tame_loop

ROOT = Path(__file__).parents[2]
TOKEN = "7000000001:AAbbCCddEEffGGhhIIjjKKllMMnnOOpp"
CANARY = "the-course-is-too-far-away"
OPENS_THE_DOOR = "from bot.logs import tame_failures, tame_logs; tame_failures(); tame_logs('DEBUG')\n"


@pytest.fixture
def tamed():
    """The logs as the program tames them, and as they were before afterwards."""
    factory, root = logging.getLogRecordFactory(), logging.getLogger()
    before = (root.handlers[:], root.level)
    levels = {name: logging.getLogger(name).level for name in TAMED}
    tame_logs(logging.DEBUG)
    yield
    logging.setLogRecordFactory(factory)
    root.handlers[:], root.level = before
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)


@pytest.fixture
def lines():
    """What a handler with the guard would write if nothing else were tamed."""
    factory = logging.getLogRecordFactory()
    logging.setLogRecordFactory(logging.LogRecord)
    written: list[str] = []
    handler = logging.Handler()
    handler.emit = lambda record: written.append(record.getMessage())
    handler.addFilter(WithoutSecrets(["a cookie secret"]))
    log = logging.getLogger("bot.tests")
    log.setLevel(logging.DEBUG)
    log.addHandler(handler)
    yield log, written
    log.removeHandler(handler)
    logging.setLogRecordFactory(factory)


def failing(words=CANARY):
    """An exception with everything that one can carry, raised."""
    try:
        try:
            raise ValueError(words)
        except ValueError as caught:
            hidden = words
            caught.add_note(hidden)
            raise KeyError({"answer": words}) from caught
    except KeyError as caught:
        return caught


def run(program):
    """Run a program of a few lines and return what it wrote."""
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True)
    return done.stdout + done.stderr


def test_a_line_that_holds_a_secret_is_dropped(lines):
    log, written = lines

    log.info("GET /bot%s/getMe", TOKEN)
    log.info("it is a cookie secret")
    log.info("round opened")

    assert written == ["round opened"]


def test_a_traceback_that_holds_a_secret_is_dropped(lines):
    log, written = lines

    try:
        try:
            raise ValueError(f"cannot reach /bot{TOKEN}/getMe")
        except ValueError as caught:
            raise RuntimeError("went wrong") from caught
    except RuntimeError:
        log.exception("failed")

    assert written == []


def test_libraries_are_kept_quiet_even_at_debug(tamed):
    tame_logs(logging.DEBUG)

    quiet = {name: logging.getLogger(name).getEffectiveLevel() for name in TAMED}
    handlers = logging.getLogger().handlers
    guards = [[type(found) for found in handler.filters].count(WithoutSecrets) for handler in handlers]

    assert min(quiet.values()) >= logging.WARNING
    assert set(guards) <= {1}
    assert not logging.getLogger("telegram.Bot").isEnabledFor(logging.CRITICAL)


@pytest.mark.parametrize("name", [*TAMED, "telegram.Bot", "httpcore.http11", "a.library.of.next.year"])
def test_a_librarys_words_are_never_said_though_its_levels_are_set_anew(tamed, caplog, name):
    root = logging.getLogger()
    for handler in root.handlers:
        handler.filters = []
    caplog.set_level(logging.DEBUG, logger=name)
    log = logging.getLogger(name)

    log.debug("update %s", CANARY)
    log.critical(f"body {CANARY}")
    log.error("%(answer)s", {"answer": CANARY}, exc_info=failing(), stack_info=True)

    assert len(caplog.records) == 3
    assert CANARY not in caplog.text + "".join(str(vars(record)) for record in caplog.records)
    assert "its words are not shown (tests/bot/test_logs.py:" in caplog.text
    assert "KeyError at tests/bot/test_logs.py:" in caplog.text


def test_what_a_library_may_say_is_said(tamed, caplog):
    logging.getLogger("uvicorn.error").warning("Exceeded concurrency limit.")
    logging.getLogger("uvicorn.error").warning("Exceeded %s", "concurrency limit.")

    assert caplog.text.count("Exceeded") == 1


def test_of_an_exception_only_types_and_frames_are_told(tamed, caplog):
    logging.getLogger("bot.tests").error("failed", exc_info=failing())
    try:
        raise ExceptionGroup(CANARY, [failing(), failing()])
    except ExceptionGroup:
        logging.getLogger("bot.tests").exception("failed together")

    assert CANARY not in caplog.text + "".join(str(vars(record)) for record in caplog.records)
    assert "KeyError at tests/bot/test_logs.py:" in caplog.text
    assert "; from ValueError at tests/bot/test_logs.py:" in caplog.text
    assert "ExceptionGroup at" in caplog.text
    assert str(ROOT) not in caplog.text


def test_our_own_line_says_the_action_and_the_error_and_no_other_extra():
    record = logging.LogRecord("bot.x", logging.ERROR, "x.py", 1, "not said", (), None)
    record.action, record.error, record.update = "say", "StorageError", 4711
    odd = logging.LogRecord("bot.x", logging.ERROR, "x.py", 1, "not said", (), None)
    odd.action = "say: 'something quoted'"

    assert PlainLine().format(record).endswith("ERROR bot.x: not said [say, StorageError]")
    assert PlainLine().format(odd).endswith("ERROR bot.x: not said")


def test_our_own_line_shows_no_exception_that_came_around_the_door():
    caught = failing()
    record = logging.LogRecord("bot.x", logging.ERROR, "x.py", 1, "failed", (), None)
    record.exc_info = (KeyError, caught, caught.__traceback__)

    assert CANARY not in PlainLine().format(record)
    assert "failed (KeyError at tests/bot/test_logs.py:" in PlainLine().format(record)


def test_a_chain_that_bites_its_own_tail_is_told_once():
    one, other = ValueError(CANARY), KeyError(CANARY)
    one.__cause__, other.__cause__ = other, one

    assert frames_of(one) == "ValueError; from KeyError"


def test_a_mistake_of_ours_names_the_place_in_our_own_code():
    try:
        frames_of(None)  # type: ignore[arg-type]
    except AttributeError as caught:
        said = mistake_of_ours(ExceptionGroup(CANARY, [caught]))

    assert said.startswith("a mistake of ours (AttributeError at bot/logs.py:")
    assert said.endswith("); nothing you typed is shown; please report it")


async def test_what_nobody_awaits_is_told_by_type_and_frames(tamed, caplog):
    loop = asyncio.get_running_loop()
    tame_loop(loop)
    caught = failing()

    loop.call_exception_handler({"message": f"in callback {CANARY}", "exception": caught})
    loop.call_exception_handler({"message": f"task {CANARY} was destroyed"})
    loop.set_exception_handler(None)

    assert CANARY not in caplog.text
    assert "nobody awaited: KeyError at tests/bot/test_logs.py:" in caplog.text
    assert "nobody awaited: a task went astray" in caplog.text


@pytest.mark.parametrize(
    "accident, told",
    [
        ("raise KeyError('{}')", "nobody caught: KeyError at <string>:2"),
        (
            "import threading\ndef f(): raise KeyError('{}')\n"
            "t = threading.Thread(target=f, name='{}'); t.start(); t.join()",
            "a thread died: KeyError at <string>:3 f",
        ),
        (
            "class Odd:\n    def __del__(self): raise KeyError('{}')\nOdd()",
            "cannot be raised: KeyError at <string>:3 __del__",
        ),
        ("import warnings; warnings.warn('{}', UserWarning)", "UserWarning at <string>:2"),
        ("import logging; logging.getLogger('bot.x').error('%d', '{}')", ""),
        (
            "import asyncio\nfrom bot.logs import tame_loop\nasync def f(): raise KeyError('{}')\n"
            "async def g():\n    tame_loop(asyncio.get_running_loop())\n"
            "    asyncio.ensure_future(f()); await asyncio.sleep(0.01)\nasyncio.run(g())",
            "nobody awaited: KeyError at <string>:4 f",
        ),
        (
            "import resource; print('core', resource.getrlimit(resource.RLIMIT_CORE)[0])",
            "core 0",
        ),
    ],
    ids=["main", "thread", "finalizer", "warning", "unwritable line", "task", "core dump"],
)
def test_an_accident_that_nobody_catches_is_told_without_its_words(accident, told):
    said = run(OPENS_THE_DOOR + accident.replace("{}", CANARY))

    assert CANARY not in said
    assert told in said
    assert "Traceback" not in said


def test_the_accidents_would_be_told_in_full_without_us():
    assert CANARY in run(f"raise KeyError('{CANARY}')")


def test_hooks_of_somebody_else_are_left_alone():
    own = "import sys\nsys.unraisablehook = lambda about: print('theirs')\n"
    accident = f"class Odd:\n    def __del__(self): raise KeyError('{CANARY}')\nOdd()"

    assert run(own + OPENS_THE_DOOR + accident).strip() == "theirs"


def test_a_mistake_of_ours_is_one_line_and_exit_code_one():
    program = (
        "import sys; from bot import __main__ as door\n"
        "@door.app.command()\n"
        f"def stumble(word: str) -> None:\n    raise KeyError(word, {CANARY!r})\n"
        f"door.main(['stumble', {CANARY!r}])\n"
    )

    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True)

    assert done.returncode == 1
    assert done.stdout == ""
    (line,) = done.stderr.splitlines()
    assert line.startswith("portevoix: a mistake of ours (KeyError at ")
    assert CANARY not in line


def test_warnings_of_libraries_do_not_quote_what_they_were_given(tamed, caplog):
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        run_with_hook = run(
            OPENS_THE_DOOR + "from pydantic import BaseModel\nclass M(BaseModel):\n    n: int\n"
            f"M.model_construct(n={CANARY!r}).model_dump_json()"
        )

    assert "UserWarning at pydantic/main.py:" in run_with_hook
    assert CANARY not in run_with_hook
