"""Which language a typed name means, in whatever language and script it was written."""

import re
from collections.abc import Collection, Iterator, Mapping
from functools import cache
from types import MappingProxyType

from babel import Locale

from bot.i18n.folding import forgiven
from bot.i18n.languages import LANGUAGES, OFFERABLE

CODES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"fa": ("fa", "fa_AF", "prs"), "kmr": ("kmr", "ku"), "ro": ("ro", "ro_MD", "mo"), "nl": ("nl", "nl_BE")}
)
"""Codes of CLDR whose names mean an offered language, where there are more than its tag.

Who speaks Dari reads Persian, who speaks Tajik another script; Kurmanji is the Kurdish that is offered,
Sorani is not. CLDR calls Dari `fa_AF`, Moldovan `ro_MD` and Flemish `nl_BE`.
"""

ALIASES: Mapping[str, str] = MappingProxyType(
    {
        "en": "english, inglese, anglais, ingles, inglis",
        "fr": "francais, frances, francese, frans",
        "nl": "vlaams, flamand, flemish, flamenco, fiammingo, hollands, hollandais, olandese, holland",
        "lv": "latvian, latviski, latviesu, lettish, lettisch",
        "es": "castellano, castilian, castillan, castigliano, castella, espanol, kastilya",
        "it": "italiano, italienisch, ইতালীয়, ইতালিয়ান",
        "el": "ellinika, ελληνικα, νεα ελληνικα, greek, romeika, grec, yunanca, rumca",
        "ar": "عربي, عربى, العربي, العربية, بالعربي, فصحى, arabi, araby, arabiya, al arabiya, arabic",
        "fa": "فارسی, دری, فارسی دری, پارسی, فارسي, farsi, parsi, dari, dari persian, farsi dari,"
        " persian dari, dari afghanistan, afghan persian, persan, perse, фарси, дари, φαρσι,"
        " νταρι, farsça, ফার্সি",
        "tr": "turkce, turkish, turki, turk",
        "ro": "romaneste, moldoveneasca, moldovean, moldoveneste, moldovan, moldavian, moldave,"
        " молдавский, молдовеняскэ, молдовански, молдавська",
        "bg": "balgarski, bulgarski, blgarski, bulgarian, на български",
        "ru": "russkiy, russkij, russki, rossiyskiy, по русски, po russki, на русском",
        "uk": "ukrainska, ukrainski, ukrayinska, українською, по украински, ukrainien",
        "bn": "bangla, bengali, bangali, bengal, বাংলা, বাঙলা, bangla bhasha, бангла, bangladesh, bangladeshi",
        "kmr": "kurmanci, kurmanji, kurmandji, kurmanj, kurmancki, kirmanci, kurdish, kurdi, kurdi kurmanci,"
        " kurdish kurmanji, kurmanji kurdish, northern kurdish, kurde, kurdo, bahdini, badini,"
        " كرمانجي, کرمانجی, كردي, كردي كرمانجي, курманджи,"
        " κουρμαντζι",
    }
)
"""What people write besides the names of CLDR: in Latin letters, of their dialect, in everyday words."""

ARTICLE = "ال"  # Arabic names have it in CLDR; many people leave it out

OTHERS = ("romani", "romanî", "soranî", "kurdî (soranî)", "tajik")
"""Names of languages that are not offered, which must not be taken for those of a neighbour."""

GENERIC = (
    "language, langue, taal, valoda, valodu, lengua, idioma, lingua, limba, γλώσσα, γλώσσας, لغة, اللغة,"
    " زبان, dil, dili, язык, език, мова, мову, ভাষা, ziman, zimanê"
)
"""Words for "language", which people write beside its name."""


def meant(words: str, offered: Collection[str]) -> str | None:
    """Return the offered language that somebody names, or None where it is none, or several."""
    whole = _names().get(forgiven(words)) or _names().get(_bare(words)) or frozenset()
    found = whole & {*offered}
    return next(iter(found)) if len(whole) == 1 and found else None


def _bare(words: str) -> str:
    """Return a name without the word for "language" beside it."""
    generic = {forgiven(word) for word in GENERIC.split(",")}
    return forgiven(" ".join(part for part in words.split() if forgiven(part) not in generic))


@cache
def _names() -> Mapping[str, frozenset[str]]:
    """Return what each name means; read once, when somebody first writes one."""
    found: dict[str, set[str]] = {}
    for name, tag in _names_of_cldr():
        for part in {name, name.removeprefix(ARTICLE), *re.split(r"\s*[(),]\s*", name)}:
            found.setdefault(forgiven(part), set()).add(tag)
    names = {name: frozenset(tags) for name, tags in found.items()}
    for tag, aliases in ALIASES.items():
        names.update((forgiven(alias), frozenset((tag,))) for alias in aliases.split(","))
    for other in OTHERS:
        names.pop(forgiven(other), None)
    return MappingProxyType({name: tags for name, tags in names.items() if name})


def _names_of_cldr() -> Iterator[tuple[str, str]]:
    """Yield the names of the languages, in all of them, each with the tag that it means."""
    code_of = {code: tag for tag in OFFERABLE for code in CODES.get(tag, (tag,))}
    for tag in OFFERABLE:
        yield tag, tag
        yield LANGUAGES[tag].own_name, tag
        named = Locale.parse(LANGUAGES[tag].rules).languages
        yield from ((named[code], meaning) for code, meaning in code_of.items() if code in named)
