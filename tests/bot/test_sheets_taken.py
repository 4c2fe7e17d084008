"""Filled-in sheets: what is taken into the catalogues, what is wrong in which row, and what is not taken."""

from datetime import date

import openpyxl
import pytest

from bot.commands.locales import import_sheet
from bot.i18n import LANGUAGES
from bot.i18n.compiling import complaints
from bot.i18n.pofiles import Signature, StringState, read, review_of, sign
from bot.i18n.sheets import rows_of, words_of_today
from tests.bot.filled_sheets import WORDS, changed, error, exported, repacked
from tests.bot.small_words import forms, make, po, small_root, words_now

FRENCH = LANGUAGES["fr"]


@pytest.fixture
def root(tmp_path):
    return small_root(tmp_path)


@pytest.fixture
def sheet(root):
    """The French sheet, as it was made."""
    return exported(root)


def amended(root, old, new):
    """Change the English source."""
    file = root / "locales" / "source" / "a.toml"
    file.write_text(file.read_text("utf-8").replace(old, new), "utf-8")


def test_a_changed_cell_is_taken_and_compiled_and_nothing_else_changes(root, sheet, capsys):
    before = po(root).read_text("utf-8")

    import_sheet(
        root, "fr", changed(sheet, ("a.plain", "", "Rien à ajouter."), ("a.days", "one", "{n} journée"))
    )

    assert "fr: 2 changed, 1 unchanged, 0 emptied" in capsys.readouterr().out
    after = before.replace("Rien n'est inséré ici.", "Rien à ajouter.").replace('"{n} jour"', '"{n} journée"')
    assert po(root).read_text("utf-8") == after
    assert list(complaints(root / "locales")) == []


def test_a_trial_writes_nothing(root, sheet, capsys):
    before = words_now(root)

    import_sheet(root, "fr", changed(sheet, ("a.plain", "", "Rien à ajouter.")), dry_run=True)

    assert words_now(root) == before
    assert "1 changed" in (said := capsys.readouterr().out)
    assert "nothing was written" in said


def test_a_language_without_a_catalogue_begins_with_a_sheet(root):
    file = exported(root, "nl")

    import_sheet(root, "nl", changed(file, ("a.plain", "", "Hier komt niets bij.")))

    assert forms(root, "nl") == {"a.hello": ("",), "a.days": ("", ""), "a.plain": ("Hier komt niets bij.",)}
    assert list(complaints(root / "locales")) == []


def test_an_empty_cell_keeps_the_translation_unless_it_is_allowed_to_take_it_out(root, sheet, capsys):
    changed(sheet, ("a.plain", "", None), ("a.hello", "", "  "))

    import_sheet(root, "fr", sheet)
    assert "takes it out): 2" in capsys.readouterr().out
    assert forms(root)["a.plain"] == ("Rien n'est inséré ici.",)

    import_sheet(root, "fr", sheet, allow_empty=True)
    assert "fr: 0 changed, 1 unchanged, 2 emptied" in capsys.readouterr().out
    assert forms(root)["a.plain"] == ("",)


def test_a_signed_string_that_changes_is_a_draft_again(root, capsys):
    sign(po(root), FRENCH, Signature("readers", date(2027, 1, 10)))
    make(root)

    import_sheet(root, "fr", changed(exported(root), ("a.plain", "", "Rien à ajouter.")))

    now = read(po(root), FRENCH)
    states = {message.context: now.state(message) for message in now.messages()}
    assert states["a.plain"] is StringState.DRAFT
    assert states["a.hello"] is StringState.REVIEWED
    assert review_of(po(root).read_text("utf-8")) == "reviewed; by=readers; on=2027-01-10"
    assert "drafts again, until somebody signs the changed words: 1" in capsys.readouterr().out


WRONG = {
    "a lost placeholder": (("a.hello", "", "Bonjour !"), "row 2: a.hello: W002 placeholders must be {name}"),
    "a lost one in a plural": (("a.days", "other", "jours"), "row 5: a.days: W002 placeholders must be {n}"),
    "a number that one form is not of alone": (
        ("a.days", "one", "un jour"),
        "row 3: a.days: W002 placeholders must be {n}",
    ),
    "a form too few": (("a.days", "one", ""), "row 3: a.days: W003 lacks 1 of its 3 plural forms"),
    "too long": (("a.hello", "", "Bonjour {name}, comment allez-vous aujourd'hui ?"), "row 2: a.hello: W007"),
    "a copy": (("a.plain", "", "Nothing is put in here."), "row 6: a.plain: W008"),
    "a tag": (("a.plain", "", "<b>Rien"), "row 6: a.plain: W004"),
    "a line break": (("a.plain", "", "Rien\nici"), "row 6: a.plain: W010"),
    "an open direction": (("a.plain", "", "\u2067Rien"), "row 6: a.plain: W012"),
    "a control sign": (("a.plain", "", "Rien _x0007_ ici"), "row 6: a.plain: W014"),
    "a hidden line end": (("a.plain", "", "Rien\u2028ici"), "row 6: a.plain: W014"),
    "a number": (("a.plain", "", 12), "row 6: a.plain: holds a number or a date, not words"),
}


@pytest.mark.parametrize("fault", WRONG)
def test_what_is_wrong_with_a_row_is_said_with_its_number_and_nothing_is_taken(root, sheet, fault):
    change, said = WRONG[fault]

    assert said in error(root, changed(sheet, change), allow_empty=True)


def test_letters_of_another_script_are_refused(root):
    file = changed(exported(root, "ar"), ("a.plain", "", "Rien n'est ici."))

    assert "row 9: a.plain: W009 holds no Arabic letter" in error(root, file, "ar")


def test_all_that_is_wrong_is_said_at_once_and_sound_rows_wait(root, sheet):
    changed(
        sheet, ("a.hello", "", "Bonjour"), ("a.days", "many", "{n} {m}"), ("a.plain", "", "Rien de neuf.")
    )

    said = error(root, sheet)

    assert "nothing was taken; 2 things to mend" in said
    assert "row 2: a.hello: W002" in said
    assert "row 4: a.days: W002" in said


@pytest.mark.parametrize(
    "column,change,said",
    [
        ("English", ("a.plain", "", "Nothing."), "row 6: a.plain: the source cannot be changed here"),
        ("Key", ("a.plain", "", "a.other"), "row 6: a.other: W013 is no key of ours"),
        ("Key", ("a.plain", "", "a.hello"), "row 6: a.hello: stands in row 2 as well"),
        ("Plural", ("a.days", "many", "few: 3"), "row 4: a.days: W003 'few' is none of its plural forms"),
    ],
)
def test_keys_and_sources_cannot_be_changed(root, sheet, column, change, said):
    assert said in error(root, changed(sheet, change, column=column))


def test_a_row_of_an_older_source_is_said_and_not_taken(root, sheet, capsys):
    changed(sheet, ("a.hello", "", "Salut {name}"), ("a.plain", "", "Rien de neuf."))
    amended(root, "Hello {name}", "Good day {name}")

    import_sheet(root, "fr", sheet)

    said = capsys.readouterr().out
    assert "row 2: a.hello: not taken, the English sentence is another one by now" in said
    assert "fr: 1 changed" in said
    assert forms(root)["a.plain"] == ("Rien de neuf.",)
    assert 'msgid "Good day' in po(root).read_text("utf-8")
    assert "fuzzy" in po(root).read_text("utf-8")


def test_a_row_of_a_sentence_that_is_gone_is_said_and_not_taken(root, sheet, capsys):
    amended(root, "plain =", "other_plain =")

    import_sheet(root, "fr", changed(sheet, ("a.plain", "", "Rien de neuf.")))

    assert "row 6: a.plain: not taken, is not used any more" in capsys.readouterr().out


@pytest.mark.parametrize(
    "column,text", [("Still right?", "x"), ("Translation", "Bonne journée {name} !")], ids=["said", "changed"]
)
def test_a_stale_translation_is_taken_once_somebody_says_so_or_changes_it(root, column, text, capsys):
    amended(root, "Hello {name}", "Good day {name}")
    file = exported(root)
    words = openpyxl.load_workbook(file)["Words"]
    heads = [cell.value for cell in words[1]]
    assert words.cell(2, heads.index("State") + 1).value == "stale"
    assert words.cell(2, heads.index("Earlier English") + 1).value == "Hello {name}, how are you today?"

    import_sheet(root, "fr", file)
    assert "'Still right?'): 1" in capsys.readouterr().out
    import_sheet(root, "fr", changed(file, ("a.hello", "", text), column=column))

    assert "fr: 1 changed" in capsys.readouterr().out
    assert "fuzzy" not in po(root).read_text("utf-8")


@pytest.mark.parametrize("said", ["no", "non", "0", "?"])
def test_only_an_x_says_that_a_translation_is_still_right(root, said):
    amended(root, "Hello {name}", "Good day {name}")
    file = changed(exported(root), ("a.hello", "", said), column="Still right?")

    assert f"row 2: a.hello: '{said}' under 'Still right?'; write x there, or nothing" in error(root, file)


def test_the_earlier_english_is_known_however_often_the_words_are_gathered(root):
    amended(root, "Nothing is put in here.", "Nothing at all is put in here, " + "not even “this”, " * 9)
    before = "Nothing is put in here."
    make(root)
    first = po(root).read_bytes()
    make(root)

    assert po(root).read_bytes() == first
    assert [row.earlier for row in rows_of(words_of_today(root, FRENCH), FRENCH)][-1] == before


def test_rows_may_be_hidden_filtered_sorted_and_left_out_and_sheets_added(root, sheet):
    book = openpyxl.load_workbook(sheet)
    words = book["Words"]
    rows = [[cell.value for cell in row] for row in words.iter_rows(min_row=2)]
    words.delete_rows(2, 5)
    for row in [rows[4], *rows[1:4]]:  # the last one first, and one lost
        words.append(row)
    words.cell(2, 5).value = "Rien de neuf."
    assert words.cell(1, 5).value == "Translation: fr"
    words.row_dimensions[2].hidden = True
    words.auto_filter.add_filter_column(0, ["a.days"])
    book.create_sheet("Notes", 0)["A1"] = "seen by two"
    book.save(sheet)

    import_sheet(root, "fr", sheet)

    assert forms(root)["a.plain"] == ("Rien de neuf.",)
    assert forms(root)["a.hello"] == ("Bonjour {name}, ça va ?",)


def test_signs_that_steer_a_terminal_are_not_written_to_it(root, sheet):
    said = error(root, changed(sheet, ("a.plain", "", "_x001B_[2Jb"), column="Key"))

    assert "row 6: ?[2Jb: W013" in said


def test_a_sheet_of_another_language_is_refused(root, sheet):
    assert "is a sheet of 'fr', not of ar" in error(root, sheet, "ar")


def test_a_sheet_with_a_column_of_remarks_and_columns_in_another_order_is_taken(root, sheet):
    book = openpyxl.load_workbook(sheet)
    words = book["Words"]
    words.protection.sheet = False
    words.insert_cols(1, 2)
    words["A1"], words["B2"] = "Remarks", "of ours"
    book.save(sheet)

    import_sheet(root, "fr", with_last_row(sheet, "Rien de neuf."))

    assert forms(root)["a.plain"] == ("Rien de neuf.",)


def with_last_row(file, text):
    """Fill in the last row, wherever the column stands."""
    book = openpyxl.load_workbook(file)
    words = book["Words"]
    place = [cell.value for cell in words[1]].index("Translation: fr") + 1
    words.cell(6, place).value = text
    book.save(file)
    return file


def test_texts_within_cells_are_read_like_shared_ones(root, sheet):
    cell = "<x:c t='inlineStr'><x:is><x:r><x:t>{}</x:t></x:r><x:r><x:t>{}</x:t></x:r></x:is></x:c>"
    heads = ("Key", "Plural", "English", "Translation: fr")
    rows = (heads, ("a.plain", "", "Nothing is put in here.", "Rien ?"))
    cells = ("".join(cell.format(text[:2], text[2:]) for text in row) for row in rows)
    xml = "".join(f"<x:row>{row}</x:row>" for row in cells)

    import_sheet(
        root, "fr", repacked(sheet, {WORDS: f"<x:sheetData xmlns:x='urn:x'>{xml}</x:sheetData>".encode()})
    )

    assert forms(root)["a.plain"] == ("Rien ?",)
