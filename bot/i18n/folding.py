"""How typed words are compared: case, marks and look-alike letters aside, as each script asks for it."""

import re
import unicodedata

from conversations.identifiers import base_of
from conversations.numerals import plain_digits

DOTTED = {"tr"}  # languages in which I is the capital of ı, and İ that of i
APOSTROPHES = "'’‘ʼʹ`´′＇"
"""Signs that people write for one and the same apostrophe: Ukrainian п'ять, French l'école."""
JOINED_TA = ("ত্\u200d", "ৎ")  # an older way to write one Bengali letter
LOOK_ALIKES = str.maketrans(
    {
        **dict.fromkeys("أإآٱ", "ا"),
        **dict.fromkeys("يىے", "ی"),
        **dict.fromkeys("ةۀۂە", "ه"),
        "ك": "ک",
        "ș": "ş",  # comma below, as Romanian writes; old phones have the cedilla only
        "ț": "ţ",
        "\u0640": None,  # tatweel
        "\u0307": None,  # the dot that is left of a small İ
        "\ufe0e": None,  # how an emoji is to look
        "\ufe0f": None,
    }
)
HARAKAT = re.compile("[\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e8\u06ea-\u06ed]")
ARABIC = "\u0620-\u06ff"
SPACE_IN_ARABIC = re.compile(f"(?<=[{ARABIC}]) | (?=[{ARABIC}])")
GREEK = re.compile("[\u0370-\u03ff\u1f00-\u1fff]+")
BREATHED = re.compile("[\u0300-\u036f]")  # accents, breathings, the two dots: what stands on a letter
FORGIVEN = re.compile("(?<=[a-z])[\u0300-\u036f]+|(?<=е)\u0308")


def folded(text: str, tag: str = "en") -> str:
    """Return words as they are compared in a language; two spellings of one word give the same.

    Small and capital letters, digits of any script, punctuation, invisible marks and apostrophes make no
    difference; nor do Greek accents, Arabic vowel signs, the joiners of Persian and Bengali, and letters that
    keyboards offer in two forms. Spaces between Arabic letters count as little as the non-joiner does.
    """
    plain = text.translate(dict.fromkeys(map(ord, APOSTROPHES))).replace(*JOINED_TA)
    plain = unicodedata.normalize("NFKC", plain_digits(plain))
    if base_of(tag) in DOTTED:
        plain = plain.replace("I", "ı").replace("İ", "i")
    plain = unicodedata.normalize("NFKC", plain.casefold()).translate(LOOK_ALIKES)
    plain = GREEK.sub(lambda found: _without(BREATHED, found[0]), HARAKAT.sub("", plain))
    kept = "".join(" " if unicodedata.category(sign)[0] in "PZC" else sign for sign in plain)
    return SPACE_IN_ARABIC.sub("", " ".join(kept.split()))


def forgiven(text: str, tag: str = "en") -> str:
    """Return words as they are compared at a second look: Latin accents, ё and the Turkish ı aside too."""
    return _without(FORGIVEN, folded(text, tag)).replace("ı", "i")


def _without(marks: re.Pattern[str], text: str) -> str:
    """Return text without the marks on its letters."""
    return unicodedata.normalize("NFC", marks.sub("", unicodedata.normalize("NFD", text)))
