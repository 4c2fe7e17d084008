"""A learning brief for two cities: context first, side by side, and nothing that sets one above the other."""

import json
import re
from functools import cache

import pytest
from markupsafe import escape

from conversations.errors import ReleaseError
from reports.comparing import brief
from reports.disclosure.publishable import publishable
from reports.render.brief import brief_html_of, learning_brief
from reports.render.plain import brief_table_of
from tests.reports.population import LOCALES, released, voice

SETS_ABOVE = re.compile(
    r"\b(better|best|worse|worst|higher|lower|lead(?:s|ing)|behind|ahead|wins?|winner|top|rank\w*|scor\w*"
    r"|clear difference|average|representative\w*)\b",
    re.IGNORECASE,
)


def other_city(people=100, change=None):
    """The release of another city on the same benchmark."""
    document = json.loads(released(people).content)
    document["round"] |= {"id": "river", "city": "riverton", "city_name": {"en": "Riverton", "ar": "ريفرتون"}}
    if change is not None:
        change(document)
    return publishable(document)


def question(document, id_="service_known"):
    return next(one for one in document["questions"] if one["id"] == id_)


def other_words(document):
    question(document)["label"] = "Do you know any office?"


def not_asked(document):
    plan = document["manifest"]["plan"]
    plan["questions"] = [one for one in plan["questions"] if one != "service_known"]


def told(change=None, tag="en"):
    return learning_brief(brief(released(300), other_city(change=change)), voice(tag))


@cache
def page(tag="en", change=None):
    return brief_html_of(brief(released(300), other_city(change=change)), voice(tag)).decode()


def asked(found, id_="service_known"):
    return next(one for visit in found.visits for one in visit.asked if one.id == id_)


def test_contextual_factors_stand_first():
    text = page()

    first = text.index('id="context"')
    assert first < text.index('id="cities"') < text.index('id="factors"') < text.index('class="factor"')
    for part in released(300).document["context"]:
        assert part["text"] in text
        assert text.index(part["text"]) < text.index('id="cities"')


def test_what_people_said_stands_side_by_side_the_mentor_before_the_learner():
    (chart,) = asked(told()).charts
    titles = [voice().say(column.title) for column in chart.columns]

    assert [title.split(":")[0] for title in titles] == ["Port-Saule", "Riverton"] * 2
    assert [column.kind for column in chart.columns] == ["migrant", "migrant", "host", "host"]


def test_the_order_follows_no_figure():
    straight = learning_brief(brief(released(300), other_city()), voice())
    turned = learning_brief(brief(other_city(), released(300)), voice())

    assert [visit.factor.key for visit in straight.visits] == [visit.factor.key for visit in turned.visits]
    for one, other in zip(straight.visits, turned.visits, strict=True):
        assert [part.id for part in one.asked] == [part.id for part in other.asked]
        for mine, theirs in zip(one.asked, other.asked, strict=True):
            rows = [[row.code for row in chart.rows] for part in (mine, theirs) for chart in part.charts]
            assert rows[0] == rows[1]


def test_figures_are_those_of_the_two_releases():
    published = {
        answer["count"]
        for release in (released(300), other_city())
        for table in release.document["tables"]
        for group in table["groups"]
        for answer in group["answers"]
    }

    shown = {
        answer.count
        for visit in told().visits
        for one in visit.asked
        for chart in one.charts
        for column in chart.columns
        for answer in column.group.answers
    }

    assert len(shown) > 10
    assert shown <= published


def test_every_key_factor_has_the_mentor_evidence_the_guide_questions_and_its_interlocks():
    text, document = page(), released(300).document

    assert text.count("Evidence to ask Port-Saule for") == len(document["benchmark"]["key_factors"]) == 11
    for factor in document["benchmark"]["key_factors"]:
        for part in (*factor["evidence"], *factor["guide_questions"]):
            assert escape(part["text"]) in text
        for other in factor["interlocks"]:
            assert f'href="#{other}"' in text


def test_the_mentor_is_the_first_of_the_two():
    turned = brief_html_of(brief(other_city(), released(300)), voice()).decode()

    assert "Evidence to ask Riverton for" in turned
    assert "Riverton (mentor)" in turned


def test_a_question_in_other_words_stands_alone_and_says_so():
    found = asked(told(change=other_words))

    assert len(found.charts) == 2
    assert "different words" in voice().say(found.note)


def test_a_question_that_one_city_asked_says_so():
    found = asked(told(change=not_asked))

    assert len(found.charts) == 1
    assert voice().say(found.note) == "Only Port-Saule asked this."


def test_nothing_sets_one_city_above_the_other():
    words = (LOCALES / "source" / "comparing.toml").read_text("utf-8")
    _, _, ours = words.partition("[brief]")
    text = page()

    assert SETS_ABOVE.findall(ours) == []
    assert 'class="difference"' not in text
    assert "Clear difference" not in text
    assert "sets neither city above the other" in text


def test_both_hashes_are_shown():
    text = page() + brief_table_of(brief(released(300), other_city()), voice()).decode()

    assert text.count(released(300).sha256) == text.count(other_city().sha256) == 2


@pytest.mark.parametrize("tag, name", [("en", "Riverton"), ("fr", "Riverton"), ("ar", "ريفرتون")])
def test_a_city_elsewhere_is_called_by_the_name_in_its_release(tag, name):
    assert name in page(tag)
    assert "brief." not in re.sub(r"<style>.*?</style>", "", page(tag), flags=re.DOTALL)


def test_words_of_another_city_cannot_break_out_of_the_page():
    def hostile(document):
        document["round"]["city_name"] = {"en": "<script>alert(1)</script>"}

    assert "<script" not in page(change=hostile)


def another_benchmark(document):
    document["benchmark"]["key"] = "participation"


def another_version(document):
    document["benchmark"]["version"] = 9


def other_print(document):
    document["benchmark"]["fingerprint"] = "0" * 32


def same_city(document):
    document["round"]["city"] = "port-saule"


@pytest.mark.parametrize(
    "change, said",
    [
        (another_benchmark, "different benchmarks"),
        (another_version, "versions 1 and 9"),
        (other_print, "words differ"),
        (same_city, "two cities"),
    ],
)
def test_what_cannot_be_compared_is_refused_in_one_line(change, said):
    with pytest.raises(ReleaseError, match=said) as refused:
        brief(released(300), other_city(change=change))

    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("people", [0, 26])
def test_a_city_where_few_answered_has_a_brief_too(people):
    found = brief(released(people), other_city())

    assert b"Riverton" in brief_html_of(found, voice())
    assert b"Riverton" in brief_table_of(found, voice())
