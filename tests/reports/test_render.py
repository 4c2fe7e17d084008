"""What is shown of a release as it is, in a terminal, as one tidy table: no figure that it lacks."""

import csv
import io
import json
import re

import pytest

from reports.disclosure import reopen
from reports.disclosure.publishable import publishable
from reports.render import csv_of, json_of, table_of
from tests.reports.population import released, voice

NEVER = re.compile(r"\b(scor(e|es|ing)|rank\w*|representative\w*|average|league)\b", re.IGNORECASE)
SIZES = (0, 9, 26, 100, 300)


def published(people):
    """Every number of people, and every share in percents, that a release holds."""
    counts, shares = set(), set()
    for table in released(people).document["tables"]:
        for group in table["groups"]:
            counts |= {group["people"], *(answer["count"] for answer in group["answers"])}
            shares |= {answer["share"] for answer in group["answers"]}
    return counts - {None}, {round(share * 100) for share in shares - {None}}


@pytest.mark.parametrize("people", SIZES)
def test_the_terminal_tells_no_figure_that_the_release_lacks(people):
    counts, shares = published(people)
    lines = table_of(released(people), voice()).decode().splitlines()
    figures = [line[50:].split() for line in lines if line.startswith("       ")]

    assert {int(part[:-1]) for line in figures for part in line if re.fullmatch(r"\d+%", part)} <= shares
    assert {int(line[-1]) for line in figures if line and line[-1].isdecimal()} <= counts


@pytest.mark.parametrize("people", SIZES)
def test_every_plain_form_carries_the_hash_of_the_bytes(people):
    release = released(people)
    rows = list(csv.DictReader(io.StringIO(csv_of(release).decode())))

    assert json_of(release) == release.content
    assert release.sha256 in table_of(release, voice()).decode()
    assert {row["release_sha256"] for row in rows} == {release.sha256}


def test_no_word_of_the_terminal_compares_people_or_cities_by_a_figure():
    assert NEVER.findall(table_of(released(300), voice()).decode()) == []


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
