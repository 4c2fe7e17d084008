"""Accidents at any place of the program: one function raises something that holds a canary."""

import importlib
import inspect
import pkgutil
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import CodeType, FrameType, FunctionType, ModuleType

CANARY = "canary-that-sang-in-an-exception"
HAPPENED: list[str] = []


def mishap() -> RuntimeError:
    """An exception that holds a canary wherever it can."""
    HAPPENED.append("once more")
    error = RuntimeError(CANARY, {"answer": CANARY})
    error.add_note(CANARY)
    return error


# These run among the globals of whatever they take the place of, so that they find this module by its name.
def _plain(*_args, **_named):
    raise __import__("sys").modules["tests.canaries.accidents"].mishap()


def _generator(*_args, **_named):
    raise __import__("sys").modules["tests.canaries.accidents"].mishap()
    yield


async def _coroutine(*_args, **_named):
    raise __import__("sys").modules["tests.canaries.accidents"].mishap()


async def _async_generator(*_args, **_named):
    raise __import__("sys").modules["tests.canaries.accidents"].mishap()
    yield


def modules() -> list[str]:
    """Every module of `bot` and `storage`."""
    found = []
    for package in ("bot", "storage"):
        folder = importlib.import_module(package).__path__
        found += [package, *(module.name for module in pkgutil.walk_packages(folder, f"{package}."))]
    return sorted(found)


def functions_of(name: str) -> dict[CodeType, FunctionType]:
    """The functions and methods that a module defines itself, by their code; inner functions are left out."""
    if name.endswith("__main__"):
        return {}  # doors: importing one begins its work, and one catches what the others do not
    found: dict[CodeType, FunctionType] = {}
    module = importlib.import_module(name)
    for value in vars(module).values():
        _collect(value, module, found)
        is_promise = getattr(value, "_is_protocol", False)
        if inspect.isclass(value) and value.__module__ == name and not is_promise:
            for attribute in vars(value).values():
                _collect(attribute, module, found)
    return found


def _collect(value: object, module: ModuleType, found: dict[CodeType, FunctionType]) -> None:
    for wrapping in ("fget", "func", "__func__"):
        value = getattr(value, wrapping, value)
    value = inspect.unwrap(value) if callable(value) else value
    here = isinstance(value, FunctionType) and value.__code__.co_filename == module.__file__
    if here and not value.__closure__:
        found[value.__code__] = value


def forget(module: str) -> None:
    """Empty the caches of a module, so that its functions are called again."""
    for remembered in vars(importlib.import_module(module)).values():
        getattr(remembered, "cache_clear", lambda: None)()


@contextmanager
def an_accident_in(function: FunctionType) -> Iterator[None]:
    """Let `function` fail for whoever calls it, however they came to know it."""
    forget(function.__module__)
    whole = function.__code__
    function.__signature__ = inspect.signature(function)  # type: ignore[attr-defined]  # Typer asks for it
    function.__code__ = _failing(function).__code__
    try:
        yield
    finally:
        function.__code__ = whole
        del function.__signature__  # type: ignore[attr-defined]


def _failing(function: FunctionType) -> FunctionType:
    if inspect.isasyncgenfunction(function):
        return _async_generator
    if inspect.iscoroutinefunction(function):
        return _coroutine
    return _generator if inspect.isgeneratorfunction(function) else _plain


class Notes:
    """Notes which code is called on which way, in the order of first calls, in every thread that begins."""

    def __init__(self) -> None:
        self.reached: dict[str, dict[CodeType, None]] = {}
        self._way: dict[CodeType, None] = {}

    def take(self, way: str) -> None:
        """Note from now on what is called on this way."""
        self._way = self.reached.setdefault(way, {})

    def __enter__(self) -> "Notes":
        threading.settrace(self._note)  # calls of Python alone: half of what a profiler is told
        sys.settrace(self._note)
        return self

    def __exit__(self, *_about: object) -> None:
        sys.settrace(None)
        threading.settrace(None)
        self._way = {}

    def _note(self, frame: FrameType, _event: str, _argument: object) -> None:
        self._way.setdefault(frame.f_code)
