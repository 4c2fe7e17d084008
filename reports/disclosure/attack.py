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
    families, rests, parents = _rests(subject, bounds, around, unseen)
    for kind, row, column in _close(subject, rests, exempt[parents]):
        leaks.append(Leak(kind, int(parents[row]), column, families[row]))
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
    unseen = subject.unseen()
    if leak.family is None:
        rows = Bounds(bounds.low[[leak.place]], bounds.high[[leak.place]])
    else:
        family = subject.lattice.families[leak.family]
        row = rest_of(subject, bounds, around, unseen, family)
        if row is None:
            return False
        rows = Bounds(row[0][None], row[1][None])
    exempt = subject.exempt()[[leak.place]]
    found = list(_close(subject, rows, exempt[:, : rows.low.shape[1] - 1]))
    return any(column == leak.column for _, _, column in found) or any(kind == "size" for kind, _, _ in found)


def _small_shown(subject: Subject) -> Iterator[Leak]:
    """Yield groups that are shown although they are too small, or shown to be of one mind."""
    if subject.exact is None:
        return
    for place in sorted(subject.own):
        if subject.people[place] and subject.exact[place, 0] < subject.needs:
            yield Leak("small_shown", place)
        if subject.said[place].all() and subject.codes and subject.is_of_one_mind([place]):
            yield Leak("one_mind", place)


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


def _rests(
    subject: Subject, bounds: Bounds, around: Around | None, unseen: Truths
) -> tuple[list[int], Bounds, Numbers]:
    """Return the families that hide several nodes, the bounds of what each hides, and their parents."""
    families, low, high, parents = [], [], [], []
    for number, family in enumerate(subject.lattice.families):
        row = rest_of(subject, bounds, around, unseen, family)
        if row is not None:
            families.append(number)
            parents.append(family.parent)
            low.append(row[0])
            high.append(row[1])
    shape = (len(families), bounds.low.shape[1])
    rests = Bounds(np.array(low, np.int64).reshape(shape), np.array(high, np.int64).reshape(shape))
    return families, rests, np.array(parents, dtype=np.int64)


def rest_of(
    subject: Subject, bounds: Bounds, around: Around | None, unseen: Truths, family: Family
) -> tuple[Numbers, Numbers] | None:
    """Return the bounds of what a family hides, if it hides several nodes."""
    children = np.array(family.children)
    away, seen = children[unseen[children]], children[~unseen[children]]
    if len(away) < 2:
        return None
    low, high = _left(bounds.low, bounds.high, family.parent, away, seen)
    if around is not None:
        least, most = _left(around.low, around.high, family.parent, away, seen)
        low[0] = max(int(low[0]), int(least[0]) - int(most[1]))
        high[0] = min(int(high[0]), int(most[0]) - int(least[1]))
    if len(low) > 1:
        for _ in range(2):
            through_answers(low[None], high[None], subject.several)
    return low, high


def _left(low: Numbers, high: Numbers, parent: int, away: Numbers, seen: Numbers) -> tuple[Numbers, Numbers]:
    """Return the bounds of what is left of a parent when what is seen is taken away."""
    least = np.maximum(low[away].sum(axis=0), low[parent] - high[seen].sum(axis=0))
    most = np.minimum(high[away].sum(axis=0), high[parent] - low[seen].sum(axis=0))
    return np.maximum(least, 0), most


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
    speaks = np.asarray(subject.said.any(axis=1))
    for number, family in enumerate(subject.lattice.families):
        if not speaks[family.parent]:
            continue
        rest_of = [child for child in family.children if not speaks[child] and child not in subject.dominant]
        people = int(subject.exact[rest_of, 0].sum()) if rest_of else 0
        if people < subject.k or (people >= MANY and not subject.sensitive):
            continue
        if subject.is_of_one_mind(rest_of) and any(speaks[child] for child in family.children):
            yield Leak("one_mind", family.parent, 0, number)
