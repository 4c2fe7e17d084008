"""Sheets filled in by a translator, for tests: cells changed, parts put in, refusals looked at."""

import zipfile

import openpyxl
import pytest

from bot.commands.locales import export_sheet, import_sheet
from bot.i18n import CatalogueError
from tests.bot.small_words import words_now

WORDS = "xl/worksheets/sheet2.xml"
"""The part of a workbook that holds its second sheet."""


def exported(root, tag="fr", only=""):
    """Make the sheet of a language."""
    file = root / f"{tag}{only}.xlsx"
    export_sheet(root, tag, file, only)
    return file


def changed(file, *changes, column="Translation"):
    """Fill cells of a sheet, named by key and plural form; openpyxl writes it as other programs would."""
    book = openpyxl.load_workbook(file)
    words = book["Words"]
    heads = {cell.value.partition(":")[0]: cell.column for cell in words[1]}
    for key, plural, text in changes:
        row = row_of(words, heads, key, plural)
        words.cell(row, heads[column]).value = text
        words.cell(row, heads[column]).data_type = "s" if isinstance(text, str) else "n"
    book.save(file)
    return file


def row_of(words, heads, key, plural=""):
    """The row of one form of one sentence."""
    for row in range(2, words.max_row + 1):
        form = (words.cell(row, heads["Plural"]).value or "").partition(":")[0]
        if (words.cell(row, heads["Key"]).value, form) == (key, plural):
            return row
    raise AssertionError(key)


def error(root, file, tag="fr", **how):
    """The words with which a sheet is refused; nothing was written."""
    before = words_now(root)
    with pytest.raises(CatalogueError) as caught:
        import_sheet(root, tag, file, **how)
    assert words_now(root) == before
    return str(caught.value)


def repacked(file, parts, without=()):
    """Put other parts into a workbook."""
    with zipfile.ZipFile(file) as archive:
        there = {name: archive.read(name) for name in archive.namelist() if name not in without}
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in {**there, **parts}.items():
            archive.writestr(name, content)
    return file


def part(file, name):
    """What stands in one part of a workbook."""
    with zipfile.ZipFile(file) as archive:
        return archive.read(name)
