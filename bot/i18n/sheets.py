"""A translator's sheet: one row for each form of each sentence, as the words stand today."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from types import MappingProxyType

from babel import Locale
from babel.messages.catalog import Message

from bot.i18n.inspecting import LIMIT
from bot.i18n.languages import COUNTS, LANGUAGES, Language
from bot.i18n.pofiles import CatalogueError, PoFile, StringState, forms_of, signature_of, sources_of
from bot.i18n.refresh import gather, refreshed

WORDS, READ_ME = "Words", "Read me"
"""The names of the two sheets."""
KEY, WHERE, PLURAL, ENGLISH, TRANSLATION = "Key", "Where, for whom", "Plural", "English", "Translation"
USUAL, STILL_RIGHT, STATE, LIMIT_OF, EARLIER = "Usual", "Still right?", "State", "At most", "Earlier English"
CHECK = "Check"
EXAMPLES = 4  # numbers shown beside the name of a plural form


@dataclass(frozen=True, slots=True)
class Row:
    """One form of one sentence. `plural` names its plural form, "" where the sentence has none.

    `limit` is in characters, 0 for none. `earlier` is the English text that a stale translation is of.
    `usual` is how the language itself says it, for a variant in simpler words.
    """

    key: str
    plural: str
    english: str
    translation: str
    state: StringState
    limit: int = 0
    where: str = ""
    earlier: str = ""
    usual: str = ""

    @property
    def check(self) -> str:
        """What ties a row to its key and its English text."""
        return check(self.key, self.plural, self.english)


def check(key: str, plural: str, english: str) -> str:
    """Return ten hexadecimal digits that show whether a row still is one of ours."""
    return sha256("\0".join((key, plural, english)).encode()).hexdigest()[:10]


def as_cell(text: str) -> str:
    """Return words with their line breaks as spreadsheet programs keep them."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def chosen(tag: str) -> Language:
    """Return the language that a translator names, by its tag or its folder; English is none of them.

    Raises:
        CatalogueError: there is no row for it; the words name those there are.
    """
    if tag == "en":
        raise CatalogueError("English is the source: its words stand in locales/source, not in a catalogue")
    for language in LANGUAGES.values():
        if tag in (language.tag, language.folder):
            return language
    known = ", ".join(tag for tag in LANGUAGES if tag != "en")
    raise CatalogueError(f"{tag[:40]!r} is no language here; there are: {known}")


def words_of_today(root: Path, language: Language) -> list[PoFile]:
    """Return the catalogues of a language as they are with today's sources; writes nothing.

    Raises:
        CatalogueError: one cannot be read.
    """
    found = []
    for domain, template in sorted(gather(root).items()):
        file = root / "locales" / language.folder / "LC_MESSAGES" / f"{domain}.po"
        catalog, _review = refreshed(file, language, domain, template)
        signature = signature_of(file.read_text("utf-8")) if file.exists() else None
        found.append(PoFile(file, catalog, signature))
    return found


def rows_of(
    today: Iterable[PoFile],
    language: Language,
    only: Collection[StringState] = (),
    usual: Mapping[tuple[str, str], str] = MappingProxyType({}),
) -> list[Row]:
    """Return the rows of a language's sheet; `only` those in these states, all where none is named."""
    return [
        row
        for po in today
        for message in po.messages()
        if not only or po.state(message) in only
        for row in _rows(po, message, language, usual)
    ]


def usual_words(root: Path, language: Language) -> dict[tuple[str, str], str]:
    """Return, for a variant in simpler words, how its language says each sentence, by key and plural form.

    Raises:
        CatalogueError: a catalogue cannot be read.
    """
    if language.base in (language.tag, "en"):
        return {}
    base = LANGUAGES[language.base]
    return {(row.key, row.plural): row.translation for row in rows_of(words_of_today(root, base), base)}


def _rows(
    po: PoFile, message: Message, language: Language, usual: Mapping[tuple[str, str], str]
) -> Iterator[Row]:
    """Yield the rows of one sentence."""
    key, forms, state = str(message.context), forms_of(message), po.state(message)
    earlier = message.previous_id if state is StringState.STALE else ()
    for place, plural in enumerate(plurals_of(message, language)):
        yield Row(
            key,
            plural,
            english_of(message, plural),
            forms[place],
            state,
            limit_of(message),
            "; ".join(line for line in message.auto_comments if not LIMIT.fullmatch(line)),
            _of_plural(earlier, plural) if earlier else "",
            usual.get((key, plural), ""),
        )


def plurals_of(message: Message, language: Language) -> tuple[str, ...]:
    """Return the names of a sentence's forms, in the catalogue's order; one without a name if it has one."""
    return tuple(categories(language)) if len(sources_of(message)) > 1 else ("",)


def english_of(message: Message, plural: str) -> str:
    """Return the English text that a form is a translation of: the singular for "one"."""
    return _of_plural(sources_of(message), plural)


def limit_of(message: Message) -> int:
    """Return how many characters a translation may have, 0 for any number."""
    found = LIMIT.search(" ".join(message.auto_comments))
    return int(found[1]) if found else 0


def _of_plural(sources: Collection[str], plural: str) -> str:
    return tuple(sources)[0 if plural == "one" else -1]


def categories(language: Language) -> dict[str, tuple[int, ...]]:
    """Return the names of a language's plural forms, in the catalogue's order, with numbers of each."""
    rule, cldr = language.form_of, Locale.parse(language.rules)
    numbers: dict[int, list[int]] = {}
    for number in COUNTS:
        numbers.setdefault(rule(number), []).append(number)
    return {cldr.plural_form(found[0]): tuple(found[:EXAMPLES]) for _, found in sorted(numbers.items())}
