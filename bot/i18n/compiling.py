"""Compiled catalogues: what programs read, made from the `.po` files and tied to them by their hash."""

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from types import MappingProxyType

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo

from bot.i18n.inspecting import WordsFinding, WordsRule, inspect_catalogue, inspect_folders
from bot.i18n.languages import LANGUAGES, Language
from bot.i18n.pofiles import STILL, CatalogueError, PoFile, State, StringState, content_of, put, read

MAGIC = 0x950412DE  # Source: GNU gettext manual, "The Format of GNU MO Files"
ABOUT = "(catalogue)"
"""The context of what a compiled catalogue says of itself: the hash of its source, and its state."""

CURE = "run `make locales` (where it is installed without a Makefile: `python -m bot.i18n compile`)"

Forms = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Compiled:
    """What one compiled catalogue holds: (source, forms) by key, the state, the hash of its `.po` file."""

    entries: Mapping[str, tuple[str, Forms]]
    state: State
    source: str


def po_files(folder: Path) -> Iterator[tuple[Language, Path]]:
    """Yield every `.po` file under `locales/`, by language and name."""
    for language in LANGUAGES.values():
        for file in sorted((folder / language.folder / "LC_MESSAGES").glob("*.po")):
            yield language, file


def compile_all(folder: Path, *, anew: bool = False) -> list[WordsFinding]:
    """Compile every catalogue that changed, and return what is wrong; what is wrong is not compiled.

    A catalogue with a fault keeps no older compiled file: a start would otherwise not notice.

    Raises:
        CatalogueError: what is compiled cannot be written.
    """
    found = list(inspect_folders(folder))
    for language, file in po_files(folder):
        if not anew and not _complaint(file):
            continue
        wrong = list(inspect_catalogue(file, language))
        found += wrong
        if wrong:
            _discard(mo_of(file))
        else:
            _compile(read(file, language), language)
    return found


def mo_of(file: Path) -> Path:
    """Return where a catalogue stands compiled."""
    return file.with_suffix(".mo")


def _discard(compiled: Path) -> None:
    try:
        compiled.unlink(missing_ok=True)
    except OSError as error:
        raise CatalogueError(f"{compiled}: cannot be removed ({error.strerror}); remove it by hand") from None


def state_of(po: PoFile) -> State:
    """Return the state of a catalogue."""
    if po.signature is None:
        return State.DRAFT
    states = {po.state(message) for message in po.messages()}
    return State.REVIEWED if states <= {StringState.REVIEWED} else State.PARTLY


def _compile(po: PoFile, language: Language) -> None:
    """Write the compiled file: strings that are there and of today's source, nothing else."""
    shown = Catalog(locale=language.rules, charset="utf-8", creation_date=STILL, revision_date=STILL)
    shown.mime_headers = [("Plural-Forms", language.plurals)]
    for message in po.messages():
        if po.state(message) in (StringState.DRAFT, StringState.REVIEWED):
            shown.add(message.id, message.string, context=message.context)
    shown.add("source", _hash(po.file), context=ABOUT)
    shown.add("state", state_of(po).value, context=ABOUT)
    made = BytesIO()
    write_mo(made, shown)
    put(mo_of(po.file), made.getvalue())


def _hash(file: Path) -> str:
    return sha256(content_of(file)).hexdigest()


def read_compiled(file: Path) -> Compiled:
    """Read a compiled catalogue.

    Raises:
        CatalogueError: it is not whole.
    """
    try:
        return _compiled(file.read_bytes())
    except OSError:
        raise CatalogueError(f"{file}: is not there; {CURE}") from None
    except (struct.error, UnicodeDecodeError, IndexError, KeyError, ValueError):
        raise CatalogueError(f"{file}: is damaged or cut off; {CURE}") from None


@lru_cache(maxsize=3 * len(LANGUAGES))  # each is read twice at a start: to be looked at, and to be used
def _compiled(content: bytes) -> Compiled:
    """Return what a compiled file holds; what it raises says how it is damaged."""
    pairs = _pairs(content)
    about = {key.split("\x04")[1]: text for key, text in pairs.items() if key.startswith(ABOUT)}
    return Compiled(MappingProxyType(dict(_entries(pairs))), State(about["state"]), about["source"])


def _pairs(content: bytes) -> dict[str, str]:
    """Return originals and translations as they stand in a compiled file."""
    magic, _version, count, originals, translations = struct.unpack_from("<5I", content)
    if magic != MAGIC:
        raise ValueError("no compiled catalogue")
    return dict(zip(_texts(content, originals, count), _texts(content, translations, count), strict=True))


def _texts(content: bytes, table: int, count: int) -> list[str]:
    """Return the texts of one table of lengths and offsets."""
    numbers = struct.unpack_from(f"<{2 * count}I", content, table)
    places = list(zip(numbers[::2], numbers[1::2], strict=True))
    if any(at + length >= len(content) for length, at in places):  # every text is followed by a zero byte
        raise IndexError("a text lies outside the file")
    return [content[at : at + length].decode() for length, at in places]


def _entries(pairs: Mapping[str, str]) -> Iterator[tuple[str, tuple[str, Forms]]]:
    for original, text in pairs.items():
        key, separated, source = original.partition("\x04")
        if separated and key != ABOUT:
            yield key, (source.split("\0")[0], tuple(text.split("\0")))


def complaints(folder: Path) -> Iterator[WordsFinding]:
    """Yield the catalogues that cannot be used: not compiled, changed since, damaged, or unknown."""
    yield from inspect_folders(folder)
    for language, file in po_files(folder):
        if not (said := _complaint(file)):
            continue
        # Whoever starts the program wants to know the line, not only that something is wrong.
        wrong = list(inspect_catalogue(file, language))
        yield from wrong or [WordsFinding(WordsRule.NOT_COMPILED, str(file), said)]
    for mo in sorted(folder.glob("*/LC_MESSAGES/*.mo")):
        if not mo.with_suffix(".po").exists():
            yield WordsFinding(WordsRule.NOT_COMPILED, str(mo), "has no .po file any more; remove it")


def _complaint(file: Path) -> str:
    """Say why a catalogue cannot be used as compiled, or nothing."""
    try:
        source = _hash(file)
    except CatalogueError as error:
        return str(error).removeprefix(f"{file}: ")
    try:
        compiled = read_compiled(mo_of(file))
    except CatalogueError as error:
        return f"was not compiled, or not to its end: {str(error).removeprefix(f'{mo_of(file)}: ')}"
    return "" if compiled.source == source else f"was changed since it was compiled; {CURE}"
