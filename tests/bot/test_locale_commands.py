"""Commands about languages: how words stand, and who signed them."""

import json
import re
from datetime import date

import pytest

from bot.commands.locales import export_sheet, import_sheet, put_signature, show_status, take_back
from bot.commands.rounds import Form
from bot.i18n import LANGUAGES, CatalogueError, Catalogues, State
from bot.i18n.compiling import complaints
from tests.bot.programs import command, logs_as_before, refused
from tests.bot.small_words import SOURCES, edit, make, po, small_root, words_now

DAY = date(2027, 1, 10)


@pytest.fixture
def root(tmp_path):
    return small_root(tmp_path)


@pytest.fixture
def portevoix(tmp_path, monkeypatch, capsys):
    """Run a command in this process, on the languages that are shipped."""
    monkeypatch.chdir(tmp_path)
    with logs_as_before():
        yield lambda *words: command(capsys, "locales", *words)


def status(root, capsys, tag="", **how):
    capsys.readouterr()
    show_status(root / "locales", tag, **how)
    return capsys.readouterr().out


def sign(root, by="Association d'accueil", on=DAY, tag="fr"):
    put_signature(root / "locales", tag, by, on, DAY)


def change_source(root, old, new):
    file = root / "locales" / "source" / "a.toml"
    file.write_text(file.read_text("utf-8").replace(old, new), "utf-8")
    make(root)


def test_the_table_counts_each_state_and_says_who_signed(root, capsys):
    edit(root, "Rien n'est inséré ici.", "")
    change_source(root, "Hello {name}", "Good day {name}")
    sign(root)

    said = status(root, capsys, "fr")

    heads, row = (line.split() for line in said.splitlines()[:2])
    assert heads == ["tag", "catalogue", "all", "missing", "stale", "draft", "reviewed", "said", "signed"]
    assert row == ["fr", "portevoix", "3", "1", "1", "0", "1", "33%", "33%"]
    assert "fr portevoix: partly, signed by Association d'accueil on 2027-01-10" in said
    assert "a.plain: Nothing is put in here." in said
    assert "a.hello: Good day {name}, how are you today?" in said


def test_all_languages_stand_in_one_table_and_those_not_begun_are_named(root, capsys):
    said = status(root, capsys)

    assert [line.split()[0] for line in said.splitlines()[1:3]] == ["fr", "ar"]
    assert "draft, signed by nobody: fr, ar" in said
    assert "no catalogue yet: nl, lv," in said
    assert "en," not in said


def test_the_table_fits_into_eighty_columns(root, capsys):
    for tag in ("fr", "ar"):
        sign(root, "A" * 30, tag=tag)
    change_source(root, "Nothing is put in here.", "Nothing at all is put in here, " + "really nothing, " * 9)

    assert max(map(len, status(root, capsys).splitlines())) <= 80


def test_the_first_twenty_are_named_unless_all_are_asked_for(root, capsys):
    more = "".join(
        f'word{number} = {{ text = "Word number {number}.", where = "x" }}\n' for number in range(30)
    )
    change_source(root, SOURCES, SOURCES + more)

    first, everything = status(root, capsys, "fr"), status(root, capsys, "fr", missing=True)

    assert "... 10 more (--missing names them all)" in first
    assert first.count("a.word") == 20
    assert everything.count("a.word") == 30


def test_programs_get_the_same_as_json(root, capsys):
    edit(root, "Rien n'est inséré ici.", "")
    sign(root)

    (row,) = json.loads(status(root, capsys, "fr", form=Form.JSON))

    assert (row["tag"], row["strings"], row["missing"], row["reviewed"]) == ("fr", 3, 1, 2)
    assert (row["state"], row["by"], row["on"]) == ("partly", "Association d'accueil", "2027-01-10")
    assert row["keys"] == {"missing": ["a.plain"], "stale": []}


def test_a_catalogue_that_cannot_be_read_is_said_with_file_and_line(root, capsys):
    edit(root, "Rien n'est inséré ici.\"", "Rien n'est inséré ici.")

    said = status(root, capsys, "fr")

    assert "cannot be read, see below" in said
    assert re.search(r"fr/LC_MESSAGES/portevoix\.po, line \d+: is no line of a catalogue", said)


def test_signing_marks_every_string_compiles_and_says_how_many(root, capsys):
    sign(root)

    assert "fr: 3 strings signed by Association d'accueil on 2027-01-10" in (said := capsys.readouterr().out)
    assert "fr is reviewed" in said
    assert Catalogues.read(root / "locales").insist().state("fr") is State.REVIEWED


def test_signing_what_is_not_whole_leaves_the_language_partly_reviewed(root, capsys):
    edit(root, "Rien n'est inséré ici.", "")
    change_source(root, "Hello {name}", "Good day {name}")

    sign(root)

    said = capsys.readouterr().out
    assert "fr: 1 string signed" in said
    assert "2 left unsigned: 1 missing, 1 stale" in said
    assert "so fr is partly reviewed: a real round offers it only if its planner names it" in said
    assert Catalogues.read(root / "locales").insist().state("fr") is State.PARTLY


def test_a_signature_can_be_taken_back(root, capsys):
    before = po(root).read_bytes()

    sign(root)
    assert po(root).read_bytes() != before
    take_back(root / "locales", "fr")

    assert "fr is a draft again: 3 strings to be signed" in capsys.readouterr().out
    assert po(root).read_bytes() == before
    assert Catalogues.read(root / "locales").insist().state("fr") is State.DRAFT


@pytest.mark.parametrize(
    "by,on,said",
    [
        ("", DAY, "a name has 1 to 80 characters; an association's is enough"),
        ("   ", DAY, "1 to 80 characters"),
        ("A" * 81, DAY, "1 to 80 characters"),
        ("A; on=2020-01-01", DAY, "no semicolon"),
        ('A "B"', DAY, "quotation mark"),
        ("A\\", DAY, "backslash"),
        ("A\nB", DAY, "line break"),
        ("A\u2028B", DAY, "line break"),
        ("A\u202eB", DAY, "line break"),
        ("A", date(2027, 1, 11), "2027-01-11 has not come yet"),
    ],
)
def test_a_name_or_day_that_cannot_stand_in_a_signature_is_refused(root, by, on, said):
    before = words_now(root)

    with pytest.raises(CatalogueError, match=said):
        sign(root, by, on)

    assert words_now(root) == before


@pytest.mark.parametrize("name", ["Ассоциация", "جمعية", "Café d'ici", "A, B & C"])
def test_names_of_any_script_can_sign(root, name, capsys):
    sign(root, name)

    assert f"signed by {name} on" in status(root, capsys, "fr")
    assert list(complaints(root / "locales")) == []


def test_a_faulty_catalogue_is_not_signed(root):
    edit(root, "Bonjour {name}", "Bonjour {nom}")
    before = words_now(root)

    with pytest.raises(CatalogueError, match=r"fr: the signature was left as it was; first mend:\n.*W002"):
        sign(root)

    assert words_now(root) == before


def test_a_language_without_a_catalogue_cannot_be_signed(root):
    with pytest.raises(
        CatalogueError, match="nl has no catalogue yet; make locales/nl and run `make locales`"
    ):
        sign(root, tag="nl")


def test_a_sheet_filled_in_and_signed_makes_a_language_reviewed(root):
    edit(root, "Rien n'est inséré ici.", "")
    make(root)
    export_sheet(root, "fr", root / "fr.xlsx")

    import_sheet(root, "fr", root / "fr.xlsx")
    edit(
        root, 'msgid "Nothing is put in here."\nmsgstr ""', 'msgid "Nothing is put in here."\nmsgstr "Rien."'
    )
    make(root)
    sign(root)

    assert Catalogues.read(root / "locales").insist().state("fr") is State.REVIEWED


def test_shipped_languages_have_a_status(portevoix):
    done = portevoix("status", "fr", "--format", "json")

    assert done.returncode == 0
    assert {row["catalogue"] for row in json.loads(done.stdout)} == {"portevoix", "language-learning"}


@pytest.mark.parametrize(
    "words",
    [
        ("status", "xx"),
        ("sign", "xx", "--by", "A"),
        ("export", "xx", "--xlsx", "a.xlsx"),
        ("import", "xx", "a.xlsx"),
    ],
    ids=lambda words: words[0],
)
def test_an_unknown_language_is_refused_with_those_there_are(portevoix, words):
    refused(portevoix(*words), "'xx' is no language here; there are: fr, nl,", "fr-x-simple")


def test_english_can_be_neither_signed_nor_exported(portevoix):
    refused(portevoix("sign", "en", "--by", "A"), "English is the source")
    refused(portevoix("export", "en", "--xlsx", "a.xlsx"), "English is the source")


def test_what_is_mistyped_is_refused_in_one_line(portevoix, tmp_path):
    refused(portevoix("sign", "fr", "--by", "A", "--on", "soon"), "'soon' is no day", "2027-01-10")
    refused(portevoix("sign", "fr"), "--by", "an association's is enough")
    refused(portevoix("import", "fr", "nowhere.xlsx"), "nowhere.xlsx: is not there")
    refused(portevoix("export", "fr", "--xlsx", "no/where.xlsx"), "cannot be written", "choose another place")
    refused(portevoix("export", "fr", "--xlsx", "a.xlsx", "--only", "old"), "there are: missing, stale")


def test_the_folder_of_a_language_names_it_as_well(root, capsys):
    assert LANGUAGES["fr-x-simple"].folder == "fr@simple"
    assert "no catalogue yet: fr-x-simple" in status(root, capsys, "fr@simple")
