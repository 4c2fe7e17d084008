"""Exact counts of the planned tables; only `reports.disclosure` may see them."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from conversations.identifiers import Code, QuestionId
from conversations.session import Sheet
from reports.planned import Frame

Where = tuple[str, ...]
"""The grouping values of a group, in the order of the table's `by`: (), (side,) or (side, level)."""


@dataclass(frozen=True, slots=True)
class Exact:
    """A group as it is: how many people answered, and how many of them gave each answer."""

    people: int = 0
    answers: Mapping[Code, int] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Crossed:
    """One question over all, by side, and by side and each level of each group; empty ones too."""

    overall: Exact
    sides: Mapping[Code, Exact]
    levels: Mapping[tuple[QuestionId, Code, Code], Exact]
    """By (group, side, level)."""


@dataclass(frozen=True, slots=True)
class Counts:
    """Everything that a release counts: who answered, and what was answered to each question."""

    people: int
    sides: Mapping[Code, int]
    who: Mapping[tuple[QuestionId, Code, Code], int]
    """How many people stand in (group, side, level), whoever did not state it included."""
    questions: Mapping[QuestionId, Crossed]


def count(sheets: Iterable[Sheet], frame: Frame) -> Counts:
    """Count the planned tables; the order of the sheets does not matter."""
    sides: Counter[Code] = Counter()
    who: Counter[tuple[QuestionId, Code, Code]] = Counter()
    people: dict[QuestionId, Counter[Where]] = {question: Counter() for question in frame.plan.questions}
    answers: dict[QuestionId, Counter[tuple[Where, Code]]] = {question: Counter() for question in people}
    put_to = {question: frozenset(frame.put_to(question)) for question in _asked(frame)}
    groups = tuple(dict.fromkeys((*frame.plan.who, *frame.plan.groups)))
    for sheet in sheets:
        side = frame.side_of(sheet)
        sides[side] += 1
        standing = [(group, frame.level_of(sheet, group)) for group in groups if side in put_to[group]]
        who.update((group, side, level) for group, level in standing)
        places: list[Where] = [
            (side,),
            *((g, side, level) for g, level in standing if g in frame.plan.groups),
        ]
        for question in people:
            given = frame.counted(sheet, question) if side in put_to[question] else ()
            if given:
                people[question].update(places)
                answers[question].update((place, code) for place in places for code in given)
    return Counts(
        people=sides.total(),
        sides={side: sides[side] for side in frame.sides},
        who={place: who[place] for group in frame.plan.who for place in places_of(frame, group)},
        questions={q: _crossed(frame, q, people[q], answers[q]) for q in people},
    )


def places_of(
    frame: Frame, group: QuestionId, question: QuestionId | None = None
) -> list[tuple[QuestionId, Code, Code]]:
    """Return every planned (group, side, level), leaving out sides to which they are never put."""
    asked = frame.put_to(question) if question else frame.sides
    sides = [side for side in frame.put_to(group) if side in asked]
    return [(group, side, level) for side in sides for level in frame.levels(group)]


def _asked(frame: Frame) -> tuple[QuestionId, ...]:
    return (*frame.plan.questions, *frame.plan.groups, *frame.plan.who)


def _crossed(
    frame: Frame, question: QuestionId, people: Counter[Where], answers: Counter[tuple[Where, Code]]
) -> Crossed:
    codes = frame.codes(question)

    def exact(place: Where) -> Exact:
        return Exact(people[place], {code: answers[place, code] for code in codes})

    sides = {side: exact((side,)) for side in frame.put_to(question)}
    overall = Exact(
        sum(group.people for group in sides.values()),
        {code: sum(group.answers[code] for group in sides.values()) for code in codes},
    )
    levels = {
        place: exact(place) for group in frame.plan.groups for place in places_of(frame, group, question)
    }
    return Crossed(overall, sides, levels)
