"""Numbers as people write them: the digits of every script, grouped or not."""

import re
import unicodedata

GROUPED = re.compile(r"\d{1,3}(?:(?P<gap>[ ',.٬])\d{2,3}(?:(?P=gap)\d{2,3})*)?", re.ASCII)
"""Digits in groups, all parted by the same sign: thousands, or lakhs as in Bengali."""
LAST_GROUP = 3  # digits: "12,5" and "1.50" are no whole numbers, "1.500" is one
LONGEST = 9  # digits
APOSTROPHES = str.maketrans({"’": "'", "`": "'", "\u02bc": "'", "،": ","})


def plain_digits(text: str) -> str:
    """Return `text` with the digits of every script as 0 to 9, and without invisible marks of direction."""
    return "".join(_plain(sign) for sign in text if unicodedata.category(sign) != "Cf")


def whole_number(text: str) -> int | None:
    """Return the whole number that was written, or None where it is no whole number, or longer than any."""
    plain = " ".join(plain_digits(text).translate(APOSTROPHES).split())
    digits = re.sub(r"\D", "", plain)
    if not digits or len(digits) > LONGEST:
        return None
    if plain == digits:
        return int(digits)
    grouped = GROUPED.fullmatch(plain)
    if grouped is None or grouped["gap"] is None or len(plain.rpartition(grouped["gap"])[2]) != LAST_GROUP:
        return None
    return int(digits)


def _plain(sign: str) -> str:
    """Return one sign; a digit as it stands in ASCII."""
    digit = unicodedata.decimal(sign, None)
    return sign if digit is None else str(digit)
