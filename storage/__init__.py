"""Every keeper of what must last; SQL lives here and nowhere else."""

import logging


def _say_nothing(_record: logging.LogRecord) -> bool:
    return False


# At DEBUG the driver prints every bound parameter. A filter stays when handlers and levels are set anew.
_driver = logging.getLogger("aiosqlite")
_driver.addFilter(_say_nothing)
_driver.setLevel(logging.CRITICAL)
