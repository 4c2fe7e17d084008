"""Broken catalogues: named with file, line, key and cure; none is compiled, none is believed."""

import os
import re
import shutil
from datetime import date
from multiprocessing import get_context

import pytest

from bot.commands.locales import put_signature
from bot.i18n import LANGUAGES, CatalogueError, State
from bot.i18n.compiling import mo_of
from bot.i18n.pofiles import LARGEST, Signature, sign
from bot.i18n.pofiles import put as content_put
from conversations.wording import Words
from tests.bot.small_words import FRENCH, edit, forms, make, po, put, small_root
from tests.bot.test_catalogues import catalogues, states


@pytest.fixture
def root(tmp_path):
    return small_root(tmp_path)


def said_of(root):
    """What is said against the words when they are compiled; a start says the same."""
    code, _, err = make(root, "compile")
    assert code == 1
    with pytest.raises(CatalogueError) as caught:
        catalogues(root).insist()
    assert str(caught.value) == err.strip()
    return err


BROKEN = {
    "a placeholder": (
        "Bonjour {name}",
        "Bonjour {nom}",
        "line 24: a.hello: W002 placeholders must be {name}",
    ),
    "half a placeholder": ("Bonjour {name}", "Bonjour {name", "a.hello: W002 placeholders must be {name}"),
    "an unclosed tag": ("Rien n'est", "<b>Rien n'est", "a.plain: W004 '<b>' is a tag"),
    "a stray sign": ("Rien n'est", "Rien < n'est", "a.plain: W004 '<' is a tag"),
    "a copy": ("Rien n'est inséré ici.", "Nothing is put in here.", "a.plain: W008 is the English sentence"),
    "too long": ("ça va ?", "comment allez-vous, et que dites-vous ?", "a.hello: W007"),
    "a line break": ("Rien n'est", "Rien\\nn'est", "a.plain: W010 lines must break"),
    "an open direction": ("Rien n'est", "\u2067Rien n'est", "a.plain: W012 a direction mark is opened"),
    "a lost quotation mark": (
        "Rien n'est inséré ici.\"",
        "Rien n'est inséré ici.",
        "is no line of a catalogue",
    ),
    "a form too few": ('msgstr[2] "{n} jours"', 'msgstr[2] ""', "a.days: W003 lacks 1 of its 3"),
    "another plural rule": ("nplurals=3", "nplurals=2", "more translations than num_plurals"),
    "a control sign": ("Rien n'est", "Rien \u0007n'est", "a.plain: W014"),
}


@pytest.mark.parametrize("fault", BROKEN)
def test_a_broken_catalogue_is_not_compiled_and_stops_the_start_with_file_line_key_and_cure(root, fault):
    old, new, said = BROKEN[fault]
    edit(root, old, new)

    code, _, err = make(root, "compile")

    assert code == 1
    assert f"{po(root)}" in err
    assert said in err
    with pytest.raises(CatalogueError) as caught:
        catalogues(root).insist()
    assert said in str(caught.value)


def test_another_encoding_is_named_with_its_line(root):
    po(root).write_bytes(po(root).read_text("utf-8").encode("latin-1"))

    code, _, err = make(root, "compile")

    assert code == 1
    assert "line " in err
    assert "is not UTF-8; save the file as UTF-8" in err


@pytest.mark.parametrize(
    "folder,said",
    [("xx", "W005 is no language of the table"), ("fr_BE", "W006 is a second catalogue for fr")],
)
def test_a_folder_of_no_language_or_of_one_that_is_there_is_named(root, folder, said):
    shutil.copytree(po(root).parents[1], root / "locales" / folder)

    code, _, err = make(root, "compile")

    assert code == 1
    assert f"locales/{folder}: {said}" in err
    with pytest.raises(CatalogueError, match=said):
        catalogues(root).insist()


@pytest.mark.parametrize("tag", ["ar", "fa", "bn", "el", "ru", "uk", "bg"])
def test_a_catalogue_in_another_script_is_refused(root, tag):
    forms = [f"{{n}} jour {place}" for place in range(int(LANGUAGES[tag].plurals[9]))]
    put(root, tag, FRENCH, forms)

    code, _, err = make(root, "compile")

    assert code == 1
    assert "W009" in err


def entry(root, text):
    po(root).write_text(f"{po(root).read_text('utf-8')}\n{text}\n", "utf-8")


def test_a_key_that_stands_twice_is_refused_with_both_lines(root):
    entry(root, 'msgctxt "a.plain"\nmsgid "Nothing is put in here."\nmsgstr "Autre chose."')

    assert re.search(r"line \d+: a\.plain stands in line \d+ too; keep one", said_of(root))


def test_an_entry_without_a_key_is_refused(root):
    entry(root, 'msgid "Nothing of ours."\nmsgstr "Rien de nous."')

    assert "W013 has no key (msgctxt); run `make locales`" in said_of(root)


def test_an_encoding_that_the_header_claims_is_not_believed(root):
    edit(root, "charset=utf-8", "charset=iso-8859-1")

    assert make(root, "compile")[0] == 0
    assert catalogues(root).voice("fr").say(Words("a.plain")) == "Rien n'est inséré ici."
    sign(po(root), LANGUAGES["fr"], Signature("A", date(2026, 11, 23)))
    assert forms(root)["a.plain"] == ("Rien n'est inséré ici.",)
    assert "charset=utf-8" in po(root).read_text("utf-8")


@pytest.mark.parametrize(
    "old,new,said",
    [
        ("(n==0 || n==1 ? 0 :", "(n==0 || n==1 ? 2 :", "Plural-Forms counts 0 otherwise than here"),
        ("plural=(n==0", "plural=(system(n)==0", "its line Plural-Forms cannot be read"),
        ("plural=(n==0", "plural=(1/n==0", "its line Plural-Forms cannot be read"),
        ("nplurals=3", "nplurals=999", "no language has 999 plural forms"),
        ("Plural-Forms:", "X-Forms:", "its header lacks the line Plural-Forms"),
    ],
)
def test_a_rule_by_which_forms_would_stand_for_other_numbers_is_refused(root, old, new, said):
    edit(root, old, new)

    assert said in (found := said_of(root))
    assert f"write 'Plural-Forms: {LANGUAGES['fr'].plurals}'" in found
    before = po(root).read_bytes()
    assert make(root)[0] == 1
    assert po(root).read_bytes() == before


def test_a_file_that_is_far_too_large_is_refused_before_it_is_read(root):
    edit(root, "Rien n'est inséré ici.", "Rien " * (LARGEST // 5))

    assert "is larger than 2 MB; is it the right file?" in said_of(root)


@pytest.mark.parametrize("target", ["/nonexistent/x.po", "portevoix.po", "."])
def test_a_link_that_leads_nowhere_is_named(root, target):
    po(root).unlink()
    po(root).symlink_to(target)

    assert f"{po(root)}: W001 cannot be read" in said_of(root)
    assert make(root)[0] == 1


def test_a_copy_of_a_catalogue_beside_it_is_named(root):
    shutil.copy(po(root), po(root).with_name("portevoix (copy).po"))

    assert "portevoix (copy).po: W006 has no template" in said_of(root)


def test_a_catalogue_of_english_is_refused(root):
    shutil.copytree(po(root).parents[1], root / "locales" / "en")

    assert "locales/en: W006 holds a catalogue of English" in said_of(root)


@pytest.mark.parametrize(
    "how", ["lines of Windows", "a mark at the start", "a wrapped header", "a second one"]
)
def test_what_other_programs_do_to_a_file_takes_no_signature_from_it(root, how):
    put_signature(root / "locales", "fr", "A", date(2026, 11, 23), date(2026, 11, 23))
    whole = po(root).read_bytes()
    po(root).write_bytes(
        {
            "lines of Windows": whole.replace(b"\n", b"\r\n"),
            "a mark at the start": b"\xef\xbb\xbf" + whole,
            "a wrapped header": whole.replace(b"by=A; ", b'by=A; "\n"'),
            "a second one": whole.replace(b'"MIME', b'"X-Review: draft\\n"\n"MIME'),
        }[how]
    )

    assert make(root, "compile")[0] == 0
    assert catalogues(root).insist().state("fr") is State.REVIEWED
    make(root)
    assert po(root).read_bytes() == whole


@pytest.mark.parametrize("claim", ["on=2026-13-45", "on=soon"])
def test_a_signature_of_no_day_is_none(root, claim):
    put_signature(root / "locales", "fr", "A", date(2026, 11, 23), date(2026, 11, 23))
    edit(root, "on=2026-11-23", claim)

    assert make(root)[0] == 0
    assert catalogues(root).insist().state("fr") is State.DRAFT


def test_a_header_alone_signs_nothing(root):
    edit(root, "X-Review: draft", "X-Review: reviewed; by=A; on=2026-11-23")
    make(root)

    assert catalogues(root).state("fr") is State.PARTLY
    assert {state.value for state in states(root).values()} == {"draft"}


def test_a_source_that_changed_since_makes_a_signed_language_partly_reviewed_at_once(root):
    put_signature(root / "locales", "fr", "A", date(2026, 11, 23), date(2026, 11, 23))
    source = root / "locales" / "source" / "a.toml"
    source.write_text(source.read_text("utf-8").replace("Nothing is", "Nothing at all is"), "utf-8")

    found = catalogues(root).insist()

    assert found.state("fr") is State.PARTLY
    assert not found.is_reviewed("fr")


def test_words_of_ours_and_remarks_of_translators_outlive_what_is_obsolete(root):
    entry(root, '#~ msgctxt "a.old"\n#~ msgid "Old"\n#~ msgstr "Vieux"')
    edit(root, "#. z\n", "# Said so at the town hall.\n#. z\n")
    edit(root, "Rien n'est", "100 % de %s, rien n'est")

    assert make(root)[0] == 0
    text = po(root).read_text("utf-8")
    assert "a.old" not in text
    assert "# Said so at the town hall." in text
    assert forms(root)["a.plain"] == ("100 % de %s, rien n'est inséré ici.",)


def test_sources_that_cannot_be_read_are_named(root):
    source = root / "locales" / "source" / "a.toml"
    source.write_text(source.read_text("utf-8") + "x = = y\n", "utf-8")

    code, _, err = make(root)
    assert code == 1
    assert "a.toml: Invalid value (at line 7" in err
    with pytest.raises(CatalogueError, match=r"a\.toml: cannot be read: Invalid value \(at line 7"):
        catalogues(root)


def test_a_folder_that_cannot_be_written_is_said_in_one_line(root):
    mo_of(po(root)).unlink()
    mo_of(po(root)).mkdir()  # as little to be written as a folder of another owner

    code, _, err = make(root, "compile")

    assert code == 1
    assert f"locales: {mo_of(po(root))}: cannot be written" in err
    assert len(err.splitlines()) == 1


def test_a_word_that_is_not_known_changes_nothing(root):
    before = po(root).read_bytes()
    edit(root, "#. z\n", "")

    code, _, err = make(root, "complie")

    assert (code, err) == (2, "locales: say `compile`, or nothing\n")
    assert po(root).read_bytes() != before


def put_often(file, letter, start):
    for _ in range(20):
        start.wait()
        content_put(file, letter * 1_000_000)


@pytest.mark.slow
def test_two_programs_may_write_one_file_at_once(root):
    context = get_context("spawn")
    start = context.Barrier(2, timeout=60)
    both = [
        context.Process(target=put_often, args=(mo_of(po(root)), letter, start)) for letter in (b"a", b"b")
    ]
    for one in both:
        one.start()
    for one in both:
        one.join()

    assert [one.exitcode for one in both] == [0, 0]
    assert mo_of(po(root)).read_bytes() in (b"a" * 1_000_000, b"b" * 1_000_000)
    assert sorted(os.listdir(po(root).parent)) == ["portevoix.mo", "portevoix.po"]
