"""Catalogues of all languages: what is translated, in which state, and what stands in where nothing is."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.i18n.compiling import complaints, mo_of, po_files, read_compiled
from bot.i18n.languages import LANGUAGES, OFFERABLE, Language, known
from bot.i18n.pofiles import CatalogueError, State
from bot.i18n.sources import Source, read_sources
from bot.i18n.voice import Entry, Voice
from conversations.city import City
from conversations.wording import city_key

ENGLISH = "en"  # the source, which lacks nothing


@dataclass(frozen=True, slots=True)
class Catalogue:
    """One language's words: entries by key, and whether somebody signed all of them."""

    language: Language
    entries: Mapping[str, Entry]
    state: State


class Catalogues:
    """All languages that have words, the English sources, and the cities' own words.

    `complaints` name the catalogues that cannot be used as they are: damaged, or not compiled since they
    changed. What they lack falls back; a program that meets people does not start with one.
    """

    def __init__(
        self,
        sources: Mapping[str, Source],
        catalogues: Iterable[Catalogue],
        wrong: Iterable[str] = (),
    ) -> None:
        self.sources = dict(sources)
        self.complaints = tuple(wrong)
        self._catalogues = {catalogue.language.tag: catalogue for catalogue in catalogues}
        self._city_words: dict[str, dict[str, str]] = {}
        self._voices: dict[tuple[str, str], Voice] = {}

    @classmethod
    def read(cls, folder: Path) -> "Catalogues":
        """Read `source/*.toml` and the compiled `<tag>/LC_MESSAGES/*.mo` under `folder`.

        Never raises for a catalogue: what is wrong stands in `complaints`.
        """
        sources = read_sources(folder / "source") if (folder / "source").is_dir() else {}
        return cls(sources, _catalogues(folder), map(str, complaints(folder)))

    def insist(self) -> "Catalogues":
        """Return these catalogues, if all of them can be used.

        Raises:
            CatalogueError: one cannot; the words name every file, line and cure.
        """
        if self.complaints:
            raise CatalogueError("\n".join(self.complaints))
        return self

    @property
    def tags(self) -> tuple[str, ...]:
        """The languages with words, without plain variants; English, the source, is always there."""
        return tuple(tag for tag in OFFERABLE if tag == "en" or tag in self._catalogues)

    @property
    def voices(self) -> tuple[str, ...]:
        """All that can be spoken in: the languages with words, and their plain variants."""
        return tuple(tag for tag in LANGUAGES if self.has(tag))

    def has(self, tag: str) -> bool:
        """Say whether a language, or a plain variant of one, has words."""
        return tag == "en" or tag in self._catalogues

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

    def state(self, tag: str) -> State:
        """Return how far a language is; English is the source, and what has no catalogue is a draft."""
        if tag == "en":
            return State.REVIEWED
        if tag not in self._catalogues:
            return State.DRAFT
        catalogue = self._catalogues[tag]
        changed = (key for key, entry in catalogue.entries.items() if not _fits(entry, self.sources.get(key)))
        # What was signed may be of an older English text, if nobody ran `make locales` since.
        return State.PARTLY if catalogue.state is State.REVIEWED and any(changed) else catalogue.state

    def is_reviewed(self, tag: str, asked: Iterable[Source] = ()) -> bool:
        """Say whether somebody signed all words of a language, and nothing of what is `asked` is missing."""
        if tag == ENGLISH or self.state(tag) is not State.REVIEWED:
            return tag == ENGLISH
        entries = self._catalogues[tag].entries
        return all(_fits(entries.get(source.key), source) for source in asked)

    def missing(self, tag: str, keys: Iterable[str] | None = None) -> list[str]:
        """Return the keys without a translation, or with a stale one."""
        if tag == "en":
            return []
        entries = self._catalogues[tag].entries if tag in self._catalogues else {}
        wanted = self.sources if keys is None else keys
        return [key for key in wanted if not _fits(entries.get(key), self.sources.get(key))]

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
        voice = self._voices[tag, host] = Voice(
            language, tuple(steps), self.sources, self.state(language.tag)
        )
        return voice


def _fits(entry: Entry | None, source: Source | None) -> bool:
    """Say whether a translation is there, and is one of the present source text."""
    return entry is not None and (source is None or entry.source == source.text)


def _catalogues(folder: Path) -> list[Catalogue]:
    """Read all compiled catalogues; one that is damaged has no entries, so that others stand in."""
    entries: dict[str, dict[str, Entry]] = {}
    states: dict[str, set[State]] = {}
    for language, file in po_files(folder):
        rule = language.form_of
        mine = entries.setdefault(language.tag, {})
        try:
            compiled = read_compiled(mo_of(file))
        except CatalogueError:
            states.setdefault(language.tag, set()).add(State.DRAFT)
            continue
        states.setdefault(language.tag, set()).add(compiled.state)
        mine.update((key, Entry(source, forms, rule)) for key, (source, forms) in compiled.entries.items())
    return [Catalogue(LANGUAGES[tag], found, _together(states[tag])) for tag, found in entries.items()]


def _together(states: set[State]) -> State:
    """Return the state of a language from those of its catalogues."""
    if len(states) == 1:
        return next(iter(states))
    return State.PARTLY
