"""How many pairs an attacker joined, beside how many chance alone would have joined.

Chance: somebody who learned nothing lays two lists of n side by side as a random permutation. The number of
its fixed points has mean 1 and variance 1, whatever n is (n > 1); lists that cover a part of the people only
have a smaller mean. The runs of S seeds are independent, so that their sum has mean S and variance S, and
chance plus three standard deviations is S + 3 * sqrt(S): 8.2 for 3 seeds, 33.4 for 20. A sum of fixed points
is nearly Poisson, whose upper tail there is about 0.3 % - too much for some hundred attackers to be all
below it in every run. What lies above is therefore measured again, with other seeds, and only what lies
above three times in a row counts as a leak: chance does that once in 30 million, a leak every time.

Drift: the correlation of the two orders. It finds what joins nobody exactly, but says who came early. For a
random permutation of n its mean is 0 and its variance 1 / (n - 1).
"""

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from tests.linkage.attackers import Guess
from tests.linkage.seizing import Box, Person

DEVIATIONS = 3


@dataclass(frozen=True, slots=True)
class Score:
    """What one attacker reached, summed over seeds."""

    runs: int = 0
    joined: int = 0
    of: int = 0
    drift: float = 0.0
    drift_variance: float = 0.0

    def __add__(self, other: "Score") -> "Score":
        return Score(
            self.runs + other.runs,
            self.joined + other.joined,
            self.of + other.of,
            self.drift + other.drift,
            self.drift_variance + other.drift_variance,
        )

    @property
    def bound(self) -> float:
        """Chance plus three standard deviations."""
        return self.runs + DEVIATIONS * math.sqrt(self.runs)

    @property
    def drifts(self) -> float:
        """The drift, in standard deviations."""
        return self.drift / math.sqrt(self.drift_variance) if self.drift_variance else 0.0

    @property
    def leaks(self) -> bool:
        """Whether this is more than chance."""
        return self.joined > self.bound or abs(self.drifts) > DEVIATIONS + 1

    @property
    def share(self) -> float:
        """The part of the guesses that joined somebody."""
        return self.joined / self.of if self.of else 0.0


def score(guess: Guess, truth: Mapping[Box, Person]) -> Score:
    """Compare one guess with the truth."""
    joined = sum(truth.get(box) == person for person, box in guess)
    place = {person: index for index, (person, _) in enumerate(guess)}
    pairs = [(place[truth[box]], index) for index, (_, box) in enumerate(guess) if truth.get(box) in place]
    drift = _correlation(pairs)
    variance = 1 / (len(pairs) - 1) if len(pairs) > 2 else 0.0
    return Score(1, joined, len(guess), drift if variance else 0.0, variance)


def _correlation(pairs: list[tuple[int, int]]) -> float:
    if len(pairs) < 3:
        return 0.0
    ones, twos = zip(*pairs, strict=True)
    mean_one, mean_two = sum(ones) / len(ones), sum(twos) / len(twos)
    spread = math.sqrt(
        sum((one - mean_one) ** 2 for one in ones) * sum((two - mean_two) ** 2 for two in twos)
    )
    return sum((one - mean_one) * (two - mean_two) for one, two in pairs) / spread if spread else 0.0


def summed(scores: Iterable[Mapping[str, Score]]) -> dict[str, Score]:
    """Add up what each attacker reached."""
    total: dict[str, Score] = {}
    for found in scores:
        for name, one in found.items():
            total[name] = total.get(name, Score()) + one
    return total


def persistent(measure: Callable[[int], Mapping[str, Score]], times: int = 3) -> dict[str, Score]:
    """Return who beats chance every time; `measure` is given the number of the try, for other seeds."""
    leaking: dict[str, Score] = {}
    for attempt in range(times):
        found = measure(attempt)
        leaking = {n: s for n, s in found.items() if s.leaks and (attempt == 0 or n in leaking)}
        if not leaking:
            break
    return leaking
