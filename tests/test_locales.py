"""Every word in every language: there, with placeholders and plural forms, in its script, never blank."""

import re
from datetime import date
from gettext import c2py
from pathlib import Path

import pytest
from babel import Locale
from babel.messages.pofile import read_po

from bot.i18n import LANGUAGES, CatalogueError, Catalogues, Source, known
from bot.i18n.refresh import refresh
from bot.i18n.sources import benchmark_sources, questionnaire_sources
from conversations.wording import Words, say
from tests.instruments import city, plain, shipped

LOCALES = Path(__file__).parents[1] / "locales"
TRANSLATED = ["fr", "ar"]
SCRIPTS = {"ar": re.compile(r"[\u0600-\u06ff]")}


@pytest.fixture(scope="module")
def catalogues():
    found = Catalogues.read(LOCALES)
    instrument = shipped()
    found.add_sources([*questionnaire_sources(plain()), *benchmark_sources(instrument.benchmark)])
    found.add_city(city())
    return found


@pytest.fixture
def small(tmp_path):
    """A folder of locales with two sources and one French catalogue."""
    (tmp_path / "source").mkdir()
    (tmp_path / "source" / "a.toml").write_text(
        '[a]\nhello = { text = "Hello {name}", where = "x" }\n'
        'days = { one = "{n} day", other = "{n} days", where = "y" }\n',
        "utf-8",
    )
    po = tmp_path / "fr" / "LC_MESSAGES" / "portevoix.po"
    po.parent.mkdir(parents=True)
    po.write_text(
        'msgid ""\nmsgstr ""\n"Plural-Forms: nplurals=2; plural=(n > 1);\\n"\n'
        '"Content-Type: text/plain; charset=utf-8\\n"\n\n'
        'msgctxt "a.hello"\nmsgid "Hello {name}"\nmsgstr "Bonjour {name}"\n\n'
        'msgctxt "a.days"\nmsgid "{n} day"\nmsgid_plural "{n} days"\n'
        'msgstr[0] "{n} jour"\nmsgstr[1] "{n} jours"\n',
        "utf-8",
    )
    return tmp_path


def french(folder):
    return folder / "fr" / "LC_MESSAGES" / "portevoix.po"


@pytest.mark.parametrize("tag", TRANSLATED)
def test_nothing_is_missing_or_stale(catalogues, tag):
    assert len(catalogues.sources) > 300
    assert catalogues.missing(tag) == []


@pytest.mark.parametrize("tag", ["en", *TRANSLATED])
def test_placeholders_and_lengths_are_kept(catalogues, tag):
    assert catalogues.faults(tag) == []


@pytest.mark.parametrize("tag", TRANSLATED)
def test_a_translation_is_no_copy_and_is_in_its_script(catalogues, tag):
    voice = catalogues.voice(tag)
    copies = []
    for source in catalogues.sources.values():
        letters = re.sub(r"\{[a-z_0-9]+\}|[\W\d_]", "", source.text)
        said = voice.say(Words(source.key, source.text))
        if len(letters) > 12 and said == source.text:
            copies.append(source.key)
        if tag in SCRIPTS and letters and not SCRIPTS[tag].search(said):
            copies.append(source.key)

    assert [key for key in copies if key not in ALIKE] == []


ALIKE = {"thanks.code", "paper.short"}
"""Keys whose words may be the same, or in another script, for a reason."""


@pytest.mark.parametrize("tag", ["en", *TRANSLATED])
def test_no_sentence_is_blank_whatever_is_missing(catalogues, tag):
    voice = catalogues.voice(tag)

    assert [
        key for key, source in catalogues.sources.items() if not voice.say(Words(key, source.text)).strip()
    ] == []


def test_a_missing_string_falls_back_to_the_host_language_then_english(small):
    text = french(small).read_text("utf-8")
    italian = small / "it" / "LC_MESSAGES" / "portevoix.po"
    italian.parent.mkdir(parents=True)
    italian.write_text(text.split('msgctxt "a.days"')[0].replace("Bonjour", "Ciao"), "utf-8")
    found = Catalogues.read(small)

    assert found.voice("it", "fr").say(say("a.hello", name="A")) == "Ciao A"
    assert found.voice("it", "fr").say(say("a.days", n=2)) == "2 jours"
    assert found.voice("it").say(say("a.days", n=2)) == "2 days"
    assert found.voice("en", "fr").say(say("a.hello", name="A")) == "Hello A"
    assert found.missing("it") == ["a.days"]


def test_a_stale_string_is_not_shown(small):
    source = small / "source" / "a.toml"
    source.write_text(source.read_text("utf-8").replace("Hello {name}", "Good day {name}"), "utf-8")
    found = Catalogues.read(small)

    assert found.voice("fr").say(say("a.hello", name="A")) == "Good day A"
    assert found.missing("fr") == ["a.hello"]


def test_a_fuzzy_string_is_not_shown(small):
    po = french(small)
    po.write_text(po.read_text("utf-8").replace('msgctxt "a.hello"', '#, fuzzy\nmsgctxt "a.hello"'), "utf-8")

    assert Catalogues.read(small).voice("fr").say(say("a.hello", name="A")) == "Hello A"


def test_a_broken_catalogue_stops_with_its_name(small):
    po = french(small)
    po.write_text(po.read_text("utf-8").replace('msgid "Hello {name}"', 'msgid "Hello {name}'), "utf-8")

    with pytest.raises(CatalogueError, match=r"portevoix\.po"):
        Catalogues.read(small)


@pytest.mark.parametrize("n,said", [(0, "0 jour"), (1, "1 jour"), (2, "2 jours"), (1000, "1\u202f000 jours")])
def test_french_plurals(small, n, said):
    assert Catalogues.read(small).voice("fr").say(say("a.days", n=n)) == said


@pytest.mark.parametrize("n", [0, 1, 2, 3, 11, 100])
def test_arabic_has_a_sentence_for_every_number(catalogues, n):
    said = catalogues.voice("ar").say(say("web.say.limit", n=n))

    assert SCRIPTS["ar"].search(said)
    assert "{" not in said


@pytest.mark.parametrize("tag", TRANSLATED)
def test_every_number_takes_the_plural_form_of_its_cldr_category(tag):
    language = LANGUAGES[tag]
    for file in (LOCALES / language.folder / "LC_MESSAGES").glob("*.po"):
        with file.open("rb") as opened:
            catalogue = read_po(opened)
        rule = c2py(catalogue.plural_expr)
        cldr = Locale.parse(language.rules).plural_form
        kept = ["zero", "one", "two", "few", "many", "other"] if tag == "ar" else ["one", "other"]
        expected = [kept.index(cldr(n)) if cldr(n) in kept else len(kept) - 1 for n in range(300)]

        assert [rule(n) for n in range(300)] == expected


def test_refreshing_twice_changes_nothing_and_keeps_translations(small):
    sources = [Source("a.hello", "Hello {name}"), Source("a.days", "{n} day", "{n} days")]
    refresh(small, "portevoix", sources)
    first = french(small).read_text("utf-8")

    counts = refresh(small, "portevoix", sources)

    assert french(small).read_text("utf-8") == first
    assert counts == {"fr": (0, 0)}
    assert Catalogues.read(small).voice("fr").say(say("a.hello", name="A")) == "Bonjour A"


def test_a_changed_source_makes_the_translation_stale(small):
    refresh(small, "portevoix", [Source("a.hello", "Hello, dear {name}")])

    assert "fuzzy" in french(small).read_text("utf-8")


def test_values_are_isolated_where_directions_may_mix(catalogues):
    said = catalogues.voice("ar").say(say("question.progress", position=4, total=12))

    assert "\u2068٤\u2069" in said
    assert "\u2068" not in catalogues.voice("en").say(say("question.progress", position=4, total=12))


def test_days_and_numbers_are_those_of_the_language(catalogues):
    day = date(2026, 11, 22)

    assert catalogues.voice("fr").day(day) == "22 novembre 2026"
    assert catalogues.voice("ar").day(day) == "٢٢ نوفمبر ٢٠٢٦"
    assert catalogues.voice("ar").number(12345) == "١٢٬٣٤٥"


@pytest.mark.parametrize("phone,offered", [("fr-BE", "fr"), ("ar_SY", "ar"), ("xx", None), ("pt-BR", None)])
def test_a_phones_tag_means_a_language(phone, offered):
    assert getattr(known(phone), "tag", None) == offered


def test_all_sixteen_languages_have_a_row_with_own_name_and_direction():
    assert len(LANGUAGES) == 16
    assert [tag for tag, language in LANGUAGES.items() if language.direction == "rtl"] == ["ar", "fa"]


def test_the_citys_own_words_are_said_in_the_language(catalogues):
    assert catalogues.voice("ar").say(shipped().city_words("name")) == city().name["ar"]
