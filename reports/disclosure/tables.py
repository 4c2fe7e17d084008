"""Every planned table, protected: who answered, and each question over all, by side, by side and group."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

from conversations.identifiers import Code, QuestionId
from conversations.questionnaire import Sensitivity
from reports.disclosure.protection import MANY, Shown, guard_rest, hidden, rounded, shares_of, show
from reports.planned import SIDE, Frame, PlannedTable
from reports.tabulate import Counts, Crossed, Exact, places_of

Place = TypeVar("Place")
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
    """Protect one question from coarse to fine; finer groups give way to coarser ones."""
    sensitive = frame.questionnaire.question(question).sensitivity is Sensitivity.SENSITIVE

    def one(group: Exact) -> Shown:
        return show(group.people, group.answers, k=frame.plan.k, sensitive=sensitive)

    overall = one(exact.overall)
    sides = {side: one(group) for side, group in exact.sides.items()}
    _guard(overall, sides, {side: group.people for side, group in exact.sides.items()})
    levels = {place: one(group) for place, group in exact.levels.items()}
    for group in frame.plan.groups:
        for side, parent in sides.items():
            places = [place for place in levels if place[:2] == (group, side)]
            parts = {place: levels[place] for place in places}
            if parent.people is None:
                parts = {place: hidden(part.counts, "within_hidden") for place, part in parts.items()}
            _guard(parent, parts, {place: exact.levels[place].people for place in places})
            levels.update(parts)
    return _Protected(overall, sides, levels)


def _guard(total: Shown, parts: dict[Place, Shown], exact: Mapping[Place, int]) -> None:
    """Withhold parts until what remains of the total stays open."""
    places = list(parts)
    while (found := guard_rest(total, list(parts.values()), [exact[place] for place in places])) is not None:
        place = places[found]
        parts[place] = hidden(parts[place].counts, "complementary")


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
    parts = {level: Shown(rounded(n)) if n >= k else Shown(None) for level, n in levels.items()}
    whole = Shown(published)
    while (found := guard_rest(whole, list(parts.values()), list(levels.values()))) is not None:
        parts[list(parts)[found]] = Shown(None)
    shown = {level: part.people for level, part in parts.items()}
    few = ("few_answers",) if published < MANY else ()
    return Shown(published, shown, shares_of(published, shown), few)
