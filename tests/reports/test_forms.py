"""Files made of a release: the tidy table, its hashtags, the data package, pictures; none adds a figure."""

import csv
import io
import json
import re
import struct
from hashlib import sha256
from html import unescape
from itertools import pairwise
from pathlib import Path
from zlib import crc32

import pytest
from jsonschema import Draft4Validator, Draft202012Validator

from conversations.errors import ReleaseError
from reports.disclosure.publishable import publishable
from reports.render import csv_of, schema_of, texts_of
from reports.render.canvas import MARK, Canvas, Caption, from_the_left, svg
from reports.render.package import package_of
from reports.render.picture import drawable, pictures_of, png_of, svg_of
from reports.render.shades import SHADES
from reports.render.tidy import COLUMNS
from tests.reports.few import few
from tests.reports.hostile import STARTS, hostile, hostile_voice
from tests.reports.pages import old, quoted
from tests.reports.population import voice

PROFILES = Path(__file__).parent / "profiles"
FORMULA = re.compile(r"[\s\x00-\x20\u200b-\u200f\u2060-\u206f\ufeff]*[=+\-@＝＋－＠]|[\t\r\n]")
HASHTAG = re.compile(r"#[a-z][a-z0-9_]*(\+[a-z][a-z0-9_]*)*")


def rows_of(content):
    return list(csv.DictReader(io.StringIO(content.decode(), newline="")))


def cells_of(content, delimiter=","):
    return [
        cell
        for row in csv.reader(io.StringIO(content.decode(), newline=""), delimiter=delimiter)
        for cell in row
    ]


# The tidy table


def test_the_table_has_a_row_for_every_answer_with_its_interval_and_part():
    release = few()
    rows = rows_of(csv_of(release))
    published = [
        (table["id"], answer)
        for table in release.document["tables"]
        for group in table["groups"]
        for answer in group["answers"]
    ]

    assert [(row["table"], row["code"]) for row in rows] == [
        (id_, answer["code"]) for id_, answer in published
    ]
    for row, (_, answer) in zip(rows, published, strict=True):
        for name in ("count", "share", "low", "high"):
            assert row[name] == ("" if answer[name] is None else str(answer[name]))
    assert any(row["low"] for row in rows)
    assert {row["part"] for row in rows} == {"1"}
    assert {row["release_sha256"] for row in rows} == {release.sha256}


def test_codes_are_equal_in_all_languages_and_labels_are_not():
    tables = {tag: rows_of(csv_of(few(), voice(tag))) for tag in ("en", "fr", "ar")}
    labels = [column.name for column in COLUMNS if column.name.endswith("_label")]

    for tag in ("fr", "ar"):
        for one, other in zip(tables["en"], tables[tag], strict=True):
            assert {name: one[name] for name in one if name not in labels} == {
                name: other[name] for name in other if name not in labels
            }
    known = {tag: next(row for row in rows if row["code"] == "know_one") for tag, rows in tables.items()}
    assert known["en"]["code_label"] == "Yes, I know one"
    assert len({row["code_label"] for row in known.values()}) == 3


def test_an_older_release_has_no_intervals_and_is_part_one():
    rows = rows_of(csv_of(old("schema-2-26")))

    assert {(row["part"], row["low"], row["high"]) for row in rows} == {("1", "", "")}


def test_two_crossed_groups_stand_in_columns_of_their_own():
    document = json.loads(old("schema-2-300").content)
    table = json.loads(
        json.dumps(next(t for t in document["tables"] if t["id"] == "service_known.side.gender"))
    )
    table |= {"id": "service_known.side.gender.age", "by": ["side", "gender", "age"]}
    for group in table["groups"]:
        group["group"]["age"] = "a18_24"
    document["tables"].append(table)

    row = next(row for row in rows_of(csv_of(publishable(document))) if row["table"] == table["id"])

    assert (row["group"], row["level_label"]) == ("gender", "Woman")
    assert (row["group_2"], row["level_2"], row["level_2_label"]) == ("age", "a18_24", "18 to 24")


def test_no_cell_of_the_table_is_a_formula_however_it_is_split():
    for spoken, hxl in ((None, False), (hostile_voice(), False), (hostile_voice(), True)):
        content = csv_of(hostile(), spoken, hxl=hxl)
        for delimiter in (",", ";", "\t"):
            assert not [cell for cell in cells_of(content, delimiter) if FORMULA.match(cell)]
        words = {
            row[name] for row in rows_of(content) for name in ("question_label", "code_label", "level_label")
        }
        assert {start for start in STARTS if any(start[-3:] in word for word in words)} == set(STARTS)


def test_hashtags_follow_the_names_of_the_columns_on_request():
    plain = csv_of(few(), voice("fr")).decode().splitlines()
    tagged = csv_of(few(), voice("fr"), hxl=True).decode().splitlines()
    tags = dict(zip(tagged[0].split(","), tagged[1].split(","), strict=True))

    assert [tagged[0], *tagged[2:]] == plain
    assert all(HASHTAG.fullmatch(tag) for tag in tags.values())
    assert len(set(tags.values())) == len(tags) == len(COLUMNS)
    assert tags["code_label"] == "#indicator+answer+name+i_fr"
    assert tags["code"] == "#indicator+answer+code"


# Words for a terminal


def test_what_people_wrote_can_do_nothing_to_a_terminal():
    texts = quoted(
        [
            {
                "key_factor": "L11",
                "side": "migrant",
                "texts": [{"text": "\x1b[31mred\x1b[0m and\nmore", "lang": "fr", "paraphrase": False}],
            }
        ]
    )

    told = texts_of(old("schema-2-26"), texts, voice()).decode()

    assert "– [31mred [0m and more\n" in told
    assert texts.sha256 in told
    assert all(sign.isprintable() or sign == "\n" for sign in told)


# The data package


@pytest.mark.parametrize("release", [few(), old("schema-2-26")], ids=["now", "earlier"])
def test_the_package_keeps_to_the_published_profiles(release):
    files = package_of(release, voice("fr"))
    described = json.loads(files["datapackage.json"])
    profiles = {
        file.stem: Draft4Validator(json.loads(file.read_text("utf-8"))) for file in PROFILES.iterdir()
    }

    profiles["data-package"].validate(described)
    profiles["tabular-data-resource"].validate(described["resources"][0])
    assert described["sources"][0]["sha256"] == release.sha256
    assert described["licenses"][0]["name"] == "CC-BY-4.0"
    for resource in described["resources"]:
        content = files[resource["path"]]
        assert resource["hash"] == f"sha256:{sha256(content).hexdigest()}"
        assert resource["bytes"] == len(content)
    assert files["release.json"] == release.content


def test_every_value_of_the_table_is_what_its_column_says():
    files = package_of(few())
    schema = json.loads(files["datapackage.json"])["resources"][0]["schema"]
    rows = rows_of(files["release.csv"])
    types = {
        "integer": int,
        "number": float,
        "string": str,
        "boolean": {"yes": True, "no": False}.__getitem__,
    }

    assert schema["missingValues"] == [""]
    assert [field["name"] for field in schema["fields"]] == list(rows[0])
    for field in schema["fields"]:
        rules = field.get("constraints", {})
        values = [row[field["name"]] for row in rows if row[field["name"]] != ""]
        assert len(values) == len(rows) or not rules.get("required")
        for value in map(types[field["type"]], values):
            assert rules.get("minimum", value) <= value <= rules.get("maximum", value)


@pytest.mark.slow
def test_the_schema_holds_for_releases_of_this_and_of_earlier_versions():
    schema = Draft202012Validator(json.loads(schema_of()))

    for release in (few(), old("schema-2-300"), old("schema-2-26")):
        document = json.loads(release.content)
        schema.validate(document | {"tables": document["tables"][::12]})
    document["tables"] = document["tables"][9:10]
    document["tables"][0]["groups"][0]["answers"][0]["low"] = 1.5
    assert not schema.is_valid(document)


# Pictures


def words_of(picture):
    return [unescape(words) for words in re.findall(r"<text[^>]*>([^<]*)</text>", picture)]


@pytest.mark.slow
def test_a_picture_says_what_was_asked_and_holds_no_figure_that_the_release_lacks():
    release = old("schema-2-300")
    table = next(table for table in release.document["tables"] if table["id"] == "service_known.side")
    shares = {answer["share"] for group in table["groups"] for answer in group["answers"]}

    picture = svg_of(release, "service_known", voice()).decode()
    shown = words_of(picture)

    assert "Do you know a city office or service here" in " ".join(shown)
    assert any(release.sha256 in words for words in shown)
    percents = {int(words[:-1]) for words in shown if re.fullmatch(r"\d+%", words)}
    assert len(percents) > 5
    assert percents <= {round(share * 100) for share in shares if share is not None}
    assert "Yes, I know one: 11%" in picture.split("</desc>")[0]
    assert f"<metadata>portevoix-release/1 SHA-256 {release.sha256}</metadata>" in picture
    assert not re.findall(r"href|url\(|<script|<image", picture)
    assert set(re.findall(r"https?://[^\"' )]+", picture)) <= {
        "http://www.w3.org/2000/svg",
        "http://www.w3.org/1999/xlink",
    }


@pytest.mark.slow
def test_a_picture_as_png_carries_the_hash_and_what_is_seen_in_words():
    release = old("schema-2-300")

    image = png_of(release, "hard_to_attend", voice("ar"))
    chunks, at = [], 8
    while at < len(image):
        (length,) = struct.unpack_from(">I", image, at)
        kind, body = image[at + 4 : at + 8], image[at + 8 : at + 8 + length]
        assert struct.unpack_from(">I", image, at + 8 + length) == (crc32(kind + body),)
        chunks.append((kind, body))
        at += length + 12

    assert image.startswith(b"\x89PNG\r\n\x1a\n")
    assert struct.unpack_from(">I", chunks[0][1]) == (1600,)
    told = dict(body.split(b"\0", 1) for kind, body in chunks if kind == b"iTXt")
    assert told[b"Release-SHA256"].endswith(b"\0\0ar\0\0" + release.sha256.encode())
    assert "ساعات عملي".encode() in told[b"Description"]


@pytest.mark.slow
def test_the_same_release_always_gives_the_same_pictures():
    made = [pictures_of(old("schema-2-26"), "service_known", voice("fr")) for _ in range(2)]

    assert made[0] == made[1]
    assert set(made[0]) == {"svg", "png"}


def test_questions_that_can_be_drawn_are_named_when_another_is_asked_for():
    with pytest.raises(ReleaseError) as refused:
        svg_of(old("schema-2-26"), "nonsense", voice())

    assert str(refused.value).count("\n") == 0
    for question in drawable(old("schema-2-26")):
        assert question in str(refused.value)


def test_in_arabic_everything_starts_on_the_right():
    sheets = {direction: Canvas(800, direction) for direction in ("ltr", "rtl")}
    for sheet in sheets.values():
        sheet.bar(24, 0, 100, 20, SHADES[1])
        sheet.text(24, 10, "words")
        sheet.text(776, 10, "words", anchor="end")

    assert (sheets["ltr"].bars[0]["x"], sheets["ltr"].bars[0]["x2"]) == (24, 124)
    assert (sheets["rtl"].bars[0]["x"], sheets["rtl"].bars[0]["x2"]) == (676, 776)
    assert [text["align"] for text in sheets["ltr"].texts] == ["left", "right"]
    assert [text["align"] for text in sheets["rtl"].texts] == ["right", "left"]


@pytest.mark.parametrize(
    "words, parts",
    [
        ("نعم.", ["نعم."]),
        ("٣٠%", ["٣٠%"]),
        ("سول · Spring 2026 · مارس", [" · مارس", "Spring 2026", "سول · "]),
        ("مدينة \u2068Port-Saule\u2069 هنا", [" هنا", "Port-Saule", "مدينة "]),
        ("No, none", None),
    ],
)
def test_an_arabic_line_stands_as_on_paper_with_western_words_in_their_place(words, parts):
    wanted = (
        words
        if parts is None
        else "".join(part if part.isascii() and part.strip(" ·") else f"{MARK}{part}{MARK}" for part in parts)
    )
    assert from_the_left(words) == wanted


def test_answers_are_known_apart_without_colour():
    lightness = [sum(int(shade[place : place + 2], 16) for place in (1, 3, 5)) for shade in SHADES]
    sheet = Canvas(800, "ltr")
    sheet.bar(0, 0, 60, 20, SHADES[0], hatch="#000000")

    assert all(one - other > 25 for one, other in pairwise(lightness))
    assert len(sheet.lines) == 10


def test_a_title_cannot_break_out_of_a_picture():
    sheet = Canvas(200, "ltr")
    sheet.text(10, 10, "<script>alert(1)</script>")

    picture = svg(sheet, 20, Caption("</title><script>", "<b>", 'en" onload="x', "0" * 64)).decode()

    assert "<script" not in picture
    assert "<b>" not in picture
    assert 'onload="' not in picture
