"""Writes a translator's sheet as a workbook: the cells to fill in are open, all others are locked."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import xlsxwriter

from bot.i18n.languages import LANGUAGES, Language
from bot.i18n.pofiles import STILL, CatalogueError, StringState
from bot.i18n.sheets import (
    CHECK,
    EARLIER,
    ENGLISH,
    KEY,
    LIMIT_OF,
    PLURAL,
    READ_ME,
    STATE,
    STILL_RIGHT,
    TRANSLATION,
    USUAL,
    WHERE,
    WORDS,
    Row,
    as_cell,
    categories,
)
from bot.i18n.sheets_opening import opened
from bot.i18n.sheets_reading import Cell, tables

FONTS = {"Bengali": "Nirmala UI"}
FONT = "Arial"
"""Fonts by name: Arial has Greek, Cyrillic and Arabic letters wherever it is, but no Bengali ones."""
WIDTHS = {KEY: 26, WHERE: 26, PLURAL: 16, ENGLISH: 48, USUAL: 48, TRANSLATION: 56, STILL_RIGHT: 8}
WIDTHS |= {STATE: 10, LIMIT_OF: 8, EARLIER: 36, CHECK: 12}
"""Widths of the columns, in letters."""
ALLOWED = {"autofilter": True, "format_columns": True, "format_rows": True}
"""What a locked sheet lets a translator do besides writing: show some rows only, make cells larger."""
TEXT = "@"  # a cell of this format keeps 1/2 and =a as they were typed. Source: ECMA-376, 18.8.30
LTR, RTL = 1, 2
FORMS = """\
Words in braces, such as {city}, are filled in by the program: keep them exactly, place them where your \
language wants them.
A sentence with numbers has one row for each plural form of your language; the column Plural says for which \
numbers."""
STATES = """\
missing: nobody has said it yet. What stays empty is never blank on a phone: another language stands in.
stale: the English changed. Change the translation, or write x under "Still right?" if it still holds.
draft: it is there, and nobody has signed it. reviewed: it is signed."""


@dataclass(frozen=True, slots=True)
class About:
    """What the first sheet says of the words: how they are signed, and of which version they are."""

    signed: str
    version: str


def workbook_of(rows: Sequence[Row], language: Language, about: About) -> bytes:
    """Return the workbook; the same words always give the same bytes.

    Raises:
        CatalogueError: a text would not come back from a spreadsheet as it went in.
    """
    out = BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    book.set_properties({"title": f"Porte-voix: {language.tag}", "created": STILL})
    _read_me(book, rows, language, about)
    _words(book, rows, language)
    book.close()
    content = out.getvalue()
    _come_back(content, rows)
    return content


def _read_me(book: Any, rows: Sequence[Row], language: Language, about: About) -> None:
    """Write the first sheet: how to fill in, and what the words are."""
    sheet = book.add_worksheet(READ_ME)
    sheet.set_column(0, 0, 100, book.add_format({"text_wrap": True, "font_name": FONT, "num_format": TEXT}))
    states = Counter({row.key: row.state for row in rows}.values())
    lines = (
        f"Porte-voix in {language.own_name} ({language.tag})",
        f'Write into the column "{heading(TRANSLATION, language)}" of the sheet "{WORDS}".'
        " All else is locked.",
        *FORMS.splitlines(),
        *STATES.splitlines(),
        "Save it as .xlsx and send it back to whoever sent it to you.",
        "In this file: " + ", ".join(f"{states[state]} {state.value}" for state in StringState),
        f"Language tag: {language.tag}. State: {about.signed}. Program: Porte-voix {about.version}",
    )
    for place, line in enumerate(lines):
        sheet.write_string(place, 0, line, book.add_format({"bold": True}) if place == 0 else None)
    sheet.protect("", ALLOWED)


def heading(column: str, language: Language) -> str:
    """Return what stands over a column; the one to fill in names the language."""
    if column == USUAL:
        return f"{LANGUAGES[language.base].own_name}, usual words"
    return f"{TRANSLATION}: {language.tag}" if column == TRANSLATION else column


def _words(book: Any, rows: Sequence[Row], language: Language) -> None:
    """Write the second sheet: a row for each form, under a heading that stays where it is."""
    sheet = book.add_worksheet(WORDS)
    columns = [name for name in WIDTHS if name != USUAL or any(row.usual for row in rows)]
    styles = _styles(book, language)
    for place, name in enumerate(columns):
        sheet.set_column(place, place, WIDTHS[name], styles[name])
        sheet.write_string(0, place, heading(name, language), styles["heading"])
    numbers = categories(language)
    for number, row in enumerate(rows, start=1):
        for place, (name, text) in enumerate((name, _cells(row, numbers)[name]) for name in columns):
            put = sheet.write_string if text else sheet.write_blank
            put(number, place, as_cell(text), styles[name])
        if row.limit:
            _warn(sheet, number, columns.index(TRANSLATION), row.limit)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, max(len(rows), 1), len(columns) - 1)
    if language.direction == "rtl":
        sheet.right_to_left()
    sheet.protect("", ALLOWED)
    sheet.activate()


def _cells(row: Row, numbers: Mapping[str, Sequence[int]]) -> dict[str, str]:
    """Return what stands in the cells of a row, by column."""
    examples = ", ".join(map(str, numbers.get(row.plural, ())))
    return {
        KEY: row.key,
        WHERE: row.where,
        PLURAL: f"{row.plural}: {examples}" if row.plural else "",
        ENGLISH: row.english,
        USUAL: row.usual,
        TRANSLATION: row.translation,
        STILL_RIGHT: "",
        STATE: row.state.value,
        LIMIT_OF: str(row.limit or ""),
        EARLIER: row.earlier,
        CHECK: row.check,
    }


def _styles(book: Any, language: Language) -> dict[str, Any]:
    """Return how the cells of each column look; the ones to fill in are white and open."""
    common = {"text_wrap": True, "valign": "top", "num_format": TEXT, "font_name": FONT}
    reading_order = RTL if language.direction == "rtl" else LTR
    own = {"font_name": FONTS.get(language.script, FONT), "reading_order": reading_order}
    locked = {**common, "bg_color": "#f0f0f0", "reading_order": LTR}
    styles = {name: book.add_format(locked) for name in WIDTHS}
    styles[USUAL] = book.add_format({**locked, **own})
    styles[TRANSLATION] = book.add_format({**common, **own, "locked": False, "border": 1})
    styles[STILL_RIGHT] = book.add_format({**common, "locked": False, "border": 1})
    styles["heading"] = book.add_format({**locked, "bold": True})
    return styles


def _warn(sheet: Any, row: int, column: int, limit: int) -> None:
    """Let the spreadsheet program itself say when a text is too long; it may be kept all the same."""
    sheet.data_validation(
        *(row, column, row, column),
        {
            "validate": "length",
            "criteria": "<=",
            "value": limit,
            "error_type": "warning",
            "error_title": "Too long",
            "error_message": f"At most {limit} characters fit.",
        },
    )


def _come_back(content: bytes, rows: Sequence[Row]) -> None:
    """Read the workbook as an import would, and see that every text stands in it."""
    with opened(content, "the spreadsheet") as parts:
        words = next(table for table in tables(parts) if table.name == WORDS)
    heads = [cell.text.partition(":")[0] for cell in words.rows[1].values()]
    places = [heads.index(name) for name in (KEY, ENGLISH, TRANSLATION)]
    for number, row in enumerate(rows, start=2):
        wanted = (row.key, as_cell(row.english), as_cell(row.translation))
        there = words.rows.get(number, {})
        if tuple(there.get(place, Cell("")).text for place in places) != wanted:
            advice = "cannot stand in a spreadsheet (too long, or signs that it takes for its own)"
            raise CatalogueError(f"{row.key}: {advice}; change it in the catalogue")


def write_new(file: Path, content: bytes) -> None:
    """Write a file that is not there yet: one that a translator filled in is never written over.

    Raises:
        CatalogueError: it is there, or cannot be written.
    """
    try:
        with file.open("xb") as opened_file:
            opened_file.write(content)
    except FileExistsError:
        raise CatalogueError(f"{file} is there already; name another file, or remove it") from None
    except OSError as error:
        raise CatalogueError(f"{file} cannot be written: {error.strerror}; choose another place") from None
