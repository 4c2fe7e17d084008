"""Reads a filled-in sheet: its rows by their columns, or what is wrong with its columns."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from bot.i18n.languages import Language
from bot.i18n.pofiles import CatalogueError
from bot.i18n.sheets import CHECK, ENGLISH, KEY, PLURAL, STILL_RIGHT, TRANSLATION, WORDS, as_cell, check
from bot.i18n.sheets_opening import content_of, opened, refusal, shown
from bot.i18n.sheets_reading import Cell, Table, tables

NEEDED = (KEY, PLURAL, ENGLISH, TRANSLATION)
NOTHING = Cell("")
RIGHT = frozenset({"x", "х", "χ", "✓", "✔", "×"})
"""What says that words still hold: an x, as Latin, Cyrillic and Greek keyboards write it, or a tick."""


@dataclass(frozen=True, slots=True)
class Filled:
    """One row as it came back; `number` is its row in the sheet."""

    number: int
    key: str
    plural: str
    english: str
    translation: str
    still_right: str
    check: str

    @property
    def is_ours(self) -> bool:
        """Whether key, plural form and English text are as they were when the sheet was made."""
        return self.check == check(self.key, self.plural, self.english)


def filled_rows(file: Path, language: Language) -> list[Filled]:
    """Return the rows of a filled-in sheet.

    Raises:
        CatalogueError: it is no sheet of ours, is of another language, or holds what is no text.
    """
    with opened(content_of(file), str(file)) as parts:
        table = next((table for table in tables(parts) if table.name == WORDS), None)
    if table is None or 1 not in table.rows:
        raise refusal(str(file), f"has no sheet '{WORDS}' with headings; send the sheet as it was made")
    columns = _columns(str(file), table.rows[1], language)
    if wrong := list(_no_texts(table, columns)):
        raise CatalogueError("\n".join((f"{file}: nothing was taken:", *wrong)))
    return [row for number, cells in sorted(table.rows.items()) if (row := _row(number, cells, columns))]


def _columns(file: str, heads: Mapping[int, Cell], language: Language) -> dict[str, int]:
    """Return where each column stands; the heading of the translations names the language.

    Raises:
        CatalogueError: a column is missing or double, or the language is another one.
    """
    found: dict[str, int] = {}
    tag = ""
    for place, cell in sorted(heads.items()):
        name, _, said = cell.text.partition(":")
        if name in found and name in (*NEEDED, CHECK, STILL_RIGHT):
            raise refusal(file, f"has two columns '{name}'; keep the one that came with the sheet")
        found.setdefault(name, place)
        tag = said.strip() if name == TRANSLATION else tag
    if missing := [name for name in NEEDED if name not in found]:
        raise refusal(file, f"lacks the column {', '.join(missing)}; send the sheet as it was made")
    if tag != language.tag:
        raise refusal(file, f"is a sheet of '{tag[:40]}', not of {language.tag}; name that language instead")
    return found


def _no_texts(table: Table, columns: Mapping[str, int]) -> Iterator[str]:
    """Yield the rows in which a number or a date stands where words belong."""
    for number, cells in sorted(table.rows.items()):
        cell = cells.get(columns[TRANSLATION], NOTHING)
        if not cell.is_text:
            advice = "holds a number or a date, not words; format the cell as text and write it anew"
            yield shown(f"row {number}: {cells.get(columns[KEY], NOTHING).text[:60]}: {advice}")


def _row(number: int, cells: Mapping[int, Cell], columns: Mapping[str, int]) -> Filled | None:
    """Return one row; None for the headings and for rows without a key and words."""

    def text(name: str) -> str:
        return as_cell(cells.get(columns.get(name, -1), NOTHING).text)

    key = text(KEY).strip()
    if number == 1 or not (key or text(TRANSLATION).strip()):
        return None
    return Filled(
        number,
        key,
        text(PLURAL).partition(":")[0].strip(),
        text(ENGLISH),
        text(TRANSLATION),
        text(STILL_RIGHT).strip().lower(),
        text(CHECK).strip(),
    )
