"""The picture of a release before protection: every subject with its true numbers, and what others tell."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from conversations.identifiers import Code, QuestionId
from conversations.questionnaire import QuestionType, Sensitivity
from reports.disclosure.lattice import Lattice, Numbers, lattice
from reports.disclosure.loosening import QUESTIONS
from reports.disclosure.picture import Picture
from reports.disclosure.rules import USUAL, Rules, Shown, rounded_all
from reports.disclosure.sights import WHO, Sight, Table, planned_groups, seen, sights
from reports.disclosure.subject import TOGETHER, WITHIN, Subject
from reports.planned import Frame, Plan
from reports.tabulate import Counts, Node


@dataclass(frozen=True, slots=True)
class Other:
    """What else is published of the same people: an earlier part of the round, or another round's release.

    `same_people`: of the same boxes. Otherwise it is assumed as long as its numbers do not contradict that.
    `fallback`: it shows its overall tables alone.
    """

    plan: Plan
    tables: Sequence[Table]
    same_people: bool
    fallback: bool = False

    def sights(self) -> list[Sight]:
        """Return every number of people that it publishes, or withholds."""
        return sights(self.plan, [seen(table) for table in self.tables])

    def codes(self) -> dict[QuestionId, tuple[Code, ...]]:
        """Return the answers that its tables count, by question."""
        return {
            table.planned.question: tuple(table.groups[0][1].counts)
            for table in self.tables
            if not table.planned.who and table.groups
        }

    def shown(self) -> dict[tuple[QuestionId, Node], Shown]:
        """Return what it shows of each node; of levels of people, their number alone."""
        groups = {
            (table.planned.id, tuple(sorted(values.items()))): shown
            for table in self.tables
            for values, shown in table.groups
        }
        found: dict[tuple[QuestionId, Node], Shown] = {}
        for sight in self.sights():
            group = groups[sight.table, tuple(sorted(sight.values.items()))]
            people = group.people if sight.level is None else group.counts.get(sight.level)
            if sight.subject is WHO or sight.subject == WHO:
                before = found.get((WHO, sight.node), Shown())
                found[WHO, sight.node] = Shown(before.people if people is None else people)
            else:
                found[sight.subject, sight.node] = group
        return found


@dataclass(slots=True)
class Drawing:
    """A picture, and in which table each of its nodes stands."""

    picture: Picture
    tables: dict[tuple[QuestionId, int], str]


def draw(
    counts: Counts,
    frame: Frame,
    others: Sequence[Other] = (),
    rules: Rules = USUAL,
    ahead: Frame | None = None,
) -> Drawing:
    """Return every subject with all that its own rules allow to be shown.

    Groups of a part that lies `ahead` are looked at, too: what is shown now must not tell of them.
    """
    own = sights(frame.plan, planned_groups(frame))
    later = sights(ahead.plan, planned_groups(ahead)) if ahead is not None else []
    by_subject: dict[QuestionId, list[list[Node]]] = {}
    for part, found in enumerate([own, *(other.sights() for other in others), later]):
        for sight in found:
            listed = by_subject.setdefault(sight.subject, [[] for _ in range(2 + len(others))])
            listed[part].append(sight.node)
    published = [(other, other.shown(), other.codes()) for other in others]
    subjects = []
    lattices: dict[tuple[tuple[Node, ...], ...], Lattice] = {}  # most questions are crossed alike
    for subject, parts in by_subject.items():
        if subject != WHO and subject not in counts.people:
            continue  # asked in another round alone
        nodes_of_parts = tuple(map(tuple, parts))
        if nodes_of_parts not in lattices:
            lattices[nodes_of_parts] = lattice(parts)
        drawn = _subject(subject, parts[0], lattices[nodes_of_parts], counts, frame, rules)
        for (other, shown, codes), nodes in zip(published, parts[1:-1], strict=True):
            if subject == WHO or codes.get(subject) == drawn.codes:
                _take_in(drawn, other, shown, nodes, _hidden_together(shown))
        subjects.append(drawn)
    tables: dict[tuple[QuestionId, int], str] = {}
    index = {subject.id: subject.lattice.index for subject in subjects}
    for sight in own:
        tables.setdefault((sight.subject, index[sight.subject][sight.node]), sight.table)
    who = next(subject for subject in subjects if subject.id == WHO)
    return Drawing(Picture(who, [subject for subject in subjects if subject.id != WHO]), tables)


def _subject(
    id_: QuestionId, own: Sequence[Node], made: Lattice, counts: Counts, frame: Frame, rules: Rules
) -> Subject:
    """Return one subject with its true numbers, all `own` groups shown as their own rules allow."""
    codes = () if id_ == WHO else frame.codes(id_)
    subject = Subject(
        id_,
        made,
        codes,
        _exact(id_, made, codes, counts),
        frozenset(made.index[node] for node in own),
        frame.plan.k,
        rules=rules,
        needs=frame.plan.needs,
    )
    if id_ != WHO:
        question = frame.questionnaire.question(id_)
        subject.sensitive = question.sensitivity is Sensitivity.SENSITIVE
        subject.several = question.type is QuestionType.SELECT_MULTIPLE
    subject.show_all()
    return subject


def _exact(id_: QuestionId, made: Lattice, codes: Sequence[Code], counts: Counts) -> Numbers:
    rows = []
    for node in made.nodes:
        if id_ == WHO:
            rows.append([counts.of_people(node)])
        else:
            exact = counts.of_question(id_, node, codes)
            rows.append([exact.people, *(exact.answers[code] for code in codes)])
    return np.array(rows, dtype=np.int64)


def _take_in(
    subject: Subject,
    other: Other,
    shown: Mapping[tuple[QuestionId, Node], Shown],
    nodes: Sequence[Node],
    together: frozenset[Node],
) -> None:
    """Let a subject know what another part tells of it, unless its numbers are of other people."""
    places = {subject.lattice.index[node]: shown[subject.id, node] for node in nodes}
    assert subject.exact is not None
    if not other.same_people and not _could_be(subject, places):
        return
    told = Subject(
        subject.id,
        subject.lattice,
        subject.codes,
        subject.exact,
        frozenset(places),
        other.plan.k,
        subject.sensitive,
        subject.several,
        needs=other.plan.needs,
    )
    told.published = rounded_all(subject.exact)
    for place, group in places.items():
        told.take(place, group)
    for place in places:
        if not told.people[place]:
            told.reasons[place] = _why(told, place, other, together)
    subject.take_in(told)


def _why(told: Subject, place: int, other: Other, together: frozenset[Node]) -> tuple[str, ...]:
    """Return why another part hides a group, as far as its tables tell: () where its own size is the reason.

    It may lie in a hidden group, or have been withheld together in several questions: its size is not told.
    """
    if other.fallback:
        return ("fallback",)
    assert told.exact is not None
    around = [int(at) for at in np.flatnonzero(told.lattice.above[place]) if at != place]
    for at in around:
        alone = len(told.lattice.nodes[at].sides) == 1 and at in told.own
        if alone and not told.people[at] and told.exact[at, 0] >= told.needs:
            return (WITHIN,)
    return (TOGETHER,) if told.id != WHO and told.lattice.nodes[place] in together else ()


def _hidden_together(shown: Mapping[tuple[QuestionId, Node], Shown]) -> frozenset[Node]:
    """Return the groups that so many questions of a part hide that they may be withheld together."""
    hidden = Counter(
        node for (subject, node), group in shown.items() if subject != WHO and group.people is None
    )
    return frozenset(node for node, times in hidden.items() if times >= QUESTIONS)


def _could_be(subject: Subject, places: Mapping[int, Shown]) -> bool:
    """Say whether another round's numbers could be of the very people that answered this one."""
    assert subject.exact is not None
    published = rounded_all(subject.exact)
    for place, shown in places.items():
        if shown.people is not None and shown.people != published[place, 0]:
            return False
        counts = (shown.counts.get(code) for code in subject.codes)
        if any(count is not None and count != published[place, 1 + at] for at, count in enumerate(counts)):
            return False
    return True
