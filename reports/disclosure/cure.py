"""Cures: what to withhold so that one thing is no longer told, for the least loss."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from reports.disclosure.attack import Attacked, Leak, is_told, nodes_around, reckoned, sums_around
from reports.disclosure.bounds import ANY, Bounds
from reports.disclosure.lattice import Family
from reports.disclosure.rules import ANSWER_VALUES, PEOPLE_VALUES, PLANTED
from reports.disclosure.subject import UNTOLD, Subject

OVERALL, SIDE, LEVEL, PAIR = 50.0, 5.0, 1.0, 0.5
"""What withholding a group costs: overall and by-side tables survive longest. Source: docs/disclosure.md."""
EVERYBODY = 4
"""How many times dearer than a question's total is the number of all people: the page begins with it."""
ONE_ANSWER = 0.2
"""The cost of withholding one answer of a group, as a part of the cost of the whole group."""

TRIALS = 24
"""So many cures of one leak are tried out at most."""


@dataclass(frozen=True, slots=True)
class Cure:
    """Some nodes to be withheld: everything (column 0), one answer, or all answers (-1); with the cost."""

    places: tuple[int, ...]
    column: int
    cost: float


def cost_of(subject: Subject, place: int) -> float:
    """Return what withholding a node costs, with everything that goes with it."""
    node = subject.lattice.nodes[place]
    people = min(100, int(subject.published[place, 0]))
    if len(node.sides) > 1:
        return 2.0 if node.where else OVERALL * (1 if subject.codes else EVERYBODY)
    within = sum(_alone(subject, inside) for inside in subject.lattice.below(place) if subject.people[inside])
    return _alone(subject, place) + within + (people / 2 if not node.where else 0)


def _alone(subject: Subject, place: int) -> float:
    groups = len(subject.lattice.nodes[place].where)
    return (SIDE, LEVEL, PAIR)[min(groups, 2)] + int(subject.published[place, 0]) / 1_000


def carry_out(subject: Subject, wanted: Cure) -> None:
    """Withhold in one subject what a cure names."""
    for place in wanted.places:
        if wanted.column < 0:
            subject.silence(place)
        elif wanted.column:
            subject.unsay(place, wanted.column - 1)
        else:
            subject.hide(place, "complementary")


def cure(subject: Subject, leak: Leak, people: Bounds | None, found: Attacked) -> Cure | None:
    """Return the cheapest cure of a leak that can be found, or None where nothing own is left to withhold.

    What one sum of groups tells is cured beside it, in closed form. Where answers and sizes tell together,
    cures are tried out, the cheapest first. `people` is what other subjects tell of this one's people.
    """
    if leak.kind in ("small_shown", "one_mind"):
        return _silencing(subject, leak)
    alone = leak.kind == "size" and bool(subject.codes)
    known = reckoned(subject, people, people_alone=True) if alone else (found.bounds, found.around)
    bounds = known[0]
    if alone and not is_told(subject, known, leak):
        return _tried(subject, leak, people, _tellers(subject, leak, found.bounds))
    cures: list[Cure] = []
    for family in sums_around(subject, leak):
        targets = _targets(subject, leak, family)
        if not _is_told(subject, bounds, family, targets, leak.column, ()):
            continue
        for one in _candidates(subject, family, targets, leak.column):
            if not _is_told(subject, bounds, family, targets, leak.column, one.places, one.column):
                cures.append(one)
                break
        cures += _by_parent(subject, family, leak.column)
    if cures:
        return min(cures, key=_cheapest)
    tellers = [] if alone else _tellers(subject, leak, found.bounds)
    return _tried(subject, leak, people, [*tellers, *_anything(subject, leak)])


def _cheapest(found: Cure) -> tuple[float, tuple[int, ...]]:
    return found.cost, found.places


def _tried(subject: Subject, leak: Leak, people: Bounds | None, wanted: Sequence[Cure]) -> Cure | None:
    """Return the first cure that works, or else the cheapest of all; `wanted` are the likeliest first."""
    for one in wanted[:TRIALS]:
        before = subject.remembered()
        carry_out(subject, one)
        told = is_told(subject, reckoned(subject, people), leak)
        subject.restore(before)
        if not told:
            return one
    return min(wanted, key=_cheapest, default=None)


def _tellers(subject: Subject, leak: Leak, bounds: Bounds) -> list[Cure]:
    """Return single answers that may tell a size or each other: those that are known best come first."""
    low, high = bounds.low[leak.place, 1:], bounds.high[leak.place, 1:]
    columns = sorted(range(len(subject.codes)), key=lambda at: (-int(low[at]), int(high[at]), at))
    own = [place for place in nodes_around(subject, leak) if place in subject.own]
    ordered = sorted(own, key=lambda place: (cost_of(subject, place), place))
    return [
        Cure((place,), 1 + column, cost_of(subject, place) * ONE_ANSWER)
        for column in columns
        for place in ordered
        if subject.said[place, column]
    ]


def _silencing(subject: Subject, leak: Leak) -> Cure | None:
    """Return the cure of a group that may not be shown, or of a mind that is told by subtraction."""
    if leak.kind == "small_shown":
        return Cure((leak.place,), 0, cost_of(subject, leak.place))
    if leak.family is None and subject.said[leak.place].any():
        return Cure((leak.place,), -1, 0.0)
    places = [
        place
        for place in nodes_around(subject, leak)
        if place in subject.own and subject.said[place].any() and place != leak.place
    ]
    if leak.family is not None and subject.said[leak.place].any() and leak.place in subject.own:
        places.append(leak.place)
    costs = [Cure((place,), -1, cost_of(subject, place) * ONE_ANSWER) for place in places]
    return min(costs, key=lambda found: (found.cost, found.places), default=None)


def _targets(subject: Subject, leak: Leak, family: Family) -> tuple[int, ...]:
    """Return the nodes of a family whose sum is told too closely."""
    if leak.family is None:
        return (leak.place,)
    unseen = subject.unseen()
    return tuple(child for child in family.children if unseen[child])


def _candidates(subject: Subject, family: Family, targets: Sequence[int], column: int) -> Iterator[Cure]:
    """Yield what may be withheld beside the target: the cheapest sibling, the two cheapest, and so on."""
    siblings = [child for child in family.children if child not in targets and child in subject.own]
    if column:
        telling = [child for child in siblings if subject.said[child, column - 1]]
        yield from _growing(subject, telling, column)
    yield from _growing(subject, [child for child in siblings if subject.people[child]], 0)


def _growing(subject: Subject, places: Sequence[int], column: int) -> Iterator[Cure]:
    part = ONE_ANSWER if column else 1.0
    ordered = sorted(places, key=lambda place: (cost_of(subject, place), place))
    costs = np.cumsum([cost_of(subject, place) * part for place in ordered])
    for number in range(len(ordered)):
        yield Cure(tuple(ordered[: number + 1]), column, float(costs[number]))


def _by_parent(subject: Subject, family: Family, column: int) -> list[Cure]:
    """Return what may be withheld of the total."""
    parent = family.parent
    if parent not in subject.own or not subject.people[parent]:
        return []
    cost = cost_of(subject, parent)
    if column and subject.said[parent, column - 1]:
        return [Cure((parent,), column, cost * ONE_ANSWER), Cure((parent,), 0, cost)]
    return [Cure((parent,), 0, cost)]


def _anything(subject: Subject, leak: Leak) -> list[Cure]:
    """Return what is shown around a leak, where no single sum tells it: the nearest groups first."""
    above = np.flatnonzero(subject.lattice.above[leak.place])
    beside = [
        child
        for place in above
        for number in subject.lattice.families_under[int(place)]
        for child in subject.lattice.families[number].children
    ]
    places = dict.fromkeys([*map(int, above), *beside])
    return [
        Cure((place,), 0, cost_of(subject, place))
        for place in places
        if place in subject.own and subject.people[place]
    ]


def _is_told(
    subject: Subject,
    bounds: Bounds,
    family: Family,
    targets: Sequence[int],
    column: int,
    withheld: Sequence[int],
    of: int = 0,
) -> bool:
    """Say whether a family alone tells a target too closely, once some nodes were withheld beside it."""
    low, high = bounds.low, bounds.high
    parent_low, parent_high = low[family.parent, column], high[family.parent, column]
    least = most = 0
    for child in family.children:
        if child in targets:
            continue
        free = child in withheld and (of in (0, column))
        child_low = (subject.needs if column == 0 else 0) if free else int(low[child, column])
        child_high = ANY if free else int(high[child, column])
        least, most = least + child_low, most + child_high
    own_low = sum(int(subject.known.low[place, column]) for place in targets)
    own_high = sum(_own_high(subject, place) for place in targets)
    lowest = max(own_low, int(parent_low) - most)
    highest = min(own_high, int(parent_high) - least)
    if column == 0:
        return lowest < subject.k and highest - lowest + 1 < PEOPLE_VALUES
    return highest - lowest + 1 < ANSWER_VALUES or highest <= PLANTED


def _own_high(subject: Subject, place: int) -> int:
    """Return how many people a hidden node has at most, by why it is hidden."""
    untold = subject.reasons.get(place) in UNTOLD
    if subject.exact is None or untold or subject.exact[place, 0] >= subject.needs:
        return ANY
    return subject.needs - 1
