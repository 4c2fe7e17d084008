"""Exact counts of the planned tables; only `reports.disclosure` may see them."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product

from conversations.circumstances import ASSISTED, CAME_BY, RELAY
from conversations.identifiers import SPECIAL_CODES, Code, QuestionId
from conversations.session import Sheet
from reports.planned import NOT_STATED, Frame

NESTED = ((CAME_BY, RELAY), (CAME_BY, ASSISTED))
"""Groups of which one lies within the other: the attack needs their cells, although no table has them."""
Cell = tuple[str, ...]
"""(side,), or (side, group, level), or (side, group, level, group, level): levels as they were answered."""


@dataclass(frozen=True, slots=True)
class Node:
    """Some people: those of these sides who stand, in each named group, at one of these levels."""

    sides: frozenset[Code]
    where: frozenset[tuple[QuestionId, frozenset[Code]]] = frozenset()


@dataclass(frozen=True, slots=True)
class Exact:
    """A group as it is: how many people answered, and how many of them gave each answer."""

    people: int = 0
    answers: Mapping[Code, int] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Counts:
    """Everything that a release counts, by the finest cells: who answered, and what to each question."""

    who: Mapping[Cell, int]
    people: Mapping[QuestionId, Mapping[Cell, int]]
    """How many people answered a question."""
    answers: Mapping[QuestionId, Mapping[tuple[Cell, Code], int]]

    def of_people(self, node: Node) -> int:
        """Return how many people there are, whatever they answered."""
        return sum(self.who.get(cell, 0) for cell in _cells(node))

    def of_question(self, question: QuestionId, node: Node, codes: Iterable[Code]) -> Exact:
        """Return how many people answered a question, and how many of them gave each answer."""
        people, answers = self.people[question], self.answers[question]
        cells = [cell for cell in _cells(node) if cell in people]
        return Exact(
            sum(people[cell] for cell in cells),
            {code: sum(answers.get((cell, code), 0) for cell in cells) for code in codes},
        )


def count(sheets: Iterable[Sheet], *frames: Frame) -> Counts:
    """Count what the plans of these frames tabulate, reading each sheet once; their order does not matter.

    The frames differ in their plans alone, and merge the sides alike.
    """
    groups = tuple(dict.fromkeys(group for frame in frames for group in frame.plan.all_groups))
    crossed = [*(pair for frame in frames for pair in frame.plan.pairs), *NESTED]
    pairs = tuple({frozenset(pair): pair for pair in crossed}.values())
    questions = {question: frame for frame in frames for question in frame.plan.questions}
    reading = {group: next(frame for frame in frames if group in frame.plan.all_groups) for group in groups}
    put_to = {id_: frozenset(frame.put_to(id_)) for id_, frame in {**questions, **reading}.items()}
    who: Counter[Cell] = Counter()
    people: dict[QuestionId, Counter[Cell]] = {question: Counter() for question in questions}
    answers: dict[QuestionId, Counter[tuple[Cell, Code]]] = {question: Counter() for question in questions}
    for sheet in sheets:
        side = frames[0].side_of(sheet)
        levels = {
            group: _level(frame.counted(sheet, group))
            for group, frame in reading.items()
            if side in put_to[group]
        }
        places: list[Cell] = [(side,), *((side, group, level) for group, level in levels.items())]
        places += [
            (side, first, levels[first], second, levels[second])
            for first, second in pairs
            if first in levels and second in levels
        ]
        who.update(places)
        for question, frame in questions.items():
            given = frame.counted(sheet, question) if side in put_to[question] else ()
            if given:
                people[question].update(places)
                for code in given:
                    answers[question].update([(place, code) for place in places])
    return Counts(who, people, answers)


def _level(codes: Sequence[Code]) -> Code:
    """Return the level of a group at which somebody stands who gave these codes."""
    return NOT_STATED if len(codes) != 1 or codes[0] in SPECIAL_CODES else codes[0]


def _cells(node: Node) -> Iterable[Cell]:
    """Yield the finest cells of which a node is made, its groups in either order."""
    groups = sorted(node.where, key=lambda part: part[0])
    orders = [groups] if len(groups) < 2 else [groups, groups[::-1]]
    for order in orders:
        for side in node.sides:
            for levels in product(*(raws for _, raws in order)):
                named = zip((group for group, _ in order), levels, strict=True)
                yield (side, *(part for pair in named for part in pair))
