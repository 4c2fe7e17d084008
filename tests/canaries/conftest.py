"""What the tests with accidents share: logs heard as by any handler, at any level."""

import logging

import pytest

from bot.logs import TAMED, tame_logs


class Everything(logging.Handler):
    """Keeps all that a record holds, whatever would be written of it."""

    def __init__(self) -> None:
        super().__init__()
        self.heard: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a record."""
        self.heard.append(f"{record.getMessage()} {vars(record)}")


@pytest.fixture
def heard():
    """Every record that any logger makes, with each library's logger at DEBUG though the program is tamed."""
    factory, root, raises = logging.getLogRecordFactory(), logging.getLogger(), logging.raiseExceptions
    before = (root.handlers[:], root.level)
    levels = {name: logging.getLogger(name).level for name in TAMED}
    root.handlers[:] = []
    tame_logs(logging.DEBUG)
    everything = Everything()
    root.addHandler(everything)
    for name in TAMED:
        logging.getLogger(name).setLevel(logging.DEBUG)
    yield everything.heard
    logging.setLogRecordFactory(factory)
    logging.raiseExceptions = raises
    root.handlers[:], root.level = before
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)
