"""How sure one can be of a share, or of a difference of two, from published counts alone."""

from collections.abc import Iterator
from functools import lru_cache
from itertools import product
from math import sqrt
from statistics import NormalDist

STEP = 5
"""What published counts are rounded to; half a step away lies every exact count that may stand behind one."""
CONFIDENCE = 0.95
"""Of a hundred such intervals about ninety-five hold the true figure, if people had been drawn by lot."""

Interval = tuple[float, float]
Counted = tuple[int, int]
"""How many people gave an answer, and how many answered."""


def share_interval(count: int, people: int) -> Interval:
    """Return the lowest and highest share that published, rounded counts allow, both between 0 and 1.

    It is the union of the Wilson intervals of every exact count and number of people that are published so:
    whatever was rounded away, the plain interval of the exact counts lies within.

    Source: E. B. Wilson (1927), "Probable inference, the law of succession, and statistical inference",
    Journal of the American Statistical Association 22, 209-212.
    """
    found = [_wilson(*exact, _quantile(1)) for exact in _exact(count, people)]
    return min(low for low, _ in found), max(high for _, high in found)


def difference_interval(count_a: int, people_a: int, count_b: int, people_b: int, looked_at: int) -> Interval:
    """Return the lowest and highest difference (share of a less share of b) that published counts allow.

    The hybrid score interval, corrected for how many differences are looked at (each has its part of the
    5 %), and widened for rounding as `share_interval` is. A difference is clear where it leaves out zero.

    Source: R. G. Newcombe (1998), "Interval estimation for the difference between independent proportions:
    comparison of eleven methods", Statistics in Medicine 17, 873-890, method 10; correction: C. E.
    Bonferroni (1936), as in O. J. Dunn (1961), Journal of the American Statistical Association 56, 52-64.
    """
    quantile = _quantile(looked_at)
    pairs = product(_exact(count_a, people_a), _exact(count_b, people_b))
    found = [_newcombe(a, b, quantile) for a, b in pairs]
    return min(low for low, _ in found), max(high for _, high in found)


def _exact(count: int, people: int) -> Iterator[Counted]:
    """Yield every exact count and number of people that are published as these."""
    for answered in _around(max(people, STEP)):
        for given in _around(count):
            yield min(given, answered), answered


def _around(published: int) -> range:
    return range(max(published - STEP // 2, 0), published + STEP // 2 + 1)


@lru_cache(maxsize=64)
def _quantile(looked_at: int) -> float:
    """Return how many standard errors an interval reaches when so many are looked at together."""
    return NormalDist().inv_cdf(1 - (1 - CONFIDENCE) / (2 * max(looked_at, 1)))


@lru_cache(maxsize=4_096)
def _wilson(count: int, people: int, quantile: float) -> Interval:
    """Return the score interval of a share of exact counts."""
    square = quantile * quantile
    middle = (count + square / 2) / (people + square)
    half = quantile * sqrt(count * (people - count) / people + square / 4) / (people + square)
    return max(middle - half, 0.0) if count else 0.0, min(middle + half, 1.0) if count < people else 1.0


def _newcombe(a: Counted, b: Counted, quantile: float) -> Interval:
    """Return the hybrid score interval of a difference of two shares of exact counts."""
    (low_a, high_a), (low_b, high_b) = _wilson(*a, quantile), _wilson(*b, quantile)
    share_a, share_b = a[0] / a[1], b[0] / b[1]
    difference = share_a - share_b
    below = sqrt((share_a - low_a) ** 2 + (high_b - share_b) ** 2)
    above = sqrt((high_a - share_a) ** 2 + (share_b - low_b) ** 2)
    return difference - below, difference + above
