"""The table of languages: tag, folder, own name, direction, the rules they borrow from CLDR, fallback."""

from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal


@dataclass(frozen=True, slots=True)
class Language:
    """One language as it is offered.

    `tag` is BCP-47; `folder` lies under `locales/`; `cldr` is the locale whose plural rules, dates and
    numbers Babel knows; `fallback` is the next tag of its chain, where people have declared one.
    """

    tag: str
    own_name: str
    direction: Literal["ltr", "rtl"] = "ltr"
    cldr: str = ""
    fallback: str = ""
    plurals: str = ""
    """The gettext rule of its plural forms, where Babel's own is not CLDR's."""

    @property
    def folder(self) -> str:
        """The folder of its catalogues: plain variants stand as `fr@simple`, never `fr-x-simple`."""
        return self.tag.replace("-x-", "@")

    @property
    def rules(self) -> str:
        """The CLDR locale for plurals, dates and numbers."""
        return self.cldr or self.tag


ARABIC_PLURALS = (
    "nplurals=6; plural=(n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : n%100>=11 ? 4 : 5);"
)
"""CLDR's categories zero, one, two, few, many, other; Babel's rule swaps the last two."""

_TABLE = (
    Language("en", "English"),
    Language("fr", "Français"),
    Language("nl", "Nederlands"),
    Language("lv", "Latviešu"),
    Language("es", "Español"),
    Language("it", "Italiano"),
    Language("el", "Ελληνικά"),
    Language("ar", "العربية", "rtl", plurals=ARABIC_PLURALS),
    Language("fa", "فارسی", "rtl"),
    Language("tr", "Türkçe"),
    Language("ro", "Română"),
    Language("bg", "Български"),
    Language("ru", "Русский"),
    Language("uk", "Українська"),
    Language("bn", "বাংলা"),
    Language("kmr", "Kurmancî", cldr="ku"),
)

LANGUAGES = MappingProxyType({language.tag: language for language in _TABLE})
"""Every language there is a row for. Source: LANGUAGES.md, "The first sixteen"."""


def known(tag: str) -> Language | None:
    """Return the language that a phone's tag means (`fr-BE` is `fr`), or None."""
    if tag in LANGUAGES:
        return LANGUAGES[tag]
    return LANGUAGES.get(tag.replace("_", "-").split("-")[0].lower())
