"""Catalogues of all languages: what is translated, in which state, and what stands in where nothing is."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from gettext import c2py
from pathlib import Path

from babel.messages.pofile import PoFileError, read_po

from bot.i18n.languages import LANGUAGES, Language, known
from bot.i18n.sources import Source, read_sources
from bot.i18n.voice import PLACEHOLDER, Entry, Voice
from conversations.city import City
from conversations.errors import AppError
from conversations.wording import city_key


class CatalogueError(AppError):
    """A catalogue cannot be read; the words name the file and the place."""


@dataclass(frozen=True, slots=True)
class Catalogue:
    """One language's words: entries by key, how many are missing or stale, and whether somebody signed."""

    language: Language
    entries: Mapping[str, Entry]
    reviewed: bool


class Catalogues:
    """All languages that have words, the English sources, and the cities' own words."""

    def __init__(self, sources: Mapping[str, Source], catalogues: Iterable[Catalogue]) -> None:
        self.sources = dict(sources)
        self._catalogues = {catalogue.language.tag: catalogue for catalogue in catalogues}
        self._city_words: dict[str, dict[str, str]] = {}
        self._voices: dict[tuple[str, str], Voice] = {}

    @classmethod
    def read(cls, folder: Path) -> "Catalogues":
        """Read `source/*.toml` and `<tag>/LC_MESSAGES/*.po` under `folder`.

        Raises:
            CatalogueError: a catalogue cannot be read.
        """
        languages = [language for language in LANGUAGES.values() if (folder / language.folder).is_dir()]
        return cls(read_sources(folder / "source"), [_read(folder, language) for language in languages])

    @property
    def tags(self) -> tuple[str, ...]:
        """The languages with words; English, the source, is always there."""
        return tuple(tag for tag in LANGUAGES if tag == "en" or tag in self._catalogues)

    def add_city(self, city: City) -> None:
        """Make a city's own words known: they come with the city, not with a catalogue."""
        self._voices.clear()
        named = {"name": city.name, "responsible": city.responsible}
        named.update({f"help.{place}": contact.name for place, contact in enumerate(city.help_contacts)})
        named.update({f"regions.{entry.code}": entry.label for entry in city.regions})
        named.update({f"districts.{entry.code}": entry.label for entry in city.districts})
        for part, local in named.items():
            for tag, text in local.items():
                self._city_words.setdefault(tag, {})[city_key(city.key, part)] = text

    def add_sources(self, sources: Iterable[Source]) -> None:
        """Make the English sentences of a definition known."""
        self._voices.clear()
        self.sources.update((source.key, source) for source in sources)

    def is_reviewed(self, tag: str) -> bool:
        """Say whether somebody signed this language's words; English is the source."""
        return tag == "en" or (tag in self._catalogues and self._catalogues[tag].reviewed)

    def missing(self, tag: str, keys: Iterable[str] | None = None) -> list[str]:
        """Return the keys without a translation, or with a stale one."""
        if tag == "en":
            return []
        entries = self._catalogues[tag].entries if tag in self._catalogues else {}
        wanted = self.sources if keys is None else keys
        return [key for key in wanted if not _fits(entries.get(key), self.sources.get(key))]

    def faults(self, tag: str) -> list[str]:
        """Return what is wrong with a language's words: differing placeholders, lengths over their limit."""
        found = []
        for key, source in self.sources.items():
            entry = self._catalogues[tag].entries.get(key) if tag in self._catalogues else None
            forms = (source.text,) if entry is None else entry.forms
            wanted = set(PLACEHOLDER.findall(source.text))
            for form in forms:
                used = set(PLACEHOLDER.findall(form))
                if used - wanted or (len(forms) == 1 and used != wanted):
                    found.append(f"locales/{tag}: {key}: placeholders must be {sorted(wanted) or 'none'}")
                if source.limit and len(form) > source.limit:
                    found.append(f"locales/{tag}: {key}: {len(form)} characters; at most {source.limit}")
        return found

    def own_name(self, tag: str) -> str:
        """Return a language's name in its own script."""
        return LANGUAGES[tag].own_name if tag in LANGUAGES else tag

    def match(self, wanted: Sequence[str], offered: Sequence[str]) -> str:
        """Return the offered language that a phone's languages name first; else the first offered."""
        for tag in wanted:
            language = known(tag)
            if language is not None and language.tag in offered:
                return language.tag
        return offered[0] if offered else "en"

    def voice(self, tag: str, host: str = "en") -> Voice:
        """Return the voice of a language; its chain stands in: declared, host, English.

        English is the source text and lacks nothing: the chain ends with it, wherever it comes.
        """
        if (known := self._voices.get((tag, host))) is not None:
            return known
        language = LANGUAGES.get(tag, LANGUAGES["en"])
        chain = list(
            dict.fromkeys(tag for tag in (language.tag, language.fallback, host, "en") if tag in LANGUAGES)
        )
        chain = chain[: chain.index("en") + 1]
        steps = []
        for step in chain:
            entries = self._catalogues[step].entries if step in self._catalogues else {}
            steps.append((LANGUAGES[step], entries, self._city_words.get(step, {})))
        voice = self._voices[tag, host] = Voice(language, tuple(steps), self.sources)
        return voice


def _fits(entry: Entry | None, source: Source | None) -> bool:
    """Say whether a translation is there, and is one of the present source text."""
    return entry is not None and (source is None or entry.source == source.text)


def _read(folder: Path, language: Language) -> Catalogue:
    """Read all catalogues of one language."""
    entries: dict[str, Entry] = {}
    signed: list[bool] = []
    for file in sorted((folder / language.folder / "LC_MESSAGES").glob("*.po")):
        text = _text(file)
        signed.append(re.search(r'^"X-Review: reviewed;', text, re.MULTILINE) is not None)
        entries.update(_entries(file, language))
    return Catalogue(language, entries, reviewed=bool(signed) and all(signed))


LINE = re.compile(r"""(#.*|((msgctxt|msgid|msgid_plural|msgstr(\[\d\])?) +)?"([^"\\]|\\.)*")?\s*""")
"""A line of a catalogue: a comment, words in quotation marks, or nothing. Babel lets broken ones pass."""


def _text(file: Path) -> str:
    """Return a catalogue's text, every line of it well-formed."""
    try:
        text = file.read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        raise CatalogueError(f"{file}: cannot be read as UTF-8; save it so") from None
    for number, line in enumerate(text.splitlines(), start=1):
        if LINE.fullmatch(line) is None:
            raise CatalogueError(
                f"{file}, line {number}: is no line of a catalogue; look at its quotation marks"
            )
    return text


def _entries(file: Path, language: Language) -> dict[str, Entry]:
    """Return the usable entries of one file: neither empty nor stale."""
    try:
        with file.open("rb") as opened:
            catalogue = read_po(opened, abort_invalid=True)
    except (PoFileError, ValueError) as error:
        raise CatalogueError(f"{file}: cannot be read as a catalogue: {error}") from error
    found = {}
    rule = c2py(catalogue.plural_expr)
    for message in catalogue:
        if not message.id or message.context is None or message.fuzzy:
            continue
        source = message.id if isinstance(message.id, str) else message.id[0]
        forms = (message.string,) if isinstance(message.string, str) else tuple(message.string or ())
        if forms and all(forms):
            found[message.context] = Entry(source, forms, rule)
    return found
