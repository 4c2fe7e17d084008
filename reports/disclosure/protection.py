"""Protection: withhold until the attack finds nothing, then show again whatever may be shown."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from conversations.errors import ReleaseError
from reports.disclosure.attack import Attacked, Leak, attack, is_told, linked, most_people, reckoned
from reports.disclosure.cure import Cure, cost_of, cure
from reports.disclosure.lattice import Numbers
from reports.disclosure.subject import HALF, Subject
from reports.tabulate import Node

STEPS = 5_000
"""Cures after which protection gives up, and the plan's fallback stands in; a release of 300 takes dozens."""


class NoWayOut(ReleaseError):
    """Something is told, and nothing is left that could be withheld."""

    def __init__(self, subject: Subject, leak: Leak) -> None:
        super().__init__("the tables cannot be protected")
        self.subject, self.leak = subject, leak


@dataclass(slots=True)
class Picture:
    """All subjects of a release together: who answered, and every question."""

    who: Subject
    questions: list[Subject]
    found: dict[str, Attacked] = field(default_factory=dict)
    told_before: frozenset[tuple[str, Leak]] = frozenset()
    """What other rounds' releases tell by themselves, whatever this one shows."""

    @property
    def subjects(self) -> list[Subject]:
        """Who answered first, then each question."""
        return [self.who, *self.questions]

    def attack_all(self) -> None:
        """Attack every subject, with what the others tell of it."""
        found = self._attack_who(None)
        questions = [(question, self._attack_question(question)) for question in self.questions]
        least = linked(found, questions, self.who)
        if (least > found.bounds.low[:, 0]).any():
            self._attack_who(least)
            for question in self.questions:
                self._attack_question(question)

    def attack_people_alone(self) -> Attacked:
        """Attack who answered, without what questions tell of them."""
        return self._attack_who(None)

    def _attack_who(self, least: Numbers | None) -> Attacked:
        return self._found(self.who, attack(self.who, least=least))

    def _attack_question(self, question: Subject) -> Attacked:
        most = most_people(self.found[self.who.id], self.who, question)
        return self._found(question, attack(question, most))

    def _found(self, subject: Subject, found: Attacked) -> Attacked:
        found.leaks = [leak for leak in found.leaks if (subject.id, leak) not in self.told_before]
        self.found[subject.id] = found
        return found

    def attack_again(self, subject: Subject) -> Attacked:
        """Attack one subject again after something of it was withheld or shown."""
        if subject is self.who:
            self.attack_all()
        else:
            self._attack_question(subject)
        return self.found[subject.id]

    def leaks(self) -> list[tuple[Subject, Leak]]:
        """Return everything that is told and must not be."""
        return [(subject, leak) for subject in self.subjects for leak in self.found[subject.id].leaks]

    @property
    def looked_at(self) -> int:
        """How many bounds the attack looked at."""
        return sum(found.looked_at for found in self.found.values())


def protect(picture: Picture, *, again: bool = True) -> None:
    """Withhold until nothing is told that must not be; then, `again`, show what can be shown without that.

    Raises:
        NoWayOut: something is told by numbers that cannot be withheld any more.
    """
    if any(subject.rules.complementary for subject in picture.subjects):
        close(picture)
        if again:
            reopen(picture)
    picture.attack_all()
    for subject, leak in picture.leaks():
        raise NoWayOut(subject, leak)


def close(picture: Picture) -> None:
    """Withhold until the attack finds nothing: among people alone first, then in questions, then in links."""
    while (found := picture.attack_people_alone()).leaks:
        _withhold(picture, picture.who, found, found.leaks)
    picture.attack_all()
    for _ in range(STEPS):
        if not picture.leaks():
            return
        linked_only = bool(picture.found[picture.who.id].leaks)
        busy = [_close_question(picture, question, linked_only) for question in picture.questions]
        if linked_only and not any(busy):
            _close_people(picture)
        picture.attack_all()
    raise NoWayOut(*picture.leaks()[0])


def _close_question(picture: Picture, question: Subject, linked_only: bool) -> bool:
    """Withhold in one question until the attack finds nothing there, and say whether anything was.

    `linked_only`: what is told only because people are known too well waits until people were looked at.
    """
    changed = False
    for _ in range(STEPS):
        found = picture.found[question.id]
        leaks = found.leaks
        if leaks and linked_only:
            alone = reckoned(question, None, None)
            leaks = [leak for leak in leaks if leak.kind == "one_mind" or is_told(question, alone, leak)]
        if not leaks:
            return changed
        changed = True
        _withhold(picture, question, found, leaks)
        picture.attack_again(question)
    raise NoWayOut(question, leaks[0])


def _close_people(picture: Picture) -> None:
    """Withhold in questions what tells of people, and else of people themselves."""
    found = picture.found[picture.who.id]
    if not _close_links(picture, found):
        _withhold(picture, picture.who, found, found.leaks)


def _withhold(picture: Picture, subject: Subject, found: Attacked, leaks: list[Leak]) -> None:
    """Withhold against leaks of one subject, but once only among groups that tell of each other.

    Raises:
        NoWayOut: nothing is left that could be withheld.
    """
    touched: set[int] = set()
    for leak in leaks:
        around = {leak.place, *_around(subject, leak)}
        if touched & around:
            continue
        wanted = cure(subject, leak, found)
        if wanted is None:
            raise NoWayOut(subject, leak)
        apply(picture, subject, wanted)
        touched |= {*around, *wanted.places}


def apply_leak(picture: Picture, subject: Subject, leak: Leak) -> None:
    """Withhold against something that an integer program told.

    Raises:
        NoWayOut: nothing is left that could be withheld.
    """
    wanted = cure(subject, leak, picture.found[subject.id])
    if wanted is None:
        raise NoWayOut(subject, leak)
    apply(picture, subject, wanted)


def _close_links(picture: Picture, found: Attacked) -> bool:
    """Withhold in a question what tells of people by itself, if that is all that tells; say whether it was.

    Somebody who answered a question is there: where many answered, more people must be there.
    """
    if found.least is None:
        return False
    alone = reckoned(picture.who, None, None)
    for leak in found.leaks:
        if is_told(picture.who, alone, leak):
            continue
        places = set(_around(picture.who, leak))
        told = [(place, int(found.least[place] - alone.low[place, 0])) for place in sorted(places)]
        place = max(told, key=lambda at: at[1])[0]
        return _loosen(picture, picture.who.lattice.nodes[place], int(alone.low[place, 0]))
    return False


def _loosen(picture: Picture, node: Node, enough: int) -> bool:
    """Withhold answers, or else a group, of every question that tells of more than `enough` people."""
    changed = False
    for question in picture.questions:
        place = question.lattice.index.get(node)
        if place is None or place not in question.own or not question.people[place]:
            continue
        while int(picture.attack_again(question).bounds.low[place, 0]) > enough and question.people[place]:
            changed = True
            said = np.flatnonzero(question.said[place])
            told = picture.found[question.id].bounds.low[place, 1:]
            if len(said) <= len(question.codes) // 2 or int(question.published[place, 0]) - HALF > enough:
                question.hide(place, "complementary")
            else:
                question.unsay(place, int(max(said, key=lambda column: (told[column], -column))))
    return changed


def _around(subject: Subject, leak: Leak) -> Iterator[int]:
    """Yield the nodes whose numbers tell of a leak: one withheld among them may already cure it."""
    numbers = [leak.family] if leak.family is not None else subject.lattice.families_of[leak.place]
    for number in numbers:
        yield subject.lattice.families[number].parent
        yield from subject.lattice.families[number].children


def apply(picture: Picture, subject: Subject, wanted: Cure) -> None:
    """Withhold what a cure names; a group that is hidden among people is hidden in every question."""
    for place in wanted.places:
        if wanted.column < 0:
            subject.silence(place)
        elif wanted.column:
            subject.unsay(place, wanted.column - 1)
        else:
            subject.hide(place, "complementary")
            if subject is picture.who and len(subject.lattice.nodes[place].sides) == 1:
                _hide_everywhere(picture, place)


def _hide_everywhere(picture: Picture, place: int) -> None:
    """Hide in every question those who are hidden among people, with everything within."""
    for hidden in [place, *picture.who.lattice.below(place)]:
        node = picture.who.lattice.nodes[hidden]
        for question in picture.questions:
            here = question.lattice.index.get(node)
            if here is not None and here in question.own and question.people[here]:
                question.hide(here, "complementary")


def reopen(picture: Picture) -> None:
    """Show again, dearest first, every group of a question that was withheld in vain."""
    for question in picture.questions:
        withheld = [
            place
            for place in question.own
            if question.reasons[place] in (("complementary",), ("within_hidden",))
        ]
        for place in sorted(withheld, key=lambda found: (-cost_of(question, found), found)):
            if _may_be_shown(picture, question, place):
                _try(picture, question, place)


def _may_be_shown(picture: Picture, question: Subject, place: int) -> bool:
    """Say whether a group has people enough, and lies in nothing that is hidden."""
    assert question.exact is not None
    if question.exact[place, 0] < question.k:
        return False
    here = picture.who.lattice.index.get(question.lattice.nodes[place])
    if here is not None and not picture.who.people[here] and here in picture.who.own:
        return False
    around = [int(other) for other in np.flatnonzero(question.lattice.above[place]) if other != place]
    return all(
        question.people[other] or other not in question.own
        for other in around
        if len(question.lattice.nodes[other].sides) == 1
    )


def _try(picture: Picture, question: Subject, place: int) -> None:
    """Show a group, and hide it again if that tells anything."""
    before = question.reasons[place]
    question.show_alone(place)
    if picture.attack_again(question).leaks:
        question.hide(place, before[0])
        picture.attack_again(question)
