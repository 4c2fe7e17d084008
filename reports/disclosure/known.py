"""What is known of some groups, as rows that bind whole numbers: put together, and solved with HiGHS."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from reports.disclosure.attack import Attacked
from reports.disclosure.bounds import ANY, Around, Bounds
from reports.disclosure.lattice import Family, Numbers
from reports.disclosure.rules import BASE, DOMINANT
from reports.disclosure.subject import Subject

if TYPE_CHECKING:  # SciPy takes half a second to import: only releases need it, not every command
    from scipy.optimize import Bounds as Limits
    from scipy.optimize import LinearConstraint

SECONDS = 5.0
"""After so long a program is given up; the bounds in closed form then stand."""
MOST = 1_000_000.0
"""More people than any program needs to think of."""


@dataclass(slots=True)
class Known:
    """What is known of some nodes: `first` is where the people of each stand among the variables."""

    first: dict[int, int]
    limits: "Limits"
    constraint: "LinearConstraint"
    likely: "Limits"
    """Limits in which examples are looked for: of nodes of one mind, which answer holds them is settled."""
    possible: list[Numbers] = field(default_factory=list)
    """Whole numbers, a value a variable, that were found to fit everything that is known."""

    @property
    def variables(self) -> int:
        """How many variables there are."""
        return len(self.limits.lb)

    def reach(self, wanted: NDArray[np.float64]) -> None:
        """Look for the least sum of the variables among fractions; note where it is, if that is all whole.

        That takes a fraction of the time that whole numbers take, and mostly finds some.
        """
        found = self._solved(wanted, self.likely, whole=False, presolve=False)
        if found is None:
            return
        counts = np.rint(found.x)
        sums = self.constraint.A @ counts
        fits = (counts >= self.likely.lb) & (counts <= self.likely.ub)
        if fits.all() and ((sums >= self.constraint.lb) & (sums <= self.constraint.ub)).all():
            self.possible.append(counts.astype(np.int64))

    def least(self, wanted: NDArray[np.float64], *, presolve: bool) -> int | None:
        """Return the least sum of the variables in whole numbers, or None if given up."""
        found = self._solved(wanted, self.limits, whole=True, presolve=presolve)
        return None if found is None else round(found.fun)

    def _solved(
        self, wanted: NDArray[np.float64], limits: "Limits", *, whole: bool, presolve: bool
    ) -> Any | None:
        """Return HiGHS's answer to the least sum; None: not in time, or what is known contradicts itself."""
        from scipy.optimize import milp

        found = milp(
            wanted,
            integrality=np.full(len(wanted), int(whole)),
            bounds=limits,
            constraints=self.constraint,
            options={"time_limit": SECONDS, "presolve": presolve},
        )
        return None if found.status != 0 or found.fun is None else found


def known_around(subject: Subject, found: Attacked, nodes: list[int], families: list[Family]) -> Known:
    """Return what is known of these nodes, which add up as these families say."""
    columns = 1 + len(subject.codes)
    first = {place: row * columns for row, place in enumerate(nodes)}
    low, high = found.bounds.low[nodes], found.bounds.high[nodes]
    draft = _Draft()
    draft.variables(low.ravel(), np.where(high >= ANY, MOST, high).ravel())
    _add_sums(draft, families, first, columns)
    if subject.codes:
        _add_answers(draft, subject, first)
    if found.around is not None:
        _add_everybody(draft, found.around, families, first)
    if subject.codes:
        _add_dominant(draft, subject, found.bounds, first)
    return draft.known(first)


def _add_sums(draft: "_Draft", families: list[Family], first: dict[int, int], columns: int) -> None:
    """Say that parts make up their total: the people, and each answer. `first`: the people of each node."""
    for family in families:
        for column in range(columns):
            terms = {first[child] + column: 1.0 for child in family.children}
            draft.row({**terms, first[family.parent] + column: -1.0}, 0, 0)


def _add_answers(draft: "_Draft", subject: Subject, first: dict[int, int]) -> None:
    """Say how the answers of each node hang together with its people."""
    for place, people in first.items():
        answers = {people + 1 + column: 1.0 for column in range(len(subject.codes))}
        draft.row({**answers, people: -1.0}, 0, np.inf if subject.several else 0)
        for variable in answers:
            whole, part = (10.0, 9.0) if subject.said[place].all() else (1.0, 1.0)  # at most 90 % of it
            draft.row({variable: whole, people: -part}, -np.inf, 0)


def _add_everybody(draft: "_Draft", around: Around, families: list[Family], first: dict[int, int]) -> None:
    """Add everybody of each node, whether they answered or not: they add up, too."""
    nodes = list(first)
    start = draft.variables(around.low[nodes, 0], np.minimum(around.high[nodes, 0], MOST))
    everybody = {place: start + row for row, place in enumerate(nodes)}
    _add_sums(draft, families, everybody, 1)
    for place, people in first.items():
        draft.row({everybody[place]: 1.0, people: -1.0}, 0, np.inf)


def _add_dominant(draft: "_Draft", subject: Subject, bounds: Bounds, first: dict[int, int]) -> None:
    """Say of nodes of one mind that one answer, nobody is told which, holds nearly everybody."""
    answers = len(subject.codes)
    for place, people in first.items():
        rounded = _rounded_least(int(subject.published[place, 0]))
        least = min(int(DOMINANT * bounds.low[place, 0]) + 1, rounded)
        if not _is_silent(subject, place, least):
            continue
        start = draft.variables(np.zeros(answers), np.ones(answers))
        marks = range(start, start + answers)
        likely = (bounds.high if subject.exact is None else subject.exact)[place, 1:].argmax()
        draft.marks |= {mark: float(column == likely) for column, mark in enumerate(marks)}
        for column, mark in enumerate(marks):
            draft.row({people + 1 + column: 1.0, mark: -float(least)}, 0, np.inf)
        draft.row(dict.fromkeys(marks, 1.0), 1, np.inf)


def _is_silent(subject: Subject, place: int, least: int) -> bool:
    """Say whether a node's answers are withheld because so many gave one of them, not for another's sake."""
    if not subject.people[place] or subject.said[place].any() or place in subject.dominant:
        return False
    if "homogeneous" not in subject.reasons[place]:
        return False
    return subject.exact is None or int(subject.exact[place, 1:].max()) >= least


def _rounded_least(published: int) -> int:
    """Return the smallest count whose rounded value is more than nine tenths of a published number."""
    return int(DOMINANT * published / BASE + 1e-9) * BASE + BASE - BASE // 2


class _Draft:
    """A program while it is put together: variables with their limits, and rows of what binds them."""

    def __init__(self) -> None:
        self._terms: list[tuple[int, int, float]] = []
        self._low: list[float] = []
        self._high: list[float] = []
        self._least: list[float] = []
        self._most: list[float] = []
        self.marks: dict[int, float] = {}
        """Variables of 0 or 1, with what each most likely is."""

    def variables(self, least: NDArray[Any], most: NDArray[Any]) -> int:
        """Add variables between these limits, and return the place of the first."""
        first = len(self._least)
        self._least += least.tolist()
        self._most += most.tolist()
        return first

    def row(self, terms: dict[int, float], low: float, high: float) -> None:
        """Add one row: low <= sum of terms <= high."""
        row = len(self._low)
        self._terms += [(row, variable, factor) for variable, factor in terms.items()]
        self._low.append(low)
        self._high.append(high)

    def known(self, first: dict[int, int]) -> Known:
        """Return what is known, by where the people of each node stand."""
        from scipy.optimize import Bounds as Limits
        from scipy.optimize import LinearConstraint
        from scipy.sparse import coo_array

        rows, columns, factors = zip(*self._terms, strict=True) if self._terms else ((), (), ())
        matrix = coo_array((factors, (rows, columns)), shape=(len(self._low), len(self._least)))
        least, most = np.array(self._least, float), np.array(self._most, float)
        likely = Limits(least.copy(), most.copy())
        for mark, value in self.marks.items():
            likely.lb[mark] = likely.ub[mark] = value
        return Known(
            first,
            Limits(least, most),
            LinearConstraint(matrix.tocsr(), np.array(self._low), np.array(self._high)),
            likely,
        )
