"""Catalogues as translators keep them: `.po` files, the state of each string, and who signed."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from hashlib import sha256
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import PoFileError, read_po, write_po

from bot.i18n.languages import Language
from conversations.errors import AppError


class CatalogueError(AppError):
    """A catalogue cannot be used; the words name the file, the place and the cure."""


class StringState(StrEnum):
    """How far one string is: not there, of an older source, there, signed. Source: LANGUAGES.md."""

    MISSING = "missing"
    STALE = "stale"
    DRAFT = "draft"
    REVIEWED = "reviewed"


class State(StrEnum):
    """How far a language is: not signed, signed but for some of today's strings, all signed."""

    DRAFT = "draft"
    PARTLY = "partly"
    REVIEWED = "reviewed"


@dataclass(frozen=True, slots=True)
class Signature:
    """Who signed a catalogue, and on which day."""

    by: str
    on: date

    def __str__(self) -> str:
        return f"reviewed; by={self.by}; on={self.on.isoformat()}"


LINE = re.compile(r"""(#.*|((msgctxt|msgid|msgid_plural|msgstr(\[\d+\])?) +)?"([^"\\]|\\.)*")?\s*""")
"""A line of a catalogue: a comment, words in quotation marks, or nothing. Babel lets broken ones pass."""
REVIEW = re.compile(r'^"X-Review: (.*)\\n"$', re.MULTILINE)
SIGNED = re.compile(r"reviewed; by=(?P<by>[^;]+); on=(?P<on>\d{4}-\d\d-\d\d)")
STILL = datetime(2026, 1, 1, tzinfo=UTC)
"""The date in every header: a real one would make each refresh a change."""
MARK = "reviewed: "
"""Begins the comment that carries a string's fingerprint as it was signed."""
UNSIGNED = "draft"


@dataclass(frozen=True, slots=True)
class PoFile:
    """One catalogue as it was read: its file, its messages, and its signature if it has one."""

    file: Path
    catalog: Catalog
    signature: Signature | None

    def messages(self) -> Iterator[Message]:
        """Yield the messages, without the header and what the sources no longer have."""
        return (message for message in self.catalog if message.id)

    def state(self, message: Message) -> StringState:
        """Return the state of one string."""
        if not all(forms_of(message)):
            return StringState.MISSING
        if message.fuzzy:
            return StringState.STALE
        signed = self.signature is not None and MARK + fingerprint(message) in message.user_comments
        return StringState.REVIEWED if signed else StringState.DRAFT


def forms_of(message: Message) -> tuple[str, ...]:
    """Return the forms of a translation: one, or one for each plural category."""
    return (message.string,) if isinstance(message.string, str) else tuple(message.string or ("",))


def sources_of(message: Message) -> tuple[str, ...]:
    """Return the English text of a message, or singular and plural."""
    return (message.id,) if isinstance(message.id, str) else tuple(message.id)


def fingerprint(message: Message) -> str:
    """Return ten hexadecimal digits that change with the key, the source or the translation."""
    parts = (str(message.context), *sources_of(message), *forms_of(message))
    return sha256("\0".join(parts).encode()).hexdigest()[:10]


def read(file: Path, language: Language) -> PoFile:
    """Read a catalogue.

    Raises:
        CatalogueError: it is not UTF-8, or a line of it is not one of a catalogue; the words name the line.
    """
    text = _text(file)
    try:
        with file.open("rb") as opened:
            catalog = read_po(opened, locale=language.rules, abort_invalid=True)
    except (PoFileError, ValueError, IndexError) as error:
        raise CatalogueError(f"{file}: cannot be read as a catalogue: {error}; mend that line") from error
    return PoFile(file, catalog, signature_of(text))


def signature_of(text: str) -> Signature | None:
    """Return who signed a catalogue, if somebody did."""
    signed = SIGNED.fullmatch(review_of(text))
    return Signature(signed["by"], date.fromisoformat(signed["on"])) if signed else None


def review_of(text: str) -> str:
    """Return what a catalogue's header says of its review; nothing said is a draft."""
    found = REVIEW.search(text)
    return found[1] if found else UNSIGNED


def _text(file: Path) -> str:
    """Return a catalogue's text, every line of it well-formed."""
    try:
        text = file.read_bytes().decode("utf-8")
    except OSError as error:
        raise CatalogueError(f"{file}: cannot be read ({error.strerror})") from None
    except UnicodeDecodeError as error:
        line = file.read_bytes()[: error.start].count(b"\n") + 1
        raise CatalogueError(f"{file}, line {line}: is not UTF-8; save the file as UTF-8") from None
    for number, written in enumerate(text.splitlines(), start=1):
        if LINE.fullmatch(written) is None:
            raise CatalogueError(
                f"{file}, line {number}: is no line of a catalogue; look at its quotation marks"
            )
    return text


def write(file: Path, catalog: Catalog, review: str = UNSIGNED) -> None:
    """Write a catalogue; what is said of its review stands in the header."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("wb") as opened:
        write_po(opened, catalog, width=100, include_previous=True, include_lineno=False)
    line = f'"X-Review: {review}\\n"\n' if review else ""
    text = file.read_text("utf-8")
    file.write_text(text.replace('"MIME-Version:', f'{line}"MIME-Version:', 1), "utf-8")


def sign(file: Path, language: Language, signature: Signature) -> tuple[int, int]:
    """Sign every string that is there and of today's source; return how many, and how many are not.

    Raises:
        CatalogueError: the catalogue cannot be read.
    """
    read_now = read(file, language)
    done = left = 0
    for message in read_now.messages():
        message.user_comments = [line for line in message.user_comments if not line.startswith(MARK)]
        if all(forms_of(message)) and not message.fuzzy:
            message.user_comments.append(MARK + fingerprint(message))
            done += 1
        else:
            left += 1
    write(file, read_now.catalog, str(signature))
    return done, left
