"""The attack on a release: what published numbers and their rules give away of any small group."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np

from reports.disclosure.bounds import Around, Bounds, narrow, others, through_answers
from reports.disclosure.lattice import Family, Numbers
from reports.disclosure.rules import ANSWER_VALUES, MANY, PEOPLE_VALUES, PLANTED
from reports.disclosure.subject import Subject, Truths

Kind = Literal["small_shown", "size", "answer", "one_mind"]
SAID = {
    "small_shown": "a group of fewer people than the threshold is shown",
    "size": "the size of a small group can be told too closely",
    "answer": "what a small group answered, or did not, can be told too closely",
    "one_mind": "it can be told that nearly everybody of a group gave one answer",
}


@dataclass(frozen=True, slots=True)
class Leak:
    """Something that must not be told: of a node, or of what a family hides together.

    `column` is an answer's column, 0 for people. `family` is None where one node is meant.
    """

    kind: Kind
    place: int
    column: int = 0
    family: int | None = None


def sums_around(subject: Subject, leak: Leak) -> list[Family]:
    """Return the families whose numbers tell of a leak: its own, or those that its node is a part of."""
    lattice = subject.lattice
    numbers = [leak.family] if leak.family is not None else lattice.families_of[leak.place]
    return [lattice.families[number] for number in numbers]


def nodes_around(subject: Subject, leak: Leak) -> list[int]:
    """Return the nodes whose numbers tell of a leak: one withheld among them may already cure it."""
    families = sums_around(subject, leak)
    return list(dict.fromkeys(at for family in families for at in (family.parent, *family.children)))


@dataclass(slots=True)
class Attacked:
    """What an attack on one subject found: the bounds, the leaks, and how many bounds were looked at.

    `around`: of a question, those among whom it was answered, as narrowly as they are known now.
    """

    bounds: Bounds
    leaks: list[Leak]
    looked_at: int
    around: Around | None = None


def attack(subject: Subject, people: Bounds | None = None) -> Attacked:
    """Attack one subject by bounds in closed form: as an outsider, a member, or with three people planted.

    `people` bounds the people of each node by what other subjects tell: of a question, everybody; of who
    answered, those who answered a question.
    Source: ANONYMITY.md, "Releases" 3, 5 and 6.
    """
    bounds, around = reckoned(subject, people)
    unseen, exempt = subject.unseen(), subject.exempt()
    leaks = [*_small_shown(subject)]
    places = np.flatnonzero(unseen)
    rows = Bounds(bounds.low[places], bounds.high[places])
    leaks += [
        Leak(kind, int(places[row]), column) for kind, row, column in _close(subject, rows, exempt[places])
    ]
    families, rests = rests_of(subject, bounds, around)
    parents = subject.lattice.parents[families]
    for kind, row, column in _close(subject, rests, exempt[parents]):
        leaks.append(Leak(kind, int(parents[row]), column, int(families[row])))
    leaks += _one_mind(subject, bounds)
    looked_at = (len(places) + len(families)) * (1 + len(subject.codes))
    return Attacked(bounds, leaks, looked_at, around)


def reckoned(
    subject: Subject, people: Bounds | None, *, people_alone: bool = False
) -> tuple[Bounds, Around | None]:
    """Return what can be told of every node of a subject; `people_alone`: as if no answer were shown."""
    told = subject.told()
    around = None
    if people is not None and subject.codes:
        around = Around.of(people.low[:, 0], people.high[:, 0])
    elif people is not None:
        np.maximum(told.low, people.low, out=told.low)
        np.minimum(told.high, people.high, out=told.high)
    if people_alone:
        told = Bounds(told.low[:, :1].copy(), told.high[:, :1].copy())
    return narrow(subject.lattice, told, several=subject.several, around=around), around


def is_told(subject: Subject, known: tuple[Bounds, Around | None], leak: Leak) -> bool:
    """Say whether bounds tell a size or an answer, of one node or of what a family hides, too closely."""
    bounds, around = known
    if leak.family is None:
        rows = Bounds(bounds.low[[leak.place]], bounds.high[[leak.place]])
    else:
        rows = rests_of(subject, bounds, around, leak.family)[1]
        if not len(rows.low):
            return False
    exempt = subject.exempt_at(leak.place)[None]
    found = list(_close(subject, rows, exempt[:, : rows.low.shape[1] - 1]))
    return any(column == leak.column for _, _, column in found) or any(kind == "size" for kind, _, _ in found)


def _small_shown(subject: Subject) -> Iterator[Leak]:
    """Yield groups that are shown although they are too small, or shown to be of one mind."""
    if subject.exact is None:
        return
    small = subject.people & (subject.exact[:, 0] < subject.needs)
    alike = subject.said.all(axis=1) & subject.of_one_mind if subject.codes else np.zeros_like(small)
    for place in np.flatnonzero(subject.is_own & (small | alike)):
        if small[place]:
            yield Leak("small_shown", int(place))
        if alike[place]:
            yield Leak("one_mind", int(place))


def _close(subject: Subject, rows: Bounds, exempt: Truths) -> Iterator[tuple[Kind, int, int]]:
    """Yield (kind, row, column) of everything that is told too closely of rows that may be small groups."""
    low, high = rows.low, rows.high
    # Without exact numbers nobody knows whether a group that may have k people is a small one.
    small = (low[:, 0] if subject.exact is not None else high[:, 0]) < subject.k
    sizes = np.minimum(high[:, 0], 10**6) - low[:, 0] + 1
    for row in np.flatnonzero(small & (sizes < PEOPLE_VALUES)):
        yield "size", int(row), 0
    if high.shape[1] == 1:
        return
    values = high[:, 1:] - low[:, 1:] + 1
    rest = others(rows, several=subject.several)
    close = (values < ANSWER_VALUES) | (high[:, 1:] <= PLANTED) | (rest <= PLANTED)
    close &= ~exempt & small[:, None] & (sizes >= PEOPLE_VALUES)[:, None]
    for row, column in zip(*np.nonzero(close), strict=True):
        yield "answer", int(row), 1 + int(column)


def rests_of(
    subject: Subject, bounds: Bounds, around: Around | None, only: int | None = None
) -> tuple[Numbers, Bounds]:
    """Return the families that hide several nodes, and the bounds of what each hides: families x columns.

    `only`: this family alone is looked at.
    """
    lattice = subject.lattice
    if not lattice.families:
        return np.zeros(0, np.int64), Bounds(bounds.low[:0].copy(), bounds.high[:0].copy())
    unseen = subject.unseen()
    several = np.add.reduceat(unseen[lattice.children].astype(np.int64), lattice.starts) > 1
    if only is not None:
        several &= np.arange(len(several)) == only
    families = np.flatnonzero(several)
    parents, children = lattice.parents[families], lattice.children[several[lattice.family_of]]
    away = unseen[children]
    sizes = lattice.sizes[families]
    starts = np.cumsum(sizes) - sizes
    low, high = _left(bounds.low, bounds.high, parents, children, starts, away)
    if around is not None:
        least, most = _left(around.low, around.high, parents, children, starts, away)
        low[:, 0] = np.maximum(low[:, 0], least[:, 0] - most[:, 1])
        high[:, 0] = np.minimum(high[:, 0], most[:, 0] - least[:, 1])
    if low.shape[1] > 1:
        for _ in range(2):
            through_answers(low, high, subject.several)
    return families, Bounds(low, high)


def _left(
    low: Numbers, high: Numbers, parents: Numbers, children: Numbers, starts: Numbers, away: Truths
) -> tuple[Numbers, Numbers]:
    """Return the bounds of what is left of each parent when its children that are not `away` are taken away.

    `low` and `high` are of nodes x columns; `children` stand family by family, each from its start on; the
    result has a row a parent.
    """
    if not len(parents):
        return low[:0].copy(), high[:0].copy()
    least, most = low[children], high[children]
    least_away = np.add.reduceat(least * away[:, None], starts, axis=0)
    most_away = np.add.reduceat(most * away[:, None], starts, axis=0)
    least_seen = np.add.reduceat(least, starts, axis=0) - least_away
    most_seen = np.add.reduceat(most, starts, axis=0) - most_away
    left_least = np.maximum(least_away, low[parents] - most_seen)
    return np.maximum(left_least, 0), np.minimum(most_away, high[parents] - least_seen)


def _one_mind(subject: Subject, bounds: Bounds) -> Iterator[Leak]:
    """Yield groups of which it can be told by subtraction that nearly everybody gave one answer."""
    if not subject.codes:
        return
    rest = others(bounds, several=subject.several)
    silent = subject.people & ~subject.said.any(axis=1)
    certain = (bounds.low[:, 1:] > 9 * rest) & (bounds.low[:, 1:] > 0)
    few = (bounds.low[:, 0] < MANY) | subject.sensitive
    for place in np.flatnonzero(silent & few & certain.any(axis=1)):
        if int(place) not in subject.dominant:
            yield Leak("one_mind", int(place))
    if subject.exact is None:
        return
    for number, silent_ones in _silent_rests(subject):
        people = int(subject.exact[silent_ones, 0].sum())
        if people < subject.k or (people >= MANY and not subject.sensitive):
            continue
        if subject.is_of_one_mind(silent_ones):
            yield Leak("one_mind", subject.lattice.families[number].parent, 0, number)


def _silent_rests(subject: Subject) -> Iterator[tuple[int, list[int]]]:
    """Yield families whose total and some parts say their answers, with the parts that say nothing."""
    lattice = subject.lattice
    if not lattice.families:
        return
    speaks = np.asarray(subject.said.any(axis=1))
    silent = ~speaks
    silent[list(subject.dominant)] = False
    some_silent, some_speak = (
        np.logical_or.reduceat(of[lattice.children], lattice.starts) for of in (silent, speaks)
    )
    for number in np.flatnonzero(speaks[lattice.parents] & some_silent & some_speak):
        children = lattice.families[number].children
        yield int(number), [child for child in children if silent[child]]
