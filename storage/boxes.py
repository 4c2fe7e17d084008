"""A finished sheet or text as the content of a box: no person, no order, and a size that says nothing."""

import hashlib
import hmac
import json
import secrets
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from secrets import SystemRandom
from typing import Any

from argon2.low_level import Type, hash_secret_raw
from pydantic import ValidationError

from conversations.errors import StorageError
from conversations.identifiers import Locale, QuestionId
from conversations.session import Sheet, WrittenText
from conversations.texts import ReviewedText
from storage.sealing import open_with, opener, pressed, seal_to, subkey, unpressed

_chance = SystemRandom()

SHEET_STEP = 832
"""Bytes of every packed sheet. Sealed it is 880 (at most 900: ANONYMITY.md); its row stays in one page."""

TEXT_STEP = 4096
"""Bytes of every text, made smaller if it is longer: with 1,024 lengths told people apart (measured)."""

# OWASP's second choice for argon2id; a code has 53 bits, so that the cost only has to stop whole lists.
HASHING: dict[str, Any] = {"time_cost": 2, "memory_cost": 19 * 1024, "parallelism": 1, "hash_len": 32}


def pack_sheet(sheet: Sheet) -> bytes:
    """Write a sheet as compressed JSON, its questions in alphabetical order.

    Raises:
        StorageError: it does not fit into a box; `portevoix check` finds such a questionnaire (D026).
    """
    answers = {question: list(codes) for question, codes in sorted(sheet.answers.items())}
    came = [sheet.relay, sheet.came_by, int(sheet.assisted)]
    content = json.dumps([sheet.side, answers, came], separators=(",", ":"))
    packed = zlib.compress(content.encode(), level=9)
    if len(packed) >= SHEET_STEP:
        raise StorageError(
            "a sheet of answers does not fit into its box; shorten the codes of the questionnaire"
        )
    return packed


def seal_sheet(public: bytes, sheet: Sheet) -> bytes:
    """Put a sheet into a box."""
    return seal_to(public, pack_sheet(sheet), SHEET_STEP)


def open_sheet(private: bytes, sealed: bytes) -> Sheet:
    """Take a sheet out of its box."""
    return _unpacked(open_with(private, sealed))


def _unpacked(packed: bytes) -> Sheet:
    try:
        side, answers, *came = json.loads(zlib.decompress(packed))
        relay, came_by, assisted = came[0] if came else ("", "", 0)  # older boxes do not say
        told: dict[str, Any] = {"relay": relay, "came_by": came_by, "assisted": bool(assisted)}
        return Sheet(side=side, answers=answers, **told)
    except (ValueError, TypeError, ValidationError, zlib.error):
        raise StorageError("a box cannot be read; another version filled it") from None


@dataclass(frozen=True, slots=True, repr=False)
class SealedBoxes:
    """Sealed boxes that open one at a time, in another random order whenever somebody goes through them."""

    sealed: Sequence[bytes]
    private: bytes

    def __len__(self) -> int:
        return len(self.sealed)

    def __iter__(self) -> Iterator[Sheet]:
        if not self.sealed:
            return
        opened = opener(self.private)
        for box in _chance.sample(self.sealed, len(self.sealed)):
            yield _unpacked(opened(box))


def seal_text(public: bytes, text: WrittenText) -> bytes:
    """Put a text into its own box, with side, key factor and language only."""
    return _seal_text(public, [text.side, text.key_factor, text.text, text.language])


def open_text(private: bytes, sealed: bytes) -> WrittenText:
    """Take a text out of its box; which question it answered was not kept.

    Earlier versions kept no language either.
    """
    try:
        side, key_factor, text, *language = json.loads(unpressed(open_with(private, sealed)))
        return WrittenText(
            side=side,
            key_factor=key_factor,
            question=QuestionId(""),
            text=text,
            language=Locale(language[0] if language else ""),
        )
    except (ValueError, TypeError, ValidationError):
        raise StorageError("a text box cannot be read; another version filled it") from None


def seal_reviewed(public: bytes, text: ReviewedText) -> bytes:
    """Put a text that a person has reviewed into a box of its own."""
    return _seal_text(public, text.model_dump(mode="json"))


def open_reviewed(private: bytes, sealed: bytes) -> ReviewedText:
    """Take a reviewed text out of its box."""
    try:
        return ReviewedText.model_validate_json(unpressed(open_with(private, sealed)))
    except ValidationError:
        raise StorageError("a reviewed text cannot be read; another version sealed it") from None


def _seal_text(public: bytes, content: Any) -> bytes:
    written = json.dumps(content, ensure_ascii=False).encode()
    return seal_to(public, pressed(written, TEXT_STEP), TEXT_STEP)


def withdrawal_hashes(code: str, round_secret: bytes) -> tuple[bytes, bytes]:
    """Return what stands beside the box, and beside the text boxes, of whoever holds this code.

    One slow hash, salted per round; neither of the two tells the other.
    """
    salt = subkey(round_secret, "withdrawal")[:16]
    slow = hash_secret_raw(code.encode(), salt, type=Type.ID, **HASHING)
    return subkey(slow, "box"), subkey(slow, "text")


def is_same_code(one: str, other: str) -> bool:
    """Compare two codes in a time that does not tell where they differ."""
    return hmac.compare_digest(hashlib.sha256(one.encode()).digest(), hashlib.sha256(other.encode()).digest())


def new_box_id() -> bytes:
    """Return a random name for a box."""
    return secrets.token_bytes(16)
