"""The workings of catalogues: refreshed, compiled, signed; what falls back, and what stops the start."""

import io
import shutil
from contextlib import redirect_stderr, redirect_stdout
from datetime import date
from pathlib import Path

import pytest
from babel.messages.frontend import CommandLineInterface

from bot.i18n import LANGUAGES, CatalogueError, Catalogues, State
from bot.i18n.__main__ import main
from bot.i18n.compiling import compile_all, mo_of, po_files
from bot.i18n.inspecting import WordsRule
from bot.i18n.pofiles import Signature, StringState, read, sign
from bot.i18n.standing import survey
from conversations.wording import Words, say

ROOT = Path(__file__).parents[2]
SOURCES = """\
for = "participants"

[a]
hello = { text = "Hello {name}, how are you today?", where = "x", limit = 40 }
days = { one = "{n} day", other = "{n} days", where = "y" }
plain = { text = "Nothing is put in here.", where = "z" }
"""
FRENCH = {"a.hello": "Bonjour {name}, ça va ?", "a.plain": "Rien n'est inséré ici."}


def catalogue(entries, plurals, days, header=""):
    """Return the text of a catalogue."""
    lines = [
        'msgid ""\nmsgstr ""',
        f'"{header}Plural-Forms: {plurals}\\n"'
        if not header
        else f'"{header}\\n"\n"Plural-Forms: {plurals}\\n"',
        '"MIME-Version: 1.0\\n"\n"Content-Type: text/plain; charset=utf-8\\n"\n',
    ]
    sources = {"a.hello": "Hello {name}, how are you today?", "a.plain": "Nothing is put in here."}
    for key, words in entries.items():
        lines.append(f'msgctxt "{key}"\nmsgid "{sources[key]}"\nmsgstr "{words}"\n')
    lines.append('msgctxt "a.days"\nmsgid "{n} day"\nmsgid_plural "{n} days"')
    lines += [f'msgstr[{place}] "{form}"' for place, form in enumerate(days)]
    return "\n".join(lines) + "\n"


@pytest.fixture
def root(tmp_path):
    """A small repository: sources, and a whole French catalogue, refreshed and compiled."""
    (tmp_path / "locales" / "source").mkdir(parents=True)
    shutil.copy(ROOT / "locales" / "babel.cfg", tmp_path / "locales")
    (tmp_path / "locales" / "source" / "a.toml").write_text(SOURCES, "utf-8")
    put(tmp_path, "fr", FRENCH, ["{n} jour", "{n} de jours", "{n} jours"])
    assert make(tmp_path)[0] == 0
    return tmp_path


def po(root, tag="fr"):
    return root / "locales" / LANGUAGES[tag].folder / "LC_MESSAGES" / "portevoix.po"


def put(root, tag, entries, days):
    po(root, tag).parent.mkdir(parents=True, exist_ok=True)
    po(root, tag).write_text(catalogue(entries, LANGUAGES[tag].plurals, days), "utf-8")


def edit(root, old, new, tag="fr"):
    text = po(root, tag).read_text("utf-8")
    assert old in text
    po(root, tag).write_text(text.replace(old, new, 1), "utf-8")


def make(root, *words):
    """Run what `make locales` runs; return exit code, output and errors."""
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        code = main(list(words), root)
    return code, out.getvalue(), err.getvalue()


def catalogues(root):
    return Catalogues.read(root / "locales")


def states(root, tag="fr"):
    return next(standing.strings for standing in survey(root / "locales") if standing.tag == tag)


def test_refreshing_twice_changes_nothing_and_keeps_translations(root):
    before = po(root).read_bytes(), mo_of(po(root)).read_bytes()

    assert make(root)[0] == 0
    assert (po(root).read_bytes(), mo_of(po(root)).read_bytes()) == before
    assert catalogues(root).voice("fr").say(say("a.hello", name="A")) == "Bonjour A, ça va ?"


def test_pybabel_gathers_the_same_with_our_extractor(root, monkeypatch):
    monkeypatch.chdir(root)
    CommandLineInterface().run(["pybabel", "-q", "extract", "-F", "locales/babel.cfg", "-o", "x.pot", "."])
    text = (root / "x.pot").read_text("utf-8")

    assert 'msgctxt "a.hello"' in text
    assert "#. at most 40 characters" in text
    assert "#: locales/source/a.toml:4" in text


def test_a_changed_source_makes_the_translation_stale_and_is_not_shown(root):
    source = root / "locales" / "source" / "a.toml"
    source.write_text(SOURCES.replace("Hello {name}", "Good day {name}"), "utf-8")

    code, out, _ = make(root)

    assert code == 1
    assert "stale    1" in out
    assert states(root)["a.hello"] is StringState.STALE
    assert catalogues(root).voice("fr").say(say("a.hello", name="A")) == "Good day A, how are you today?"
    assert 'msgid "Hello {name}' in po(root).read_text("utf-8").replace("#| ", "")
    assert catalogues(root).missing("fr") == ["a.hello"]


def test_a_sentence_that_no_source_has_any_more_is_left_out(root):
    (root / "locales" / "source" / "a.toml").write_text(SOURCES.replace("plain =", "other_plain ="), "utf-8")
    make(root)

    assert list(states(root)) == ["a.hello", "a.days", "a.other_plain"]


@pytest.mark.parametrize("key", ["a.hello", "a.days", "a.plain"])
def test_each_missing_sentence_falls_back_and_is_marked_and_reported(root, key):
    put(
        root,
        "it",
        {"a.hello": "Ciao {name}, come stai?", "a.plain": "Qui non c'è niente."},
        ["{n} giorno", "{n} di giorni", "{n} giorni"],
    )
    make(root)
    italian = read(po(root, "it"), LANGUAGES["it"])
    message = next(message for message in italian.messages() if message.context == key)
    for form in (message.string,) if isinstance(message.string, str) else message.string:
        edit(root, f'"{form}"', '""', "it")

    code, out, _ = make(root)
    found = catalogues(root)
    values = {"name": "A", "n": 2}

    assert code == 1
    assert "missing    1" in out
    assert found.missing("it") == [key]
    said = found.voice("it", "fr").said(say(key, **values))
    assert (said.tag, said.text) == ("fr", found.voice("fr").say(say(key, **values)))
    said = found.voice("it").said(say(key, **values))
    assert (said.tag, said.text) == ("en", found.voice("en").say(say(key, **values)))


def test_a_whole_missing_catalogue_falls_back(root):
    shutil.rmtree(po(root).parents[1])
    found = catalogues(root).insist()

    assert found.tags == ("en",)
    assert found.voice("fr").said(say("a.days", n=2)).text == "2 days"
    assert found.voice("fr").said(say("a.days", n=2)).tag == "en"


@pytest.mark.parametrize("length", [0, 3, 30, 200, -1])
def test_a_truncated_compiled_catalogue_falls_back_is_reported_and_stops_the_start(root, length):
    mo = mo_of(po(root))
    mo.write_bytes(mo.read_bytes()[:length])
    found = catalogues(root)

    said = found.voice("fr").said(Words("a.plain"))
    assert (said.tag, said.text) == ("en", "Nothing is put in here.")
    with pytest.raises(CatalogueError, match=r"fr/LC_MESSAGES/portevoix\.po: W011 was not compiled"):
        found.insist()


def test_a_catalogue_that_was_not_compiled_or_changed_since_stops_the_start(root):
    edit(root, "Rien", "Rien du tout")
    with pytest.raises(CatalogueError, match=r"portevoix\.po: W011 was changed since it was compiled"):
        catalogues(root).insist()

    mo_of(po(root)).unlink()
    with pytest.raises(CatalogueError, match=r"portevoix\.po: W011 was not compiled"):
        catalogues(root).insist()

    assert make(root, "compile")[0] == 0
    assert catalogues(root).insist().voice("fr").say(Words("a.plain")).startswith("Rien du tout")


def test_a_fuzzy_entry_is_not_shown_and_is_stale(root):
    edit(root, 'msgctxt "a.plain"', '#, fuzzy\nmsgctxt "a.plain"')
    make(root, "compile")

    assert catalogues(root).voice("fr").said(Words("a.plain")).tag == "en"
    assert states(root)["a.plain"] is StringState.STALE


def test_signing_makes_a_language_reviewed_and_a_changed_word_takes_the_signature_from_it(root):
    signature = Signature("an association of readers", date(2026, 11, 23))

    assert sign(po(root), LANGUAGES["fr"], signature) == (3, 0)
    make(root)
    assert catalogues(root).state("fr") is State.REVIEWED
    assert set(states(root).values()) == {StringState.REVIEWED}
    assert "X-Review: reviewed; by=an association of readers; on=2026-11-23" in po(root).read_text("utf-8")

    edit(root, "Rien n'est inséré", "Rien ne sera inséré")
    make(root)
    assert catalogues(root).state("fr") is State.PARTLY
    assert states(root)["a.plain"] is StringState.DRAFT

    source = root / "locales" / "source" / "a.toml"
    source.write_text(SOURCES.replace("Hello {name}", "Good day {name}"), "utf-8")
    make(root)
    assert catalogues(root).state("fr") is State.PARTLY
    assert states(root)["a.hello"] is StringState.STALE
    assert not catalogues(root).is_reviewed("fr")


def test_values_are_isolated_where_directions_may_mix():
    found = Catalogues.read(ROOT / "locales")
    progress = say("question.progress", position=4, total=12)

    assert "\u2068٤\u2069" in found.voice("ar").say(progress)
    assert "\u2068۴\u2069" in found.voice("fa").say(progress)
    assert "\u2068" not in found.voice("en").say(progress)
    assert "\u2068بور سول\u2069" in found.voice("en").say(say("intro.who", city="بور سول"))


@pytest.mark.parametrize(
    "trick", ["\u202eabc", "\u2069\u202eabc", "\u2067abc", "a\u2069b\u2066c", "\u202babc\u202c"]
)
@pytest.mark.parametrize("tag", ["en", "fa"])
def test_what_somebody_wrote_cannot_turn_the_sentence_around_it(tag, trick):
    said = Catalogues.read(ROOT / "locales").voice(tag).say(say("intro.who", city=trick))

    assert not set("\u202a\u202b\u202c\u202d\u202e") & set(said)
    opened = [sign for sign in said if sign in "\u2066\u2067\u2068"]
    assert len(opened) == said.count("\u2069")


def test_a_sentence_that_falls_back_isolates_what_is_put_into_it(root):
    put(root, "ar", {}, ["{n} يوم"] * 6)
    make(root, "compile")

    said = catalogues(root).voice("ar").said(say("a.hello", name="A"))
    assert (said.tag, said.text) == ("en", "Hello \u2068A\u2069, how are you today?")


def test_compiling_again_does_nothing_unless_asked(root):
    before = mo_of(po(root)).stat().st_mtime_ns

    assert compile_all(root / "locales") == []
    assert mo_of(po(root)).stat().st_mtime_ns == before
    assert [language.tag for language, _ in po_files(root / "locales")] == ["fr"]


def test_every_code_is_explained():
    told = (ROOT / "docs" / "findings.md").read_text("utf-8")

    assert len(WordsRule) >= 15
    assert [rule for rule in WordsRule if f"| {rule.value} |" not in told] == []
