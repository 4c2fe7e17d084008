"""What questions tell of the people who met them, and people of the questions that they answered."""

from collections.abc import Iterator, Sequence

import numpy as np

from reports.disclosure.attack import Attacked
from reports.disclosure.bounds import Bounds, unknown
from reports.disclosure.subject import Subject


def shared(who: Subject, question: Subject) -> Iterator[tuple[int, int]]:
    """Yield the places of the nodes that people and a question have in common: of people, of the question."""
    for node, place in question.lattice.index.items():
        here = who.lattice.index.get(node)
        if here is not None:
            yield here, place


def people_of(who: Subject, found: Attacked, question: Subject) -> Bounds:
    """Return how many people are in each node of a question, whether they answered it or not."""
    people = unknown(len(question.lattice.nodes), 0)
    for here, place in shared(who, question):
        people.low[place], people.high[place] = found.bounds.low[here], found.bounds.high[here]
    return people


def told_of(who: Subject, questions: Sequence[tuple[Subject, Attacked]]) -> Bounds:
    """Return how many people are in each node of `who` by what all questions tell."""
    people = unknown(len(who.lattice.nodes), 0)
    for question, found in questions:
        if found.around is None:
            continue
        for here, place in shared(who, question):
            people.low[here, 0] = max(people.low[here, 0], found.around.low[place, 0])
            people.high[here, 0] = min(people.high[here, 0], found.around.high[place, 0])
    return people


def narrower(people: Bounds, found: Attacked) -> bool:
    """Say whether people are known better by what questions tell than before."""
    low, high = found.bounds.low, found.bounds.high
    return bool(np.any(people.low > low) or np.any(people.high < high))
