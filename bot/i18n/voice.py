"""A voice: says words in one language, with its plurals, numbers, days and direction."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from babel import Locale
from babel.dates import format_date, format_datetime, get_timezone
from babel.lists import format_list
from babel.numbers import format_decimal, format_percent

from bot.i18n.inspecting import PLACEHOLDER
from bot.i18n.languages import LANGUAGES, Language
from bot.i18n.pofiles import State
from bot.i18n.sources import Source
from conversations.wording import Value, Words

DIGITS: Mapping[str, dict[int, int]] = {
    "ar": str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"),
    "fa": str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹"),
    "bn": str.maketrans("0123456789", "০১২৩৪৫৬৭৮৯"),
}
"""Digits of the languages that do not write 0 to 9: Babel formats theirs with Latin ones."""
NUMBERING: Mapping[str, str] = {"ar": "arab", "fa": "arabext", "bn": "beng"}
"""CLDR's names of their ways of writing numbers: separators, percent signs. The default of `ar` is Latin."""
NAME = "language.name"  # the key under which a language's own name is said
ENGLISH = LANGUAGES["en"]
CAUTIONS = {State.DRAFT: "language.draft", State.PARTLY: "language.draft_some"}
NUMBERS_KEPT = 1_000  # written numbers in memory; those of choices and progress are few
ISOLATE, END_ISOLATE = "\u2068", "\u2069"
RIGHT_TO_LEFT = re.compile(r"[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]")
OVERRIDES = re.compile("[\u202a-\u202e]")
ISOLATES = re.compile("[\u2066-\u2069]")
"""What opens and closes runs of another direction inside a text. Source: UAX #9, explicit formatting."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A translation: its source, its forms, and the catalogue's own rule for which number takes which."""

    source: str
    forms: tuple[str, ...]
    rule: Callable[[int], int]

    def form(self, count: int) -> str:
        """Return the form that `count` takes."""
        return (
            self.forms[min(self.rule(count), len(self.forms) - 1)] if len(self.forms) > 1 else self.forms[0]
        )


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence, and the tag of the language in which it really stands: it may be a fallback's."""

    text: str
    tag: str


Step = tuple[Language, Mapping[str, Entry], Mapping[str, str]]
"""One link of a fallback chain: language, its entries, the cities' own words in it."""


class Voice:
    """Says words in one language, falling back string by string along its chain; never blank."""

    def __init__(
        self,
        language: Language,
        chain: tuple[Step, ...],
        sources: Mapping[str, Source],
        state: State = State.REVIEWED,
    ) -> None:
        self.tag = language.tag
        self.base = language.base
        self.state = state
        self.direction: Literal["ltr", "rtl"] = language.direction
        self._chain = chain
        self._sources = sources
        self._locale = Locale.parse(language.rules)
        self._system = NUMBERING.get(language.base, "default")
        self._digits = DIGITS.get(language.base, {})
        # Babel writes the Latin sign in every script; direction marks beside it are left to isolates.
        symbols = self._locale.number_symbols.get(self._system, {})
        self._percent_sign = str(symbols.get("percentSign", "%")).strip("\u200e\u200f\u061c")
        self._filled: dict[str, Said] = {}
        self._numbers: dict[int, str] = {}

    def say(self, words: Words) -> str:
        """Return `words` as a sentence of this language."""
        return self.said(words).text

    def said(self, words: Words) -> Said:
        """Return `words` as a sentence, with the language in which it really stands."""
        if words.key == NAME:
            named = LANGUAGES[str(dict(words.values)["tag"])]
            return Said(named.own_name, named.base)
        if not words.values and (known := self._filled.get(words.key + "\0" + (words.source or ""))):
            return known
        pattern, language = self._pattern(words)
        values = dict(words.values)
        mixed = language.direction == "rtl" or self.direction == "rtl"
        text = PLACEHOLDER.sub(lambda found: self._value(values.get(found[1], found[0]), mixed), pattern)
        said = Said(text, language.tag)
        if not words.values:
            self._filled[words.key + "\0" + (words.source or "")] = said
        return said

    @property
    def is_draft(self) -> bool:
        """Whether there are words of this language that nobody signed."""
        return self.state is not State.REVIEWED

    @property
    def caution(self) -> str | None:
        """The key of what is said of words of which nobody signed all; None if somebody did."""
        return CAUTIONS.get(self.state)

    def number(self, number: int) -> str:
        """Return a whole number in the digits of this language."""
        if (known := self._numbers.get(number)) is not None:
            return known
        text = str(format_decimal(number, locale=self._locale, numbering_system=self._system))
        written = text.translate(self._digits)
        if len(self._numbers) < NUMBERS_KEPT:
            self._numbers[number] = written
        return written

    def percent(self, share: float) -> str:
        """Return a share between 0 and 1 as percents."""
        said = str(format_percent(share, locale=self._locale, numbering_system=self._system))
        return said.translate(self._digits).replace("%", self._percent_sign)

    def day(self, day: date) -> str:
        """Return a day, long form."""
        return format_date(day, "long", locale=self._locale).translate(self._digits)

    def moment(self, moment: datetime, zone: str) -> str:
        """Return an aware time as it is on the clocks of `zone`."""
        return format_datetime(moment, "medium", tzinfo=get_timezone(zone), locale=self._locale).translate(
            self._digits
        )

    def _pattern(self, words: Words) -> tuple[str, Language]:
        """Return the sentence before its values are put in, from the first link of the chain that has it."""
        source = words.source or self._source(words.key)
        for language, entries, city in self._chain:
            if words.key in city:
                return city[words.key], language
            entry = entries.get(words.key)
            if entry is not None and entry.source == source:
                return entry.form(self._count(words)), language
            if language.tag == ENGLISH.tag:
                break  # the source itself: a host language further down says it no better
        known = self._sources.get(words.key)
        if known is not None and known.plural is not None and self._count(words) != 1:
            return known.plural, ENGLISH
        return source, ENGLISH

    def _source(self, key: str) -> str:
        """Return the English text under `key`."""
        return self._sources[key].text

    def _count(self, words: Words) -> int:
        """Return the number that chooses the plural form; 1 where there is none."""
        known = self._sources.get(words.key)
        count = dict(words.values).get(known.count if known else "n", 1)
        return count if isinstance(count, int) else 1

    def _value(self, value: Value, mixed: bool) -> str:
        """Return one value in words, isolated where its direction may differ from the sentence's."""
        text = self._text(value)
        if text.startswith(("http://", "https://")):
            return text
        return f"{ISOLATE}{text}{END_ISOLATE}" if mixed or RIGHT_TO_LEFT.search(text) else text

    def _text(self, value: Value) -> str:
        """Return one value in words."""
        match value:
            case Words():
                return self.say(value)
            case tuple():
                return str(format_list([self.say(part) for part in value], locale=self._locale))
            case int():
                return self.number(value)
            case float():
                return self.percent(value)
            case datetime():
                return self.moment(value, "UTC")
            case date():
                return self.day(value)
            case _:
                return harmless(str(value))


def harmless(text: str) -> str:
    """Return words that somebody wrote without what would turn the direction of the sentence around them.

    Isolates of ours, which open and close, may stay.
    """
    text = OVERRIDES.sub("", text)
    depth = 0
    for sign in ISOLATES.findall(text):
        depth += 1 if sign != END_ISOLATE else -1
        if depth < 0:
            break
    return text if depth == 0 else ISOLATES.sub("", text)
