"""Integer programs: the very smallest and largest value of what a small group may be, on a sample."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from reports.disclosure.attack import Attacked, Leak, rest_of
from reports.disclosure.bounds import ANY, others
from reports.disclosure.lattice import Family
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
    for close in closest[:sample]:
        program = Program.of(picture, close.subject, close.leak)
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
    found, unseen = picture.found[subject.id], subject.unseen()
    for number, family in enumerate(subject.lattice.families):
        if subject.lattice.nodes[family.parent].where:
            continue
        row = rest_of(subject, found.bounds, found.around, unseen, family)
        if row is not None and row[0][0] < subject.k:
            yield Close(
                int(row[1][0] - row[0][0]) + 1 - PEOPLE_VALUES,
                subject,
                Leak("size", family.parent, 0, number),
            )


def _has_pairs(subject: Subject) -> bool:
    return any(len(node.where) > 1 for node in subject.lattice.nodes)


@dataclass(frozen=True, slots=True)
class Program:
    """Everything that is known around some nodes, as an integer program over people and answers."""

    targets: tuple[int, ...]
    columns: int
    limits: "Limits"
    constraint: "LinearConstraint"

    @classmethod
    def of(cls, picture: Picture, subject: Subject, leak: Leak) -> "Program":
        """Return the program of a node: the totals above it, and all their parts of the same groups."""
        families = _families(subject, leak)
        nodes = sorted({leak.place, *(at for family in families for at in (family.parent, *family.children))})
        targets = [leak.place]
        if leak.family is not None:
            unseen = subject.unseen()
            targets = [child for child in subject.lattice.families[leak.family].children if unseen[child]]
        return _build(subject, picture.found[subject.id], nodes, families, targets)

    def tells(self, leak: Leak) -> bool:
        """Say whether the program tells too much: a size, or an answer.

        Told once, it is solved again without simplifying it first: HiGHS was seen to simplify one wrongly.
        """
        return self._tells(leak, simplified=True) and self._tells(leak, simplified=False)

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
        from scipy.optimize import milp

        wanted = np.zeros(len(self.limits.lb))
        for column, factor in of.items():
            for target in self.targets:
                wanted[target * self.columns + column] = -factor if largest else factor
        found = milp(
            wanted,
            integrality=np.ones(len(wanted), np.int64),
            bounds=self.limits,
            constraints=self.constraint,
            options={"time_limit": SECONDS, "presolve": simplified},
        )
        if found.status != 0 or found.fun is None:
            return None
        return round(-found.fun if largest else found.fun)


def _families(subject: Subject, leak: Leak) -> list[Family]:
    """Return the sums on the way from everybody to a node."""
    lattice = subject.lattice
    if not subject.codes:
        return list(lattice.families)
    above = lattice.above[leak.place]
    if leak.family is not None:
        inside = lattice.above[:, leak.place] if _has_pairs(subject) else np.zeros_like(above)
        return [
            family
            for number, family in enumerate(lattice.families)
            if number == leak.family
            or inside[family.parent]
            or (above[family.parent] and any(above[child] for child in family.children))
        ]
    return [
        family
        for family in lattice.families
        if above[family.parent] and any(above[child] for child in family.children)
    ]


def _build(
    subject: Subject, found: Attacked, nodes: list[int], families: list[Family], targets: list[int]
) -> Program:
    """Return the program over these nodes."""
    from scipy.optimize import Bounds as Limits

    bounds, around = found.bounds, found.around
    columns = 1 + len(subject.codes)
    at = {place: row for row, place in enumerate(nodes)}
    low, high = bounds.low[nodes].astype(float), bounds.high[nodes].astype(float)
    high = np.where(high >= ANY, MOST, high)
    silent = [at[place] for place in nodes if subject.people[place] and not subject.said[place].any()]
    silent = [row for row in silent if columns > 1 and nodes[row] not in subject.dominant]
    count = len(nodes) * columns
    rows = _Rows()
    for family in families:
        for column in range(columns):
            terms = {at[child] * columns + column: 1.0 for child in family.children}
            rows.add({**terms, at[family.parent] * columns + column: -1.0}, 0, 0)
    for row, place in enumerate(nodes) if columns > 1 else ():
        first = row * columns
        answers = {first + 1 + column: 1.0 for column in range(len(subject.codes))}
        rows.add({**answers, first: -1.0}, 0, np.inf if subject.several else 0)
        for variable in answers:
            whole, part = (10.0, 9.0) if subject.said[place].all() else (1.0, 1.0)  # at most 90 % of it
            rows.add({variable: whole, first: -part}, -np.inf, 0)
    lower, upper = list(low.ravel()), list(high.ravel())
    if around is not None:  # everybody of each node, whether they answered or not
        first = count
        for family in families:
            terms = {first + at[child]: 1.0 for child in family.children}
            rows.add({**terms, first + at[family.parent]: -1.0}, 0, 0)
        for row in range(len(nodes)):
            rows.add({first + row: 1.0, row * columns: -1.0}, 0, np.inf)
        lower += around.low[nodes, 0].tolist()
        upper += np.minimum(around.high[nodes, 0], MOST).tolist()
        count += len(nodes)
    for row in silent:  # one answer, nobody is told which, holds nearly everybody
        place = nodes[row]
        least = min(int(DOMINANT * low[row, 0]) + 1, _rounded_least(int(subject.published[place, 0])))
        marks = range(count, count + columns - 1)
        for column, mark in enumerate(marks):
            rows.add({row * columns + 1 + column: 1.0, mark: -float(least)}, 0, np.inf)
        rows.add(dict.fromkeys(marks, 1.0), 1, np.inf)
        lower, upper = lower + [0.0] * len(marks), upper + [1.0] * len(marks)
        count += len(marks)
    return Program(
        tuple(at[target] for target in targets),
        columns,
        Limits(np.array(lower), np.array(upper)),
        rows.constraint(count),
    )


def _rounded_least(published: int) -> int:
    """Return the smallest count whose rounded value is more than nine tenths of a published number."""
    return int(DOMINANT * published / BASE + 1e-9) * BASE + BASE - BASE // 2


class _Rows:
    """Rows of a program as they are added."""

    def __init__(self) -> None:
        self._terms: list[tuple[int, int, float]] = []
        self._low: list[float] = []
        self._high: list[float] = []

    def add(self, terms: dict[int, float], low: float, high: float) -> None:
        """Add one row: low <= sum of terms <= high."""
        row = len(self._low)
        self._terms += [(row, variable, factor) for variable, factor in terms.items()]
        self._low.append(low)
        self._high.append(high)

    def constraint(self, variables: int) -> "LinearConstraint":
        """Return all rows as one constraint."""
        from scipy.optimize import LinearConstraint
        from scipy.sparse import coo_array

        rows, columns, factors = zip(*self._terms, strict=True) if self._terms else ((), (), ())
        matrix = coo_array((factors, (rows, columns)), shape=(len(self._low), variables))
        return LinearConstraint(matrix.tocsr(), np.array(self._low), np.array(self._high))
