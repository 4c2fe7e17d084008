"""The page of a release: no figure that it lacks, both sides side by side, in every language."""

import json
import re
import tomllib

import pytest

from bot.i18n.voice import Said
from conversations.wording import say
from reports.disclosure import reopen
from reports.intervals import CONFIDENCE
from reports.render import html_of
from reports.render.explaining import EXAMPLE
from tests.reports.pages import changed, html, old, page, page_of, with_a_difference
from tests.reports.population import LOCALES, released, voice

PACKAGE = LOCALES.parent / "reports" / "render"
NEVER = re.compile(
    r"\b(scor(e|es|ing)(?! interval)|rank\w*|representative\w*|average|league)\b", re.IGNORECASE
)
SIZES = (0, 9, 26, 100, 300)
FILES = {"release.csv", "release.json", "release.schema.json", "release.typ"}
TOLD = {round(share * 100) for share in (*EXAMPLE, CONFIDENCE, 1 - CONFIDENCE)}
"""Percents by which the page explains itself."""


def published(people):
    """Every number of people, every share, every end of an interval in percents, that a release holds."""
    groups = [group for table in released(people).document["tables"] for group in table["groups"]]
    answers = [answer for group in groups for answer in group["answers"]]
    counts = {group["people"] for group in groups} | {answer["count"] for answer in answers}
    ends = {answer[end] for answer in answers for end in ("low", "high")} - {None}
    shares = {answer["share"] for answer in answers} - {None}
    return counts - {None}, {round(share * 100) for share in shares}, {round(end * 100) for end in ends}


@pytest.mark.parametrize("people", SIZES)
def test_the_page_holds_no_figure_that_the_release_lacks(people):
    counts, shares, ends = published(people)
    shown = page(people)

    percents = {int(number) for number in re.findall(r"(\d+)\s*%", shown.text)}
    bars = {int(f["width"][:-1]) for t, f in shown.tags if t == "rect" and f["width"].endswith("%")}

    assert shown.numbers("people") <= counts
    assert shown.numbers("share") <= shares
    assert shown.numbers("between") <= ends
    assert shown.numbers("near") <= set(range(1, 11))
    assert bars <= shares | {100}
    assert percents <= shown.numbers("share") | shown.numbers("between") | TOLD


def test_the_page_of_three_hundred_people_tells_figures_and_how_sure_they_are():
    shown = page(300)

    assert len(shown.figures["people"]) > 300
    assert len(shown.figures["share"]) > 300
    assert len(shown.figures["between"]) > 50
    assert len(shown.figures["near"]) > 50


@pytest.mark.parametrize("tag", ["en", "ar", "bn", "el"])
def test_the_page_is_light_enough_for_a_slow_line(tag):
    assert len(html(released(300), tag).encode()) < 700_000


def test_it_is_told_first_what_was_asked_when_of_whom_and_by_how_many():
    text = page().text

    places = [
        text.index(words)
        for words in (
            "Port-Saule",
            "From March 1, 2026 to March 22, 2026, Port-Saule asked people who came from another country",
            "About 300 people answered.",
            "Who answered",
            "11 key factors",
            "Visible commitment and a written local plan",
        )
    ]

    assert places == sorted(places)


def test_key_factors_stand_in_order_with_guide_questions_and_evidence():
    text, factors = page().text, released(300).document["benchmark"]["key_factors"]

    assert len(factors) == 11
    places = [text.index(factor["statement"]) for factor in factors]
    assert places == sorted(places)
    for factor in factors:
        for words in [
            factor["why"],
            *(part["text"] for part in factor["guide_questions"] + factor["evidence"]),
        ]:
            assert words in text
    for part in released(300).document["context"]:
        assert part["text"] in text


def test_every_key_factor_names_the_others_that_it_works_with():
    whole = html(released(300))

    for factor in released(300).document["benchmark"]["key_factors"]:
        own = re.search(rf'<section class="factor" aria-labelledby="{factor["key"]}">.*', whole, re.DOTALL)[0]
        named = re.search(r'<div class="interlocks">.*?</div>', own, re.DOTALL)[0]
        assert re.findall(r'href="#(\w+)"', named) == factor["interlocks"]


@pytest.mark.parametrize("tag", ["en", "fr", "ar"])
@pytest.mark.parametrize("people", [0, 26, 300])
def test_the_page_stands_alone_without_styles_in_attributes_and_without_scripts(people, tag):
    tags = page(people, tag).tags
    names = [name for name, _ in tags]
    ids = [found["id"] for _, found in tags if "id" in found]

    assert names.count("style") == names.count("h1") == 1
    assert not {"script", "link", "img", "iframe", "form"} & set(names)
    assert not [found for _, found in tags if "style" in found or any(key.startswith("on") for key in found)]
    assert not [found for _, found in tags if "src" in found]
    assert {found["href"][1:] for _, found in tags if "href" in found} <= set(ids)
    assert {found["aria-labelledby"] for _, found in tags if "aria-labelledby" in found} <= set(ids)
    assert len(ids) == len(set(ids))
    assert "http" not in (PACKAGE / "templates" / "page.css").read_text("utf-8")


@pytest.mark.parametrize("tag, direction", [("en", "ltr"), ("fa", "rtl"), ("bn", "ltr"), ("kmr", "ltr")])
def test_the_page_says_its_language_and_direction(tag, direction):
    found = next(found for name, found in page(26, tag).tags if name == "html")

    assert found == {"lang": tag, "dir": direction}


@pytest.mark.parametrize("tag", ["fr", "ar", "fa", "bn", "el", "lv", "kmr"])
def test_a_translated_page_keeps_no_english_sentence_of_ours(tag):
    text = page_of(with_a_difference(), tag).text

    for key, english in sentences():
        same = voice(tag).said(say(key)) == Said(english, tag)
        assert same or not re.search(rf"(?<!\w){re.escape(english)}(?!\w)", text), key


def sentences():
    """Shipped sentences of the page without anything to fill in."""
    for file in ("release", "sure"):
        for key, found in leaves(tomllib.loads((LOCALES / "source" / f"{file}.toml").read_text("utf-8"))):
            words = found.get("text", "")
            if len(words) > 12 and "{" not in words:
                yield key, words


def test_directions_are_logical_so_that_the_page_can_be_mirrored():
    sheet = (PACKAGE / "templates" / "page.css").read_text("utf-8")

    assert not re.findall(
        r"(?:margin|padding|border|inset)-(?:left|right)|float:|[;{]\s*(?:left|right):", sheet
    )
    assert "[dir=rtl] .bar{transform:scaleX(-1)}" in sheet


def test_no_colour_of_the_page_is_a_red_or_a_green_light():
    sheet = (PACKAGE / "templates" / "page.css").read_text("utf-8")
    colours = [
        tuple(int(c[i : i + 2], 16) for i in (0, 2, 4)) for c in re.findall(r"#([0-9a-f]{6})\b", sheet)
    ]

    assert len(colours) > 20
    assert [(r, g, b) for r, g, b in colours if r > g + 60 or g > max(r, b) + 40] == []


@pytest.mark.parametrize("people", SIZES)
def test_the_page_carries_the_hash_of_the_bytes(people):
    assert released(people).sha256 in page(people).text


def test_a_demonstration_says_so_and_a_real_round_does_not():
    real = changed(released(26), lambda document: document["round"].update(demonstration=False))

    assert "city and people are invented" in page(26).text
    assert "invented" not in page_of(real).text


@pytest.mark.parametrize("release", [released(300), with_a_difference(), old("schema-2-300")])
def test_no_word_compares_people_or_cities_by_a_figure(release):
    assert NEVER.findall(page_of(release).text) == []


def test_no_source_of_words_compares_people_or_cities_by_a_figure():
    for file in ("release", "sure"):
        assert NEVER.findall((LOCALES / "source" / f"{file}.toml").read_text("utf-8")) == []


def test_words_of_a_definition_cannot_break_out_of_the_page():
    hostile = changed(
        released(26), lambda document: document["round"].update(name="</style><script>alert(1)</script>")
    )

    assert "<script" not in html(hostile)


def test_the_page_says_in_words_what_is_withheld_and_what_is_few():
    text = page(26).text

    assert "not shown, to protect people" in text
    assert "few people: no shares" in text
    assert "All who answered" in text
    assert "few answers" in page(300).text
    assert "How many answered is not shown" in page(9).text


@pytest.mark.parametrize("name, tag", [("schema-2-26", "ar"), ("schema-2-300", "en"), ("schema-2-300", "fr")])
def test_releases_that_earlier_versions_froze_are_shown_without_what_they_lack(name, tag):
    shown = page_of(old(name), tag)

    assert shown.figures["people"]
    assert shown.figures["between"] == []
    assert "Wilson" not in shown.text
    assert "Newcombe" not in shown.text
    if tag == "en":
        assert "groups are protected by threshold, rounding and nested bounds" in shown.text


def test_the_manifest_says_in_words_what_was_attacked_and_that_nothing_broke():
    attack = {
        "method": "bounds",
        "bounds": 5120,
        "programs": 64,
        "broken": 0,
        "attackers": ["outsider", "member", "planted"],
        "together_with": ["autumn", "winter"],
    }
    release = changed(released(300), lambda document: document["manifest"].update(attack=attack))

    text = page_of(release).text

    assert "tried to work out 5,120 hidden numbers from those that are shown. 64 of them were checked" in text
    assert "somebody who did not answer, somebody who answered, and somebody who made three people" in text
    assert "It also used what was released from these rounds: autumn, winter." in text
    assert "It came close enough to none of them to learn about a small group." in text


def test_a_fallback_is_said_plainly():
    release = changed(released(300), lambda document: document["manifest"].update(fallback=True))

    assert "only the overall tables are shown" in page_of(release).text


def test_a_later_part_says_that_it_is_one_and_names_the_parts_before():
    release = changed(released(300), lambda document: document.update(part=2, earlier=["ab" * 32]))

    assert "Part 2 of this release" in page_of(release).text
    assert "SHA-256 of part 1 " + "ab" * 32 in page_of(release).text
    assert "Part 1" not in page().text


def test_a_table_that_crosses_two_groups_names_both():
    def cross(document):
        document["tables"] = [table for table in document["tables"] if "gender" not in table["by"]]
        for table in document["tables"]:
            if table["by"] == ["side", "age"]:
                table["by"] = ["side", "gender", "age"]
                for group in table["groups"]:
                    group["group"]["gender"] = "woman"

    text = page_of(changed(released(300), cross)).text

    assert "What is your gender? / How old are you?" in text
    assert "Woman / 18 to 24" in text


def test_every_word_of_the_page_has_a_source_and_every_source_is_used():
    code = "".join(
        path.read_text("utf-8") for path in [*PACKAGE.glob("*.py"), *PACKAGE.glob("templates/*.jinja")]
    )
    used = {f"release.{key}" for key in re.findall(r'\bt\("([a-z_0-9.]+)"', code)}
    used |= set(re.findall(r'"((?:release|sure)\.[a-z_0-9]+(?:\.[a-z_0-9]+)*)"', code)) - FILES
    sources = set()
    for file in ("release", "sure", "languages"):
        written = tomllib.loads((LOCALES / "source" / f"{file}.toml").read_text("utf-8"))
        sources |= {key for key, _ in leaves(written) if key.startswith(("release.", "sure."))}
    made = {key for key in sources if key.split(".")[1] in ("rule", "evidence", "attacker")}

    assert used <= sources
    assert sources - made - used == set()


def leaves(table, way=()):
    for name, part in table.items():
        if {"text", "other"} & set(part):
            yield ".".join((*way, name)), part
        elif isinstance(part, dict):  # else it says whom the words of a file are for
            yield from leaves(part, (*way, name))


def test_the_page_of_a_reopened_release_is_the_same():
    again = reopen(released(100).content)

    assert html_of(again, voice()) == html_of(released(100), voice())
    assert json.loads(again.content) == released(100).document
