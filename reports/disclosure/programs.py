"""Integer programs: the very smallest and largest value of what a small group may be, on a sample."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from reports.disclosure.attack import Attacked, Leak, rests_of
from reports.disclosure.bounds import ANY, Around, Bounds, others
from reports.disclosure.lattice import Family, Numbers
from reports.disclosure.picture import Picture
from reports.disclosure.rules import ANSWER_VALUES, BASE, DOMINANT, PEOPLE_VALUES, PLANTED
from reports.disclosure.subject import Subject

if TYPE_CHECKING:  # SciPy takes half a second to import: only releases need it, not every command
    from scipy.optimize import Bounds as Limits
    from scipy.optimize import LinearConstraint

SAMPLE = 8
"""So many of the closest bounds of a release are checked by integer programs."""
PAIRS = 4
"""How many times as many are checked where two groups are crossed: there, more is linked than bounds see."""
SECONDS = 5.0
"""After so long a program is given up; the bounds in closed form then stand."""
MOST = 1_000_000.0
"""More people than any program needs to think of."""


@dataclass(frozen=True, slots=True)
class Close:
    """A bound that is near to telling too much: the nearer, the smaller `room`."""

    room: int
    subject: Subject
    leak: Leak


def check_by_programs(picture: Picture, sample: int = SAMPLE) -> tuple[int, list[tuple[Subject, Leak]]]:
    """Return how many programs ran on the closest bounds, and what they tell that bounds did not."""
    closest = sorted(
        (
            close
            for subject in picture.subjects
            for close in (*_close(picture, subject), *_rests(picture, subject))
        ),
        key=lambda close: (close.room, close.leak.family is None, close.subject.id, close.leak.place),
    )
    if any(_has_pairs(subject) for subject in picture.questions):
        sample *= PAIRS
    ran, leaks = 0, []
    shared: Shared = {}
    for close in closest[:sample]:
        program = Program.of(picture, close.subject, close.leak, shared)
        ran += 2 if close.leak.kind == "size" else 3
        if program.tells(close.leak):
            leaks.append((close.subject, close.leak))
    return ran, leaks


def _close(picture: Picture, subject: Subject) -> Iterator[Close]:
    """Yield how near each bound of a hidden node comes to telling too much; exempt ones are left out."""
    bounds = picture.found[subject.id].bounds
    exempt = subject.exempt()
    rest = others(bounds, several=subject.several) if subject.codes else None
    for place in np.flatnonzero(subject.unseen()):
        low, high = bounds.low[place], bounds.high[place]
        if low[0] >= subject.k:
            continue
        yield Close(int(high[0] - low[0]) + 1 - PEOPLE_VALUES, subject, Leak("size", int(place)))
        if rest is None:
            continue
        for column in range(len(subject.codes)):
            if exempt[place, column]:
                continue
            values = int(high[1 + column] - low[1 + column]) + 1 - ANSWER_VALUES
            room = min(values, int(high[1 + column]) - PLANTED - 1, int(rest[place, column]) - PLANTED - 1)
            yield Close(room, subject, Leak("answer", int(place), 1 + column))


def _rests(picture: Picture, subject: Subject) -> Iterator[Close]:
    """Yield how near the size of what a side hides of one group comes to being told."""
    if not subject.codes:
        return
    found, lattice = picture.found[subject.id], subject.lattice
    families, rests = rests_of(subject, found.bounds, found.around)
    for number, low, high in zip(families.tolist(), rests.low[:, 0], rests.high[:, 0], strict=True):
        parent = lattice.families[number].parent
        if not lattice.nodes[parent].where and low < subject.k:
            yield Close(int(high - low) + 1 - PEOPLE_VALUES, subject, Leak("size", parent, 0, number))


def _has_pairs(subject: Subject) -> bool:
    return any(len(node.where) > 1 for node in subject.lattice.nodes)


@dataclass(slots=True)
class Program:
    """Everything that is known around some nodes, as an integer program over people and answers.

    Where the same sums lie around several targets, they share what is known, and what was found possible.
    """

    targets: tuple[int, ...]
    """Where the people of each target stand among the variables; its answers follow."""
    known: "Known"

    @classmethod
    def of(cls, picture: Picture, subject: Subject, leak: Leak, before: "Shared | None" = None) -> "Program":
        """Return the program of a node: the totals above it, and all their parts of the same groups.

        `before` are programs of this picture that were put together already; this one is added to them.
        """
        numbers = _families(subject, leak)
        families = [subject.lattice.families[number] for number in numbers]
        nodes = sorted({leak.place, *(at for family in families for at in (family.parent, *family.children))})
        targets = [leak.place]
        if leak.family is not None:
            unseen = subject.unseen()
            targets = [child for child in subject.lattice.families[leak.family].children if unseen[child]]
        shared = before if before is not None else {}
        name = (subject.id, tuple(numbers), tuple(nodes))
        if name not in shared:
            shared[name] = _build(subject, picture.found[subject.id], nodes, families)
        known = shared[name]
        return cls(tuple(known.first[target] for target in targets), known)

    def tells(self, leak: Leak) -> bool:
        """Say whether the program tells too much: a size, or an answer.

        It does not where counts that fit everything known leave it open; only where none were found quickly
        are the extremes computed. Told once, it is solved again without simplifying it first: HiGHS was seen
        to simplify one wrongly.
        """
        people, column = self.weights(0), self.weights(leak.column)
        for wanted in (-column, column, column - people)[: 2 if leak.kind == "size" else 3]:
            if self._keeps_open(leak):
                return False
            self.known.reach(wanted)
        if self._keeps_open(leak):
            return False
        return self._tells(leak, simplified=True) and self._tells(leak, simplified=False)

    def weights(self, column: int) -> NDArray[np.float64]:
        """Return the sum of one of the targets' numbers, as a weight of each variable: 1 or 0."""
        found = np.zeros(self.known.variables)
        found[[target + column for target in self.targets]] = 1.0
        return found

    def _keeps_open(self, leak: Leak) -> bool:
        """Say whether counts that were found possible show by themselves that a leak tells nothing.

        The true extremes are no closer than theirs.
        """
        if not self.known.possible:
            return False
        possible = np.array(self.known.possible)
        values = possible @ self.weights(leak.column)
        if leak.kind == "size":
            return bool(np.ptp(values) + 1 >= PEOPLE_VALUES)
        others_most = (possible @ self.weights(0) - values).max()
        return bool(np.ptp(values) + 1 >= ANSWER_VALUES and min(values.max(), others_most) > PLANTED)

    def _tells(self, leak: Leak, *, simplified: bool) -> bool:
        low = self._extreme({leak.column: 1.0}, simplified=simplified)
        high = self._extreme({leak.column: 1.0}, largest=True, simplified=simplified)
        if low is None or high is None:
            return False
        if leak.kind == "size":
            return high - low + 1 < PEOPLE_VALUES
        if high - low + 1 < ANSWER_VALUES or high <= PLANTED:
            return True
        rest = self._extreme({0: 1.0, leak.column: -1.0}, largest=True, simplified=simplified)
        return rest is not None and rest <= PLANTED

    def _extreme(self, of: dict[int, float], *, largest: bool = False, simplified: bool = True) -> int | None:
        """Return the smallest or largest value of a sum of the target's numbers, or None if given up."""
        wanted = np.zeros(self.known.variables)
        for column, factor in of.items():
            wanted += factor * self.weights(column)
        found = self.known.least(-wanted if largest else wanted, presolve=simplified)
        return -found if largest and found is not None else found


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


Shared = dict[tuple[str, tuple[int, ...], tuple[int, ...]], Known]
"""What is known by subject, families, and nodes; all of one picture as it was attacked last."""


def _families(subject: Subject, leak: Leak) -> list[int]:
    """Return the numbers of the sums on the way from everybody to a node, in the lattice's order."""
    lattice = subject.lattice
    if not subject.codes or not lattice.families:
        return list(range(len(lattice.families)))
    above = lattice.above[leak.place]
    wanted = above[lattice.parents] & np.logical_or.reduceat(above[lattice.children], lattice.starts)
    if leak.family is not None:
        wanted[leak.family] = True
        if _has_pairs(subject):
            wanted |= lattice.above[lattice.parents, leak.place]
    return [int(number) for number in np.flatnonzero(wanted)]


def _build(subject: Subject, found: Attacked, nodes: list[int], families: list[Family]) -> Known:
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
