"""Logs hold no token at any level, whoever writes them."""

import logging

import pytest

from bot.logs import TAMED, WithoutSecrets, tame_logs

TOKEN = "7000000001:AAbbCCddEEffGGhhIIjjKKllMMnnOOpp"


@pytest.fixture
def lines():
    """What a handler with the guard would write."""
    written: list[str] = []
    handler = logging.Handler()
    handler.emit = lambda record: written.append(record.getMessage())
    handler.addFilter(WithoutSecrets(["a cookie secret"]))
    log = logging.getLogger("tests.logs")
    log.setLevel(logging.DEBUG)
    log.addHandler(handler)
    yield log, written
    log.removeHandler(handler)


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


def test_libraries_are_kept_quiet_even_at_debug():
    root = logging.getLogger()
    level = root.level
    try:
        tame_logs(logging.DEBUG)
        tame_logs(logging.DEBUG)
        quiet = {name: logging.getLogger(name).getEffectiveLevel() for name in TAMED}
        guards = [
            [type(found) for found in handler.filters].count(WithoutSecrets) for handler in root.handlers
        ]
    finally:
        root.setLevel(level)

    assert min(quiet.values()) >= logging.WARNING
    assert set(guards) <= {1}
    assert not logging.getLogger("telegram.Bot").isEnabledFor(logging.CRITICAL)
