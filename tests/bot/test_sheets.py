"""Translators' sheets as they are made: rows, locks, direction; and that they come back as they went."""

import tempfile
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl.styles import numbers

from bot.app import ROOT
from bot.commands.locales import export_sheet, import_sheet
from bot.i18n import LANGUAGES, CatalogueError
from bot.i18n.compiling import complaints
from bot.i18n.pofiles import read, write
from bot.i18n.sheets import categories, rows_of, words_of_today
from bot.i18n.sheets_making import About, workbook_of
from bot.i18n.sheets_taking import take
from tests.bot.filled_sheets import changed, exported
from tests.bot.small_words import edit, forms, make, po, small_root, words_now

FRENCH = LANGUAGES["fr"]
ABOUT = About("draft", "0")


@pytest.fixture
def root(tmp_path):
    return small_root(tmp_path)


@pytest.fixture
def sheet(root):
    """The French sheet, as it was made."""
    return exported(root)


def test_a_sheet_has_a_row_for_each_form_with_where_it_stands_and_its_limit(sheet):
    book = openpyxl.load_workbook(sheet)
    words = book["Words"]
    heads, *rows = [[cell.value for cell in row] for row in words.iter_rows()]
    table = [dict(zip(heads, row, strict=True)) for row in rows]

    assert book.sheetnames == ["Read me", "Words"]
    assert "Translation: fr" in book["Read me"]["A2"].value
    assert [(row["Key"], row["Plural"], row["English"]) for row in table] == [
        ("a.hello", None, "Hello {name}, how are you today?"),
        ("a.days", "one: 0, 1", "{n} day"),
        ("a.days", "many: 1000000", "{n} days"),
        ("a.days", "other: 2, 3, 4, 5", "{n} days"),
        ("a.plain", None, "Nothing is put in here."),
    ]
    assert table[0]["Translation: fr"] == "Bonjour {name}, ça va ?"
    assert table[0]["At most"] == "40"
    assert table[0]["Where, for whom"] == "x; for participants"
    assert {row["State"] for row in table} == {"draft"}


def test_only_the_cells_to_fill_in_are_open_and_all_are_text(sheet):
    words = openpyxl.load_workbook(sheet)["Words"]
    heads = [cell.value for cell in words[1]]

    assert words.protection.sheet
    assert words.freeze_panes == "A2"
    for row in words.iter_rows(min_row=2):
        opened_cells = [head for head, cell in zip(heads, row, strict=True) if not cell.protection.locked]
        assert opened_cells == ["Translation: fr", "Still right?"]
        assert {cell.number_format for cell in row} == {numbers.FORMAT_TEXT}


@pytest.mark.parametrize("tag,right_to_left", [("ar", True), ("fr", None), ("bn", None)])
def test_a_sheet_runs_as_its_language_does(root, tag, right_to_left):
    words = openpyxl.load_workbook(exported(root, tag))["Words"]
    place = [cell.value for cell in words[1]].index(f"Translation: {tag}") + 1

    assert words.sheet_view.rightToLeft is right_to_left
    assert words.cell(2, place).font.name == ("Nirmala UI" if tag == "bn" else "Arial")


def test_a_sheet_of_simpler_words_shows_the_usual_ones_beside(root):
    words = openpyxl.load_workbook(exported(root, "fr-x-simple"))["Words"]
    place = [cell.value for cell in words[1]].index("Français, usual words") + 1

    assert words.cell(2, place).value == "Bonjour {name}, ça va ?"


def test_the_same_words_give_the_same_bytes(root):
    rows = rows_of(words_of_today(root, FRENCH), FRENCH)

    assert workbook_of(rows, FRENCH, ABOUT) == workbook_of(rows, FRENCH, ABOUT)


def test_a_sheet_of_some_states_holds_no_others(root):
    edit(root, "Rien n'est inséré ici.", "")
    make(root)

    words = openpyxl.load_workbook(exported(root, only="missing,stale"))["Words"]

    assert [row[0] for row in words.iter_rows(min_row=2, values_only=True)] == ["a.plain"]
    with pytest.raises(CatalogueError, match="nothing is stale"):
        exported(root, only="stale")
    with pytest.raises(CatalogueError, match="no list of states; there are: missing, stale, draft, reviewed"):
        exported(root, only="rotten")


def test_a_sheet_that_is_there_is_never_written_over(root, sheet):
    with pytest.raises(CatalogueError, match="is there already"):
        export_sheet(root, "fr", sheet)


@pytest.mark.parametrize("tag", [tag for tag in LANGUAGES if tag != "en"])
def test_plural_forms_are_named_as_cldr_names_them(tag):
    language = LANGUAGES[tag]

    assert len(categories(language)) == int(language.plurals[9])
    assert list(categories(language))[-1] == ("many" if tag in ("ru", "uk") else "other")


@pytest.mark.parametrize("tag", ["fr", "ar"])
def test_an_unchanged_sheet_changes_nothing(root, tag, capsys):
    before = words_now(root)

    import_sheet(root, tag, exported(root, tag))
    import_sheet(root, tag, changed(root / f"{tag}.xlsx"))

    assert words_now(root) == before
    assert f"{tag}: 0 changed, 3 unchanged, 0 emptied" in capsys.readouterr().out


@pytest.mark.slow
def test_a_shipped_language_comes_back_unchanged(tmp_path):
    file, arabic = tmp_path / "ar.xlsx", LANGUAGES["ar"]

    export_sheet(ROOT, "ar", file)
    taken = take(ROOT, arabic, file, dry_run=True)

    assert (taken.changed, taken.emptied, taken.kept, taken.notes) == (0, 0, 0, [])
    assert taken.unchanged > 500


SIGNS = "\u200f\u200c\u2067\u2069\n\"'\\=+-@\t\xa0\x07\x85\u2028\ufffe\ufeff #%"
PIECES = (
    *SIGNS,
    *("\r\n", "e\u0301", "1/2", "😀", "<b>", "<r>", "</r>", "&amp;", "{name}", "Rien ", "l" * 300),
    *("_x000D_", "_x005F_", "_x", "x005F_", "_x0041_x0042_"),
)
WEIRD = st.lists(st.sampled_from(PIECES) | st.characters(exclude_categories=["Cs"]), max_size=12).map("".join)
QUICKLY = settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))


@pytest.fixture(scope="module")
def still(tmp_path_factory):
    """A repository that all examples of a property share; each puts back what it changed."""
    return small_root(tmp_path_factory.mktemp("still"))


def spoken(root, **words):
    """Put words into the French catalogue, whatever they are."""
    catalog = read(po(root), FRENCH).catalog
    for message in catalog:
        message.string = words.get(str(message.context).removeprefix("a."), message.string)
    write(po(root), catalog)


@QUICKLY
@given(plain=WEIRD, hello=WEIRD)
def test_weird_words_of_a_catalogue_come_back_as_they_went(still, plain, hello):
    before = po(still).read_bytes()
    try:
        spoken(still, plain=plain, hello=hello)
        words = po(still).read_bytes()
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "fr.xlsx"
            if refusal := refused(export_sheet, still, "fr", file):
                assert "line of a catalogue" in refusal or "cannot stand in a spreadsheet" in refusal
                return
            taken = take(still, FRENCH, file)

        assert (taken.changed, taken.emptied, taken.notes) == (0, 0, [])
        assert po(still).read_bytes() == words
    finally:
        po(still).write_bytes(before)


def refused(act, *given_words):
    """What was said against it; nothing if it was done."""
    try:
        act(*given_words)
    except CatalogueError as error:
        return str(error)
    return ""


@QUICKLY
@given(words=WEIRD)
def test_whatever_stands_in_a_cell_the_catalogues_stay_sound(still, words):
    before = words_now(still)
    rows = rows_of(words_of_today(still, FRENCH), FRENCH)
    rows = [replace(row, translation=words) if row.key == "a.plain" else row for row in rows]
    file = still / "weird.xlsx"
    if refusal := refused(lambda: file.write_bytes(workbook_of(rows, FRENCH, ABOUT))):
        assert "cannot stand in a spreadsheet" in refusal
        return
    try:
        if refusal := refused(import_sheet, still, "fr", file):
            assert "row 6: a.plain: W0" in refusal
            assert words_now(still) == before
        assert list(complaints(still / "locales")) == []
        assert forms(still)["a.hello"] == ("Bonjour {name}, ça va ?",)
    finally:
        for name, content in before.items():
            Path(name).write_bytes(content)
