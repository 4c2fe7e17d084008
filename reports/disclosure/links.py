"""What questions tell of the people who met them, and people of the questions that they answered."""

from collections.abc import Iterable

import numpy as np

from reports.disclosure.attack import Attacked
from reports.disclosure.bounds import Bounds, unknown
from reports.disclosure.lattice import Numbers
from reports.disclosure.subject import Subject

Shared = tuple[Numbers, Numbers]
"""Places of the same nodes in two lattices: of people, and of a question."""


def shared(who: Subject, question: Subject) -> Shared:
    """Return the places of the nodes that people and a question have in common."""
    index = who.lattice.index
    both = [(index[node], place) for node, place in question.lattice.index.items() if node in index]
    places = np.array(both, np.int64).reshape(-1, 2)
    return places[:, 0], places[:, 1]


def people_of(known: Bounds, question: Subject, places: Shared) -> Bounds:
    """Return how many people are in each node of a question, whether they answered it or not.

    `known` are the bounds of people: of nodes x 1, as the result, which has a row a node of the question.
    """
    people = unknown(len(question.lattice.nodes), 0)
    here, there = places
    people.low[there, 0], people.high[there, 0] = known.low[here, 0], known.high[here, 0]
    return people


def told_of(who: Subject, found: Iterable[tuple[Attacked, Shared]]) -> Bounds:
    """Return how many people are in each node of `who` by what attacks on questions tell: nodes x 1."""
    people = unknown(len(who.lattice.nodes), 0)
    low, high = people.low[:, 0], people.high[:, 0]
    for attacked, (here, there) in found:
        if attacked.around is not None:
            low[here] = np.maximum(low[here], attacked.around.low[there, 0])
            high[here] = np.minimum(high[here], attacked.around.high[there, 0])
    return people


def narrower(people: Bounds, found: Attacked) -> bool:
    """Say whether people are known better by what questions tell than before."""
    low, high = found.bounds.low, found.bounds.high
    return bool(np.any(people.low > low) or np.any(people.high < high))
