"""Catalogues as translators keep them: `.po` files, the state of each string, and who signed."""

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from gettext import c2py
from hashlib import sha256
from io import BytesIO, StringIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import PoFileError, read_po, unescape, write_po

from bot.i18n.languages import COUNTS, Language, rule_in
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
HEADER = re.compile(r'^\ufeff?msgid ""\s*\nmsgstr((?:\s*"(?:[^"\\]|\\.)*")+)', re.MULTILINE)
"""The first entry of a catalogue, which speaks of itself; programs may wrap its lines."""
QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')
SIGNED = re.compile(r"reviewed; by=(?P<by>[^;]+); on=(?P<on>\d{4}-\d\d-\d\d)")
STILL = datetime(2026, 1, 1, tzinfo=UTC)
"""The date in every header: a real one would make each refresh a change."""
MARK = "reviewed: "
"""Begins the comment that carries a string's fingerprint as it was signed."""
UNSIGNED = "draft"
LARGEST = 2_000_000  # bytes; the largest catalogue has about 250,000
MOST_FORMS = 6  # plural forms of a language. Source: CLDR, plural rules: Arabic has all six


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
    _check_rule(file, text, language)
    try:
        # As text: were it bytes, Babel would believe any encoding that the header names.
        catalog = read_po(StringIO(text), locale=language.rules, abort_invalid=True)
    except PoFileError as error:  # Babel counts lines from 0
        fault = f"{str(error).rpartition(' on ')[0]}; mend that line"
        raise CatalogueError(
            f"{file}, line {error.lineno + 1}: cannot be read as a catalogue: {fault}"
        ) from None
    except (ValueError, LookupError) as error:
        raise CatalogueError(
            f"{file}: cannot be read as a catalogue: {error}; compare its header with another's"
        ) from None
    catalog.charset = "utf-8"
    for message in catalog:
        _find_previous(message)
    return PoFile(file, catalog, signature_of(text))


def _check_rule(file: Path, text: str, language: Language) -> None:
    """See that the forms of a catalogue are counted as the language counts; another number of them is filled.

    Raises:
        CatalogueError: the same form would stand for other numbers.
    """
    declared = _header(text).get("Plural-Forms", "")
    count = re.match(r"nplurals=(\d{1,3});", declared)
    cure = f"write 'Plural-Forms: {language.plurals}', and look whether the forms stand in that order"
    if count is None:
        if "\nmsgid_plural" in text:
            raise CatalogueError(f"{file}: its header lacks the line Plural-Forms; {cure}")
        return
    if int(count[1]) > MOST_FORMS:
        raise CatalogueError(f"{file}: no language has {count[1]} plural forms; {cure}")
    if declared == language.plurals or not language.plurals.startswith(count[0]):
        return
    try:
        theirs, ours = c2py(rule_in(declared)), language.form_of
        differs = next((number for number in COUNTS if theirs(number) != ours(number)), None)
    except (ValueError, ArithmeticError):
        raise CatalogueError(f"{file}: its line Plural-Forms cannot be read; {cure}") from None
    if differs is not None:
        raise CatalogueError(f"{file}: Plural-Forms counts {differs} otherwise than here; {cure}")


def _header(text: str) -> Mapping[str, str]:
    """Return what a catalogue says of itself, by name; of double lines the first one holds."""
    found = HEADER.search(text.replace("\r\n", "\n"))
    written = "".join(part[1:-1] for part in QUOTED.findall(found[1])) if found else ""
    lines = (line.partition(":") for line in written.split("\\n"))
    said: dict[str, str] = {}
    for name, _, value in lines:
        said.setdefault(name.strip(), value.strip())
    return said


def _find_previous(message: Message) -> None:
    """Put the source of which a stale translation is back in its place: Babel takes it for a remark."""
    kept = [line for line in message.user_comments if not line.startswith("|")]
    said = " ".join(line[1:].strip() for line in message.user_comments if line.startswith("|"))
    message.user_comments = kept
    texts = re.findall(rf"msgid(?:_plural)?((?:\s*{QUOTED.pattern})+)", said)
    message.previous_id = ["".join(map(unescape, QUOTED.findall(text))) for text in texts]


def signature_of(text: str) -> Signature | None:
    """Return who signed a catalogue, if somebody did."""
    signed = SIGNED.fullmatch(review_of(text))
    try:
        return Signature(signed["by"], date.fromisoformat(signed["on"])) if signed else None
    except ValueError:  # a day that no calendar has: nobody signed on it
        return None


def review_of(text: str) -> str:
    """Return what a catalogue's header says of its review; nothing said is a draft."""
    return _header(text).get("X-Review", UNSIGNED)


def _text(file: Path) -> str:
    """Return a catalogue's text, every line of it well-formed."""
    content = content_of(file)
    try:
        text = content.decode("utf-8-sig")  # Windows begins files with a mark
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise CatalogueError(f"{file}, line {line}: is not UTF-8; save the file as UTF-8") from None
    keys = dict[str, int]()
    for number, written in enumerate(text.splitlines(), start=1):
        if LINE.fullmatch(written) is None:
            advice = "is no line of a catalogue; look at its quotation marks"
            raise CatalogueError(f"{file}, line {number}: {advice}")
        key = written.removeprefix("msgctxt ").strip('" ') if written.startswith("msgctxt ") else ""
        if key and keys.setdefault(key, number) != number:
            raise CatalogueError(f"{file}, line {number}: {key} stands in line {keys[key]} too; keep one")
    return text


def content_of(file: Path) -> bytes:
    """Return the bytes of a catalogue.

    Raises:
        CatalogueError: it cannot be read, or is far larger than words are.
    """
    try:
        with file.open("rb") as opened:
            content = opened.read(LARGEST + 1)
    except OSError as error:
        raise CatalogueError(f"{file}: cannot be read ({error.strerror})") from None
    if len(content) > LARGEST:
        raise CatalogueError(f"{file}: is larger than {LARGEST // 1_000_000} MB; is it the right file?")
    return content


def write(file: Path, catalog: Catalog, review: str = UNSIGNED) -> None:
    """Write a catalogue, whole or not at all; what is said of its review stands in the header.

    Raises:
        CatalogueError: it cannot be written there.
    """
    out = BytesIO()
    write_po(out, catalog, width=100, include_previous=True, include_lineno=False)
    line = f'"X-Review: {review}\\n"\n' if review else ""
    text = out.getvalue().decode("utf-8")
    put(file, text.replace('"MIME-Version:', f'{line}"MIME-Version:', 1).encode("utf-8"))


def put(file: Path, content: bytes) -> None:
    """Put a file in its place, whole or not at all: a program may read it, or write it too, at this moment.

    Raises:
        CatalogueError: it cannot be written there.
    """
    aside = file.with_name(f"{file.name}.{os.getpid()}.new")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        try:
            aside.write_bytes(content)
            aside.replace(file)
        finally:
            aside.unlink(missing_ok=True)
    except OSError as error:
        raise CatalogueError(
            f"{file}: cannot be written ({error.strerror}); whoever owns the folder can, or free the disk"
        ) from None


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
