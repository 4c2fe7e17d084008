"""Every planned table, protected: who answered, and each question over all, by side, by side and group."""

from collections.abc import Mapping
from dataclasses import dataclass

from conversations.identifiers import Code, QuestionId
from conversations.questionnaire import Sensitivity
from reports.disclosure.families import Family
from reports.disclosure.protection import MANY, Shown, hidden, rounded, shares_of, show
from reports.planned import SIDE, Frame, PlannedTable
from reports.tabulate import Counts, Crossed, Exact, places_of

Group = tuple[Mapping[str, str], Shown]
"""A group as it stands in a table: its grouping values, and what is shown of it."""


@dataclass(frozen=True, slots=True)
class Table:
    """One protected table with all its planned groups, in the plan's order."""

    planned: PlannedTable
    groups: tuple[Group, ...]


def protect(counts: Counts, frame: Frame) -> list[Table]:
    """Return every planned table, protected."""
    questions = {
        question: _question(counts.questions[question], frame, question) for question in counts.questions
    }
    return [
        _who(planned, counts, frame) if planned.who else _cut(planned, questions[planned.question])
        for planned in frame.plan.tables()
    ]


def fall_back(counts: Counts, frame: Frame) -> list[Table]:
    """Return the overall tables alone, all else withheld: what the plan fixed for when protection fails."""
    tables = []
    for table in protect(counts, frame):
        groups = table.groups
        if table.planned.by:
            groups = tuple((group, hidden(shown.counts, "fallback")) for group, shown in groups)
        tables.append(Table(table.planned, groups))
    return tables


@dataclass(frozen=True, slots=True)
class _Protected:
    """One question, protected: over all, by side, by (group, side, level)."""

    overall: Shown
    sides: dict[Code, Shown]
    levels: dict[tuple[QuestionId, Code, Code], Shown]


def _question(exact: Crossed, frame: Frame, question: QuestionId) -> _Protected:
    """Protect one question from coarse to fine: totals give way to sides, levels to sides."""
    k = frame.plan.k
    sensitive = frame.questionnaire.question(question).sensitivity is Sensitivity.SENSITIVE

    def one(group: Exact) -> Shown:
        return show(group.people, group.answers, k=k, sensitive=sensitive)

    sides = {side: one(group) for side, group in exact.sides.items()}
    whole = Family(one(exact.overall), sides, exact.sides, "total", k, sensitive)
    whole.protect()
    levels: dict[tuple[QuestionId, Code, Code], Shown] = {}
    for group in frame.plan.groups:
        for side, parent in whole.parts.items():
            places = {place: found for place, found in exact.levels.items() if place[:2] == (group, side)}
            parts = {place: one(found) for place, found in places.items()}
            if parent.people is None:
                parts = {place: hidden(part.counts, "within_hidden") for place, part in parts.items()}
            family = Family(parent, parts, places, "parts", k, sensitive)
            family.protect()
            levels.update(family.parts)
    return _Protected(whole.total, whole.parts, levels)


def _cut(planned: PlannedTable, question: _Protected) -> Table:
    """Return one planned table of a protected question."""
    if not planned.by:
        return Table(planned, (({}, question.overall),))
    if planned.by == (SIDE,):
        return Table(planned, tuple(({SIDE: side}, shown) for side, shown in question.sides.items()))
    group = planned.by[1]
    return Table(
        planned,
        tuple(
            ({SIDE: side, group: level}, shown)
            for (name, side, level), shown in question.levels.items()
            if name == group
        ),
    )


def _who(planned: PlannedTable, counts: Counts, frame: Frame) -> Table:
    """Return a table of who answered: its answers are themselves groups of people."""
    k = frame.plan.k
    if planned.question == frame.plan.side:
        return Table(planned, (({}, _people(counts.people, counts.sides, k)),))
    places = places_of(frame, planned.question)
    if planned.by:
        sides = dict.fromkeys(side for _, side, _ in places)
        groups = []
        for side in sides:
            levels = {place[2]: counts.who[place] for place in places if place[1] == side}
            groups.append(({SIDE: side}, _people(sum(levels.values()), levels, k)))
        return Table(planned, tuple(groups))
    total: dict[Code, int] = {}
    for place in places:
        total[place[2]] = total.get(place[2], 0) + counts.who[place]
    return Table(planned, (({}, _people(sum(total.values()), total, k)),))


def _people(total: int, levels: Mapping[Code, int], k: int) -> Shown:
    """Return how many people stand at each level; each level is a group of its own."""
    if total < k:
        return hidden(levels, "threshold")
    published = rounded(total)
    exact = {level: Exact(people) for level, people in levels.items()}
    parts = {level: show(people, {}, k=k, sensitive=False) for level, people in levels.items()}
    family = Family(Shown(published), parts, exact, "parts", k)
    family.protect()
    shown = {level: part.people for level, part in family.parts.items()}
    few = ("few_answers",) if published < MANY else ()
    return Shown(published, shown, shares_of(published, shown), few)
