"""What may be shown: a release that only this package can make, with its bytes and their hash."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

FORMAT = "portevoix-release/1"
_MAKER = object()


@dataclass(frozen=True, slots=True)
class Publishable:
    """A release fit to be shown. `content` are its bytes, `document` the same read as JSON.

    Every renderer takes only this; whoever else tries to make one is refused.
    """

    content: bytes = field(repr=False)
    document: Mapping[str, Any] = field(repr=False)
    maker: object = field(repr=False, compare=False)

    def __post_init__(self) -> None:
        if self.maker is not _MAKER:
            raise TypeError("only reports.disclosure makes what is published")

    @property
    def sha256(self) -> str:
        """The SHA-256 of the bytes, in hex."""
        return sha256(self.content).hexdigest()


def publishable(document: Mapping[str, Any]) -> Publishable:
    """Make a release of a document that was protected; the same document always gives the same bytes."""
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":")) + "\n"
    return Publishable(text.encode(), document, _MAKER)


def of_bytes(content: bytes) -> Publishable:
    """Make a release of frozen bytes."""
    return Publishable(content, json.loads(content), _MAKER)
