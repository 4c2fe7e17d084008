"""Telegram's HTML: text with entities out of text with tags, or the reason why not.

Source: tdlib/td, td/telegram/MessageEntity.cpp, parse_html.
"""

import re
from dataclasses import dataclass
from typing import Any

from tests.fake_bot_api.refusals import Refused, bad_request

ENTITY_OF_TAG = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
    "a": "text_link",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
    "tg-emoji": "custom_emoji",
    "tg-time": "date_time",
}
NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
REFERENCE = re.compile(r"&(?:#(?P<decimal>\d{1,7})|#x(?P<hex>[0-9a-fA-F]{1,6})|(?P<name>lt|gt|amp|quot));?")
TAG_NAME = re.compile(r"</?([^\s>]*)")
TAG = re.compile(r"</?[^\s>]*(?P<rest>(?:\"[^\"]*\"|'[^']*'|[^>\"'])*)>")
ATTRIBUTE = re.compile(r"\s*([^\s=>/\"']+)(?:\s*=\s*(\"[^\"]*\"|'[^']*'|[\w.-]+))?\s*")


@dataclass(frozen=True)
class _Open:
    """A tag that still waits for its end."""

    name: str
    offset: int
    attributes: dict[str, str]


def utf16_length(text: str) -> int:
    """Count UTF-16 code units, the unit in which Telegram measures entities."""
    return len(text.encode("utf-16-le")) // 2


def parse_html(source: str) -> tuple[str, list[dict[str, Any]]]:
    """Read `source` as HTML of the Bot API and return the text with its entities.

    Raises:
        Refused: an unknown, unclosed or unmatched tag.
    """
    return _Reader(source).read()


class _Reader:
    """One pass over one text."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._text = ""
        self._open: list[_Open] = []
        self._entities: list[dict[str, Any]] = []

    def read(self) -> tuple[str, list[dict[str, Any]]]:
        """Return the text with its entities in the order in which they begin."""
        at = 0
        while at < len(self._source):
            at = self._tag(at) if self._source[at] == "<" else self._character(at)
        if self._open:
            raise _unreadable(f'Can\'t find end tag corresponding to start tag "{self._open[-1].name}"')
        return self._text, sorted(self._entities, key=lambda entity: (entity["offset"], -entity["length"]))

    def _character(self, at: int) -> int:
        reference = REFERENCE.match(self._source, at)
        if reference is None:
            self._text += self._source[at]
            return at + 1
        self._text += _referred(reference)
        return reference.end()

    def _tag(self, at: int) -> int:
        where = f"at byte offset {len(self._source[:at].encode())}"
        named = TAG_NAME.match(self._source, at)
        assert named is not None
        name, closing = named[1].lower(), self._source.startswith("</", at)
        if closing and not self._open:
            raise _unreadable(f"Unexpected end tag {where}")
        if named.end() == len(self._source):
            raise _unreadable(f"Unclosed {'end' if closing else 'start'} tag {where}")
        if not closing and name not in ENTITY_OF_TAG:
            raise _unreadable(f'Unsupported start tag "{name}" {where}')
        tag = TAG.match(self._source, at)
        if tag is None or (closing and tag["rest"].strip()):
            raise _unreadable(f"Unclosed {'end' if closing else 'start'} tag {where}")
        if closing:
            self._close(name, where)
        else:
            self._begin(name, tag["rest"], where)
        return tag.end()

    def _begin(self, name: str, rest: str, where: str) -> None:
        attributes = {}
        at = len(rest) - len(rest.lstrip())
        while at < len(rest):
            found = ATTRIBUTE.match(rest, at)
            if found is None:
                raise _unreadable(f'Empty attribute name in the tag "{name}" {where}')
            attributes[found[1].lower()] = REFERENCE.sub(_referred, (found[2] or "").strip("\"'"))
            at = found.end()
        if name == "span" and attributes.get("class") != "tg-spoiler":
            raise _unreadable(f'Tag "span" must have class "tg-spoiler" {where}')
        self._open.append(_Open(name, len(self._text), attributes))

    def _close(self, name: str, where: str) -> None:
        opened = self._open.pop()
        if name and name != opened.name:
            expected = f'expected "</{opened.name}>", found "</{name}>"'
            raise _unreadable(f"Unmatched end tag {where}, {expected}")
        inside = self._text[opened.offset :]
        if not inside:
            return
        entity = _entity(opened, inside)
        if entity is not None:
            entity["offset"] = utf16_length(self._text[: opened.offset])
            entity["length"] = utf16_length(inside)
            self._entities.append(entity)


def _entity(opened: _Open, inside: str) -> dict[str, Any] | None:
    kind = ENTITY_OF_TAG[opened.name]
    if kind == "text_link":
        url = opened.attributes.get("href") or inside
        return {"type": kind, "url": url} if re.match(r"(https?|tg|mailto):|[\w-]+\.\w", url) else None
    if kind == "custom_emoji":
        return {"type": kind, "custom_emoji_id": opened.attributes.get("emoji-id", "")}
    if kind == "date_time":
        return None
    if kind == "blockquote" and "expandable" in opened.attributes:
        return {"type": "expandable_blockquote"}
    return {"type": kind}


def _referred(reference: re.Match[str]) -> str:
    if reference["name"]:
        return NAMED[reference["name"]]
    code = int(reference["decimal"]) if reference["decimal"] else int(reference["hex"], 16)
    return chr(code) if 0 < code < 0x110000 and not 0xD800 <= code < 0xE000 else reference[0]


def _unreadable(reason: str) -> Refused:
    return bad_request(f"can't parse entities: {reason}")
