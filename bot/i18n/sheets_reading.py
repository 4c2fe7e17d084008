"""Reads the words of an opened workbook: texts of cells, no formulas, and no more of them than is sound."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pyexpat import ExpatError
from xml.parsers import expat

from bot.i18n.sheets_opening import Parts, refusal

ROWS, COLUMNS, SHEETS = 20_000, 30, 10
CELL = 32_767  # characters. Source: Microsoft, "Excel specifications and limits"
TEXTS = 8_000_000  # characters of all texts together; all words of one language have about 300,000
STRINGS = 250_000  # texts of a workbook
ELEMENTS = 600_000  # of all parts together: 20,000 rows of our columns
DEPTH = 40  # elements within elements; workbooks have about ten
ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
"""A sign that XML cannot hold. Source: ECMA-376, part 1, 22.9.2.19 (ST_Xstring)."""
PLACE = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
NUMBER = re.compile(r"[0-9]{1,7}")
WORKBOOK, RELATIONS, SHARED = "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/sharedStrings.xml"


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands in a cell; what is no text, such as a number or a date, says so."""

    text: str
    is_text: bool = True


@dataclass(frozen=True, slots=True)
class Table:
    """One sheet: its name, and its cells by row (from 1) and column (from 0)."""

    name: str
    rows: Mapping[int, Mapping[int, Cell]]


def tables(parts: Parts) -> list[Table]:
    """Return the sheets of a workbook.

    Raises:
        CatalogueError: it holds formulas, too much, or XML that is not a workbook's.
    """
    named = _Sheets(parts, WORKBOOK).named
    files = _Relations(parts, RELATIONS).files
    if len(named) > SHEETS:
        raise refusal(parts.name, f"has {len(named)} sheets; {SHEETS} at most are read")
    shared = _Shared(parts, SHARED).texts if SHARED in parts else []
    cells = (_Cells(parts, files[id_], name, shared) for name, id_ in named if id_ in files)
    return [Table(read.sheet, read.rows) for read in cells]


class _Reading:
    """Goes through one part, element by element; names without their prefix."""

    def __init__(self, parts: Parts, part: str) -> None:
        self.workbook, self.part = parts.name, part
        self._depth = 0
        self._parts = parts
        self._moved = False
        reader = expat.ParserCreate()
        reader.buffer_text = True
        reader.StartDoctypeDeclHandler = self._refuse_doctype
        reader.StartElementHandler = self._start
        reader.EndElementHandler = self._end
        reader.CharacterDataHandler = self._text
        try:
            for chunk in parts.chunks(part):
                self._moved = False
                reader.Parse(chunk, False)
                if not self._moved:  # one tag or comment larger than a whole chunk
                    raise self.refused("is no workbook's XML")
            reader.Parse(b"", True)
        except ExpatError as error:
            raise self.refused(f"cannot be read as XML, line {error.lineno}") from None

    def refused(self, reason: str) -> Exception:
        return refusal(self.workbook, f"{self.part} {reason}; save it anew as Excel workbook (.xlsx)")

    def _refuse_doctype(self, *_: object) -> None:
        raise self.refused("defines entities of its own, which no spreadsheet program writes")

    def _start(self, name: str, given: dict[str, str]) -> None:
        self._moved = True
        self._depth += 1
        self._parts.elements += 1
        if self._depth > DEPTH:
            raise self.refused("is no workbook's XML")
        if self._parts.elements > ELEMENTS:
            raise self.refused("holds far more than a sheet of words has")
        self.begins(name.rpartition(":")[2], given)

    def _end(self, name: str) -> None:
        self._moved = True
        self._depth -= 1
        self.ends(name.rpartition(":")[2])

    def _text(self, text: str) -> None:
        self._moved = True
        self.says(text)

    def begins(self, name: str, given: dict[str, str]) -> None:
        """An element begins."""

    def ends(self, name: str) -> None:
        """An element ends."""

    def says(self, text: str) -> None:
        """Text within an element."""


class _Sheets(_Reading):
    """The names of the sheets, each with the id of its part."""

    def __init__(self, parts: Parts, part: str) -> None:
        self.named: list[tuple[str, str]] = []
        super().__init__(parts, part)

    def begins(self, name: str, given: dict[str, str]) -> None:
        if name == "sheet":
            id_ = next((value for key, value in given.items() if key.endswith(":id")), "")
            self.named.append((given.get("name", ""), id_))


class _Relations(_Reading):
    """Which part an id means; only parts of this workbook that are sheets."""

    def __init__(self, parts: Parts, part: str) -> None:
        self.files: dict[str, str] = {}
        super().__init__(parts, part)

    def begins(self, name: str, given: dict[str, str]) -> None:
        target = given.get("Target", "")
        if name == "Relationship" and given.get("Type", "").endswith("/worksheet"):
            self.files[given.get("Id", "")] = target[1:] if target.startswith("/") else f"xl/{target}"


class _Texts(_Reading):
    """Gathers text: of plain and of rich strings, without the reading aids of East Asian scripts."""

    def __init__(self, parts: Parts, part: str) -> None:
        self._taken: list[str] = []
        self._length = self._all = 0
        self._in_text = self._in_aid = False
        super().__init__(parts, part)

    def begins(self, name: str, given: dict[str, str]) -> None:
        self._in_aid = self._in_aid or name == "rPh"
        self._in_text = name in ("t", "v") and not self._in_aid

    def ends(self, name: str) -> None:
        self._in_text = False
        if name == "rPh":
            self._in_aid = False

    def says(self, text: str) -> None:
        if not self._in_text:
            return
        self._length += len(text)
        self._all += len(text)
        if self._length > CELL * 7 or self._all > TEXTS:  # a sign may be written as seven
            raise self.refused("holds more text than a sheet of words has")
        self._taken.append(text)

    def taken(self) -> str:
        """Return what was gathered, and begin anew."""
        text = "".join(self._taken)
        self._taken, self._length = [], 0
        return text


class _Shared(_Texts):
    """The texts that cells of all sheets share."""

    def __init__(self, parts: Parts, part: str) -> None:
        self.texts: list[Cell] = []
        super().__init__(parts, part)

    def ends(self, name: str) -> None:
        super().ends(name)
        if name == "si":
            self.texts.append(Cell(_plain(self.taken())))
            if len(self.texts) > STRINGS:
                raise self.refused("holds more texts than a sheet of words has")


class _Cells(_Texts):
    """The cells of one sheet."""

    def __init__(self, parts: Parts, part: str, sheet: str, shared: list[Cell]) -> None:
        self.sheet = sheet
        self.rows: dict[int, dict[int, Cell]] = {}
        self._shared = shared
        self._row, self._column, self._kind = 0, -1, ""
        super().__init__(parts, part)

    def begins(self, name: str, given: dict[str, str]) -> None:
        super().begins(name, given)
        if name == "row":
            said = given.get("r", "")
            self._row = int(said) if NUMBER.fullmatch(said) else self._row + 1
            self._column = -1
        elif name == "c":
            place = PLACE.fullmatch(given.get("r", ""))
            self._column = _column(place[1]) if place else self._column + 1
            self._kind = given.get("t", "n")
            self.taken()
        elif name == "f":
            where = f"row {self._row} of the sheet {self.sheet[:40]!r}"
            raise refusal(
                self.workbook, f"{where} holds a formula; only words are read: write the words themselves"
            )

    def ends(self, name: str) -> None:
        super().ends(name)
        if name == "c":
            cell = self._cell(self.taken())
            if cell.text and self._column < COLUMNS:
                self.rows.setdefault(self._row, {})[self._column] = cell
                if len(self.rows) > ROWS:
                    raise refusal(
                        self.workbook, f"has more than {ROWS:,} rows; send the sheet as it was made"
                    )

    def _cell(self, value: str) -> Cell:
        """Return what stands in a cell of the present kind."""
        if self._kind == "s":
            if not NUMBER.fullmatch(value) or int(value) >= len(self._shared):
                raise self.refused("names a text that is not there")
            return self._shared[int(value)]
        if self._kind in ("inlineStr", "str"):
            return Cell(_plain(value))
        return Cell(value, is_text=False)


def _column(letters: str) -> int:
    """Return the place of a column, from 0 for A."""
    place = 0
    for letter in letters:
        place = place * 26 + ord(letter) - ord("A") + 1
    return place - 1


def _plain(text: str) -> str:
    """Return a text with its escaped signs as they are; halves of signs that do not belong are lost."""
    if "_x" not in text:
        return text
    plain = ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)
    return plain.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
