"""Loosening: what is withheld where people and a question, each harmless, tell too much together."""

import numpy as np

from reports.disclosure.attack import Attacked, Leak, is_told, nodes_around, reckoned
from reports.disclosure.bounds import Bounds
from reports.disclosure.cure import cost_of
from reports.disclosure.picture import Picture
from reports.disclosure.subject import TOGETHER, Subject
from reports.tabulate import Node

QUESTIONS = 3
"""In so many questions a group is withheld together, so that nobody knows which one is the reason."""


def loosen_links(picture: Picture, found: Attacked) -> bool:
    """Withhold in a question what tells of people by itself, if that is all that tells; say whether it was.

    Somebody who answered a question is there; where few passed it over, few more can be there.
    """
    if picture.told_by_questions is None:
        return False
    alone = reckoned(picture.who, None)
    for leak in found.leaks:
        if not is_told(picture.who, alone, leak):
            places = sorted(nodes_around(picture.who, leak))
            return sum(_loosen(picture, place, alone[0]) for place in places) > 0
    return False


def _loosen(picture: Picture, here: int, enough: Bounds) -> bool:
    """Withhold in every question that tells more of a node's people than `enough`; say whether any did."""
    node = picture.who.lattice.nodes[here]
    changed = False
    for question in picture.questions:
        place = question.lattice.index.get(node)
        while place is not None and _tells_of_people(picture, question, place, here, enough):
            if not _withhold_one(picture, question, place, here, enough):
                break
            changed = True
            picture.attack_again(question)
    return changed


def _tells_of_people(picture: Picture, question: Subject, place: int, here: int, enough: Bounds) -> bool:
    """Say whether a question tells more of the people of a node than is known without it."""
    people = picture.people_of(question, enough)
    met = reckoned(question, people)[1]
    assert met is not None
    return bool(met.low[place, 0] > enough.low[here, 0] or met.high[place, 0] < enough.high[here, 0])


def _withhold_one(picture: Picture, question: Subject, place: int, here: int, enough: Bounds) -> bool:
    """Withhold the best known answer of a group, or a group around it; False: nothing is left.

    A group that does not help by itself goes together with its like in other questions.
    """
    said = np.flatnonzero(question.said[place])
    if question.people[place] and len(said) > len(question.codes) // 2:
        told = picture.found[question.id].bounds.low[place, 1:]
        question.unsay(place, int(max(said, key=lambda column: (told[column], -column))))
        return True
    nodes = dict.fromkeys(
        at for at in (place, *nodes_around(question, Leak("size", place))) if at in question.own
    )
    ordered = sorted(nodes, key=lambda at: (cost_of(question, at), at))
    for at in ordered:
        before = question.remembered()
        if question.people[at]:
            question.hide(at, "complementary")
            if not _tells_of_people(picture, question, place, here, enough):
                return True
        question.restore(before)
    left = [at for at in ordered if question.reasons[at] != (TOGETHER,)]
    shown = [at for at in left if question.people[at]]
    if left and withhold_together(picture, question.lattice.nodes[(shown or left)[0]], question):
        return True
    if shown:
        question.hide(shown[0], "complementary")
    return bool(shown)


def withhold_together(picture: Picture, node: Node, question: Subject) -> bool:
    """Withhold a group in a question and in others: in which too few people answered is then not known.

    The others are those that the fewest of its people answered; those where it is withheld for this reason
    already count. Returns False, and changes nothing, where there are not enough.
    """
    others = [
        (other.reasons[place] != (TOGETHER,), int(other.exact[place, 0]), number, other, place)
        for number, other in enumerate(picture.questions)
        if other is not question
        and other.exact is not None
        and (place := other.lattice.index.get(node)) is not None
        and place in other.own
    ]
    if len(others) < QUESTIONS - 1:
        return False
    chosen = sorted(others, key=lambda found: found[:3])[: QUESTIONS - 1]
    places = [(question, question.lattice.index[node]), *((other, place) for *_, other, place in chosen)]
    for other, place in places:
        other.hide(place, TOGETHER)
        picture.attack_again(other)
    return True
