"""The workbook of a release: opened by another library, it holds figures, words, charts, and no formula."""

import io
import json
import re
import zipfile
from functools import cache

import openpyxl
import pytest

from reports.disclosure.publishable import publishable
from reports.render.chart import chart
from reports.render.reading import Reading
from reports.render.workbook import xlsx_of
from tests.reports.few import few
from tests.reports.hostile import STARTS, hostile, hostile_voice
from tests.reports.pages import old
from tests.reports.population import voice

REFERENCE = re.compile(r"('[^']+'|\w+)!\$[A-Z]+\$\d+(:\$[A-Z]+\$\d+)?")


@cache
def content(tag="en"):
    return xlsx_of(few(), voice(tag))


@cache
def opened(tag="en"):
    return openpyxl.load_workbook(io.BytesIO(content(tag)))


def parts(made):
    with zipfile.ZipFile(io.BytesIO(made)) as packed:
        return {
            name: packed.read(name).decode() for name in packed.namelist() if name.endswith((".xml", ".rels"))
        }


def cells(book):
    return [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]


def row_of(sheet, code):
    """The row of the sheet's first question that has this code."""
    return next(row for row in sheet.iter_rows() if row[0].value == code)


def test_who_answered_comes_first_then_each_key_factor_then_what_codes_mean():
    factors = [factor["key"] for factor in few().document["benchmark"]["key_factors"]]

    assert opened().sheetnames == ["Who answered", *factors, "Tables by group", "Codebook", "Protection"]


def test_it_holds_no_figure_that_the_release_lacks_and_both_sides_stand_side_by_side():
    document = few().document
    groups = [group for table in document["tables"] for group in table["groups"]]
    published = {group["people"] for group in groups} | {
        answer[name]
        for group in groups
        for answer in group["answers"]
        for name in ("count", "share", "low", "high")
    }
    allowed = published | set(document["manifest"]["withheld_by_rule"].values())
    by_side = next(table for table in document["tables"] if table["id"] == "service_known.side")
    sides = {group["group"]["side"]: group["answers"][0] for group in by_side["groups"]}

    numbers = {cell.value for cell in cells(opened()) if cell.data_type == "n"}

    assert len(numbers) > 20
    assert numbers <= allowed
    row = row_of(opened()["L1"], "know_one")
    wanted = [sides[side][name] for name in ("share", "count", "low", "high") for side in ("migrant", "host")]
    assert [cell.value for cell in row[2:10]] == wanted
    assert [row[place].number_format for place in (2, 4, 6)] == ["0%", "#,##0", "0%"]


def test_there_is_a_chart_for_every_question_with_shares_and_it_draws_its_cells():
    reading = Reading(few())
    for factor in reading.benchmark["key_factors"]:
        asked = [chart(reading, question) for question in reading.asked_for(factor["key"])]
        drawn = [one for one in asked if any(column.group.has_shares for column in one.columns)]
        charts = opened()[factor["key"]]._charts

        assert len(charts) == len(drawn)
        for made, one in zip(charts, drawn, strict=True):
            assert made.type == "bar" or made.barDir == "bar"
            assert len(made.series) == (len(one.columns) if one.several else len(one.rows))
    assert any(opened()[factor["key"]]._charts for factor in reading.benchmark["key_factors"])


@pytest.mark.slow
def test_bars_are_filled_to_the_end_unless_several_answers_count_or_one_is_withheld():
    made = parts(xlsx_of(old("schema-2-300"), voice()))
    charts = [text for name, text in made.items() if re.fullmatch(r"xl/charts/chart\d+\.xml", name)]
    kinds = [re.search(r'<c:grouping val="(\w+)"', text)[1] for text in charts]

    assert kinds.count("percentStacked") > 10
    assert "clustered" in kinds
    assert all("<a:pattFill" in text for text in charts if "I don" in text and "clustered" not in text)
    assert all('<c:max val="1"/>' in text for text in charts)


def test_in_arabic_sheets_and_bars_start_on_the_right():
    assert all(sheet.sheet_view.rightToLeft for sheet in opened("ar"))
    assert not any(sheet.sheet_view.rightToLeft for sheet in opened("en"))
    for tag, orders in (("en", {"minMax"}), ("ar", {"maxMin"})):
        charts = [text for name, text in parts(content(tag)).items() if name.startswith("xl/charts/chart")]
        found = {re.findall(r'<c:orientation val="(\w+)"', text.split("<c:valAx>")[1])[0] for text in charts}
        assert found == orders


def test_codes_are_equal_in_all_languages():
    books = [opened(tag) for tag in ("en", "ar")]
    found = [[row[3].value for row in book.worksheets[-2].iter_rows(min_row=2)] for book in books]

    assert found[0] == found[1]
    assert found[0][:2] == ["migrant", "host"]
    assert books[1]["L1"]["B12"].value != books[0]["L1"]["B12"].value


def test_no_word_becomes_a_formula_or_a_link():
    made = xlsx_of(hostile(), hostile_voice())
    book, found = openpyxl.load_workbook(io.BytesIO(made)), parts(made)
    words = [cell for cell in cells(book) if cell.data_type != "n"]

    assert {cell.data_type for cell in words} == {"s"}
    assert all(any(start.strip()[-3:] in cell.value for cell in words) for start in STARTS)
    sheets = [text for name, text in found.items() if "/worksheets/sheet" in name]
    assert not [text for text in sheets if re.search(r"<f[ >]|<hyperlink", text)]
    assert not [name for name in found if "externalLink" in name or "connections" in name]
    assert not [text for text in found.values() if 'TargetMode="External"' in text]
    references = {ref for text in found.values() for ref in re.findall(r"<c:f>([^<]*)</c:f>", text)}
    assert references
    assert all(REFERENCE.fullmatch(ref) for ref in references)
    looking = [cell for cell in words if cell.value.startswith(("=", "+", "-", "@"))]
    assert looking
    assert all(cell.quotePrefix for cell in looking)  # they stay words when somebody edits them


@pytest.mark.slow
def test_a_key_that_no_sheet_can_have_as_a_name_is_mended():
    document = json.loads(old("schema-2-26").content)
    factors = document["benchmark"]["key_factors"]
    for factor in factors:
        renamed = "'a/b[c]:*?\\" + "x" * 40
        for question in document["questions"]:
            if question["key_factor"] == factor["key"]:
                question["key_factor"] = renamed
        factor |= {"key": renamed, "interlocks": []}

    names = openpyxl.load_workbook(io.BytesIO(xlsx_of(publishable(document), voice()))).sheetnames

    assert len({name.lower() for name in names}) == len(names) == len(factors) + 4
    assert all(len(name) <= 31 and not re.search(r"[\[\]:*?/\\]", name) for name in names)


def test_heads_stay_in_sight_and_columns_are_wide_enough():
    for sheet in opened():
        assert sheet.freeze_panes
        assert sheet.column_dimensions["A"].width >= 14
    assert opened()["Codebook"].auto_filter.ref.startswith("A1:E")


def test_it_carries_the_hash_and_the_same_release_gives_the_same_bytes():
    properties = opened().properties

    assert xlsx_of(few(), voice()) == content()
    assert few().sha256 in properties.description
    assert properties.created.date().isoformat() == few().document["round"]["closed_on"]
    assert any(cell.value == few().sha256 for cell in cells(opened()))


def test_a_round_that_nobody_answered_has_a_workbook_without_charts():
    book = openpyxl.load_workbook(io.BytesIO(xlsx_of(few(0), voice("fr"))))

    assert not any(sheet._charts for sheet in book)
    assert book.sheetnames[0] == "Qui a répondu"
