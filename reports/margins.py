"""A city's margins: how many residents stand in each level of a group, read from a file or from the city."""

import csv
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from conversations.city import City
from conversations.errors import ReleaseError
from reports.disclosure import Publishable
from reports.figures import Figures
from reports.planned import BOTH, MIGRANT, SIDE

COLUMNS = {"group", "code", "residents", "share", "side"}
TOLERATED = 0.5
"""Percent points by which shares that were rounded may add up to more than 100."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a margins file: so many residents (or percent of them) stand in one level of a group."""

    place: str
    group: str
    code: str
    side: str
    number: float


@dataclass(frozen=True, slots=True)
class Margins:
    """Residents by level, for each group over the whole city (side "") or of one side; and who says so.

    The numbers of one group are counts or percents: only their proportions are used. `counted` says which.
    """

    source: str
    counted: bool
    levels: Mapping[tuple[str, str], Mapping[str, float]]
    """By (group, side): the number of each level."""

    def of(self, group: str, side: str = "") -> Mapping[str, float]:
        """Return the numbers of a group's levels; empty where the city gave none."""
        return self.levels.get((group, side), {})


def read_margins(content: bytes, name: str, release: Publishable) -> Margins:
    """Read margins from the bytes of a CSV file.

    Raises:
        ReleaseError: names the file, the line and what to do.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        line = content[: fault.start].count(b"\n") + 1
        raise ReleaseError(f"{name}, line {line}: is not UTF-8; save the file as “CSV UTF-8”") from None
    if "\0" in text:
        raise ReleaseError(f"{name}: holds NUL bytes, as no text does; save the file as “CSV UTF-8”")
    rows, unit = _rows(text, name)
    return _margins(rows, name, release, counted=unit == "residents")


def margins_of(city: City, release: Publishable) -> Margins:
    """Return the margins that stand in a city's own file, as far as the release knows their groups."""
    figures = Figures(release)
    known = [margin for margin in city.margins if margin.group in (*figures.questions, SIDE)]
    rows = [
        Row(f"margin {number}", margin.group, margin.code, "", float(margin.residents))
        for number, margin in enumerate(known, 1)
    ]
    return _margins(rows, "city.toml", release, counted=True)


def _rows(text: str, name: str) -> tuple[list[Row], str]:
    """Return the lines of a file, and whether they count residents or give shares."""
    lines = text.splitlines()
    head = lines[0] if lines else ""
    mark = max(",;\t", key=head.count)
    found = csv.reader(lines, delimiter=mark)
    columns = [column.strip().lower() for column in next(found, [])]
    unit = _unit(columns, name)
    rows = []
    for cells in _cells(found, name):
        if any(cell.strip() for cell in cells):
            rows.append(_row(cells, columns, unit, f"{name}, line {found.line_num}"))
    if not rows:
        raise ReleaseError(f"{name}: has no line below its heading; write one for each level of a group")
    return rows, unit


def _cells(found: Iterator[list[str]], name: str) -> Iterator[list[str]]:
    """Give the cells of each line, or say that they are none."""
    try:
        yield from found
    except csv.Error as fault:
        raise ReleaseError(f"{name}: cannot be read as CSV ({fault}); save the file anew") from None


def _unit(columns: Sequence[str], name: str) -> str:
    """Return which of residents and share a heading has, or say what is wrong with the heading."""
    units = [column for column in columns if column in ("residents", "share")]
    if missing := [column for column in ("group", "code") if column not in columns]:
        raise ReleaseError(f"{name}, line 1: lacks the column '{missing[0]}'; write group,code,residents")
    if len(units) != 1:
        raise ReleaseError(f"{name}, line 1: needs one column of numbers, either 'residents' or 'share'")
    if unknown := [column for column in columns if column not in COLUMNS]:
        raise ReleaseError(
            f"{name}, line 1: does not know the column '{unknown[0][:40]}'; there are group, code, side,"
            " and residents or share"
        )
    return units[0]


def _row(cells: Sequence[str], columns: Sequence[str], unit: str, place: str) -> Row:
    """Read one line."""
    if len(cells) != len(columns):
        raise ReleaseError(f"{place}: has {len(cells)} cells, the heading has {len(columns)}; correct it")
    named = {column: cell.strip() for column, cell in zip(columns, cells, strict=True)}
    return Row(place, named["group"], named["code"], named.get("side", ""), _number(named[unit], unit, place))


def _number(text: str, unit: str, place: str) -> float:
    """Read a number of residents, or a share in percent."""
    if unit == "residents":
        if not re.fullmatch(r"[0-9]{1,9}", text):
            raise ReleaseError(f"{place}: residents must be a whole number from 0, such as 32600, in digits")
        return float(text)
    if not re.fullmatch(r"[0-9]{1,9}([.,][0-9]{1,6})?", plain := text.removesuffix("%").strip()):
        raise ReleaseError(f"{place}: share must be a number of percent from 0 to 100, such as 12.5")
    share = float(plain.replace(",", "."))
    if share > 100:
        raise ReleaseError(f"{place}: the share is over 100 %; write percents of all residents")
    return share


def _margins(rows: Iterable[Row], name: str, release: Publishable, *, counted: bool) -> Margins:
    """Return rows as margins of the release's own levels, or say which row is wrong."""
    figures = Figures(release)
    levels: dict[tuple[str, str], dict[str, float]] = {}
    seen: set[tuple[str, str, str]] = set()
    for row in rows:
        level = _level(row, figures)
        if (row.group, row.side, row.code) in seen:
            raise ReleaseError(f"{row.place}: '{row.group}, {row.code}' stands there twice; keep one line")
        seen.add((row.group, row.side, row.code))
        of_group = levels.setdefault((row.group, row.side), {})
        of_group[level] = of_group.get(level, 0.0) + row.number
        if not counted and sum(of_group.values()) > 100 + TOLERATED:
            raise ReleaseError(f"{row.place}: the shares of '{row.group}' add up to more than 100 %")
    for (group, _), numbers in levels.items():
        if not any(numbers.values()):
            raise ReleaseError(f"{name}: nobody lives in any level of '{group}'; write its numbers")
    return Margins(name, counted, levels)


def _level(row: Row, figures: Figures) -> str:
    """Return the level of the release that a row's code stands for, as the plan merges codes."""
    groups = tuple(_groups(figures))
    if row.group not in groups:
        raise ReleaseError(
            f"{row.place}: there is no group '{row.group[:40]}' in the release; there are {', '.join(groups)}"
        )
    if row.side and (row.side not in figures.sides or row.group == SIDE):
        raise ReleaseError(
            f"{row.place}: there is no side '{row.side[:40]}' here; leave it empty for the whole city, or"
            f" write {' or '.join(figures.sides)}"
        )
    levels = figures.levels(row.group)
    merged = {old: new for new, olds in figures.plan["merge"].get(row.group, {}).items() for old in olds}
    if row.group == SIDE and figures.plan.get("merge_both_into_migrant", True):
        merged[BOTH] = MIGRANT
    level = str(merged.get(row.code, row.code))
    if level not in levels:
        raise ReleaseError(
            f"{row.place}: the group '{row.group}' has no level '{row.code[:40]}'; it has {', '.join(levels)}"
        )
    return level


def _groups(figures: Figures) -> Iterator[str]:
    """Give the groups that margins may name."""
    yield SIDE
    yield from dict.fromkeys((*figures.plan["who"], *figures.plan["groups"]))
