"""The table of languages: tag, folder, own name, direction, the rules they borrow from CLDR, fallback."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from gettext import c2py
from types import MappingProxyType
from typing import Literal


@dataclass(frozen=True, slots=True)
class Language:
    """One language as it is offered.

    `tag` is BCP-47; `folder` lies under `locales/`; `cldr` is the locale whose plural rules, dates and
    numbers Babel knows; `fallback` is the next tag of its chain, where people have declared one. `script` is
    the one its letters are of, as Unicode names letters.
    """

    tag: str
    own_name: str
    direction: Literal["ltr", "rtl"] = "ltr"
    script: str = "Latin"
    cldr: str = ""
    fallback: str = ""
    plurals: str = ""
    """The gettext rule of its plural forms: one for each category of CLDR that a whole number can take."""

    @property
    def folder(self) -> str:
        """The folder of its catalogues: plain variants stand as `fr@simple`, never `fr-x-simple`."""
        return self.tag.replace("-x-", "@")

    @property
    def base(self) -> str:
        """The tag of the language itself: `fr` for `fr-x-simple`."""
        return self.tag.split("-x-")[0]

    @property
    def rules(self) -> str:
        """The CLDR locale for plurals, dates and numbers."""
        return self.cldr or self.tag

    @property
    def form_of(self) -> Callable[[int], int]:
        """Which of its plural forms a number takes, counted from 0."""
        return _rule(self.plurals)


@cache
def _rule(plurals: str) -> Callable[[int], int]:
    return c2py(rule_in(plurals))


def rule_in(plurals: str) -> str:
    """Return what stands behind `plural=` in a gettext rule."""
    return plurals.partition("plural=")[2].strip().rstrip(";")


COUNTS = (*range(201), 1_000_000)
"""Whole numbers that take every plural form of every language. Source: CLDR, "Language Plural Rules"."""


ARABIC_PLURALS = (
    "nplurals=6; plural=(n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : n%100>=11 ? 4 : 5);"
)
"""CLDR's categories zero, one, two, few, many, other; Babel's rule swaps the last two."""

ONE_OTHER = "nplurals=2; plural=(n != 1);"
ZERO_IS_ONE = "nplurals=2; plural=(n > 1);"
ONE_MANY_OTHER = "nplurals=3; plural=(n==1 ? 0 : n!=0 && n%1000000==0 ? 1 : 2);"
FRENCH_PLURALS = "nplurals=3; plural=(n==0 || n==1 ? 0 : n%1000000==0 ? 1 : 2);"
EAST_SLAVIC_PLURALS = (
    "nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && (n%100<12 || n%100>14) ? 1 : 2);"
)
LATVIAN_PLURALS = (
    "nplurals=3; plural=(n%10==0 || (n%100>=11 && n%100<=19) ? 0 : n%10==1 && n%100!=11 ? 1 : 2);"
)
ROMANIAN_PLURALS = "nplurals=3; plural=(n==1 ? 0 : n==0 || (n%100>=1 && n%100<=19) ? 1 : 2);"

_TABLE = (
    Language("en", "English", plurals=ONE_OTHER),
    Language("fr", "Français", plurals=FRENCH_PLURALS),
    Language("nl", "Nederlands", plurals=ONE_OTHER),
    Language("lv", "Latviešu", plurals=LATVIAN_PLURALS),
    Language("es", "Español", plurals=ONE_MANY_OTHER),
    Language("it", "Italiano", plurals=ONE_MANY_OTHER),
    Language("el", "Ελληνικά", script="Greek", plurals=ONE_OTHER),
    Language("ar", "العربية", "rtl", script="Arabic", plurals=ARABIC_PLURALS),
    Language("fa", "فارسی", "rtl", script="Arabic", plurals=ZERO_IS_ONE),
    Language("tr", "Türkçe", plurals=ONE_OTHER),
    Language("ro", "Română", plurals=ROMANIAN_PLURALS),
    Language("bg", "Български", script="Cyrillic", plurals=ONE_OTHER),
    Language("ru", "Русский", script="Cyrillic", plurals=EAST_SLAVIC_PLURALS),
    Language("uk", "Українська", script="Cyrillic", plurals=EAST_SLAVIC_PLURALS),
    Language("bn", "বাংলা", script="Bengali", plurals=ZERO_IS_ONE),
    Language("kmr", "Kurmancî", cldr="ku", plurals=ONE_OTHER),
    Language("en-x-simple", "English (simpler words)", cldr="en", fallback="en", plurals=ONE_OTHER),
    Language("fr-x-simple", "Français (mots plus simples)", cldr="fr", fallback="fr", plurals=FRENCH_PLURALS),
)

LANGUAGES = MappingProxyType({language.tag: language for language in _TABLE})
"""Every language there is a row for, and plain variants. Source: LANGUAGES.md, "The first sixteen"."""


OFFERABLE = tuple(tag for tag, language in LANGUAGES.items() if language.base == tag)
"""The languages that can be offered: all but the plain variants, which are a button within their language."""


OTHER_TAGS: Mapping[str, str] = MappingProxyType({"ku": "kmr", "prs": "fa", "mo": "ro"})
"""Tags that phones send for languages of the table. Source: CLDR, supplementalMetadata, languageAlias."""


def known(tag: str) -> Language | None:
    """Return the language that a phone's tag means (`fr-BE` is `fr`, `ku` is `kmr`), or None."""
    if tag in LANGUAGES:
        return LANGUAGES[tag]
    first, *rest = tag.replace("_", "-").lower().split("-")
    if first == "ku" and "arab" in rest:
        return None  # Sorani, which readers of Kurmanji's letters do not read
    return LANGUAGES.get(OTHER_TAGS.get(first, first))


def simple_of(tag: str) -> str | None:
    """Return the plain variant of a language, if there is a row for one."""
    variant = f"{tag}-x-simple"
    return variant if variant in LANGUAGES else None
