"""Accidents at any place of the program: one function raises something that holds a canary."""

import importlib
import inspect
import pkgutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from types import CodeType, FunctionType, ModuleType

CANARY = "canary-that-sang-in-an-exception"
HAPPENED: list[str] = []
DETOUR = "a function is put here"


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
    """Notes which functions are called on which way, in the order of first calls, in every thread.

    Each function stands aside for a note of its first call on a way, and is itself again from then on.
    """

    def __init__(self, functions: Iterable[FunctionType]) -> None:
        self.reached: dict[str, dict[CodeType, None]] = {}
        self._way: dict[CodeType, None] = {}
        self._functions = {function: function.__code__ for function in functions}
        self._noting = {function: self._noting_code(function) for function in self._functions}

    def take(self, way: str) -> None:
        """Note from now on what is called on this way."""
        self._way = self.reached.setdefault(way, {})
        for function, code in self._noting.items():
            function.__code__ = code

    def __enter__(self) -> "Notes":
        for function in self._functions:
            function.__signature__ = inspect.signature(function)  # type: ignore[attr-defined]
        return self

    def __exit__(self, *_about: object) -> None:
        for function, code in self._functions.items():
            function.__code__ = code
            del function.__signature__  # type: ignore[attr-defined]

    def _noting_code(self, function: FunctionType) -> CodeType:
        """The code that calls the function by a detour; whoever asks whether it is awaited hears the same."""

        def first_call(*arguments: object, **named: object) -> object:
            code = self._functions[function]
            self._way.setdefault(code)
            function.__code__ = code
            return function(*arguments, **named)

        detour = (_awaiting if inspect.iscoroutinefunction(function) else _calling).__code__
        return detour.replace(
            co_consts=tuple(first_call if part == DETOUR else part for part in detour.co_consts),
            co_name=function.__name__,
        )


def _calling(*arguments, **named):
    first_call = "a function is put here"
    return first_call(*arguments, **named)


async def _awaiting(*arguments, **named):
    first_call = "a function is put here"
    return await first_call(*arguments, **named)
