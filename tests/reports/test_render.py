"""What is shown of a release: no figure that it lacks, both sides side by side, nothing from elsewhere."""

import csv
import io
import json
import re
import tomllib
from html.parser import HTMLParser

import pytest

from reports.disclosure import reopen
from reports.disclosure.publishable import publishable
from reports.render import csv_of, html_of, json_of, table_of
from tests.reports.population import LOCALES, released, voice

PACKAGE = LOCALES.parent / "reports" / "render"
NEVER = re.compile(r"\b(scor(e|es|ing)|rank\w*|representative\w*|average|league)\b", re.IGNORECASE)
SIZES = (0, 9, 26, 100, 300)


class Page(HTMLParser):
    """A page taken apart: its tags, its text, and the words inside each class that tells a figure."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.words, self.figures, self._open = [], [], {"people": [], "share": []}, []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        found = dict(attributes)
        self.tags.append((tag, found))
        if tag not in ("meta", "rect"):
            self._open.append((tag, (found.get("class") or "").split()))
            for name in set(self._open[-1][1]) & set(self.figures):
                self.figures[name].append("")

    def handle_startendtag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))

    def handle_endtag(self, tag):
        assert self._open.pop()[0] == tag, "every tag is closed where it was opened"

    def handle_data(self, text):
        if any(tag == "style" for tag, _ in self._open):
            return
        self.words.append(text)
        for _, classes in self._open:
            for name in set(classes) & set(self.figures):
                self.figures[name][-1] += text

    @property
    def text(self):
        return re.sub(r"\s+", " ", " ".join(self.words))


def page(people=300, tag="en"):
    return Page(html_of(released(people), voice(tag)).decode())


def published(people):
    """Every number of people, and every share in percents, that a release holds."""
    counts, shares = set(), set()
    for table in released(people).document["tables"]:
        for group in table["groups"]:
            counts |= {group["people"], *(answer["count"] for answer in group["answers"])}
            shares |= {answer["share"] for answer in group["answers"]}
    return counts - {None}, {round(share * 100) for share in shares - {None}}


@pytest.mark.parametrize("people", SIZES)
def test_the_page_holds_no_figure_that_the_release_lacks(people):
    counts, shares = published(people)
    shown = page(people)

    told = {int(number) for words in shown.figures["people"] for number in re.findall(r"\d+", words)}
    percents = {int(number) for number in re.findall(r"(\d+)\s*%", shown.text)}
    widths = {
        int(found["width"][:-1]) for tag, found in shown.tags if tag == "rect" and "%" in found["width"]
    }

    assert told <= counts
    assert percents <= shares
    assert widths <= shares | {100}
    assert percents == {
        int(number) for words in shown.figures["share"] for number in re.findall(r"\d+", words)
    }


def test_the_page_of_three_hundred_people_tells_figures():
    shown = page(300)

    assert len(shown.figures["people"]) > 300
    assert len(shown.figures["share"]) > 300


@pytest.mark.parametrize("people", SIZES)
def test_the_terminal_tells_no_figure_that_the_release_lacks(people):
    counts, shares = published(people)
    lines = table_of(released(people), voice()).decode().splitlines()
    figures = [line[50:].split() for line in lines if line.startswith("       ")]

    assert {int(part[:-1]) for line in figures for part in line if re.fullmatch(r"\d+%", part)} <= shares
    assert {int(line[-1]) for line in figures if line and line[-1].isdecimal()} <= counts


def test_migrants_and_host_residents_stand_side_by_side():
    heads = re.findall(
        r'<div role="row" class="row heads">(.*?)</div>\s*<div role="row"',
        html_of(released(300), voice()).decode(),
        re.DOTALL,
    )

    both = [row for row in heads if "came from another country" in row and "always lived" in row]

    assert len(both) == 3  # the questions that are put to both sides
    assert all(row.index("came from another country") < row.index("always lived") for row in both)


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


@pytest.mark.parametrize("tag", ["en", "fr", "ar"])
@pytest.mark.parametrize("people", [0, 26, 300])
def test_the_page_stands_alone_without_styles_in_attributes_and_without_scripts(people, tag):
    tags = page(people, tag).tags
    names = [name for name, _ in tags]
    targets = {found["id"] for _, found in tags if "id" in found}
    ids = [found["id"] for _, found in tags if "id" in found]

    assert names.count("style") == names.count("h1") == 1
    assert not {"script", "link", "img", "iframe", "form"} & set(names)
    assert not [found for _, found in tags if "style" in found or any(key.startswith("on") for key in found)]
    assert not [found for _, found in tags if "src" in found]
    assert {found["href"][1:] for _, found in tags if "href" in found} <= targets
    assert {found["aria-labelledby"] for _, found in tags if "aria-labelledby" in found} <= targets
    assert len(ids) == len(set(ids))
    assert "http" not in (PACKAGE / "templates" / "page.css").read_text("utf-8")


@pytest.mark.parametrize("tag, direction", [("en", "ltr"), ("fr", "ltr"), ("ar", "rtl")])
def test_the_page_says_its_language_and_direction(tag, direction):
    assert page(tag=tag).tags[0][0] == "html" or page(tag=tag).tags[1][0] == "html"
    assert next(found for name, found in page(tag=tag).tags if name == "html") == {
        "lang": tag,
        "dir": direction,
    }


def test_directions_are_logical_so_that_the_page_can_be_mirrored():
    sheet = (PACKAGE / "templates" / "page.css").read_text("utf-8")

    assert not re.findall(
        r"(?:margin|padding|border|inset)-(?:left|right)|float:|[;{]\s*(?:left|right):", sheet
    )
    assert "[dir=rtl] .bar{transform:scaleX(-1)}" in sheet


@pytest.mark.parametrize("people", SIZES)
def test_every_form_carries_the_hash_of_the_bytes(people):
    release = released(people)
    rows = list(csv.DictReader(io.StringIO(csv_of(release).decode())))

    assert json_of(release) == release.content
    assert release.sha256 in page(people).text
    assert release.sha256 in table_of(release, voice()).decode()
    assert {row["release_sha256"] for row in rows} == {release.sha256}


def test_a_demonstration_says_so_and_a_real_round_does_not():
    document = json.loads(released(26).content)
    document["round"]["demonstration"] = False
    real = reopen(publishable(document).content)

    assert "city and people are invented" in page(26).text
    assert "invented" not in Page(html_of(real, voice()).decode()).text


def test_no_word_compares_people_or_cities_by_a_figure():
    words = (LOCALES / "source" / "release.toml").read_text("utf-8")

    assert NEVER.findall(words) == []
    assert NEVER.findall(page().text) == []
    assert NEVER.findall(table_of(released(300), voice()).decode()) == []


def test_words_of_a_definition_cannot_break_out_of_the_page():
    document = json.loads(released(26).content)
    document["round"]["name"] = "</style><script>alert(1)</script>"
    changed = html_of(reopen(publishable(document).content), voice()).decode()

    assert "<script" not in changed


def test_the_page_says_in_words_what_is_withheld_and_what_is_few():
    text = page(26).text

    assert "not shown, to protect people" in text
    assert "few people: no shares" in text
    assert "All who answered" in text
    assert "few answers" in page(300).text
    assert "How many answered is not shown" in page(9).text


def test_the_csv_is_one_tidy_table_with_empty_cells_for_what_is_withheld():
    rows = list(csv.DictReader(io.StringIO(csv_of(released(300)).decode())))
    document = released(300).document

    assert len(rows) == sum(
        len(group["answers"]) for table in document["tables"] for group in table["groups"]
    )
    hidden = [row for row in rows if not row["people"]]
    assert hidden
    assert all(not row["count"] and not row["share"] for row in hidden)
    row = next(row for row in rows if row["table"] == "service_known.side.gender" and row["people"])
    assert (row["key_factor"], row["side"], row["group"], row["level"]) == (
        "L1",
        "migrant",
        "gender",
        "woman",
    )
    assert (row["code"], row["code_label"]) == ("know_one", "Yes, I know one")


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_no_cell_is_a_formula(start):
    document = json.loads(released(26).content)
    question = next(found for found in document["questions"] if found["id"] == "course_refused")
    question["label"] = f"{start}HYPERLINK(1)"
    question["codes"][0]["label"] = f'{start}1+1",x'

    table = csv_of(reopen(publishable(document).content)).decode()
    rows = [row for row in csv.reader(io.StringIO(table, newline="")) if "course_refused" in row]

    assert any(f"'{start}HYPERLINK(1)" in row for row in rows)
    assert not [cell for row in rows for cell in row if cell.startswith(start)]


def test_every_word_of_the_page_has_a_source_and_every_source_is_used():
    code = "".join(
        path.read_text("utf-8") for path in [*PACKAGE.glob("*.py"), *PACKAGE.glob("templates/*.jinja")]
    )
    used = set(re.findall(r'"release\.([a-z_0-9.]+)"', code)) | set(re.findall(r'\bt\("([a-z_0-9.]+)"', code))
    sources = set(leaves(tomllib.loads((LOCALES / "source" / "release.toml").read_text("utf-8"))["release"]))
    made = {key for key in sources if key.split(".")[0] in ("rule", "evidence")}

    assert used <= sources
    assert sources - made - used == set()


def leaves(table, way=()):
    for name, part in table.items():
        if {"text", "other"} & set(part):
            yield ".".join((*way, name))
        else:
            yield from leaves(part, (*way, name))
