"""The release as bytes: always the same, refused when changed, and of use to a city."""

import json
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from conversations.errors import ReleaseError
from reports.disclosure import Publishable, progress_step, release, reopen
from reports.disclosure.drawing import draw
from reports.disclosure.publishable import publishable
from reports.disclosure.sights import Naming, planned_groups
from reports.tabulate import count
from tests.reports.population import asked, frame, released, sheets

SCHEMA = json.loads(
    (Path(__file__).parents[2] / "reports" / "render" / "release.schema.json").read_text("utf-8")
)
SIZES = (0, 9, 26, 300)


@pytest.mark.parametrize("people", SIZES)
def test_the_same_answers_give_the_same_bytes(people):
    assert release(sheets(people), asked()).content == released(people).content


@pytest.mark.slow
@settings(max_examples=6, deadline=None)
@given(people=st.integers(0, 100), seed=st.integers(0, 10**6), order=st.integers(0, 10**6))
def test_the_order_of_sheets_changes_nothing(people, seed, order):
    straight = sheets(people, seed)
    shuffled = Random(order).sample(straight, len(straight))
    few = asked(frame().plan.model_copy(update={"questions": frame().plan.questions[:3]}))

    first, second = release(straight, few), release(shuffled, few)

    assert first.content == second.content
    assert reopen(first.content) == first


@pytest.mark.parametrize("people", SIZES)
def test_every_release_is_of_the_published_schema(people):
    Draft202012Validator.check_schema(SCHEMA)

    assert list(Draft202012Validator(SCHEMA).iter_errors(released(people).document)) == []


def test_the_schema_refuses_figures_of_a_withheld_group_and_what_it_does_not_know():
    def withheld_with_a_count(document):
        group = next(group for group in groups(document) if group["people"] is None)
        group["answers"][0]["count"] = 5

    def one_more_field(document):
        document["tables"][0]["mean"] = 2.5

    for breach in (withheld_with_a_count, one_more_field):
        changed = json.loads(released(300).content)
        breach(changed)
        assert list(Draft202012Validator(SCHEMA).iter_errors(changed)) != []


def test_a_release_is_made_by_disclosure_alone():
    with pytest.raises(TypeError, match="only"):
        Publishable(b"{}", {}, object())


def test_frozen_bytes_open_as_they_are():
    opened = reopen(released(300).content)

    assert opened == released(300)
    assert opened.sha256 == released(300).sha256


def naming():
    return Naming(frame().plan, [(planned, groups) for planned, groups, _ in planned_groups(frame())])


def groups(document, who=False):
    return [group for table in document["tables"] if table["who"] is who for group in table["groups"]]


def large(document):
    """A group of plenty of people whose answers are shown."""
    return next(
        group
        for group in groups(document)
        if (group["people"] or 0) >= 50 and all(part["count"] is not None for part in group["answers"])
    )


def an_unrounded_count(document):
    large(document)["answers"][0]["count"] += 1


def unrounded_people(document):
    large(document)["people"] += 2


def a_group_below_k(document):
    group = next(group for group in groups(document) if group["people"] == 10)
    group["people"] = 5


def answers_of_a_withheld_group(document):
    group = next(group for group in groups(document) if group["people"] is None)
    group["answers"][0]["count"] = 0


def a_share_of_a_small_group(document):
    group = next(group for group in groups(document) if group["people"] == 15)
    group["answers"][0]["share"] = 0.0


def a_share_that_does_not_follow(document):
    large(document)["answers"][0]["share"] = 0.999


def a_level_below_k(document):
    group = next(group for group in groups(document, who=True) if (group["people"] or 0) >= 50)
    group["answers"][0]["count"] = 5


def a_low_k(document):
    document["k"] = 4


def a_table_less(document):
    document["tables"].pop()


def one_mind(document):
    group = large(document)
    group["answers"][0]["count"] = group["people"]


def more_answers_than_people(document):
    group = large(document)
    group["answers"][0]["count"] = group["people"] + 5


def no_manifest(document):
    del document["manifest"]


def another_format(document):
    document["format"] = "portevoix-release/9"


@pytest.mark.parametrize(
    "breach, said",
    [
        (an_unrounded_count, "not rounded"),
        (unrounded_people, "not rounded"),
        (a_group_below_k, "fewer than 10 people"),
        (answers_of_a_withheld_group, "withheld"),
        (a_share_of_a_small_group, "shares of fewer than 20"),
        (a_share_that_does_not_follow, "does not follow"),
        (a_level_below_k, "at a level"),
        (a_low_k, "at least 5"),
        (a_table_less, "not those of its plan"),
        (one_mind, "nearly everybody"),
        (more_answers_than_people, "more people than"),
        (no_manifest, "manifest"),
        (another_format, "format"),
    ],
)
def test_a_release_that_breaks_its_rules_is_not_opened(breach, said):
    document = json.loads(released(300).content)
    breach(document)

    with pytest.raises(ReleaseError, match=said):
        reopen(publishable(document).content)


def test_bytes_that_were_written_anew_are_refused():
    with pytest.raises(ReleaseError, match="bytes were changed"):
        reopen(json.dumps(released(26).document, indent=1).encode())


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe", b"[]"])
def test_bytes_that_are_no_release_are_refused(content):
    with pytest.raises(ReleaseError):
        reopen(content)


def test_a_round_without_answers_shows_nothing_and_is_a_release():
    assert {group["people"] for table in released(0).document["tables"] for group in table["groups"]} == {
        None
    }


@pytest.mark.parametrize("people, least", [(300, 0.90), pytest.param(1_000, 0.97, marks=pytest.mark.slow)])
def test_of_the_planned_groups_that_have_k_people_most_are_shown(people, least):
    picture = draw(count(sheets(people), frame()), frame()).picture
    tables = {table["id"]: table["groups"] for table in released(people).document["tables"]}
    large_enough, and_shown = 0, 0
    for planned, groups, _ in planned_groups(frame()):
        if planned.who:
            continue
        subject = next(found for found in picture.questions if found.id == planned.question)
        for values, published in zip(groups, tables[planned.id], strict=True):
            assert values == published["group"]
            place = subject.lattice.index[naming().node(planned, values, frame().sides)]
            if subject.exact[place, 0] >= frame().plan.k:
                large_enough += 1
                and_shown += published["people"] is not None

    assert large_enough > 300
    assert and_shown >= least * large_enough


@pytest.mark.parametrize("people, step", [(0, 0), (10, 0), (11, 10), (25, 10), (26, 25), (600, 500)])
def test_progress_is_told_in_steps(people, step):
    assert progress_step(people) == step
