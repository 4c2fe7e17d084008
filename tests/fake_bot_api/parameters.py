"""Requests checked against the published methods and fields of the Bot API (aiogram's typed models)."""

import inspect
import json
from collections.abc import Iterator
from typing import Any, get_args

import aiogram.methods
from aiogram.methods.base import TelegramMethod
from aiogram.types import BufferedInputFile
from aiohttp import web
from pydantic import BaseModel, ValidationError

PUBLISHED: dict[str, type[TelegramMethod[Any]]] = {
    kind.__api_method__.lower(): kind
    for _, kind in inspect.getmembers(aiogram.methods, inspect.isclass)
    if issubclass(kind, TelegramMethod) and kind is not TelegramMethod
}


class Violation(Exception):
    """A request that does not fit the published Bot API; `findings` says where."""

    def __init__(self, findings: list[str]) -> None:
        """Keep what was found."""
        super().__init__("; ".join(findings))
        self.findings = findings


async def read_parameters(request: web.Request) -> dict[str, Any]:
    """Return the parameters as they came: query, JSON, urlencoded or multipart.

    Raises:
        Violation: the body is not what its content type says.
    """
    parameters: dict[str, Any] = dict(request.query)
    if request.content_type == "application/json":
        try:
            body = json.loads(await request.read())
        except ValueError as caught:
            raise Violation(["the body is not JSON"]) from caught
        if not isinstance(body, dict):
            raise Violation(["the body is not an object"])
        return parameters | {name: value for name, value in body.items() if value is not None}
    for name, value in (await request.post()).items():
        parameters[name] = value if isinstance(value, str) else _file(value)
    return parameters


def check_parameters(method: str, parameters: dict[str, Any]) -> TelegramMethod[Any]:
    """Read `parameters` as a call of the published `method`.

    Raises:
        Violation: a missing or unknown field, or one of the wrong type, at any depth.
    """
    kind = PUBLISHED[method.lower()]
    findings: list[str] = []
    decoded = {name: _decoded(kind, name, value, findings) for name, value in parameters.items()}
    if findings:
        raise Violation(findings)
    try:
        call = kind.model_validate(decoded)
    except ValidationError as caught:
        raise Violation([_worded(kind, error) for error in caught.errors()]) from caught
    if unknown := sorted(_unknown_fields(call, kind.__api_method__)):
        raise Violation(unknown)
    return call


def _file(part: web.FileField | bytes | bytearray) -> BufferedInputFile:
    if isinstance(part, web.FileField):
        return BufferedInputFile(part.file.read(), part.filename)
    return BufferedInputFile(bytes(part), "file")


def _decoded(kind: type[BaseModel], name: str, value: Any, findings: list[str]) -> Any:
    """Nested values travel as JSON text, even inside JSON."""
    field = kind.model_fields.get(name)
    if field is None or not isinstance(value, str) or not _is_nested(field.annotation):
        return value
    try:
        return json.loads(value)
    except ValueError:
        findings.append(f"{name}: is not JSON")
        return value


def _is_nested(annotation: Any) -> bool:
    """Whether a field holds an object or a list rather than one plain value."""
    if inspect.isclass(annotation) and issubclass(annotation, BaseModel):
        return True
    origin = getattr(annotation, "__origin__", None)
    return origin in (list, dict) or any(_is_nested(part) for part in get_args(annotation))


def _worded(kind: type[TelegramMethod[Any]], error: Any) -> str:
    place = ".".join(str(part) for part in error["loc"])
    return f"{kind.__api_method__}.{place}: {error['msg']}"


def _unknown_fields(value: Any, path: str) -> Iterator[str]:
    if isinstance(value, BaseModel):
        yield from (f"{path}.{name}: unknown field" for name in value.model_extra or ())
        for name in value.model_fields_set & set(type(value).model_fields):
            yield from _unknown_fields(getattr(value, name), f"{path}.{name}")
    elif isinstance(value, list | tuple):
        for index, part in enumerate(value):
            yield from _unknown_fields(part, f"{path}.{index}")
