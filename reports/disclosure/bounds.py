"""What published numbers tell: the smallest and largest size of every group, and of each of its answers."""

from dataclasses import dataclass

import numpy as np

from reports.disclosure.lattice import Lattice, Numbers, sums

ANY = 10**7
"""More people than any round has: where nothing is known."""
ROUNDS = 40
"""Times that bounds are carried through all sums; they settle after a few."""


@dataclass(slots=True)
class Bounds:
    """The smallest and largest values of a lattice's nodes: column 0 people, then one column an answer.

    Both are arrays of nodes x (1 + answers); the truth lies between them, ends included.
    """

    low: Numbers
    high: Numbers

    def copied(self) -> "Bounds":
        """Return bounds that can be narrowed without touching these."""
        return Bounds(self.low.copy(), self.high.copy())


def unknown(nodes: int, answers: int) -> Bounds:
    """Return the bounds of somebody who knows nothing."""
    shape = (nodes, 1 + answers)
    return Bounds(np.zeros(shape, np.int64), np.full(shape, ANY, np.int64))


@dataclass(slots=True)
class Around:
    """Those among whom a question was answered: everybody of each node, and those who passed it over.

    Arrays of nodes x 2: everybody, passed over.
    """

    low: Numbers
    high: Numbers

    @classmethod
    def of(cls, least: Numbers, most: Numbers) -> "Around":
        """Return what is known where so many people at least, and at most, are in each node."""
        nothing = np.zeros_like(least)
        return cls(np.stack([least, nothing], axis=1), np.stack([most, most], axis=1))


def narrow(lattice: Lattice, bounds: Bounds, *, several: bool, around: Around | None = None) -> Bounds:
    """Return bounds narrowed by every sum of the lattice and of the answers, until nothing changes.

    For one total and its parts, and for two-way tables of people of up to three sides, these are the bounds
    that an attacker reaches; where more is linked, or a plan tells four sides apart, they may be a little
    wider, which is what the integer programs are for. `several`: people could give several answers. `around`
    is narrowed, too, in place: who passed a question over adds up over groups as everybody does, so where
    nearly nobody did, nearly everybody answered.
    Source: Buzzigoli & Giusti (1999), "An algorithm to calculate the lower and upper bounds of the elements
    of an array given its marginals" (the shuttle algorithm), with intervals in place of exact marginals.
    """
    columns = bounds.low.shape[1]
    # Those around add up as people and answers do: they are further columns of the same arrays.
    lows = np.hstack([bounds.low] if around is None else [bounds.low, around.low])
    highs = np.hstack([bounds.high] if around is None else [bounds.high, around.high])
    low, high = lows[:, :columns], highs[:, :columns]
    passing = Around(lows[:, columns:], highs[:, columns:])
    for _ in range(ROUNDS):
        before = int(low.sum()), int(high.sum())
        if around is not None:
            _through_people(low, high, passing)
        if lattice.families:
            _through_families(lattice, lows, highs)
        if columns > 1:
            through_answers(low, high, several)
        for edge in (lows, highs):
            np.clip(edge, 0, ANY, out=edge)  # a careless release contradicts its own rules: stay finite
        if (int(low.sum()), int(high.sum())) == before:
            break
    if around is not None:
        around.low, around.high = passing.low, passing.high
    return Bounds(np.ascontiguousarray(low), np.ascontiguousarray(high))


def _through_people(low: Numbers, high: Numbers, around: Around) -> None:
    """Carry bounds between those who answered, those who passed the question over, and everybody."""
    least, most = around.low, around.high
    np.minimum(high[:, 0], most[:, 0] - least[:, 1], out=high[:, 0])
    np.maximum(low[:, 0], least[:, 0] - most[:, 1], out=low[:, 0])
    np.minimum(most[:, 1], most[:, 0] - low[:, 0], out=most[:, 1])
    np.maximum(least[:, 1], least[:, 0] - high[:, 0], out=least[:, 1])
    np.minimum(most[:, 0], high[:, 0] + most[:, 1], out=most[:, 0])
    np.maximum(least[:, 0], low[:, 0] + least[:, 1], out=least[:, 0])


def _through_families(lattice: Lattice, low: Numbers, high: Numbers) -> None:
    """Carry bounds from parts to totals, and back: arrays of nodes x columns, narrowed in place.

    Both ends are carried at once: a total is at least what its parts are at least, and its negative at least
    what their negatives are.
    """
    columns = low.shape[1]
    ends = np.hstack([low, -high])
    least = sums(lattice, ends)
    np.maximum.at(ends, lattice.parents, np.maximum(least, -ANY))
    # A part is at least its total without the most that its siblings can be, which are negative ends.
    siblings = least.take(lattice.family_of, axis=0) - ends.take(lattice.children, axis=0)
    told = ends.take(lattice.parent_of, axis=0)
    told[:, :columns] += siblings[:, columns:]
    told[:, columns:] += siblings[:, :columns]
    order, starts, nodes = lattice.by_child
    closest = np.maximum.reduceat(told.take(order, axis=0), starts, axis=0)
    ends[nodes] = np.maximum(ends.take(nodes, axis=0), closest)
    np.maximum(ends[:, :columns], 0, out=low)
    np.negative(ends[:, columns:], out=high)


def through_answers(low: Numbers, high: Numbers, several: bool) -> None:
    """Carry bounds between the people of a group and their answers."""
    np.minimum(high[:, 1:], high[:, :1], out=high[:, 1:])
    least, greatest = low[:, 1:].sum(axis=1), high[:, 1:].sum(axis=1)
    np.minimum(high[:, 0], greatest, out=high[:, 0])
    others_greatest = greatest[:, None] - high[:, 1:]
    np.maximum(low[:, 1:], low[:, :1] - others_greatest, out=low[:, 1:])
    if several:
        np.maximum(low[:, 0], low[:, 1:].max(axis=1), out=low[:, 0])
        return
    np.maximum(low[:, 0], least, out=low[:, 0])
    others_least = least[:, None] - low[:, 1:]
    np.minimum(high[:, 1:], high[:, :1] - others_least, out=high[:, 1:])


def others(bounds: Bounds, *, several: bool) -> Numbers:
    """Return, for each node and answer, the largest number of people who may not have given that answer."""
    low, high = bounds.low, bounds.high
    found = high[:, :1] - low[:, 1:]
    if not several:
        rest = high[:, 1:].sum(axis=1, keepdims=True) - high[:, 1:]
        found = np.minimum(found, rest)
    np.maximum(found, 0, out=found)
    return found
