"""An attack on what was published, from the published numbers alone: by anybody, at any time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

from conversations.identifiers import Code, QuestionId
from reports.disclosure.attack import SAID, Leak
from reports.disclosure.drawing import Other
from reports.disclosure.lattice import lattice
from reports.disclosure.picture import Picture
from reports.disclosure.programs import check_by_programs
from reports.disclosure.publishable import Publishable
from reports.disclosure.rules import Shown
from reports.disclosure.sights import WHO, Sight, tables_of
from reports.disclosure.subject import Subject
from reports.planned import Plan
from reports.tabulate import Node

Document = Mapping[str, Any]
Places = dict[tuple[QuestionId, int], tuple[str, Mapping[str, str]]]
"""In which table, and of which group, each node of each subject stands."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that published numbers give away: in which table of which round, of which group, in words."""

    round_id: str
    table: str
    group: Mapping[str, str] = field(hash=False)
    said: str


@dataclass(frozen=True, slots=True)
class Examination:
    """What an examination found, and how many bounds and integer programs it looked at."""

    bounds: int
    programs: int
    faults: tuple[Fault, ...]


def examine(published: Sequence[Publishable]) -> Examination:
    """Attack parts of releases together: of one round, the same people; of others, people that may differ.

    Nothing but the published bytes is known, so it is not known why a group is hidden. Parts of different
    rounds are joined where they ask the same question with the same answers, unless their numbers
    contradict each other: then they are not of the same people.
    """
    bounds = programs = 0
    faults: list[Fault] = []
    for documents in _joined(published):
        picture, tables = _picture(documents)
        picture.attack_all()
        ran, leaks = check_by_programs(picture)
        bounds, programs = bounds + picture.looked_at, programs + ran
        round_id = documents[0]["round"]["id"]
        for subject, leak in [*picture.leaks(), *leaks]:
            faults.append(_fault(round_id, subject, leak, tables))
    return Examination(bounds, programs, tuple(faults))


def _joined(published: Sequence[Publishable]) -> list[list[Document]]:
    """Return which documents are attacked together: the parts of each round, then of every two rounds."""
    rounds: dict[str, list[Document]] = {}
    for release in published:
        rounds.setdefault(release.document["round"]["id"], []).append(release.document)
    alone = [sorted(parts, key=lambda document: document.get("part", 1)) for parts in rounds.values()]
    pairs = ([*first, *second] for first, second in combinations(alone, 2))
    return [*alone, *(pair for pair in pairs if _may_be_the_same_people(pair))]


def _may_be_the_same_people(documents: Sequence[Document]) -> bool:
    """Say whether the numbers of who answered allow that two rounds were answered by the same people."""
    parts = [_Part.of(document) for document in documents]
    return len(_consistent(WHO, (), parts)) == len(parts)


def _picture(documents: Sequence[Document]) -> tuple[Picture, Places]:
    """Return all subjects of a round as its parts publish them, and where each node stands.

    Where documents of two rounds contradict each other about a subject, the first round's alone count.
    """
    everything = [_Part.of(document) for document in documents]
    questions = {question["id"]: question for document in documents for question in document["questions"]}
    codes: dict[QuestionId, tuple[Code, ...]] = {WHO: ()}
    for part in everything:
        codes = {**part.codes, **codes}
    subjects: list[Subject] = []
    tables: Places = {}
    for subject_id in codes:
        fit = _consistent(subject_id, codes[subject_id], everything)
        parts = [[sight for sight in part.sights if sight.subject == subject_id] for part in fit]
        made = lattice([[sight.node for sight in listed] for listed in parts])
        asked = questions.get(subject_id, {})
        subject = Subject(
            subject_id,
            made,
            codes[subject_id],
            None,
            frozenset(made.index[sight.node] for listed in parts for sight in listed),
            min(part.plan.k for part in fit),
            bool(asked.get("sensitive")),
            asked.get("type") == "select_multiple",
        )
        for part, listed in zip(fit, parts, strict=True):
            for sight in listed:
                place = made.index[sight.node]
                tables.setdefault((subject_id, place), (sight.table, sight.values))
                _take(subject, place, part.shown[subject_id, sight.node])
        subjects.append(subject)
    who = next(subject for subject in subjects if subject.id == WHO)
    return Picture(who, [subject for subject in subjects if subject.id != WHO]), tables


@dataclass(frozen=True, slots=True)
class _Part:
    """One document, read for the attack."""

    round_id: str
    plan: Plan
    sights: list[Sight]
    shown: dict[tuple[QuestionId, Node], Shown]
    codes: dict[QuestionId, tuple[Code, ...]]

    @classmethod
    def of(cls, document: Document) -> "_Part":
        """Read a document."""
        plan = Plan.model_validate(document["manifest"]["plan"])
        other = Other(plan, tables_of(document), same_people=True)
        return cls(document["round"]["id"], plan, other.sights(), other.shown(), other.codes())


def _consistent(subject: QuestionId, codes: tuple[Code, ...], parts: Sequence[_Part]) -> list[_Part]:
    """Return the parts that can be of the same people; those of the first round always are."""
    found: list[_Part] = []
    told: dict[Node, Shown] = {}
    for part in parts:
        of = {node: shown for (about, node), shown in part.shown.items() if about == subject}
        if not of or part.codes.get(subject, ()) != codes:
            continue
        same_round = not found or part.round_id == found[0].round_id
        if same_round or not any(_contradict(told[node], of[node]) for node in of if node in told):
            found.append(part)
            told |= of
    return found


def _contradict(one: Shown, another: Shown) -> bool:
    """Say whether two groups that are shown cannot be the same people."""
    if one.people is None or another.people is None:
        return False
    pairs = ((count, another.counts.get(code)) for code, count in one.counts.items())
    differ = any(None not in pair and pair[0] != pair[1] for pair in pairs)
    return one.people != another.people or differ


def _take(subject: Subject, place: int, shown: Shown) -> None:
    """Take what one part shows of a node, unless another part showed more."""
    if shown.people is None and subject.people[place]:
        return
    before, said = subject.published[place].copy(), subject.said[place].copy()
    subject.take(place, shown)
    subject.published[place, 1:][said] = before[1:][said]
    subject.said[place] |= said


def _fault(
    round_id: str,
    subject: Subject,
    leak: Leak,
    tables: Places,
) -> Fault:
    table, group = tables.get((subject.id, leak.place), ("who answered", {}))
    return Fault(round_id, table, group, SAID[leak.kind])
