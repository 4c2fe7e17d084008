"""Codes as people write them down and type them again: no letter looks like another, and one checks."""

from conversations.numerals import plain_digits

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Five bits a letter; none looks like another. Source: Douglas Crockford, "Base 32"."""
LOOKALIKES = str.maketrans("OIL", "011")
CHECK_PRIME = 31  # the largest prime below 32: a mistyped or swapped letter is noticed
GROUP = 4  # letters that are written together


def with_check(letters: str) -> str:
    """Return letters with the one behind them that tells a typing mistake."""
    weighted = sum(place * ALPHABET.index(letter) for place, letter in enumerate(letters, start=1))
    return letters + ALPHABET[weighted % CHECK_PRIME]


def is_checked(code: str, length: int) -> bool:
    """Say whether a code of `length` letters is one that `with_check` made."""
    return (
        len(code) == length and all(letter in ALPHABET for letter in code) and with_check(code[:-1]) == code
    )


def in_groups(code: str) -> str:
    """Return a code as it is written down: in groups of four."""
    return "-".join(code[place : place + GROUP] for place in range(0, len(code), GROUP))


def letters_of(text: str) -> str:
    """Return the letters of a typed code, in whatever digits, case and groups it was typed."""
    return "".join(sign for sign in plain_digits(text).upper() if sign.isalnum()).translate(LOOKALIKES)


def read_code(text: str, length: int) -> str | None:
    """Return the code of `length` letters that typed words mean; None where it was mistyped."""
    letters = letters_of(text)
    return letters if is_checked(letters, length) else None
