"""Integer programs: the very smallest and largest value of what a small group may be, on a sample."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from reports.disclosure.attack import Leak, rests_of
from reports.disclosure.bounds import others
from reports.disclosure.known import Known, known_around
from reports.disclosure.picture import Picture
from reports.disclosure.rules import ANSWER_VALUES, PEOPLE_VALUES, PLANTED
from reports.disclosure.subject import Subject

SAMPLE = 8
"""So many of the closest bounds of a release are checked by integer programs."""
PAIRS = 4
"""How many times as many are checked where two groups are crossed: there, more is linked than bounds see."""


@dataclass(frozen=True, slots=True)
class Close:
    """A bound that is near to telling too much: the nearer, the smaller `room`."""

    room: int
    subject: Subject
    leak: Leak


def check_by_programs(picture: Picture, sample: int = SAMPLE) -> tuple[int, list[tuple[Subject, Leak]]]:
    """Return how many bounds programs looked for, and what they tell that bounds did not.

    Those on the closest bounds; where two groups are crossed, also on all that families hide, however far
    from told that seems: there, sums of several families together tell more than any of them.
    """
    closest = sorted(
        (
            close
            for subject in picture.subjects
            for close in (*_close(picture, subject), *_rests(picture, subject))
        ),
        key=lambda close: (close.room, close.leak.family is None, close.subject.id, close.leak.place),
    )
    far: list[Close] = []
    if any(_has_pairs(subject) for subject in picture.questions):
        sample *= PAIRS
        far = [close for close in closest[sample:] if close.leak.family is not None]
    ran, leaks = 0, []
    shared: Shared = {}
    for close in closest[:sample]:
        ran += 2 if close.leak.kind == "size" else 3
        if Program.of(picture, close.subject, close.leak, shared).tells(close.leak):
            leaks.append((close.subject, close.leak))
    for close in far:
        ran += 2
        program = Program.of(picture, close.subject, close.leak, shared)
        if program.tells(close.leak) and program.may_be_fewer_than(close.subject.k):
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
    known: Known

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
            shared[name] = known_around(subject, picture.found[subject.id], nodes, families)
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

    def may_be_fewer_than(self, people: int) -> bool:
        """Say whether the targets may be fewer people than that; also where no program could say."""
        least = self._extreme({0: 1.0})
        return least is None or least < people

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
