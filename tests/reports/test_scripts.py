"""Every script in everything that is made of a release: letters, order, digits, what stands in for words."""

import io
import re
import unicodedata
import zipfile

import openpyxl
import pytest
from babel.messages.pofile import read_po

from bot.i18n.languages import LANGUAGES, OFFERABLE
from conversations.wording import say
from reports.render import html_of, table_of
from reports.render.canvas import FINE, Canvas, Caption, png
from reports.render.chart import chart
from reports.render.fonts import FAMILIES, families, letters
from reports.render.pdf import pdf_of
from reports.render.picture import svg_of
from reports.render.reading import Reading
from reports.render.shades import SHADES
from reports.render.sheets import NAME_LENGTH, NOT_IN_NAMES
from reports.render.voice import direction
from reports.render.widths import width_of
from reports.render.workbook import xlsx_of
from tests.reports.aloud import read_aloud
from tests.reports.few import few
from tests.reports.pages import Page, html, page_of, with_a_difference
from tests.reports.pixels import inked
from tests.reports.population import LOCALES, lacking, released, voice
from tests.reports.test_pdf import bare as closed
from tests.reports.test_pdf import made, opened, short, text_of

ITSELF = (
    r"<style>.*?</style>|<code.*?</code>|<bdi dir=\"ltr\">.*?</bdi>|<[^>]*>|SHA-256"
    r"|language-learning \(1\)|\(\w\. \w\. \w+, 19\d\d"
)
"""What is equal in all languages: fingerprints, the program, ids of definitions, who found a method."""
RIGHT_TO_LEFT = ("ar", "fa")
ONE_OF_EACH = ("ar", "fa", "bn", "el", "lv")
"""A language of each script and direction; Latvian for signs above and below Latin letters."""


def translations():
    """Every translation of every catalogue: its language and its text."""
    for file in sorted(LOCALES.glob("*/LC_MESSAGES/*.po")):
        with file.open("rb") as opened:
            for entry in read_po(opened):
                forms = entry.string if isinstance(entry.string, tuple | list) else (entry.string,)
                if entry.id:
                    yield from ((file.parts[-3], form) for form in forms if form)


def bare(text):
    return re.sub("[\u2066-\u2069\u200e\u200f]", "", text)


# Letters


def test_every_sign_of_every_catalogue_has_a_picture_in_a_font_that_comes_along():
    lacking = {
        (tag, sign)
        for tag, text in translations()
        for sign in text
        if ord(sign) not in letters() and unicodedata.category(sign) not in ("Cc", "Cf")
    }

    assert lacking == set()


@pytest.mark.parametrize(
    "signs",
    [
        "āčēģīķļņšūž ĀČĒĢĪĶĻŅŠŪŽ",
        "ăâîșț ĂÂÎȘȚ",
        "çğıİöşü ÇĞÖŞÜ",
        "çêîşû ÇÊÎŞÛ",
        "άέήίόύώϊϋΐΰς;·",
        "ґєіїҐЄІЇ ъьэыё",
        "گچپژکیۀهٔ۰۱۲۳۴۵۶۷۸۹،؛؟٪٫٬",
        "ًٌٍَُِّْ٠١٢٣٤٥٦٧٨٩ ﷲ",
        "ক্ষজ্ঞঞ্চষ্ণৎংঃঁ়০১২৩৪৫৬৭৮৯।",
    ],
)
def test_letters_that_fonts_often_lack_are_there(signs):
    assert {sign for sign in signs if ord(sign) not in letters()} == set()


def test_a_script_of_its_own_is_led_by_its_own_family():
    assert families("en") == families("kmr") == tuple(FAMILIES)
    assert families("fa")[0] == "IBM Plex Sans Arabic"
    assert families("bn")[0] == "Hind Siliguri"
    assert {len(families(tag)) for tag in OFFERABLE} == {len(FAMILIES)}


def test_the_tag_decides_the_direction_as_the_table_of_languages_has_it():
    assert {tag: direction(tag) for tag in LANGUAGES} == {
        tag: language.direction for tag, language in LANGUAGES.items()
    }


# Pictures


def drawn(words, tag, width=400):
    """Where a picture of one line begins and ends."""
    sheet = Canvas(width, direction(tag))
    sheet.text(10, 20, words, size=20)
    return inked(png(sheet, 40, Caption("", "", tag, "0" * 64)))


@pytest.mark.parametrize("word", ["কথাবার্তায়", "দৃশ্যমান", "দিয়েছেন"])
def test_bengali_syllables_stand_beside_each_other_in_a_picture(word):
    start, end = drawn(word, "bn")

    assert (end - start) / FINE > 0.85 * width_of(word, 20)  # set over each other they take 0.76 at most


def test_arabic_letters_are_joined_in_a_picture():
    joined, apart = drawn("سسس", "ar"), drawn("س س س", "ar")

    assert joined[1] - joined[0] < apart[1] - apart[0] - 2 * width_of(" ", 20)


@pytest.mark.slow
@pytest.mark.parametrize("tag", ONE_OF_EACH)
def test_the_steps_of_a_scale_start_on_the_reading_side_with_the_same_first_code(tag):
    picture = svg_of(with_a_difference(), "talk_together", voice(tag)).decode()
    placed = re.findall(r'translate\(([\d.]+),[\d.]+\)" font[^>]* font-size="10px"[^>]*>\W*(\d)\W*<', picture)
    numbers = [(float(x), int(sign)) for x, sign in placed][:5]
    bars = re.findall(r'd="M([\d.]+),[^"]*h([\d.]+)v[^"]*" fill="(#[0-9a-f]{6})"', picture)
    rows = chart(Reading(with_a_difference()), "talk_together").rows
    start = next(float(x) + float(wide) / 2 for x, wide, fill in bars if fill == SHADES[rows[0].shade])

    assert rows[0].code == "never"
    assert numbers[0] == (pytest.approx(start), 1)
    assert [number for _, number in numbers] == [1, 2, 3, 4, 5]
    assert sorted(numbers, reverse=tag in RIGHT_TO_LEFT) == numbers


# Digits


@pytest.mark.parametrize("tag", ["ar", "fa", "bn"])
def test_no_figure_is_in_the_digits_of_another_language(tag):
    shown = re.sub(ITSELF, " ", html(with_a_difference(), tag), flags=re.DOTALL)
    told = table_of(released(100), voice(tag)).decode().partition("SHA-256")[0]

    assert re.findall("[0-9]+", shown) == []
    assert re.findall("[0-9]+", told) == []
    assert len(re.findall(r"\d+", shown)) > 500


@pytest.mark.parametrize("tag", ONE_OF_EACH)
def test_a_share_a_day_and_a_list_are_written_as_the_language_does(tag):
    shown, speaks = page_of(with_a_difference(), tag), voice(tag)
    reading = Reading(with_a_difference())

    assert bare(speaks.day(reading.opened_on)) in bare(shown.text)
    assert speaks.percent(0.43) in shown.text
    assert bare(speaks.say(say("release.people_answered", people=300))) in bare(shown.text)


# Pages to print


@pytest.mark.slow
@pytest.mark.parametrize("tag, least", [("bn", 0.95), ("ar", 0.85), ("fa", 0.7)])
def test_most_words_of_a_joined_script_can_be_found_in_the_pdf(tag, least):
    """Not all: the typesetter repeats a few joined signs, and cuts a word where a font lacks a joiner."""
    sheets = opened(made(tag=tag)).pages[:8]
    text = closed("".join(read_aloud(sheet) if tag == "bn" else sheet.extract_text() for sheet in sheets))
    factors = Reading(short()).benchmark["key_factors"][:3]
    told = [
        Reading(short()).of_factor(factor, part)
        for factor in factors
        for part in ("name", "statement", "why")
    ]
    words = {closed(word).strip(".,،؛؟?।():") for words in told for word in voice(tag).say(words).split()}

    assert len(words) > 100
    assert sum(word in text for word in words) > least * len(words)


@pytest.mark.slow
def test_a_sentence_that_was_not_translated_is_set_in_its_own_language():
    content = pdf_of(short(26), lacking("fa", "release.who.chose", "release.guide.title"))
    english = voice("en").say(say("release.who.chose"))

    assert closed(english) in closed(text_of(content, until=1))
    document = opened(content)
    parts = [document.get_object(number) for number in range(1, document.trailer["/Size"])]
    assert "en" in {part.get("/Lang") for part in parts if isinstance(part, dict)}


# Words that stand in


def test_a_sentence_that_was_not_translated_is_marked_with_its_own_language():
    key = "release.factors.lead"
    made = Page(html_of(few(), lacking("fa", key, "release.who.title")).decode())

    found = [attributes for tag, attributes in made.tags if tag == "span" and "lang" in attributes]
    english = voice("en").say(say(key))
    assert {"lang": "en", "dir": "ltr"} in found
    assert english in made.text
    assert english not in page_of(few(), "fa").text
    assert not [one for tag, one in page_of(few(), "fa").tags if tag == "span" and "lang" in one]


def test_where_no_element_can_stand_words_stand_bare():
    made = html_of(few(), lacking("ar", "release.or_more", "language-learning.theme")).decode()

    assert "<span" not in re.search(r"<title>.*?</title>", made)[0]
    assert not re.findall(r'="[^"]*<', made)
    assert not re.findall(r"<text[^>]*>[^<]*<span", made)


# Workbooks


@pytest.mark.parametrize("tag", OFFERABLE)
def test_the_names_of_sheets_fit_and_differ_in_every_language(tag):
    names = [
        voice(tag).say(say(f"forms.sheet.{name}")) for name in ("start", "groups", "codebook", "manifest")
    ]

    assert len({name.lower() for name in names}) == len(names)
    assert all(0 < len(name) <= NAME_LENGTH and not NOT_IN_NAMES.search(name) for name in names)


@pytest.mark.parametrize(
    "tag, font, digits", [("fa", "Arial", "3"), ("ar", "Arial", "2"), ("bn", "Nirmala UI", "5")]
)
def test_a_workbook_runs_in_the_direction_digits_and_letters_of_its_language(tag, font, digits):
    content = xlsx_of(few(), voice(tag))
    book = openpyxl.load_workbook(io.BytesIO(content))
    factor = book["L1"]
    figures = [cell for row in factor.iter_rows() for cell in row if cell.data_type == "n" and cell.value]

    assert {bool(sheet.sheet_view.rightToLeft) for sheet in book} == {tag in RIGHT_TO_LEFT}
    assert factor["A1"].font.name == font
    assert {cell.number_format[:11] for cell in figures} == {f"[$-{digits}000000]"}
    shares = [cell for row in book.worksheets[-1].iter_rows() for cell in row if cell.value == few().sha256]
    assert [cell.alignment.readingOrder for cell in shares] == [1]
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        drawn = [packed.read(name).decode() for name in packed.namelist() if "charts/chart" in name]
    assert drawn
    assert all(f"[$-{digits}000000]0%" in one for one in drawn)
