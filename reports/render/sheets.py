"""A workbook to write into: words that can never be formulas, figures in the format of their kind."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from conversations.wording import Words
from reports.render.tidy import FORMULA
from reports.render.voice import Voice, tongue

STYLES: dict[str, dict[str, Any]] = {
    "title": {"bold": True, "font_size": 14},
    "strong": {"bold": True},
    "line": {},
    "head": {"bold": True, "text_wrap": True, "valign": "top", "bottom": 1},
    "note": {"italic": True, "text_wrap": True, "valign": "top", "font_color": "#5a5a5a"},
    "text": {"text_wrap": True, "valign": "top"},
    "code": {"font_name": "Consolas", "font_color": "#5a5a5a", "valign": "top"},
    "people": {"num_format": "#,##0", "valign": "top"},
    "share": {"num_format": "0%", "valign": "top"},
}
FONTS = {"ar": "Arial", "fa": "Arial", "bn": "Nirmala UI"}
"""Fonts with the letters of a language where the program's usual one lacks them.

Source: Microsoft, "Windows 10 font list".
"""
NUMERALS = {"ar": "[$-2000000]", "fa": "[$-3000000]", "bn": "[$-5000000]"}
"""What makes a spreadsheet write figures in the digits of a language.

Source: Microsoft, "Create international number formats", numeral shape codes.
"""
NAME_LENGTH = 31
NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\\x00-\x1f]|^'|'$")
"""What the name of a sheet cannot hold. Source: Microsoft, "Rename a worksheet"."""
A4 = 9
TO_THE_RIGHT, TO_THE_LEFT = 1, 2
"""Reading orders of a cell. Source: ECMA-376, part 1, 18.8.1, readingOrder."""
OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}


@dataclass(frozen=True, slots=True)
class Block:
    """Where the table of one question stands: its first row, how many groups and answers it has."""

    top: int
    columns: int
    rows: int

    @property
    def heads(self) -> int:
        """The row with the names of the groups."""
        return self.top + 4

    @property
    def first(self) -> int:
        """The row of the first answer."""
        return self.top + 6


class Book:
    """A workbook in one language; nothing in it depends on when or where it was written."""

    def __init__(self, out: BytesIO, voice: Voice, created: datetime) -> None:
        self.voice = voice
        self.workbook = Workbook(out, OPTIONS)
        self._created = created
        self._formats: dict[tuple[str, bool], Format] = {}
        self._names: set[str] = set()

    def say(self, words: Words) -> str:
        """Return words in the language of the workbook."""
        return self.voice.say(words)

    def describe(self, title: str, comments: str) -> None:
        """Say in the properties of the file what it is; its day is the round's, so that bytes stay equal."""
        self.workbook.set_properties({"title": title, "comments": comments, "created": self._created})

    def sheet(self, name: str, widths: Sequence[int]) -> "Sheet":
        """Add a sheet with columns of these widths, in the direction of the language."""
        sheet: Worksheet = self.workbook.add_worksheet(self._free(name))
        for column, width in enumerate(widths):
            sheet.set_column(column, column, width)
        if self.voice.direction == "rtl":
            sheet.right_to_left()
        sheet.set_landscape()
        sheet.set_paper(A4)
        sheet.fit_to_pages(1, 0)
        return Sheet(self, sheet)

    def format(self, style: str, quoted: bool) -> Format:
        """Return the format of a style; a quoted one stays words even when somebody edits the cell."""
        if (style, quoted) not in self._formats:
            look = self._script() | STYLES[style] | ({"quote_prefix": True} if quoted else {})
            if style == "code":
                look["reading_order"] = TO_THE_RIGHT
            if "num_format" in look:
                look["num_format"] = self.figures(look["num_format"])
            self._formats[style, quoted] = self.workbook.add_format(look)
        return self._formats[style, quoted]

    def figures(self, pattern: str) -> str:
        """Return a format of figures that writes them in the digits of the language."""
        return NUMERALS.get(tongue(self.voice.tag), "") + pattern

    def _script(self) -> dict[str, Any]:
        """Return how every cell looks: the font with the language's letters, the direction of its tag."""
        font = FONTS.get(tongue(self.voice.tag))
        side = {"reading_order": TO_THE_LEFT} if self.voice.direction == "rtl" else {}
        return side | ({"font_name": font} if font else {})

    def close(self) -> None:
        """Write everything out."""
        self.workbook.close()

    def _free(self, name: str) -> str:
        """Return a name that a sheet may have and that no other has."""
        wanted = NOT_IN_NAMES.sub("-", name)[:NAME_LENGTH].strip("'") or "-"
        found, number = wanted, 2
        while found.lower() in self._names:
            found = f"{wanted[: NAME_LENGTH - 4]} {number}"
            number += 1
        self._names.add(found.lower())
        return found


class Sheet:
    """A sheet that is written from top to end; `row` is where the next line goes."""

    def __init__(self, book: Book, sheet: Worksheet) -> None:
        self.sheet = sheet
        self.row = 0
        self._book = book

    @property
    def name(self) -> str:
        """The name of the sheet."""
        return str(self.sheet.get_name())

    def line(self, words: str, style: str = "line") -> None:
        """Write words over the whole width, and go on."""
        self.cells([words], (style,))
        self.row += 1

    def cells(self, texts: Sequence[str], styles: Sequence[str], first: int = 0) -> None:
        """Write words into this row, empty ones not at all; the last style holds for what follows."""
        for place, text in enumerate(texts):
            if text:
                style = styles[min(place, len(styles) - 1)]
                look = self._book.format(style, FORMULA.match(text) is not None)
                self.sheet.write_string(self.row, first + place, text, look)

    def figure(self, column: int, figure: float | None, style: str) -> None:
        """Write a number into this row; what is withheld leaves the cell empty."""
        if figure is not None:
            self.sheet.write_number(self.row, column, figure, self._book.format(style, quoted=False))

    def next(self) -> None:
        """Go on to the next row."""
        self.row += 1

    def skip(self) -> None:
        """Leave a row empty."""
        self.row += 1

    def down_to(self, row: int) -> None:
        """Go down to a row, if it is further down."""
        self.row = max(self.row, row)

    def freeze(self, rows: int, columns: int = 0) -> None:
        """Keep the first rows and columns in sight."""
        self.sheet.freeze_panes(rows, columns)

    def filter(self, columns: int) -> None:
        """Let readers filter the rows written so far by the columns of the first."""
        self.sheet.autofilter(0, 0, max(self.row - 1, 1), columns - 1)
