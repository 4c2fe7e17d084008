"""Exact counts as whole numbers with rows of what is known of them, and a search among what is possible."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_array, csr_array

from tests.disclosure.counting import Exact, Figures, Node

SKIPPED, CHOICE = "?skipped", "?choice"
TIME = 10.0  # seconds for one program; hardly any needs a hundredth of it
SWEEPS = 8
Figure = tuple[str, Node, str]
"""Whose count a variable is: of the people of a question (no code), or of those who gave an answer."""


@dataclass(frozen=True)
class Solved:
    """What a program came to: nothing can weigh less than `bound`; the counts, unless time ran out."""

    bound: float | None
    counts: np.ndarray | None


@dataclass(frozen=True)
class Scope:
    """Some of the counts, and what is known of them while all others are what they really are.

    What is found in a part is possible in the whole, though not all that is.
    """

    places: np.ndarray
    known: LinearConstraint


@dataclass
class Program:
    """Variables are exact counts; rows are what is known. `truth` is what they really are."""

    truth_of: Figures
    ceiling: int
    several: frozenset[str]
    figures: list[Figure] = field(default_factory=list)
    place: dict[Figure, int] = field(default_factory=dict)
    low: Any = field(default_factory=list)
    high: Any = field(default_factory=list)
    truth: list[int] = field(default_factory=list)
    rows: list[tuple[dict[int, int], float, float]] = field(default_factory=list)
    choices: list[tuple[list[int], list[int], int]] = field(default_factory=list)
    solved: int = 0
    matrix: csr_array = field(default_factory=lambda: csr_array((0, 0)))
    _scopes: dict[tuple[str, str | None], Scope] = field(default_factory=dict)

    def variable(self, figure: Figure, low: float, high: float) -> int:
        """Add one count with what is known of it alone."""
        question, node, code = figure
        exact = self.truth_of.get((question, node), Exact())
        return self._add(figure, low, high, exact.answers.get(code, 0) if code else exact.people)

    def skipped(self, figure: Figure, everybody: int, people: int) -> int:
        """Add how many did not answer: they, too, add up over groups, and there are never fewer than none."""
        return self._add(figure, 0, np.inf, self.truth[everybody] - self.truth[people])

    def _add(self, figure: Figure, low: float, high: float, truth: int) -> int:
        self.place[figure] = len(self.figures)
        self.figures.append(figure)
        self.low.append(low)
        self.high.append(min(high, self.ceiling))
        self.truth.append(truth)
        return self.place[figure]

    def cap(self, figure: Figure, whole: Figure) -> None:
        """Say that a count is no more than another known before it."""
        place = self.place[figure]
        self.high[place] = min(self.high[place], self.high[self.place[whole]])

    def one_of(self, name: Figure, places: list[int], least: int) -> None:
        """Say that at least one of several counts reaches a number."""
        chosen = [
            self._add((*name[:2], f"{CHOICE}{place}"), 0, 1, int(self.truth[place] >= least))
            for place in places
        ]
        self.choices.append((chosen, places, least))
        self.row(dict.fromkeys(chosen, 1), 1, np.inf)
        for choice, place in zip(chosen, places, strict=True):
            self.row({place: 1, choice: -least}, 0, np.inf)

    def row(self, weights: Mapping[int, int], low: float, high: float) -> None:
        """Add what is known of several counts together."""
        self.rows.append((dict(weights), low, high))

    def sums(self, whole: int, parts: Iterable[int]) -> None:
        """Say that parts make up a whole."""
        self.row({whole: -1} | dict.fromkeys(parts, 1), 0, 0)

    def ready(self) -> None:
        """Put the rows together, and see that the truth itself is among what is thought possible."""
        lines = [line for line, (weights, _, _) in enumerate(self.rows) for _ in weights]
        places = [place for weights, _, _ in self.rows for place in weights]
        values = [weight for weights, _, _ in self.rows for weight in weights.values()]
        matrix = csr_array((values, (lines, places)), shape=(len(self.rows), len(self.figures)), dtype=float)
        low, high = np.array([row[1] for row in self.rows]), np.array([row[2] for row in self.rows])
        truth = np.array(self.truth, float)
        said = matrix @ truth
        wrong = np.flatnonzero((said < low) | (said > high))
        if wrong.size:
            named = {self.figures[place]: self.truth[place] for place in self.rows[int(wrong[0])][0]}
            raise AssertionError(
                f"what is taken as known is not true: {named} {self.rows[int(wrong[0])][1:]}"
            )
        off = np.flatnonzero((truth < self.low) | (truth > np.array(self.high)))
        if off.size:
            first = int(off[0])
            found = (
                f"{self.figures[first]} is {self.truth[first]}, not {self.low[first]} to {self.high[first]}"
            )
            raise AssertionError(f"what is taken as known is not true: {found}")
        self.matrix, self.sides_of_rows = matrix, (low, high)
        self.everything = self._scope(np.arange(len(self.figures)))
        self._tighten(matrix.tocoo(), low, high)

    def _tighten(self, matrix: coo_array, low: np.ndarray, high: np.ndarray) -> None:
        """Draw from each row what it says of each of its counts, until nothing more comes of it."""
        (rows, places), weights = matrix.coords, matrix.data
        least, most = np.array(self.low, float), np.array(self.high, float)
        up = weights > 0
        for _ in range(SWEEPS):
            before = least.sum() - most.sum()
            small = weights * np.where(up, least[places], most[places])
            large = weights * np.where(up, most[places], least[places])
            at_least = np.bincount(rows, small, len(low))
            at_most = np.bincount(rows, large, len(low))
            above = (high[rows] - at_least[rows] + small) / weights
            below = (low[rows] - at_most[rows] + large) / weights
            np.minimum.at(most, places, np.floor(np.where(up, above, below) + 1e-6))
            np.maximum.at(least, places, np.ceil(np.where(up, below, above) - 1e-6))
            if least.sum() - most.sum() == before:
                break
        self.low, self.high = least, most

    def solve(
        self,
        weights: Mapping[int, float],
        also: Mapping[int, int] | None = None,
        scope: Scope | None = None,
        *,
        rough: bool = False,
    ) -> Solved:
        """Look for the counts that fit what is known and weigh least; if `rough`, only where it is quick."""
        scope = scope or self.everything
        objective, low = np.zeros(len(self.figures)), np.array(self.low)
        for place, weight in weights.items():
            objective[place] = weight
        for place, least in (also or {}).items():
            low[place] = max(low[place], least)
        of = scope.places
        for whole in (
            (0,) if rough else (0, 1)
        ):  # fractions are allowed first: mostly the best are whole anyway
            self.solved += 1
            found = milp(
                objective[of],
                constraints=scope.known,
                bounds=Bounds(low[of], self.high[of]),
                integrality=np.full(len(of), whole),
                options={"time_limit": TIME},
            )
            if found.x is None:
                return Solved(None, None)
            counts = self._whole(of, found.x)
            if counts is not None:
                return Solved(found.fun, counts)
        return Solved(None, None)

    def around(self, side: str, group: str | None) -> Scope:
        """Return the counts of one side, by one group if that is named, with the sums over sides."""
        if (side, group) not in self._scopes:
            free = np.zeros(len(self.figures), bool)
            for place, (_, node, _) in enumerate(self.figures):
                named = dict(node)
                here = named.get("side", side) == side
                free[place] = here and (len(node) <= 1 if group is None else group in named)
                if group is None and named.get("side") == side:
                    free[place] = True
            self._scopes[side, group] = self._scope(np.flatnonzero(free))
        return self._scopes[side, group]

    def _scope(self, places: np.ndarray) -> Scope:
        """Return what is known of some counts where all others are what they really are."""
        held = np.array(self.truth, float)
        held[places] = 0
        part = self.matrix[:, places].tocsr()
        rows = np.flatnonzero(np.diff(part.indptr))
        told = (self.matrix @ held)[rows]
        low, high = self.sides_of_rows
        return Scope(places, LinearConstraint(part[rows], low[rows] - told, high[rows] - told))

    def _whole(self, places: np.ndarray, found: np.ndarray) -> np.ndarray | None:
        """Return all counts as whole numbers, with what follows of choices; None if they are not whole."""
        counts, off = np.array(self.truth), np.zeros(len(self.figures), bool)
        counts[places] = np.rint(found)
        off[places] = np.abs(found - counts[places]) > 1e-6
        for chosen, among, least in self.choices:
            counts[chosen] = counts[among] >= least
            off[chosen] = not counts[chosen].any()
        return None if off.any() else counts
