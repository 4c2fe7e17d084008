"""A disk that fails where it is told to: SQLite's connections and the system's calls, wrapped."""

import builtins
import errno
import os
import sqlite3
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from types import CodeType, FrameType
from typing import Any

import pytest

from tests.faults.sites import ANY, HERE, OPERATIONS, STEPS, Site, every_site, name_of, writes

FOLDER = f"{HERE}{os.sep}"
CALLS = ("link", "replace", "rename", "fsync", "utime", "unlink", "mkdir", "chmod", "open")
STATEMENTS = {"full": sqlite3.SQLITE_FULL, "broken": sqlite3.SQLITE_IOERR, "held": sqlite3.SQLITE_BUSY}
FILES = {"full": errno.ENOSPC, "broken": errno.EIO, "held": errno.EDQUOT}
KINDS = tuple(STATEMENTS)
"""The disk is full, or broken; the database is held by somebody else (files: the quota is used up)."""


@dataclass
class Faults:
    """Which sites were passed, and which of them fail until they are mended."""

    passed: dict[Site, None] = field(default_factory=dict)
    armed: frozenset[Site] = frozenset()
    everything: bool = False
    kind: str = "full"
    struck: int = 0

    def break_at(self, *sites: Site, kind: str = "full") -> None:
        """Let these sites fail from now on."""
        self.armed, self.kind, self.struck = frozenset(sites), kind, 0

    def break_everything(self, kind: str = "full") -> None:
        """Let every site fail from now on."""
        self.everything, self.kind, self.struck = True, kind, 0

    def mend(self) -> None:
        """Let everything work again."""
        self.armed, self.everything = frozenset(), False

    def strikes(self, sites: list[Site]) -> bool:
        """Take note of sites that are passed, and say whether they fail."""
        self.passed.update(dict.fromkeys(sites))
        if not sites or (not self.everything and self.armed.isdisjoint(sites)):
            return False
        self.struck += 1
        return True


def _statement_error(kind: str) -> sqlite3.OperationalError:
    error = sqlite3.OperationalError("injected")
    error.sqlite_errorcode = STATEMENTS[kind]  # type: ignore[misc]
    error.sqlite_errorname = f"INJECTED_{kind.upper()}"  # type: ignore[misc]
    return error


def _function(code: CodeType) -> str:
    """Return a function's name as the syntax tree has it, lambdas and comprehensions as what holds them."""
    parts = code.co_qualname.split(".")
    return ".".join(part for part in parts if not part.startswith("<"))


def _ours(frame: FrameType | None) -> Iterator[FrameType]:
    """Return the frames of storage above a call, nearest first."""
    while frame is not None:
        name = frame.f_code.co_filename
        if name.startswith(FOLDER) and name.endswith(".py") and os.sep not in name[len(FOLDER) :]:
            yield frame
        frame = frame.f_back


def _module(frame: FrameType) -> str:
    return os.path.basename(frame.f_code.co_filename).removesuffix(".py")


def _sites_of_statement(words: str, frame: FrameType | None) -> list[Site]:
    for found in _ours(frame):
        module, function = _module(found), _function(found.f_code)
        site = Site(module, function, name_of(module, words))
        if site in every_site():
            return [site]
        anything = Site(module, function, ANY)
        return [anything] if anything in every_site() else []
    return []


def _sites_of_call(name: str, frame: FrameType | None) -> list[Site]:
    """Return the site of a call, and of every step of storage that it belongs to."""
    found: list[Site] = []
    for ours in _ours(frame):
        module, function = _module(ours), _function(ours.f_code)
        site = Site(module, function, name)
        if site in every_site():
            found.append(site)
        name = ours.f_code.co_name
        if name not in STEPS and module not in ("files",):
            break
    return found


def wrapped_connection(faults: Faults) -> type[sqlite3.Connection]:
    """Return a kind of connection whose statements fail where the faults say so."""

    def check(db: sqlite3.Connection, words: str) -> None:
        if not faults.strikes(_sites_of_statement(words, sys._getframe(2))):
            return
        if faults.kind == "full" and writes(words) and db.in_transaction:
            sqlite3.Connection.rollback(db)  # as SQLite itself does where nothing can be written any more
        raise _statement_error(faults.kind)

    class Cursor(sqlite3.Cursor):
        def execute(self, sql: str, *words: Any) -> "Cursor":
            check(self.connection, sql)
            return super().execute(sql, *words)

        def executemany(self, sql: str, *words: Any) -> "Cursor":
            check(self.connection, sql)
            return super().executemany(sql, *words)

    class Connection(sqlite3.Connection):
        def cursor(self, *_: Any) -> Cursor:  # type: ignore[override]
            return super().cursor(Cursor)

        def execute(self, sql: str, *words: Any) -> sqlite3.Cursor:
            check(self, sql)
            return super().execute(sql, *words)

        def rollback(self) -> None:
            if faults.strikes(_sites_of_statement("ROLLBACK", sys._getframe(1))):
                raise _statement_error(faults.kind)
            super().rollback()

    return Connection


class Handle:
    """An open file whose writing fails where the faults say so."""

    def __init__(self, file: Any, faults: Faults) -> None:
        self._file, self._faults = file, faults

    def __enter__(self) -> "Handle":
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def write(self, content: bytes) -> int:
        if self._faults.strikes(_sites_of_call("write", sys._getframe(1))):
            self._file.write(content[: len(content) // 2])  # the rest did not fit
            raise OSError(FILES[self._faults.kind], "injected")
        return int(self._file.write(content))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)


def _called_by_storage(frame: FrameType) -> bool:
    """Say whether storage calls the operating system, itself or through `pathlib`."""
    above: FrameType | None = frame
    while above is not None and above.f_code.co_filename.endswith("pathlib.py"):
        above = above.f_back
    return above is not None and above.f_code.co_filename.startswith(FOLDER)


def install(faults: Faults, patch: pytest.MonkeyPatch) -> None:
    """Stand between storage and SQLite, and between storage and the operating system."""
    connect, opening = sqlite3.connect, builtins.open
    factory = wrapped_connection(faults)
    patch.setattr(sqlite3, "connect", lambda *args, **named: connect(*args, **{"factory": factory} | named))

    def failing(name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def instead(*args: Any, **named: Any) -> Any:
            above = sys._getframe(1)
            if _called_by_storage(above) and faults.strikes(_sites_of_call(name, above)):
                raise OSError(FILES[faults.kind], "injected")
            return call(*args, **named)

        return instead

    for name in CALLS:
        assert name in OPERATIONS
        patch.setattr(os, name, failing(name, getattr(os, name)))

    def open_instead(*args: Any, **named: Any) -> Any:
        above = sys._getframe(1)
        if not above.f_code.co_filename.startswith(FOLDER):
            return opening(*args, **named)
        if faults.strikes(_sites_of_call("open", above)):
            if isinstance(args[0], int):
                os.close(args[0])
            raise OSError(FILES[faults.kind], "injected")
        return Handle(opening(*args, **named), faults)

    patch.setattr(builtins, "open", open_instead)
