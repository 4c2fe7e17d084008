"""A round beside earlier ones: published figures alone, lines that break, changes beyond chance."""

import json
import re
from functools import cache

import pytest

from conversations.errors import ReleaseError
from conversations.wording import say
from reports.disclosure.publishable import publishable
from reports.figures import Figures
from reports.intervals import difference_interval
from reports.render import html_of
from reports.render.followed import followed
from reports.render.plain import trends_table_of
from reports.render.reading import Reading
from reports.trends import trends
from tests.reports.population import released, voice

QUESTION = "service_known"


@cache
def wave(number, people=300, change=None):
    """A round of the series: the demonstration round, closed in another year."""
    document = json.loads(released(people).content)
    days = {"opened_on": f"{2020 + number}-03-01", "closed_on": f"{2020 + number}-03-22"}
    document["round"] |= {"id": f"demo-{number}", "name": f"Round {number}", **days}
    if change is not None:
        change(document)
    return publishable(document)


def other_answers(document):
    """The first and the last answer to one question change places: what was said often is said seldom."""
    for table in document["tables"]:
        if table["question"] == QUESTION:
            for group in table["groups"]:
                one, other = group["answers"][0], group["answers"][2]
                for part in ("count", "share"):
                    one[part], other[part] = other[part], one[part]


def asked(document, id_=QUESTION):
    return next(question for question in document["questions"] if question["id"] == id_)


def other_words(document):
    asked(document)["label"] = "Do you know any office?"


def since_later(document):
    asked(document)["since"] = 2


def another_scale(document):
    asked(document)["codes"][0]["code"] = "yes_one"


def both_by_itself(document):
    document["manifest"]["plan"]["merge_both_into_migrant"] = False


def not_asked(document):
    plan = document["manifest"]["plan"]
    plan["questions"] = [question for question in plan["questions"] if question != QUESTION]
    document["tables"] = [table for table in document["tables"] if table["question"] != QUESTION]


@cache
def broken():
    return trends([wave(1, 300, other_words), wave(2, 300, other_answers), wave(3)])


@cache
def three():
    return trends([wave(1), wave(2, 100), wave(3, 300, other_answers)])


def test_waves_stand_in_order_of_time_whatever_the_order_of_the_files():
    assert [one.round_id for one in trends([wave(3), wave(1), wave(2)]).waves] == [
        "demo-1",
        "demo-2",
        "demo-3",
    ]


def test_every_point_is_a_published_figure():
    releases = [wave(1), wave(2, 100), wave(3, 300, other_answers)]
    read = [Figures(release) for release in releases]
    points = 0
    for found in three().questions:
        for line in found.lines:
            for figures, point in zip(read, line.points, strict=True):
                group = figures.figure(found.question, **({"side": line.side} if line.side else {}))
                if point is not None:
                    points += 1
                    assert (point.count, point.people) == (group.counts[line.code], group.people)
                    assert point.share == group.shares[line.code]
                    assert point.low <= point.share <= point.high
    assert points > 100


def test_the_same_answers_twice_show_no_change():
    found = trends([wave(1), wave(2)])

    assert found.looked_at > 50
    assert [line.changes for one in found.questions for line in one.lines if line.changes] == []


def test_a_change_is_marked_only_where_its_corrected_interval_leaves_out_zero():
    marked = 0
    for found in three().questions:
        for line in found.lines:
            for change in line.changes:
                old, new = line.points[change.since], line.points[change.until]
                low, high = difference_interval(
                    new.count, new.people, old.count, old.people, three().looked_at
                )
                assert (low, high) == (change.low, change.high)
                assert low > 0 or high < 0
                marked += 1
    assert 0 < marked < three().looked_at


@pytest.mark.parametrize(
    "change, reason",
    [
        (other_words, "wording"),
        (since_later, "wording"),
        (another_scale, "answers"),
        (both_by_itself, "sides"),
    ],
)
def test_a_question_that_was_asked_otherwise_breaks_the_line(change, reason):
    found = trends([wave(1, 300, change), wave(2, 300, other_answers), wave(3)]).of(QUESTION)

    assert [(one.before, one.reason) for one in found.breaks] == [(1, reason)]
    assert not [step for line in found.lines for step in line.changes if step.since < 1]


def test_a_break_in_the_middle_is_not_bridged():
    found = trends([wave(1), wave(2, 300, other_words), wave(3)]).of(QUESTION)

    assert [one.before for one in found.breaks] == [1, 2]
    assert not any(line.changes for line in found.lines)


def test_a_round_that_did_not_ask_is_a_gap_and_no_break():
    found = trends([wave(1), wave(2, 300, not_asked), wave(3)]).of(QUESTION)

    assert found.asked == (True, False, True)
    assert found.breaks == ()
    assert all(line.points[1] is None for line in found.lines)


def test_after_rounds_with_other_modules_a_figure_is_compared_with_the_last_round_that_asked():
    rounds = [wave(1), wave(2, 300, not_asked), wave(3, 300, not_asked), wave(4, 300, other_answers)]

    found = trends(rounds).of(QUESTION)

    changes = [change for line in found.lines for change in line.changes]
    assert {(change.since, change.until) for change in changes} == {(0, 3)}
    drawn = [line.drawn for side in _in_words(rounds).questions[QUESTION].sides for line in side.lines]
    assert all(not line.way and len(line.dots) == 2 for line in drawn)  # a gap, never a line across it


def test_questions_that_rest_in_the_newest_round_are_counted_with_the_round_that_asked_them_last():
    rounds = [wave(1), wave(2), wave(3, 300, not_asked)]

    found = trends(rounds)

    assert found.resting == ((QUESTION, 1),)
    assert found.of(QUESTION) is None
    assert say("trend.resting", n=1) in _in_words(rounds).notes
    assert trends(rounds[:2]).resting == ()


def test_the_table_says_which_rounds_asked_a_question():
    rounds = [wave(1), wave(2, 300, not_asked), wave(3)]

    table = trends_table_of(rounds[-1], trends(rounds), voice("en")).decode()

    assert re.search(r"Round 1 .*%.*\n +Round 2 +not asked\n +Round 3 .*%", table)


def _in_words(rounds):
    return followed(Reading(rounds[-1]), trends(rounds))


def test_a_withheld_share_is_no_point():
    found = trends([wave(1, 9), wave(2)]).of(QUESTION)

    assert all(line.points[0] is None and line.points[1] is not None for line in found.lines)


@pytest.mark.parametrize(
    "change, said",
    [
        (lambda document: document["round"].update(city="riverton"), "riverton"),
        (lambda document: document["round"].update(series="other"), "other"),
        (lambda document: document["benchmark"].update(key="work"), "work"),
    ],
)
def test_rounds_of_another_city_series_or_benchmark_are_refused_in_one_line(change, said):
    with pytest.raises(ReleaseError, match=said):
        trends([wave(1, 300, change), wave(2)])


def test_one_round_alone_is_no_trend():
    with pytest.raises(ReleaseError, match="two rounds"):
        trends([wave(1)])


@pytest.mark.parametrize("same, said", [("yes", "asked again"), ("no", "other people"), ("may", "may have")])
def test_the_plan_says_whether_the_same_people_may_have_answered(same, said):
    def told(document):
        document["manifest"]["plan"]["same_people"] = same

    newest = wave(2, 300, told)
    series = followed(Reading(newest), trends([wave(1), newest]))

    assert said in " ".join(voice().say(words) for words in series.notes)


def test_without_a_word_of_the_plan_the_same_people_may_have_answered():
    def silent(document):
        document["manifest"]["plan"].pop("same_people", None)

    assert trends([wave(1), wave(2, 300, silent)]).same_people == "may"


def test_a_drawn_line_never_crosses_a_break():
    newest = wave(3)
    series = followed(Reading(newest), trends([wave(1, 300, other_words), wave(2), newest]))
    whole = followed(Reading(newest), trends([wave(1), wave(2), newest]))

    drawn = series.questions[QUESTION].sides[0].lines[0].drawn
    unbroken = whole.questions[QUESTION].sides[0].lines[0].drawn

    assert (len(drawn.way), len(drawn.breaks), len(drawn.dots)) == (1, 1, 3)
    assert (len(unbroken.way), len(unbroken.breaks)) == (2, 0)
    (cut,) = drawn.breaks
    assert all(min(part.x1, part.x2) > cut.x1 for part in drawn.way)


@pytest.mark.parametrize("tag", ["en", "fr", "ar"])
def test_page_and_text_show_the_series_and_its_breaks_in_every_language(tag):
    newest, series = wave(3), broken()
    page = html_of(newest, voice(tag), trends=series).decode()
    text = trends_table_of(newest, series, voice(tag)).decode()

    assert page.count('class="trends"') == len(series.questions)
    assert 'class="broken"' in page
    assert "trend." not in re.sub(r"<style>.*?</style>", "", page, flags=re.DOTALL)
    assert "-----" in text
    for one in series.waves:
        assert one.sha256 in page
        assert one.sha256 in text
