"""The words of a page: merged levels, lists, what became of the answers, signs beside digits."""

import pytest

from conversations.wording import say
from reports.disclosure import release
from reports.planned import default_plan
from reports.render.reading import Reading, listed
from reports.render.tidy import ISOLATES
from tests.instruments import shipped
from tests.reports.pages import changed, page, page_of
from tests.reports.population import asked, released, sheets, voice


def merging(merge):
    """The default plan with merged levels."""
    usual = default_plan(shipped().questionnaire)
    return usual.model_validate({**usual.model_dump(mode="json"), "merge": merge})


YOUNG = {"age": {"under_35": ["a18_24", "a25_34"]}}


@pytest.mark.parametrize(
    "tag, said",
    [
        ("en", "18 to 24, 25 to 34"),
        ("fr", "18 à 24 ans, 25 à 34 ans"),
        ("ar", "من ١٨ إلى ٢٤، من ٢٥ إلى ٣٤"),
    ],
)
def test_a_merged_level_is_said_as_the_list_of_its_parts_in_every_language(tag, said):
    merged = release(sheets(150), asked(merging(YOUNG)))

    words = voice(tag).say(Reading(merged).answer("age", "under_35"))

    assert words.translate(ISOLATES) == said


def test_a_merged_level_whose_parts_cannot_be_told_apart_is_said_in_english():
    def with_a_comma(document):
        age = next(question for question in document["questions"] if question["id"] == "age")
        age["codes"][0]["label"] = "18, 19 to 24, 25 to 34"

    merged = changed(release(sheets(150), asked(merging(YOUNG))), with_a_comma)

    assert voice("fr").say(Reading(merged).answer("age", "under_35")) == "18, 19 to 24, 25 to 34"


def test_lists_within_lists_run_from_the_right_where_words_do():
    one, other = say("release.cross.both", one="١", other="٢"), say("release.cross.both", one="٣", other="٤")

    words = voice("ar").say(listed([one, other]))

    assert words.startswith("\u200f\u2068\u200f")


def test_answers_that_stay_shut_for_further_tables_are_not_said_to_be_destroyed():
    kept = changed(released(300), lambda document: document["manifest"]["plan"].update(keep_months=6))

    text = page_of(kept).text

    assert "the answers stay locked for at most 6 months" in text
    assert "each person's answers were then destroyed" not in text


def test_no_small_dot_stands_beside_arabic_digits_where_it_would_be_read_as_a_zero():
    assert "·" not in page(300, "ar").text
