"""Protection: withhold until the attack finds nothing, then show again whatever may be shown."""

import numpy as np

from reports.disclosure.attack import Attacked, Leak, is_told, nodes_around, reckoned
from reports.disclosure.bounds import Bounds
from reports.disclosure.cure import Cure, carry_out, cost_of, cure
from reports.disclosure.loosening import loosen_links, withhold_together
from reports.disclosure.picture import NoWayOut, Picture
from reports.disclosure.subject import TOGETHER, WITHIN, Subject

STEPS = 5_000
"""Cures after which protection gives up, and the plan's fallback stands in; a release of 300 takes dozens."""


def protect(picture: Picture, *, again: bool = True) -> None:
    """Withhold until nothing is told that must not be; then, `again`, show what can be shown without that.

    Raises:
        NoWayOut: something is told by numbers that cannot be withheld any more.
    """
    if any(subject.rules.complementary for subject in picture.subjects):
        close(picture)
        if again:
            reopen(picture)
            close(picture)  # a group shown again may tell of people
    picture.attack_all()
    for subject, leak in picture.leaks():
        raise NoWayOut(subject, leak)


def close(picture: Picture) -> None:
    """Withhold until the attack finds nothing: among people alone first, then in questions, then in links."""
    while (found := picture.attack_people(None)).leaks:
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
            alone = reckoned(question, None)
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
    if not loosen_links(picture, found):
        _withhold(picture, picture.who, found, found.leaks)


def _withhold(picture: Picture, subject: Subject, found: Attacked, leaks: list[Leak]) -> None:
    """Withhold against leaks of one subject; those near something just withheld wait for the next attack.

    Raises:
        NoWayOut: nothing is left that could be withheld.
    """
    withheld: set[int] = set()
    stuck: list[Leak] = []
    for leak in leaks:
        near = {leak.place, *nodes_around(subject, leak), *np.flatnonzero(subject.lattice.above[leak.place])}
        if withheld & near:
            continue
        if _is_told_by_people(picture, subject, leak) and withhold_together(
            picture, subject.lattice.nodes[leak.place], subject
        ):
            withheld |= {leak.place, *subject.lattice.below(leak.place)}
            continue
        wanted = cure(subject, leak, _people(picture, subject), found)
        if wanted is None:
            stuck.append(leak)  # what is told of a node around it may be all
            continue
        apply(picture, subject, wanted)
        for place in wanted.places:
            withheld |= {place, *(() if wanted.column else subject.lattice.below(place))}
    if stuck and not withheld:
        raise NoWayOut(subject, stuck[0])


def _people(picture: Picture, subject: Subject) -> Bounds | None:
    """Return what other subjects tell of the people of one."""
    return picture.told_by_questions if subject is picture.who else picture.people_of(subject)


def _is_told_by_people(picture: Picture, subject: Subject, leak: Leak) -> bool:
    """Say whether something of one node is told only because so few people passed a question over."""
    if subject is picture.who or leak.family is not None or leak.kind == "one_mind":
        return False
    if subject.reasons.get(leak.place) == (TOGETHER,):
        return False
    return leak.kind != "small_shown" and not is_told(subject, reckoned(subject, None), leak)


def apply_leak(picture: Picture, subject: Subject, leak: Leak) -> None:
    """Withhold the cheapest group near something that an integer program told; bounds cannot say which helps.

    Raises:
        NoWayOut: nothing is left that could be withheld.
    """
    near = {*nodes_around(subject, leak), *np.flatnonzero(subject.lattice.above[leak.place]).tolist()}
    near |= {inside for place in list(near) for inside in subject.lattice.below(place)}
    shown = [place for place in near if place in subject.own and subject.people[place]]
    if not shown:
        raise NoWayOut(subject, leak)
    subject.hide(min(shown, key=lambda place: (cost_of(subject, place), place)), "complementary")
    picture.attack_again(subject)


def apply(picture: Picture, subject: Subject, wanted: Cure) -> None:
    """Withhold what a cure names; a group that is hidden among people is hidden in every question."""
    carry_out(subject, wanted)
    if subject is not picture.who or wanted.column:
        return
    for place in wanted.places:
        if len(subject.lattice.nodes[place].sides) == 1:
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
    """Show again, dearest first, every group that was withheld in vain: of people, then of each question."""
    _reopen_people(picture)
    for question in picture.questions:
        withheld = [
            place for place in question.own if question.reasons[place] in (("complementary",), (WITHIN,))
        ]
        for place in sorted(withheld, key=lambda found: (-cost_of(question, found), found)):
            if _may_be_shown(picture, question, place):
                _try(picture, question, place)


def _reopen_people(picture: Picture) -> None:
    """Show people again where that tells nothing."""
    who = picture.who
    withheld = [place for place in who.own if who.reasons[place] == ("complementary",)]
    for place in sorted(withheld, key=lambda found: (-cost_of(who, found), found)):
        before = who.remembered()
        who.show_again(place)
        picture.attack_all()
        if picture.leaks():
            who.restore(before)
            picture.attack_all()


def _may_be_shown(picture: Picture, question: Subject, place: int) -> bool:
    """Say whether a group has people enough, and lies in nothing that is hidden."""
    assert question.exact is not None
    if question.exact[place, 0] < question.needs:
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
    before = question.remembered()
    question.show_again(place)
    if picture.attack_again(question).leaks:
        question.restore(before)
        picture.attack_again(question)
