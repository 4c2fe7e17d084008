"""What the reviewer of a text is shown beside it: what may name somebody, as far as signs tell."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from phonenumbers import Leniency, PhoneNumberMatcher

REDACTED = "[…]"
"""What stands in the place of words that were taken out."""

CLAIM = (
    "Marked: what looks like a phone number, an e-mail address, an @name, a web address, or a long number."
    " Listed: words with a capital letter inside a sentence. Nothing else was looked for. Names at the start"
    " of a sentence, names in scripts without capitals, places, jobs and illnesses are for you to see."
)
"""What the marks claim, and no more."""


class Kind(StrEnum):
    """What a marked piece looks like; where marks meet, the first of these names them."""

    EMAIL = "e-mail address"
    ADDRESS = "web address"
    PHONE = "phone number"
    HANDLE = "@name"
    NUMBER = "long number"


@dataclass(frozen=True, slots=True)
class Mark:
    """A piece of a text, from `start` to before `end`, that may name somebody."""

    start: int
    end: int
    kind: Kind


_KEPT_FORMATS = frozenset("\u200c\u200d")  # joiners: Persian, Indic scripts and emoji are wrong without them
_GLUE = "\u200c\u200d\ufe0f\u20e3"  # stands unseen between digits, as in keycap emoji
_ESCAPES = re.compile(r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]|\x1b.")  # commands to a terminal. Source: ECMA-48
_AT = str.maketrans({"＠": "@", "﹫": "@", "．": ".", "／": "/", "：": ":"})

_BETWEEN = rf"[ \t\-./()_*·•~\u00a0\u2000-\u200b\u202f\u2010-\u2015{_GLUE}]{{0,3}}"
_NAME = r"[^\s@<>()\[\]{},;:\"'«»“”]"
_PATTERNS = {
    Kind.EMAIL: re.compile(rf"(?<!{_NAME[:-1]}]){_NAME}+@{_NAME}*[^\W_]"),
    Kind.ADDRESS: re.compile(
        r"\b[a-z][a-z0-9+]{1,9}://\S+|\bmailto:\S+|\bwww\.\S+|\bt\.me\b\S*"
        r"|(?<![\w-])(?:[\w-]{2,63}\.)+(?:[a-z]{2,24}|[A-Z]{2,24}|[^\W\d_a-zA-Z]{2,24})(?!\w)(?:[/?#:]\S*)?"
    ),
    # Seven digits: shorter ones with gaps are mostly years and prices. A choice of ours, no standard.
    Kind.PHONE: re.compile(rf"(?:[+(]{{0,2}})0(?:{_BETWEEN}0){{6,}}[{_GLUE}]*"),
    Kind.HANDLE: re.compile(r"(?<![\w@])@\w[\w-]*(?:\.\w+)*"),
    Kind.NUMBER: re.compile(rf"0(?:[{_GLUE}]{{0,3}}0){{4,}}[{_GLUE}]*"),
}


def plain(text: str) -> str:
    """Return a text without anything that acts on a screen: controls, direction overrides, unseen signs.

    Line breaks stay, as plain ones. Source: Unicode Standard Annex 9 (bidirectional controls), categories
    Cc, Cf, Cs, Co, Cn.
    """
    text = _ESCAPES.sub("", text)
    lines = re.sub(r"\r\n?|[\u000b\u000c\u0085\u2028\u2029]", "\n", text).replace("\t", " ")
    return "".join(sign for sign in lines if sign == "\n" or _is_plain(sign)).strip()


def _is_plain(sign: str) -> bool:
    return sign in _KEPT_FORMATS or not unicodedata.category(sign).startswith("C")


def marks(text: str) -> tuple[Mark, ...]:
    """Return what may name somebody, in order; what overlaps is one mark."""
    shadow = "".join(map(_shadow, text)).translate(_AT)
    found = [
        Mark(match.start(), match.end(), kind)
        for kind, pattern in _PATTERNS.items()
        for match in pattern.finditer(shadow)
    ]
    # The country is unknown: with none, only numbers that begin with + are found here.
    matcher = PhoneNumberMatcher(_ascii_digits(text), None, leniency=Leniency.POSSIBLE)
    found += [Mark(match.start, match.end, Kind.PHONE) for match in matcher]
    return tuple(_merged(found))


def _shadow(sign: str) -> str:
    """Return "0" for a digit of any script, circled and raised ones too, and any other sign as it is."""
    return "0" if unicodedata.digit(sign, None) is not None else sign


def _ascii_digits(text: str) -> str:
    """Return a text of the same length with every digit as one of ASCII's, and a wide plus sign as +."""
    digits = ((sign, unicodedata.digit(sign, None)) for sign in text)
    return "".join(sign if digit is None else str(digit) for sign, digit in digits).replace("＋", "+")


def _merged(found: Iterable[Mark]) -> Iterable[Mark]:
    """Join marks that overlap, under the kind that comes first."""
    order = list(Kind)
    joined: Mark | None = None
    for mark in sorted(found, key=lambda mark: (mark.start, mark.end)):
        if joined is None or mark.start >= joined.end:
            if joined is not None:
                yield joined
            joined = mark
        else:
            kind = min(joined.kind, mark.kind, key=order.index)
            joined = Mark(joined.start, max(joined.end, mark.end), kind)
    if joined is not None:
        yield joined


_WORD = re.compile(r"[^\W\d_](?:[^\W\d_]|['’\-‐·][^\W\d_])*")
_OPENERS = " \u00a0\u202f\"'«»“”„‘’()[]{}—–-•*¡¿"
_ENDS = ".!?…:؟。！？।"
_ABBREVIATED = re.compile(r"(?:^|[\W\d_])[^\W\d_a-z][^\W\d_]{0,2}\.$")


def capitalised(text: str) -> tuple[str, ...]:
    """Return words with a capital letter that do not begin a sentence, each once, as they come.

    Scripts without capitals have none. A name at the start of a sentence is not among them.
    """
    found: dict[str, None] = {}
    text = unicodedata.normalize("NFC", text)
    for match in _WORD.finditer(text):
        word = match.group()
        if word == "I" or word.startswith(("I'", "I’")):
            continue
        telling = word[1:] if _begins_sentence(text[max(0, match.start() - 80) : match.start()]) else word
        if any(letter.isupper() or letter.istitle() for letter in telling):
            found[word] = None
    return tuple(found)


def _begins_sentence(before: str) -> bool:
    """Say whether a sentence begins behind these signs; a short abbreviation ("Dr.") ends none."""
    left = before.rstrip(_OPENERS)
    if not left or "\n" in left[-1:]:
        return True
    return left[-1] in _ENDS and _ABBREVIATED.search(left) is None


def redacted(text: str, pieces: Sequence[Mark], words: Iterable[str] = ()) -> str:
    """Return a text with pieces, and words wherever they stand, taken out; capitals make no difference."""
    spans = [(piece.start, piece.end) for piece in pieces]
    for word in words:
        if word.strip():
            found = re.finditer(re.escape(word.strip()), text, re.IGNORECASE)
            spans += [match.span() for match in found]
    left: list[str] = []
    end = 0
    for start, stop in sorted(spans):
        if start >= end:
            left += [text[end:start], REDACTED]
        end = max(end, stop)
    return "".join([*left, text[end:]])
