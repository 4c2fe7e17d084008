"""One question as it is drawn: a bar for each side, divided by answers, and what to know when reading it."""

from collections.abc import Sequence
from dataclasses import dataclass

from conversations.identifiers import SPECIAL_CODES
from conversations.wording import Words, say
from reports.render.reading import SIDE, Answer, Group, Reading, Table

SHADES = 6
"""How many steps of lightness a bar has; a longer scale takes them in turns, with stripes the second time."""


@dataclass(frozen=True, slots=True)
class Row:
    """One answer: its code, words, and the number under which bars show it.

    A quiet one is no opinion: do not know, does not apply, prefer not to say. `shade` is 1, the lightest, to
    SHADES; 0 for a quiet one.
    """

    code: str
    label: Words
    quiet: bool
    number: int = 0
    shade: int = 0
    striped: bool = False


@dataclass(frozen=True, slots=True)
class Segment:
    """One part of a stacked bar: whose answer, where it starts, how long it is, in parts of the bar."""

    row: Row
    share: float
    start: float
    width: float


@dataclass(frozen=True, slots=True)
class Column:
    """One group of people beside others. `kind` chooses how its bars are filled."""

    kind: str
    title: Words
    group: Group
    notes: tuple[Words, ...]

    def figures(self, rows: Sequence[Row]) -> tuple[tuple[Row, Answer], ...]:
        """Return its answers in the order of these rows."""
        return tuple((row, self.group.answer(row.code)) for row in rows)

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

    @property
    def is_empty(self) -> bool:
        """Whether no answer is shown in any of its columns."""
        return all(column.is_empty for column in self.columns)

    def segments(self, column: Column) -> tuple[Segment, ...]:
        """Return the stacked bar of a column along the scale; what is withheld leaves its end empty."""
        shown = [(row, answer.share) for row, answer in column.figures(self.rows) if answer.share]
        total = sum(share for _, share in shown)
        whole = 1.0 if any(answer.share is None for answer in column.group.answers) else 0.0
        parts, start = [], 0.0
        for row, share in shown:
            width = share / max(total, whole)
            parts.append(Segment(row, share, start, width))
            start += width
        return tuple(parts)


@dataclass(frozen=True, slots=True)
class Part:
    """The groups of one side in a cross table: those that are shown, and the names of those that are not."""

    side: Words
    shown: tuple[tuple[Words, Group], ...]
    hidden: tuple[Words, ...]


@dataclass(frozen=True, slots=True)
class Cross:
    """One question by side and one more group, or two where the plan crosses them."""

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
    names = [group for group in table.by if group != SIDE]
    sides = dict.fromkeys(group.values[SIDE] for group in table.groups)
    parts = []
    for side in sides:
        named = [
            (joined([reading.answer(name, group.values[name]) for name in names]), group)
            for group in table.of_side(side)
        ]
        parts.append(
            Part(
                say(f"side.{side}"),
                tuple((label, group) for label, group in named if group.people is not None),
                tuple(label for label, group in named if group.people is None),
            )
        )
    rows = _rows(reading, table.question, list(table.groups))
    return Cross(joined([reading.label(name) for name in names]), rows, tuple(parts))


def joined(words: Sequence[Words]) -> Words:
    """Return the one group's words, or both groups' where the plan crosses two."""
    return words[0] if len(words) == 1 else say("release.cross.both", one=words[0], other=words[1])


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
    drawn = [
        code
        for code in codes
        if code not in SPECIAL_CODES or any(_given(group.answer(code)) for group in groups)
    ]
    steps = sum(1 for code in drawn if code not in SPECIAL_CODES)
    return tuple(_row(reading, question, code, place, steps) for place, code in enumerate(drawn))


def _row(reading: Reading, question: str, code: str, place: int, steps: int) -> Row:
    """Return one answer, numbered along the scale, and the shade its place on the scale has."""
    label, quiet = reading.answer(question, code), code in SPECIAL_CODES
    if quiet:
        return Row(code, label, quiet, place + 1)
    if steps > SHADES:
        return Row(code, label, quiet, place + 1, place % SHADES + 1, striped=place >= SHADES)
    step = (SHADES - 1) / max(steps - 1, 1)
    return Row(code, label, quiet, place + 1, round(1 + place * step))


def _given(answer: Answer) -> bool:
    return bool(answer.count or answer.share)
