"""A release as PDF: the words and figures of the page, set literally, closed, always the same bytes."""

import copy
import io
import re
import unicodedata
from functools import cache
from importlib.resources import files

import pytest
from pypdf import PdfReader

from bot.i18n.languages import LANGUAGES
from bot.i18n.voice import Entry
from conversations.errors import ReleaseError
from reports.margins import read_margins
from reports.render.pdf import pdf_of
from reports.render.reading import Reading
from reports.representativity import represent
from reports.trends import trends
from tests.reports.pages import changed, old, page_of, quoted, with_a_difference
from tests.reports.population import released, voice

pytestmark = pytest.mark.slow
MARKUP = (
    '#read("/etc/passwd") #panic() #import "@preview/x:0.1.0" *strong* _slant_ $x^2$ @cited <label> `code`'
    " \\ \\u{41} // gone /* gone */ [x] = --- ~ 'q' {sys.inputs}"
)
A4 = (595, 842)
"""Points across and down. Source: ISO 216."""


@cache
def short(people=300):
    """A release of so many people without tables by group."""
    return shorter(released(people))


def shorter(release):
    """A release without tables by group: of these there are many, and they make a PDF long."""

    def shorten(document):
        document["tables"] = [table for table in document["tables"] if len(table["by"]) < 2]

    return changed(release, shorten)


@cache
def made(people=300, tag="en"):
    """The PDF of a round in which so many people answered, without tables by group."""
    return pdf_of(short(people), voice(tag))


def opened(content):
    return PdfReader(io.BytesIO(content))


@cache
def text_of(content, until=None):
    """The text of a PDF, or of its first pages, its lines joined."""
    return " ".join(" ".join(sheet.extract_text() for sheet in opened(content).pages[:until]).split())


def bare(text):
    """Text without spaces and hyphens, since lines break in columns; ligatures in their letters."""
    folded = unicodedata.normalize("NFKC", text)
    return "".join(
        sign for sign in folded if sign not in "-\xad" and unicodedata.category(sign)[0] not in "ZC"
    )


def written(*texts):
    """A part of texts about the first key factor."""
    found = [{"text": text, "lang": lang, "paraphrase": False} for lang, text in texts]
    return quoted([{"key_factor": "L1", "side": "migrant", "texts": found}])


def percents(text):
    return {int(number) for number in re.findall(r"(\d+)\s*%", text)}


@pytest.mark.parametrize("tag", ["en", "fr", "el", "lv", "ru", "kmr"])
def test_the_pdf_tells_every_key_factor_and_carries_the_hash(tag):
    text, reading = bare(text_of(made(tag=tag))), Reading(short())
    factors = reading.benchmark["key_factors"]
    told = [reading.of_factor(factor, part) for factor in factors for part in ("name", "statement", "why")]
    told += [
        words
        for factor in factors
        for kind in ("guide", "evidence")
        for words, _ in reading.listed(factor, kind)
    ]

    asked = [reading.label(id_) for id_ in reading.questions if id_ != reading.side_question]

    assert len(told) > 80
    for words in [*told, *asked, *reading.context()]:
        assert bare(voice(tag).say(words)) in text
    assert short().sha256 in text
    assert "\ufffd" not in text


def test_the_pdf_and_the_page_tell_the_same_shares():
    shown = percents(text_of(made()))

    assert shown == percents(page_of(short()).text)
    assert len(shown) > 20


def test_every_page_has_the_city_the_hash_and_its_number():
    pages = opened(made()).pages

    for number in (1, 2, 9, len(pages)):
        sheet = pages[number - 1]
        text = sheet.extract_text()
        assert f"Page {number} of {len(pages)}" in text
        assert f"SHA-256 {short().sha256[:16]}…" in text
        assert "Port-Saule" in text
        assert tuple(sorted(round(float(side)) for side in sheet.mediabox[2:])) == A4


@pytest.mark.parametrize(
    "tag, direction", [("en", "/L2R"), ("ar", "/R2L"), ("fa", "/R2L"), ("bn", "/L2R"), ("kmr", "/L2R")]
)
def test_the_document_can_be_read_aloud(tag, direction):
    document = opened(made(tag=tag))
    root = document.trailer["/Root"]
    bookmarks = [mark for mark in document.outline if not isinstance(mark, list)]

    assert root["/Lang"] == tag
    assert root["/MarkInfo"]["/Marked"]
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert root["/ViewerPreferences"]["/Direction"] == direction
    assert "pdfuaid:part>1<" in root["/Metadata"].get_object().get_data().decode()
    assert short().sha256 in document.metadata["/Keywords"]
    assert document.metadata.title.endswith(voice(tag).say(Reading(released(300)).city()))
    assert document.metadata.creation_date.date().isoformat() == "2026-03-22"
    assert len(bookmarks) >= 11 + 6


@pytest.mark.parametrize(
    "tag, font, digits",
    [
        ("ar", "IBMPlexSansArabic", "[٠-٩]"),
        ("fa", "IBMPlexSansArabic", "[۰-۹]"),
        ("bn", "HindSiliguri", "[০-৯]"),
    ],
)
def test_a_language_is_set_in_its_own_embedded_letters_and_digits(tag, font, digits):
    document = opened(made(tag=tag))
    first = document.pages[0].extract_text()
    fonts = {
        str(font["/BaseFont"]): font["/DescendantFonts"][0]["/FontDescriptor"]
        for sheet in document.pages
        for font in (part.get_object() for part in sheet["/Resources"]["/Font"].values())
    }

    assert any(font in name for name in fonts)
    assert all({"/FontFile2", "/FontFile3"} & set(described) for described in fonts.values())
    assert 15 < len(document.pages) < 60
    assert re.search(digits, first)
    assert "�" not in first


def test_the_same_release_is_always_the_same_bytes():
    release = short()
    once = pdf_of(release, voice())

    assert once == made() == pdf_of(release, voice())
    assert once != pdf_of(release, voice("fr"))


def test_labels_and_texts_are_set_as_they_are():
    def plant(document):
        document["round"]["name"] = f"{MARKUP} name"
        for question in document["questions"]:
            question["label"] = f"{MARKUP} {question['id']}"
            for code in question["codes"]:
                code["label"] = f"{MARKUP} {code['code']}"

    release = changed(short(100), plant)
    text = bare(text_of(pdf_of(release, voice(), texts=written(("en", f"{MARKUP} wrote")))))

    for what in ("name", "wrote", "gender", "service_known", "know_one", "know_none"):
        assert bare(f"{MARKUP} {what}") in text
    assert "root:x" not in text


def test_the_templates_ask_for_nothing_but_what_they_are_given():
    folder = files("reports.render") / "templates"
    code = "".join(
        (folder / name).read_text("utf-8") for name in ("release.typ", "picture.typ", "pieces.typ")
    )

    assert not re.findall(
        r"\b(?:read|eval|image|include|plugin|csv|xml|yaml|toml|cbor)\s*[(\"]|@preview", code
    )
    assert re.findall(r"#import .*", code) == ['#import "pieces.typ": *']
    assert code.count("sys.inputs") == code.count("json(") == 2


def test_texts_stand_in_their_own_language_and_signs_without_letters_are_marked():
    texts = written(("ar", "كانت الدورة ممتلئة"), ("en", "Too late 😀"), ("en", "Two\nlines"), ("?", "aَ ❤️"))

    content = pdf_of(short(26), voice(), texts=texts)
    text = text_of(content)

    assert "What people wrote" in text
    assert "Too late �" in text
    assert "stands for a sign that cannot be printed here" in text
    assert texts.sha256 in text
    assert any(
        "NotoSansArabic" in str(part.get_object()["/BaseFont"])
        for sheet in opened(content).pages
        for part in sheet["/Resources"]["/Font"].values()
    )


def test_a_language_without_letters_is_refused_in_one_line():
    tamil = copy.copy(voice())
    tamil.tag = "ta"
    entry = Entry("Who answered", ("யார் பதிலளித்தார்கள்",), lambda _: 0)
    tamil._chain = ((LANGUAGES["bn"], {"release.who.title": entry}, {}),)
    tamil._filled = {}

    with pytest.raises(
        ReleaseError, match=r"^pdf: no font here has the letters of 'ta'; ask for html instead$"
    ):
        pdf_of(released(0), tamil)


@pytest.mark.parametrize("people", [0, 9])
def test_a_release_that_shows_nothing_says_so(people):
    text = text_of(made(people), until=3)

    assert "How many answered is not shown" in text
    assert "not shown, to protect people" in text


def test_clear_differences_are_marked_where_they_are_and_in_the_list():
    content = pdf_of(shorter(with_a_difference()), voice())
    listed, asked = text_of(content, until=2), text_of(content)

    assert listed.count("clear difference") == 1
    assert asked.count("Clear difference: “") == 2


@pytest.mark.parametrize("name, pages", [("schema-2-26", 15), ("schema-2-300", 25)])
def test_a_release_of_an_earlier_version_is_still_printed_with_tables_by_group(name, pages):
    release = old(name)
    document = opened(pdf_of(release, voice()))
    first, last = document.pages[2].extract_text(), document.pages[-1].extract_text()

    assert release.sha256 in document.metadata["/Keywords"]
    assert len(document.pages) > pages
    assert "between" not in first  # it has no intervals
    assert "to protect people" in last
    assert "few answers" in last or name == "schema-2-26"


def test_residents_and_earlier_rounds_stand_beside():
    def earlier(document):
        document["round"] |= {
            "id": "before",
            "name": "Autumn",
            "opened_on": "2025-09-01",
            "closed_on": "2025-09-22",
        }
        next(q for q in document["questions"] if q["id"] == "service_known")["label"] = "Other words?"

    release = short(100)
    margins = read_margins(
        b"group,code,residents\ngender,woman,6000\ngender,man,5000\n", "census.csv", release
    )
    series = trends([changed(release, earlier), release])
    content = pdf_of(release, voice(), beside=represent(release, margins), trends=series)
    text = text_of(content)

    assert "Who answered, beside who lives here" in text
    assert "census.csv" in text
    assert "Spring: New words: not compared with earlier rounds" in text
    assert all(wave.sha256 in text for wave in series.waves)
