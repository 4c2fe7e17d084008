"""What tables publish, number by number: of whom, in which table, as an own part or an earlier one."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from conversations.identifiers import Code, QuestionId
from reports.disclosure.rules import Shown
from reports.planned import SIDE, Frame, Plan, PlannedTable
from reports.tabulate import Node

WHO = QuestionId("")
"""The subject that all people are counted for, whatever they answered."""

Values = Mapping[str, str]
"""The grouping values of a group, as they stand in a table."""


@dataclass(frozen=True, slots=True)
class Table:
    """One table with all its planned groups, in the plan's order."""

    planned: PlannedTable
    groups: tuple[tuple[Values, Shown], ...]


@dataclass(frozen=True, slots=True)
class Sight:
    """One planned group: whose it is, where it stands, and of whom. `level`: a part of who answered."""

    subject: QuestionId
    table: str
    values: Values
    node: Node
    level: Code | None = None


def planned_groups(frame: Frame) -> list[tuple[PlannedTable, list[Values], tuple[Code, ...]]]:
    """Return every planned table with the grouping values and the codes that it has."""
    found: list[tuple[PlannedTable, list[Values], tuple[Code, ...]]] = []
    for planned in frame.plan.tables():
        if planned.who and planned.question == frame.plan.side:
            found.append((planned, [{}], frame.sides))
            continue
        sides = frame.put_to(planned.question)
        for group in planned.by[1:]:
            sides = tuple(side for side in sides if side in frame.put_to(QuestionId(group)))
        values: list[Values] = [{SIDE: side} for side in sides] if planned.by else [{}]
        for group in planned.by[1:]:
            levels = frame.levels(QuestionId(group))
            values = [{**given, group: level} for given in values for level in levels]
        codes = frame.levels(planned.question) if planned.who else frame.codes(planned.question)
        found.append((planned, values, codes))
    return found


class Naming:
    """Says of whom a group of a release speaks, by the raw codes that its plan merged."""

    def __init__(self, plan: Plan, tables: Iterable[tuple[PlannedTable, Sequence[Values]]]) -> None:
        self._plan = plan
        self._sides: dict[tuple[bool, str], tuple[Code, ...]] = {}
        for planned, groups in tables:
            if planned.by == (SIDE,):
                self._sides[planned.who, planned.question] = tuple(Code(group[SIDE]) for group in groups)

    def node(self, planned: PlannedTable, values: Values, sides: tuple[Code, ...]) -> Node:
        """Return whom a group of a table stands for; `sides` are all sides of the round."""
        if SIDE in values:
            of = frozenset({Code(values[SIDE])})
        else:
            of = frozenset(self._sides.get((planned.who, planned.question), sides))
        where = {(QuestionId(name), self._raws(name, code)) for name, code in values.items() if name != SIDE}
        return Node(of, frozenset(where))

    def level(self, node: Node, group: QuestionId, code: Code) -> Node:
        """Return those of a node who stand at one level of a group; the side is a group, too."""
        if group == self._plan.side:
            return Node(frozenset({code}), node.where)
        return Node(node.sides, node.where | {(group, self._raws(group, code))})

    def _raws(self, group: str, level: str) -> frozenset[Code]:
        return frozenset(self._plan.merge.get(group, {}).get(Code(level), (Code(level),)))


def sights(
    plan: Plan, tables: Sequence[tuple[PlannedTable, Sequence[Values], Sequence[Code]]]
) -> list[Sight]:
    """Return every number of people that tables publish, or withhold."""
    naming = Naming(plan, [(planned, groups) for planned, groups, _ in tables])
    sides = next(
        tuple(codes) for planned, _, codes in tables if planned.who and planned.question == plan.side
    )
    found = []
    for planned, groups, codes in tables:
        subject = WHO if planned.who else planned.question
        for values in groups:
            node = naming.node(planned, values, sides)
            found.append(Sight(subject, planned.id, values, node))
            if planned.who:
                found += [
                    Sight(WHO, planned.id, values, naming.level(node, planned.question, code), code)
                    for code in codes
                ]
    return found


def tables_of(document: Mapping[str, Any]) -> list[Table]:
    """Return the tables of a release as they were published."""
    found = []
    for table in document["tables"]:
        planned = PlannedTable(
            id=table["id"], question=table["question"], by=tuple(table["by"]), who=table["who"]
        )
        groups = []
        for group in table["groups"]:
            counts = {part["code"]: part["count"] for part in group["answers"]}
            shares = {part["code"]: part["share"] for part in group["answers"]}
            groups.append((group["group"], Shown(group["people"], counts, shares, tuple(group["flags"]))))
        found.append(Table(planned, tuple(groups)))
    return found


def seen(table: Table) -> tuple[PlannedTable, list[Values], tuple[Code, ...]]:
    """Return what `sights` needs of a published table."""
    codes = tuple(table.groups[0][1].counts) if table.groups else ()
    return table.planned, [values for values, _ in table.groups], codes
