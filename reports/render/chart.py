"""One question as it is drawn: an answer a row, a side a column, and what to know when reading it."""

from dataclasses import dataclass

from conversations.identifiers import SPECIAL_CODES
from conversations.wording import Words, say
from reports.render.reading import SIDE, Answer, Group, Reading, Table


@dataclass(frozen=True, slots=True)
class Row:
    """One answer: its code and words. A quiet one is no opinion: do not know, does not apply, prefer not."""

    code: str
    label: Words
    quiet: bool


@dataclass(frozen=True, slots=True)
class Column:
    """One group of people beside others. `kind` chooses how its bars are filled."""

    kind: str
    title: Words
    group: Group
    notes: tuple[Words, ...]

    @property
    def is_empty(self) -> bool:
        """Whether none of its answers is shown."""
        return all(answer.count is None and answer.share is None for answer in self.group.answers)


@dataclass(frozen=True, slots=True)
class Chart:
    """One question, ready to be drawn; `only` is the one side that it was put to."""

    id: str
    label: Words
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    only: Words | None = None
    several: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """The groups of one side in a cross table: those that are shown, and the names of those that are not."""

    side: Words
    shown: tuple[tuple[Words, Group], ...]
    hidden: tuple[Words, ...]


@dataclass(frozen=True, slots=True)
class Cross:
    """One question by side and one more group."""

    label: Words
    rows: tuple[Row, ...]
    parts: tuple[Part, ...]

    @property
    def is_empty(self) -> bool:
        """Whether none of its groups is shown."""
        return not any(part.shown for part in self.parts)


def chart(reading: Reading, question: str) -> Chart:
    """Return one question, side beside side; over all only where no side has shares."""
    by_side = reading.table(question, (SIDE,))
    columns = [
        _column(group.values[SIDE], say(f"side.{group.values[SIDE]}"), group)
        for group in (by_side.groups if by_side else ())
        if group.values[SIDE] != "not_stated"
    ]
    sides = [column.title for column in columns]
    overall = reading.table(question)
    if overall is not None and not any(column.group.has_shares for column in columns):
        columns.append(_column("all", say("release.all"), overall.groups[0]))
    shown = tuple(columns)
    return Chart(
        question,
        reading.label(question),
        shown,
        _rows(reading, question, [column.group for column in shown]),
        only=sides[0] if len(sides) == 1 < len(reading.sides) else None,
        several=reading.questions[question]["type"] == "select_multiple",
    )


def who(reading: Reading) -> list[Chart]:
    """Return who answered: a chart of levels for each question that tells it."""
    charts = []
    for table in reading.tables:
        if table.who and not table.by:
            group = table.groups[0]
            rows = tuple(
                Row(part.code, reading.answer(table.question, part.code), part.code == "not_stated")
                for part in group.answers
            )
            is_side = table.question == reading.side_question
            label = say("release.who.side") if is_side else reading.label(table.question)
            column = _column("all", say("release.all"), group)
            charts.append(Chart(table.question, label, (column,), rows))
    return charts


def crosses(reading: Reading, question: str) -> list[Cross]:
    """Return a question by side and each further group."""
    return [_cross(reading, table) for table in reading.crossed(question)]


def _cross(reading: Reading, table: Table) -> Cross:
    name = next(group for group in table.by if group != SIDE)
    sides = dict.fromkeys(group.values[SIDE] for group in table.groups)
    parts = []
    for side in sides:
        named = [(reading.answer(name, group.values[name]), group) for group in table.of_side(side)]
        parts.append(
            Part(
                say(f"side.{side}"),
                tuple((label, group) for label, group in named if group.people is not None),
                tuple(label for label, group in named if group.people is None),
            )
        )
    rows = _rows(reading, table.question, list(table.groups))
    return Cross(reading.label(name), rows, tuple(parts))


def _column(kind: str, title: Words, group: Group) -> Column:
    return Column(kind, title, group, notes(group))


def notes(group: Group) -> tuple[Words, ...]:
    """Return what to know when reading a group."""
    if group.people is None:
        return (say("release.not_shown"),)
    if "homogeneous" in group.flags:
        return (say("release.same_answer"),)
    if not group.has_shares:
        return (say("release.no_shares"),)
    return (say("release.few"),) if "few_answers" in group.flags else ()


def _rows(reading: Reading, question: str, groups: list[Group]) -> tuple[Row, ...]:
    """Return the answers to draw: special ones only where somebody in these groups gave them."""
    codes = [answer.code for answer in groups[0].answers] if groups else []
    return tuple(
        Row(code, reading.answer(question, code), code in SPECIAL_CODES)
        for code in codes
        if code not in SPECIAL_CODES or any(_given(group.answer(code)) for group in groups)
    )


def _given(answer: Answer) -> bool:
    return bool(answer.count or answer.share)
