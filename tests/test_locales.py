"""Every shipped word in every language: there, in its script, never blank, with CLDR's plurals."""

import re
from datetime import date
from pathlib import Path

import pytest
from babel import Locale

from bot.i18n import LANGUAGES, OFFERABLE, Catalogues, Source, State, known, simple_of
from bot.i18n.catalogue import Catalogue
from bot.i18n.compiling import mo_of, po_files, read_compiled
from bot.i18n.inspecting import PLACEHOLDER, inspect_catalogue, inspect_sources
from bot.i18n.pofiles import StringState, read, sources_of
from bot.i18n.refresh import gather
from bot.i18n.sources import benchmark_sources, questionnaire_sources
from bot.i18n.standing import is_whole, survey
from bot.i18n.voice import DIGITS, Entry
from conversations.wording import Words, say
from tests.instruments import city, plain, shipped

ROOT = Path(__file__).parents[1]
LOCALES = ROOT / "locales"
TRANSLATED = [tag for tag in LANGUAGES if tag != "en"]
FULL = [tag for tag in OFFERABLE if tag != "en"]
CATEGORIES = ("zero", "one", "two", "few", "many", "other")
NUMBERS = [*range(1_200), *range(999_990, 1_000_130), 2_000_000, 3_000_001, 1_000_000_000]
"""Counts in which every category of every language of ours is found. Source: CLDR, plural rules."""
INNER = {"release.list", "release.level.merged", "release.cross.both", "notice.round", "review.number"}
"""Sentences that are placeholders and signs alone."""


@pytest.fixture(scope="module")
def catalogues():
    found = Catalogues.read(LOCALES).insist()
    instrument = shipped()
    found.add_sources([*questionnaire_sources(plain()), *benchmark_sources(instrument.benchmark)])
    found.add_city(city())
    return found


@pytest.fixture(scope="module")
def standings():
    return list(survey(LOCALES))


def test_there_are_sixteen_languages_and_two_plain_variants():
    assert len(OFFERABLE) == 16
    assert set(LANGUAGES) - set(OFFERABLE) == {"fr-x-simple", "en-x-simple"}
    assert [tag for tag, language in LANGUAGES.items() if language.direction == "rtl"] == ["ar", "fa"]
    assert simple_of("fr") == "fr-x-simple"
    assert simple_of("bn") is None


@pytest.mark.parametrize("tag", FULL)
def test_a_language_lacks_nothing(catalogues, standings, tag):
    mine = [standing for standing in standings if standing.tag == tag]

    assert {standing.domain for standing in mine} == {"portevoix", "language-learning"}
    assert [standing for standing in mine if not is_whole(standing)] == []
    assert len(catalogues.sources) > 600
    assert catalogues.missing(tag) == []


@pytest.mark.parametrize("tag", [tag for tag in LANGUAGES if tag not in OFFERABLE])
def test_a_plain_variant_says_much_in_simpler_words_and_falls_back_for_the_rest(catalogues, tag):
    language = LANGUAGES[tag]
    asked = [source for source in questionnaire_sources(plain()) if source.key.endswith(".label")]
    own = [source for source in asked if source.key not in catalogues.missing(tag)]
    simple, usual = catalogues.voice(tag), catalogues.voice(language.base)

    assert len(own) >= len(asked) // 2
    assert [s.key for s in own if simple.say(Words(s.key, s.text)) == usual.say(Words(s.key, s.text))] == []
    for source in catalogues.sources.values():
        assert simple.said(Words(source.key, source.text)).tag in (tag, language.base)


def test_what_is_translated_is_what_babel_gathers():
    gathered = {
        str(message.context): sources_of(message)
        for catalog in gather(ROOT).values()
        for message in catalog
        if message.id
    }
    shipped_words = {source.key for source in questionnaire_sources(plain())}

    assert set(gathered) >= shipped_words
    for language, file in po_files(LOCALES):
        stands = {str(message.context): sources_of(message) for message in read(file, language).messages()}
        assert stands.items() <= gathered.items(), (language.tag, file.name)


def test_translators_are_told_where_for_whom_and_how_long():
    for catalog in gather(ROOT).values():
        for message in (message for message in catalog if message.id):
            comments = " ".join(message.auto_comments)
            assert "for " in comments, message.context
            assert message.locations, message.context
    choice = next(
        message
        for message in gather(ROOT)["language-learning"]
        if ".question." in str(message.context) and "choice" in str(message.context)
    )
    assert "key factor" in " ".join(choice.auto_comments)
    assert "at most 60 characters" in choice.auto_comments


def test_no_code_is_in_a_catalogue(catalogues):
    questionnaire = plain()
    codes = {choice.code for scale in questionnaire.scales for choice in scale.choices}
    codes |= {choice.code for question in questionnaire.questions for choice in question.choices}
    words = {source.text for source in catalogues.sources.values()}

    assert not {code for code in codes if "_" in code} & words


@pytest.mark.parametrize("tag", TRANSLATED)
def test_nothing_is_wrong_with_a_catalogue(tag):
    files = [(language, file) for language, file in po_files(LOCALES) if language.tag == tag]

    assert files
    assert [str(fault) for language, file in files for fault in inspect_catalogue(file, language)] == []


def test_the_english_keeps_its_own_limits(catalogues):
    assert [str(fault) for fault in inspect_sources(catalogues.sources.values())] == []
    assert list(inspect_sources([Source("a.b", "Hello", limit=3)])) != []


@pytest.mark.parametrize("tag", LANGUAGES)
def test_no_sentence_is_blank_in_any_language(catalogues, tag):
    voice = catalogues.voice(tag)

    assert [
        key for key, source in catalogues.sources.items() if not voice.say(Words(key, source.text)).strip()
    ] == []


def compiled(tag):
    """The entries of one language, from its compiled catalogues."""
    rule = LANGUAGES[tag].form_of
    found = {}
    for mine, file in po_files(LOCALES):
        if mine.tag == tag:
            entries = read_compiled(mo_of(file)).entries
            found.update((key, Entry(source, forms, rule)) for key, (source, forms) in entries.items())
    return found


LATIN = {digit: place for digits in DIGITS.values() for place, digit in enumerate(digits.values())}


def bare(text):
    """A sentence without isolates, in Latin digits: a voice writes its own into another language's words."""
    text = re.sub("[\u2068\u2069]", "", text)
    return "".join(str(LATIN.get(ord(sign), sign)) for sign in text)


@pytest.mark.slow
@pytest.mark.parametrize("tag", FULL)
def test_each_string_that_is_taken_away_falls_back_is_marked_and_is_reported(catalogues, tag):
    entries, host = compiled(tag), "fr" if tag != "fr" else "nl"
    others = Catalogue(LANGUAGES[host], compiled(host), State.DRAFT)
    assert len(entries) > 600
    for key in list(entries):
        lacking = {other: entry for other, entry in entries.items() if other != key}
        found = Catalogues(catalogues.sources, [Catalogue(LANGUAGES[tag], lacking, State.DRAFT), others])
        source = catalogues.sources[key]
        values = dict.fromkeys(PLACEHOLDER.findall(source.text + (source.plural or "")), 3)
        words = Words(key, source.text, tuple(values.items()))

        said = found.voice(tag, host).said(words)
        alone = found.voice(tag).said(words)

        assert (said.tag, alone.tag) == (host, "en"), key
        assert bare(said.text) == bare(found.voice(host).say(words)), key
        assert said.text.strip(), key
        assert alone.text.strip(), key
        assert found.missing(tag) == [key]


@pytest.mark.parametrize("tag", LANGUAGES)
def test_every_number_takes_the_form_of_its_cldr_category(catalogues, tag):
    language = LANGUAGES[tag]
    cldr = Locale.parse(language.rules).plural_form
    rule = language.form_of
    kept = [name for name in CATEGORIES if name in {cldr(number) for number in NUMBERS}]

    assert [kept[rule(number)] for number in NUMBERS] == [cldr(number) for number in NUMBERS]


@pytest.mark.parametrize("tag", FULL)
def test_each_plural_category_has_words_of_its_own_with_real_numbers(catalogues, tag):
    voice, cldr = catalogues.voice(tag), Locale.parse(LANGUAGES[tag].rules).plural_form
    entries = [source for source in catalogues.sources.values() if source.plural is not None]

    assert len(entries) >= 10
    for source in entries:
        for category in {cldr(number) for number in NUMBERS}:
            number = next(number for number in NUMBERS if cldr(number) == category)
            said = voice.said(say(source.key, **{source.count: number}))
            assert said.tag == tag
            assert f"{{{source.count}}}" not in said.text
            if category in ("few", "many", "other"):  # elsewhere a word may say the number
                assert voice.number(number) in said.text, (source.key, category)


def test_french_says_millions_as_french_does(catalogues):
    french = catalogues.voice("fr")

    assert french.say(say("release.about", people=1_000_000)).endswith("de personnes")


@pytest.mark.parametrize(
    "tag,said",
    [
        ("fr", "22 novembre 2026"),
        ("ar", "٢٢ نوفمبر ٢٠٢٦"),
        ("fa", "۲۲ نوامبر ۲۰۲۶"),
        ("bn", "২২ নভেম্বর, ২০২৬"),
        ("lv", "2026. gada 22. novembris"),
        ("el", "22 Νοεμβρίου 2026"),
        ("kmr", "22ê mijdara 2026an"),
    ],
)
def test_days_are_those_of_the_language(catalogues, tag, said):
    assert catalogues.voice(tag).day(date(2026, 11, 22)) == said


@pytest.mark.parametrize(
    "tag,number,share",
    [
        ("en", "12,345", "40%"),
        ("fr", "12\u202f345", "40\u00a0%"),
        ("ar", "١٢٬٣٤٥", "٤٠٪"),
        ("fa", "۱۲٬۳۴۵", "۴۰٪"),
        ("bn", "১২,৩৪৫", "৪০%"),
        ("tr", "12.345", "%40"),
        ("ru", "12\u00a0345", "40\u00a0%"),
    ],
)
def test_numbers_and_shares_are_those_of_the_language(catalogues, tag, number, share):
    voice = catalogues.voice(tag)

    assert voice.number(12_345) == number
    assert re.sub("[\u200e\u200f\u061c]", "", voice.percent(0.4)) == share


@pytest.mark.parametrize("tag", FULL)
def test_lists_and_names_of_languages_are_said(catalogues, tag):
    voice = catalogues.voice(tag)
    names = tuple(say("language.name", tag=other) for other in ("ar", "el", "kmr"))
    listed = voice.say(say("release.manifest.attack_as", who=names))

    assert all(LANGUAGES[other].own_name in listed for other in ("ar", "el", "kmr"))


PHONES = [
    *(("fr-BE", "fr"), ("ar_SY", "ar"), ("FR", "fr"), ("xx", None), ("pt-BR", None), ("zh_Hans", None)),
    *(("ku", "kmr"), ("ku-TR", "kmr"), ("ku_Arab_IQ", None), ("ckb", None), ("prs", "fa"), ("", None)),
]


@pytest.mark.parametrize("phone,offered", PHONES)
def test_a_phones_tag_means_a_language(phone, offered):
    assert getattr(known(phone), "tag", None) == offered


def test_the_citys_own_words_are_said_in_the_language(catalogues):
    assert catalogues.voice("ar").say(shipped().city_words("name")) == city().name["ar"]


def test_every_shipped_translation_is_a_draft_until_a_person_signs(standings):
    assert {standing.state for standing in standings} == {State.DRAFT}
    assert all(StringState.REVIEWED not in standing.strings.values() for standing in standings)


@pytest.mark.parametrize("tag", FULL)
def test_a_language_has_its_terms_and_tells_where_a_reader_should_begin(tag):
    folder = LOCALES / LANGUAGES[tag].folder
    terms = (folder / "TERMS.md").read_text("utf-8")
    review = (folder / "REVIEW.md").read_text("utf-8")

    rows = [line for line in terms.splitlines() if line.startswith("|")]
    assert len(rows) >= 20
    assert {"benchmark", "key factor"} <= {row.split("|")[1].strip().lower() for row in rows}
    assert "ative speaker" in review
    assert review.count("->") >= 15


@pytest.mark.parametrize("tag", ["fr", "fr-x-simple"])
def test_french_words_with_an_inserted_t_do_not_break_over_two_lines(tag):
    said = " ".join(form for entry in compiled(tag).values() for form in entry.forms)

    assert "\u2011t\u2011" in said or tag != "fr"
    assert re.findall(r"\w+-t-\w+", said) == []
