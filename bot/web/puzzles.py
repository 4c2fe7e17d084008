"""Puzzles that a browser can solve instead of waiting: signed, for one visitor, for a few minutes, once."""

import hmac
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256

PARTS = 16  # numbers to be found: many small parts take everybody nearly the same time
BITS = 12
"""Zeros at the beginning of a part's hash: together PARTS * 2**BITS = 65,536 hashes on average.

Measured with our script in Chromium: 140,000 to 190,000 hashes a second on a busy server core, 30,000 to
70,000 with the core slowed down six times, as a cheap phone is: 0.7 to 1.6 seconds.
"""
MOST_DOUBLINGS = 8  # then a puzzle takes minutes, and waiting is quicker
LASTS = 600.0  # seconds that a puzzle counts
_WRITTEN = re.compile(
    r"(?P<seed>[0-9a-f]{24})\.(?P<bits>\d{1,2})\.(?P<until>\d{1,12})\.(?P<mac>[0-9a-f]{32})", re.ASCII
)
_NUMBER = re.compile(r"\d{1,12}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Puzzle:
    """A puzzle: each part wants a number that makes the hash of `seed:part:number` begin with zeros."""

    text: str
    seed: str
    parts: int
    bits: int


class Puzzles:
    """Makes puzzles and looks at solutions; keeps none but those solved, until they would be too old."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._key = secrets.token_bytes(32)
        self._solved: dict[str, float] = {}

    def new(self, account: str, doublings: int) -> Puzzle:
        """Return a puzzle for one visitor; each doubling makes it twice as long."""
        seed, bits = secrets.token_hex(12), BITS + min(doublings, MOST_DOUBLINGS)
        until = int(self._clock() + LASTS)
        said = f"{seed}.{bits}.{until}"
        return Puzzle(f"{said}.{self._signed(said, account)}", seed, PARTS, bits)

    def accept(self, account: str, text: str, solution: str) -> bool:
        """Say whether somebody solved a puzzle of theirs that still counts; it does not count again."""
        written = _WRITTEN.fullmatch(text)
        if written is None:
            return False
        now, until, seed = self._clock(), int(written["until"]), written["seed"]
        ours = self._signed(text.rpartition(".")[0], account)
        if not hmac.compare_digest(written["mac"], ours) or now > until or seed in self._solved:
            return False
        if not is_solved(seed, int(written["bits"]), solution):
            return False
        self._solved = {one: end for one, end in self._solved.items() if end >= now}
        self._solved[seed] = until
        return True

    def _signed(self, said: str, account: str) -> str:
        return hmac.new(self._key, f"{said}\0{account}".encode(), sha256).hexdigest()[:32]


def is_solved(seed: str, bits: int, solution: str) -> bool:
    """Say whether every part of a puzzle has a number that makes its hash begin with zeros."""
    numbers = solution.split(",", PARTS)
    return len(numbers) == PARTS and all(
        _NUMBER.fullmatch(number) and is_part(seed, part, number, bits) for part, number in enumerate(numbers)
    )


def is_part(seed: str, part: int, number: str, bits: int) -> bool:
    """Say whether a number solves one part."""
    first = int.from_bytes(sha256(f"{seed}:{part}:{number}".encode()).digest()[:4], "big")
    return first >> (32 - bits) == 0
