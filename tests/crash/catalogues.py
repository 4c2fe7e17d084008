"""The catalogues, read once for all houses that a process opens, and for those that its forks open."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from unittest.mock import patch

from bot.app import LOCALES
from bot.i18n import Catalogues


@cache
def _read() -> Catalogues:
    """Read them, and what is known of their languages besides."""
    catalogues = Catalogues.read(LOCALES).insist()
    for tag in catalogues.voices:
        catalogues.voice(tag)
    return catalogues


@contextmanager
def read_once() -> Iterator[None]:
    """Let every house that is opened meanwhile take the same catalogues."""
    catalogues = _read()

    def taken(folder: Path) -> Catalogues:
        assert folder == LOCALES
        return catalogues

    with patch.object(Catalogues, "read", taken):
        yield
