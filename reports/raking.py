"""Raking: weights that bring published group counts to a city's margins, within bounds."""

from collections.abc import Mapping
from dataclasses import dataclass

LEAST, MOST = 1 / 3, 3.0
"""No group counts less than a third, or more than three times, of what it counts by itself.

Why there is a bound: M. P. Battaglia, D. Izrael, D. C. Hoaglin and M. R. Frankel (2009), "Practical
considerations in raking survey data", Survey Practice 2(5). M. DeBell and J. A. Krosnick (2009), "Computing
weights for American National Election Study survey data", advise 5; our groups are smaller, so 3.
"""
ROUNDS = 1_000
"""Steps after which fitting ends in any case; tables of this size need a few dozen."""
NEAR = 1e-10

Place = tuple[str, str]
"""A cell: its side and its level."""


@dataclass(frozen=True, slots=True)
class Weights:
    """What each cell counts, 1 on average. `capped` says that a bound was met, so margins are met in part."""

    of: Mapping[Place, float]
    capped: bool


def rake(people: Mapping[Place, int], levels: Mapping[str, float], sides: Mapping[str, float]) -> Weights:
    """Return the weights that bring cells to the margins of levels and, where given, of sides.

    With one margin this is post-stratification, reached in one step; with two, both are fitted in turns.

    Source: W. E. Deming and F. F. Stephan (1940), "On a least squares adjustment of a sampled frequency
    table when the expected marginal totals are known", Annals of Mathematical Statistics 11, 427-444.
    """
    total = sum(people.values())
    fitted = {place: count / total for place, count in people.items()}
    for _ in range(ROUNDS):
        before = fitted
        fitted = _fit(fitted, 1, levels)
        fitted = _fit(fitted, 0, sides) if sides else fitted
        if max(abs(fitted[place] - before[place]) for place in fitted) < NEAR:
            break
    plain = {place: fitted[place] / (count / total) for place, count in people.items()}
    bounded = {place: min(MOST, max(LEAST, weight)) for place, weight in plain.items()}
    return Weights(bounded, capped=bounded != plain)


def _fit(cells: Mapping[Place, float], part: int, margin: Mapping[str, float]) -> dict[Place, float]:
    """Return the cells scaled so that those of each name add up to its part of the margin."""
    total = sum(margin.values())
    now: dict[str, float] = {}
    for place, share in cells.items():
        now[place[part]] = now.get(place[part], 0.0) + share
    return {place: share * margin[place[part]] / total / now[place[part]] for place, share in cells.items()}
