"""Circumstances: groups of a release that nobody is asked about."""

import tomllib
from pathlib import Path

from conversations.circumstances import (
    ASSISTED,
    CAME_BY,
    CHOICES,
    LABELS,
    RELAY,
    circumstance,
    code_of,
    with_circumstances,
)
from conversations.questionnaire import Role
from conversations.relays import DIRECTLY, KINDS
from conversations.session import Sheet
from tests.instruments import plain

SOURCE = Path(__file__).parents[2] / "locales" / "source" / "circumstances.toml"


def test_their_words_are_those_that_are_translated():
    kept = tomllib.loads(SOURCE.read_text("utf-8"))["circumstance"]

    for id_, label in LABELS.items():
        assert kept[id_]["label"]["text"] == label
        assert {code: part["text"] for code, part in kept[id_].get("choice", {}).items()} == CHOICES.get(
            id_, {}
        )


def test_every_kind_of_relay_is_a_level():
    assert set(CHOICES[CAME_BY]) == {*KINDS, DIRECTLY}


def test_a_release_sees_them_as_groups_and_participants_never_do():
    asked = plain()

    seen = with_circumstances(asked, {"r_house": "Neighbourhood House"})

    assert {CAME_BY, ASSISTED, RELAY} <= {question.id for question in seen.with_role(Role.GROUP)}
    assert not {CAME_BY, ASSISTED, RELAY} & set(asked.by_id)
    assert RELAY not in with_circumstances(asked).by_id


def test_a_sheet_stands_at_one_level_of_each():
    sheet = Sheet(side="migrant", answers={}, relay="house-1", came_by="association", assisted=True)

    assert circumstance(sheet, CAME_BY) == ("association",)
    assert circumstance(sheet, ASSISTED) == ("helped",)
    assert circumstance(sheet, RELAY) == (code_of("house-1"),) == ("r_house_1",)
    assert circumstance(sheet, "gender") is None


def test_an_older_sheet_does_not_say_how_its_person_came():
    assert circumstance(Sheet(side="host", answers={}), CAME_BY) == ()
