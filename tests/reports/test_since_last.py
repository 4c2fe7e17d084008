"""What a release tells of the round before: in its bytes, on the page, on paper; earlier ones."""

import gzip
import json
from dataclasses import replace
from functools import cache

import jsonschema
import pytest

from conversations.city_answers import CityAnswer, SinceLast
from conversations.errors import ReleaseError
from conversations.wording import say
from reports.disclosure import add_part, release, reopen
from reports.disclosure.publishable import publishable
from reports.planned import Plan
from reports.render import html_of, table_of
from reports.render.contents import contents
from reports.render.paper import Printing
from tests.reports.pages import FROZEN, Page
from tests.reports.population import asked, sheets, voice
from tests.reports.test_release import SCHEMA

PEOPLE = 26
ANSWER = CityAnswer.model_validate(
    {
        "round": "last",
        "written_in": "en",
        "reviewed": ["fr"],
        "answer": [
            {
                "factor": "L3",
                "said": {"en": "Many of you waited.", "fr": "Beaucoup ont attendu.", "ar": "انتظرتم."},
                "did": {
                    "en": "A course <b>each</b> month.",
                    "fr": "Un cours par mois.",
                    "ar": "دورة كل شهر.",
                },
            },
            {
                "factor": "L6",
                "said": {"en": "Mornings do not fit."},
                "not_possible_because": {"en": "Schools are closed."},
            },
        ],
    }
)
TOLD = SinceLast(
    round="last",
    name="Last spring",
    benchmark="language-learning",
    factors={"L3": "An early and easy start", "L6": "Times, places and childcare that fit"},
    note={"en": "Two questions are new.", "ar": "سؤالان جديدان."},
    answer=ANSWER,
)


SMALL = Plan.model_validate(
    asked().plan.model_dump() | {"groups": [], "questions": ["would_join"], "who": ["gender"]}
)


@cache
def frozen():
    """The bytes of a release that an earlier version froze."""
    return gzip.decompress((FROZEN / "schema-2-26.json.gz").read_bytes())


def made(**changes):
    """A release that tells of the round before."""
    told = TOLD.model_copy(update=changes).model_dump(mode="json", by_alias=True)
    return reopen(publishable(json.loads(frozen()) | {"since_last": told}).content)


def page(tag, **changes):
    return Page(html_of(made(**changes), voice(tag)).decode())


def test_the_release_carries_the_answer_in_its_first_part_alone():
    telling = replace(asked(SMALL), since_last=TOLD)
    first = release(sheets(PEOPLE), telling)
    document = json.loads(first.content)

    assert SinceLast.model_validate(document["since_last"]) == TOLD
    jsonschema.Draft202012Validator(SCHEMA).validate(document)
    without = {key: value for key, value in document.items() if key != "since_last"}
    assert without == json.loads(release(sheets(PEOPLE), asked(SMALL)).content)
    more = Plan.model_validate(SMALL.model_dump() | {"questions": ["opinion_asked"]})
    assert "since_last" not in add_part(sheets(PEOPLE), telling, more, [first]).document


def test_the_page_tells_what_was_said_what_the_city_did_and_what_changed():
    said = page("en").text

    for words in (
        "Since last time: you said, the city did",
        "The round before this one was: Last spring. This is what the city answered.",
        "An early and easy start You said Many of you waited. The city did A course <b>each</b> month.",
        "You said Mornings do not fit. This was not possible, because Schools are closed.",
        "What changed since last time Two questions are new.",
    ):
        assert words in said
    assert "Nobody who grew up with this language has checked it yet" not in said


def test_what_is_a_draft_or_in_another_language_says_so():
    arabic, french = page("ar"), page("fr")

    assert voice("ar").say(say("answers.draft")) in arabic.text
    assert voice("fr").say(say("answers.draft")) not in french.text
    assert "English" in french.text
    assert ("p", {"lang": "en", "dir": "ltr"}) in arabic.tags
    assert "انتظرتم." in arabic.text
    assert "Two questions are new." not in arabic.text


def test_the_reason_for_no_answer_is_told_in_its_place():
    reason = page("en", answer=None, without_answer="The council <i>has</i> changed.", note={}).text
    nothing = page("en", answer=None, note={}).text

    assert "gives this reason: The council <i>has</i> changed." in reason
    assert "The city has not answered it. " in nothing
    assert "What changed since last time" not in nothing


def test_paper_and_terminal_tell_the_same():
    paper = Printing(voice("ar")).paper(contents(made()), made(), None, None)["since"]
    lines = table_of(made(), voice("en")).decode()

    assert [len(one["parts"]) for one in paper["answers"]] == [2, 2]
    assert paper["answers"][0]["parts"][1][1] == "دورة كل شهر."
    assert paper["answers"][1]["parts"][0][1]["foreign"] == "Mornings do not fit."
    assert (
        "    You said: Mornings do not fit.\n    This was not possible, because: Schools are closed." in lines
    )


def test_releases_of_earlier_versions_tell_nothing_and_still_verify():
    assert reopen(frozen()).content == frozen()
    assert "Since last time" not in html_of(reopen(frozen()), voice("en")).decode()


def test_a_release_whose_answer_cannot_be_read_is_refused():
    document = json.loads(made().content)
    document["since_last"]["answer"]["answer"][0]["said"] = 7

    with pytest.raises(ReleaseError, match="the round before cannot be read"):
        reopen(publishable(document).content)
