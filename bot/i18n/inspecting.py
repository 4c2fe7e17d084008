"""What can be wrong with a translation or a catalogue: each fault with a code, its place and its cure."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType

from babel.messages.catalog import Message

from bot.i18n.languages import COUNTS, LANGUAGES, Language
from bot.i18n.pofiles import CatalogueError, PoFile, forms_of, read, sources_of
from bot.i18n.sources import Source


class WordsRule(StrEnum):
    """Stable codes of what can be wrong with words; a retired code is never used again."""

    UNREADABLE = "W001"
    PLACEHOLDERS = "W002"
    PLURAL_FORMS = "W003"
    TAGS = "W004"
    UNKNOWN_LANGUAGE = "W005"
    TWO_CATALOGUES = "W006"
    TOO_LONG = "W007"
    COPY = "W008"
    WRONG_SCRIPT = "W009"
    LINE_BREAKS = "W010"
    NOT_COMPILED = "W011"
    DIRECTION_MARKS = "W012"
    UNKNOWN_KEY = "W013"
    CONTROL_SIGNS = "W014"
    TOO_WIDE = "W015"


@dataclass(frozen=True, slots=True)
class WordsFinding:
    """One thing that is wrong with words: a stable code, the place (file, line, key), and what to do."""

    rule: WordsRule
    where: str
    advice: str

    def __str__(self) -> str:
        return f"{self.where}: {self.rule.value} {self.advice}"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a translation is held against: its key, the English text (or two), its limit in characters."""

    key: str
    sources: tuple[str, ...]
    limit: int = 0


PLACEHOLDER = re.compile(r"\{([a-z_0-9]+)\}")
BRACE = re.compile(r"[{}]")
TAG = re.compile(r"</?[A-Za-z][^<>]*>|<")
OPENING, CLOSING = "\u202a\u202b\u202d\u202e\u2066\u2067\u2068", "\u202c\u2069"
"""Marks that open and close a run of another direction. Source: UAX #9, explicit formatting characters."""
LETTERS_OF_A_SENTENCE = 13  # with fewer letters, two languages may well have the same word
ALIKE: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "*": frozenset(
            {
                "paper.short",
                "thanks.code",
                "language-learning.factor.L1.basis",
                "relay.links.telegram",
                "poster.telegram",
            }
        ),
    }
)
"""Keys whose words may be equal to the English, by language; `*` is for all. Each is a name or a number."""
ANY_SCRIPT = frozenset({"paper.short", "relay.links.telegram", "poster.telegram"})
"""Keys whose words may hold no letter of the language's own script."""
MOST_LETTERS = 0.75  # of a catalogue's script; names, codes and placeholders are Latin everywhere
LIMIT = re.compile(r"at most (\d+) characters")


def faults(wanted: Wanted, forms: Sequence[str], language: Language) -> Iterator[tuple[WordsRule, str]]:
    """Yield what is wrong with one translation, as code and advice; a blank one is missing, not wrong."""
    blank = [not form.strip() for form in forms]
    if any(blank):
        if not all(blank):
            advice = (
                f"lacks {sum(blank)} of its {len(forms)} plural forms ({language.plurals}); write them all"
            )
            yield WordsRule.PLURAL_FORMS, advice
        return
    yield from _counted(wanted, forms, language)
    for form in forms:
        yield from _in_form(wanted, form)
    yield from _copies(wanted, forms, language)


def _counted(wanted: Wanted, forms: Sequence[str], language: Language) -> Iterator[tuple[WordsRule, str]]:
    """As many forms as the language has plural categories, and the placeholders of the source in them."""
    expected = forms_needed(language) if len(wanted.sources) > 1 else 1
    if len(forms) != expected:
        advice = f"has {len(forms)} plural forms; {language.tag} needs {expected} ({language.plurals})"
        yield WordsRule.PLURAL_FORMS, advice
    needed = {name for source in wanted.sources for name in PLACEHOLDER.findall(source)}
    numbers = Counter(map(language.form_of, (*COUNTS, 2_000_000))) if len(forms) > 1 else Counter[int]()
    for place, form in enumerate(forms):
        used = set(PLACEHOLDER.findall(form))
        # A form of one number alone may say it as a word, "one day"; "one" of Russian is of 21 as well.
        lacks = needed - used if numbers[place] != 1 or len(needed - used) > 1 else set()
        if used - needed or lacks or len(BRACE.findall(form)) != 2 * len(PLACEHOLDER.findall(form)):
            said = " ".join(f"{{{name}}}" for name in sorted(needed)) or "none"
            yield WordsRule.PLACEHOLDERS, f"placeholders must be {said}; write them exactly so"


def forms_needed(language: Language) -> int:
    """Return how many plural forms a language has."""
    found = re.match(r"nplurals=(\d)", language.plurals)
    return int(found[1]) if found else 1


def _in_form(wanted: Wanted, form: str) -> Iterator[tuple[WordsRule, str]]:
    """Tags, line breaks, direction marks, control signs and length of one form."""
    tags = Counter(TAG.findall(form))
    allowed = [Counter(TAG.findall(source)) for source in wanted.sources]
    if tags not in allowed:
        strange = next(iter((tags - allowed[-1]) or (allowed[-1] - tags)))
        yield WordsRule.TAGS, f"'{strange[:20]}' is a tag that the source has not, or is lost, or not closed"
    if form.count("\n") not in {source.count("\n") for source in wanted.sources} or form != form.strip():
        yield WordsRule.LINE_BREAKS, "lines must break where the source's do, and no space stand at an end"
    if _depth(form) != 0:
        yield WordsRule.DIRECTION_MARKS, "a direction mark is opened and not closed; remove it"
    if any(unicodedata.category(sign) == "Cc" and sign != "\n" for sign in form):
        yield WordsRule.CONTROL_SIGNS, "holds a sign that cannot be shown; write the words anew"
    if wanted.limit and len(form) > wanted.limit:
        yield WordsRule.TOO_LONG, f"{len(form)} characters; at most {wanted.limit} fit"


def _depth(form: str) -> int:
    """Return how many direction marks stay open; negative if one closes what none opened."""
    depth = 0
    for sign in form:
        depth += (sign in OPENING) - (sign in CLOSING)
        if depth < 0:
            return depth
    return depth


def _copies(wanted: Wanted, forms: Sequence[str], language: Language) -> Iterator[tuple[WordsRule, str]]:
    """No copy of the English, and letters of the language's own script."""
    letters = _letters(PLACEHOLDER.sub("", wanted.sources[0]))
    alike = ALIKE["*"] | ALIKE.get(language.tag, frozenset())
    if len(letters) >= LETTERS_OF_A_SENTENCE and forms[0] == wanted.sources[0] and wanted.key not in alike:
        yield WordsRule.COPY, "is the English sentence; translate it, or leave it empty"
    said = PLACEHOLDER.sub("", "".join(forms))
    if _letters(said) and wanted.key not in ANY_SCRIPT and not _share_of_script(said, language):
        yield WordsRule.WRONG_SCRIPT, f"holds no {language.script} letter; translate it"


def _share_of_script(text: str, language: Language) -> float:
    """Return which share of the letters are of the language's script; Latin ones belong everywhere."""
    letters = _letters(text)
    if language.script == "Latin" or not letters:
        return 1.0
    return sum(unicodedata.name(sign, "").startswith(language.script.upper()) for sign in letters) / len(
        letters
    )


def _letters(text: str) -> str:
    return "".join(sign for sign in text if unicodedata.category(sign)[0] in "LM")


def inspect_sources(sources: Iterable[Source]) -> Iterator[WordsFinding]:
    """Yield the English sentences that are longer than their own limit."""
    for source in sources:
        longest = max(len(source.text), len(source.plural or ""))
        if source.limit and longest > source.limit:
            advice = f"{longest} characters; at most {source.limit} fit"
            yield WordsFinding(WordsRule.TOO_LONG, f"English: {source.key}", advice)


def inspect_message(po: PoFile, message: Message, language: Language) -> Iterator[WordsFinding]:
    """Yield the faults of one string, with its line and key."""
    limit = LIMIT.search(" ".join(message.auto_comments))
    wanted = Wanted(str(message.context), sources_of(message), int(limit[1]) if limit else 0)
    for rule, advice in faults(wanted, forms_of(message), language):
        yield WordsFinding(rule, f"{po.file}, line {message.lineno}: {message.context}", advice)


def inspect_catalogue(file: Path, language: Language) -> Iterator[WordsFinding]:
    """Yield what is wrong with one `.po` file; stale strings are not shown and not inspected."""
    try:
        po = read(file, language)
    except CatalogueError as error:
        yield WordsFinding(WordsRule.UNREADABLE, str(file), str(error).removeprefix(f"{file}").lstrip(":, "))
        return
    if po.catalog.num_plurals != forms_needed(language):
        advice = f"says nplurals={po.catalog.num_plurals}; '{language.plurals}' is right; run `make locales`"
        yield WordsFinding(WordsRule.PLURAL_FORMS, f"{file}: Plural-Forms", advice)
    shown = [message for message in po.messages() if not message.fuzzy]
    share = _share_of_script("".join(form for message in shown for form in forms_of(message)), language)
    if share < MOST_LETTERS:
        advice = f"only {share:.0%} of its letters are {language.script}; is it the right file?"
        yield WordsFinding(WordsRule.WRONG_SCRIPT, str(file), advice)
    for message in po.messages():
        if message.context is None:
            where = f"{file}, line {message.lineno}"
            yield WordsFinding(WordsRule.UNKNOWN_KEY, where, "has no key (msgctxt); run `make locales`")
        elif not message.fuzzy:
            yield from inspect_message(po, message, language)


def inspect_folders(folder: Path) -> Iterator[WordsFinding]:
    """Yield folders of no known language, or of one that already has a folder, and files of nothing."""
    yield from _strange_files(folder)
    folders = {language.folder: language for language in LANGUAGES.values() if language.tag != "en"}
    for found in sorted(path.parent for path in folder.glob("*/LC_MESSAGES")):
        if found.name in folders:
            continue
        if found.name == "en":
            advice = "holds a catalogue of English, which is the source: locales/source; remove this folder"
            yield WordsFinding(WordsRule.TWO_CATALOGUES, str(found), advice)
            continue
        plain = found.name.replace("@", "-x-").replace("_", "-").lower()
        twin = next((tag for tag in LANGUAGES if plain == tag or plain.split("-")[0] == tag), None)
        if twin is not None and (folder / LANGUAGES[twin].folder).is_dir():
            advice = f"is a second catalogue for {twin}; keep {LANGUAGES[twin].folder}/ and remove this one"
            yield WordsFinding(WordsRule.TWO_CATALOGUES, str(found), advice)
        else:
            advice = "is no language of the table; correct the name, or add a row in bot/i18n/languages.py"
            yield WordsFinding(WordsRule.UNKNOWN_LANGUAGE, str(found), advice)


def _strange_files(folder: Path) -> Iterator[WordsFinding]:
    """Yield the catalogues of no domain of ours, such as copies: their words would be taken for others'."""
    for file in sorted(folder.glob("*/LC_MESSAGES/*.po")):
        if not (folder / f"{file.stem}.pot").exists():
            advice = f"has no template {file.stem}.pot: a copy? Move it away, or run `make locales` first"
            yield WordsFinding(WordsRule.TWO_CATALOGUES, str(file), advice)
