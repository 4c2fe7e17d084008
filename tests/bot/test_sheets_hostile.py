"""Hostile and damaged spreadsheets: each is refused with a reason, quickly, and nothing is written."""

import io
import struct
from functools import cache

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.i18n import CatalogueError
from bot.i18n.sheets_opening import PACKED, PARTS, UNPACKED, opened
from bot.i18n.sheets_reading import DEPTH, ELEMENTS, tables
from tests.bot.filled_sheets import WORDS, error, exported, part, repacked
from tests.bot.small_words import small_root


@pytest.fixture
def root(tmp_path):
    return small_root(tmp_path)


@pytest.fixture
def sheet(root):
    """The French sheet, as it was made."""
    return exported(root)


BOMB = (
    b"<!DOCTYPE x [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;&a;&a;'>]><sst><si><t>&b;</t></si></sst>"
)


def formula(file):
    cells = part(file, WORDS).replace(b"<sheetData>", b"<sheetData><row r='1'><c r='B1'><f>1+1</f></c></row>")
    return repacked(file, {WORDS: cells})


def many_rows(file):
    rows = b"".join(b"<row><c t='inlineStr'><is><t>a</t></is></c></row>" for _ in range(20_001))
    return repacked(file, {WORDS: b"<worksheet><sheetData>" + rows + b"</sheetData></worksheet>"})


def lying(file):
    """A part that unpacks to more than the list of parts says."""
    repacked(file, {"xl/sharedStrings.xml": b"<sst>" + b" " * 60_000_000 + b"</sst>"})
    content = file.read_bytes()
    size = struct.pack("<L", 60_000_011)
    assert content.count(size) == 2
    file.write_bytes(content.replace(size, struct.pack("<L", 1000)))
    return file


def many_parts(file):
    return repacked(file, {f"xl/media/{number}": b"" for number in range(PARTS)})


def kind(file):
    types = part(file, "[Content_Types].xml").replace(b"spreadsheetml.sheet.main", b"sheet.macroEnabled.main")
    return repacked(file, {"[Content_Types].xml": types})


def damaged(file):
    """One bit of what is packed is another one."""
    content = bytearray(file.read_bytes())
    content[content.index(b"xl/sharedStrings.xml") + 60] ^= 1
    file.write_bytes(content)
    return file


def locked(file):
    content = bytearray(file.read_bytes())
    content[content.index(b"PK\x01\x02") + 8] |= 1
    file.write_bytes(content)
    return file


def rewritten(content):
    def write_it(file):
        file.write_bytes(content)
        return file

    return write_it


def with_parts(parts, without=()):
    return lambda file: repacked(file, parts, without)


HOSTILE = {
    "a formula": (formula, "row 1 of the sheet 'Words' holds a formula"),
    "macros": (with_parts({"xl/vbaProject.bin": b"x"}), "holds macros"),
    "a workbook for macros": (kind, "is a workbook for macros"),
    "links": (with_parts({"xl/externalLinks/externalLink1.xml": b"<x/>"}), "holds links to other files"),
    "an embedded file": (with_parts({"xl/embeddings/a.bin": b"x"}), "holds embedded files"),
    "a bomb": (with_parts({"xl/media/a": b" " * (UNPACKED + 1)}), "unpacks to far more"),
    "a dense bomb": (with_parts({"xl/media/a": b" " * 20_000_000}), "unpacks to far more"),
    "a lying list": (lying, "is damaged at xl/sharedStrings.xml"),
    "many parts": (many_parts, "more than 500 parts"),
    "many rows": (many_rows, "has more than 20,000 rows"),
    "entities": (with_parts({"xl/sharedStrings.xml": BOMB}), "defines entities of its own"),
    "deep elements": (with_parts({WORDS: b"<a>" * (DEPTH + 1)}), "is no workbook's XML"),
    "one long element": (with_parts({WORDS: b"<a " + b"b='c' " * 500_000}), "is no workbook's XML"),
    "endless elements": (with_parts({WORDS: b"<a>" + b"<b/>" * (ELEMENTS + 1)}), "far more than a sheet"),
    "no XML": (with_parts({WORDS: b"<row></c>"}), "cannot be read as XML"),
    "a text that is not there": (
        with_parts({WORDS: b"<row><c t='s'><v>99999</v></c></row>"}),
        "names a text that is not there",
    ),
    "no words": (with_parts({WORDS: b"<worksheet/>"}), "has no sheet 'Words'"),
    "other columns": (
        with_parts({WORDS: b"<row><c t='inlineStr'><is><t>Key</t></is></c></row>"}),
        "lacks the column Plural, English, Translation",
    ),
    "no workbook part": (with_parts({}, ["xl/workbook.xml"]), "xl/workbook.xml is not there"),
    "another zip": (with_parts({"mimetype": b"x"}, ["[Content_Types].xml"]), "is no Excel workbook"),
    "a damaged part": (damaged, "damaged"),
    "a password within": (locked, "has a password"),
    "an old file": (
        rewritten(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)),
        "is an old .xls file or has",
    ),
    "a text file": (rewritten(b"Key,Plural,English"), "is no workbook, or was cut off"),
    "nothing": (rewritten(b""), "is no workbook, or was cut off"),
    "a large file": (rewritten(bytes(PACKED + 1)), "is larger than 10 MB"),
}


@pytest.mark.parametrize("kind_of", HOSTILE)
def test_a_hostile_file_is_refused_with_a_reason(root, sheet, kind_of):
    make_it, said = HOSTILE[kind_of]

    assert said in error(root, make_it(sheet))


def test_a_folder_and_a_missing_file_are_refused(root):
    assert "is no file" in error(root, root)
    assert "is not there; look at its name" in error(root, root / "nowhere.xlsx")


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.999])
def test_a_file_cut_off_is_refused(root, sheet, share):
    content = sheet.read_bytes()
    sheet.write_bytes(content[: int(len(content) * share)])

    assert "was cut off" in error(root, sheet)


@settings(max_examples=100, deadline=None)
@given(content=st.binary(max_size=400), at=st.integers(0, 10_000), length=st.integers(0, 400))
def test_any_damage_is_refused_or_read(content, at, length):
    whole = workbook()
    at %= len(whole)
    refusal = ""
    try:
        with opened(whole[:at] + content + whole[at + length :], "x") as parts:
            tables(parts)
    except CatalogueError as refused:
        refusal = str(refused)

    assert refusal == "" or refusal.startswith("x: ")


@cache
def workbook():
    book = openpyxl.Workbook()
    book.active.append(["Key", "Plural"])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
