"""Bars of a page: stacked along the scale, readable without colour, mirrored; words of how sure one is."""

import re

import pytest

from conversations.identifiers import SPECIAL_CODES
from conversations.wording import say
from reports.disclosure import reopen
from reports.render.chart import SHADES, chart
from reports.render.reading import Answer, Reading
from reports.render.sureness import between, in_ten
from tests.reports.pages import changed, page_of, question, with_a_difference
from tests.reports.population import released, voice

MIGRANTS, HOSTS = "People who came from another country", "People who have always lived in this country"


def drawn(question, release=None):
    return chart(Reading(release or released(300)), question)


def stacks(release, id_, tag="en"):
    """The stacked bars of a question: for each the (start, width) of every part, in percents."""
    found = []
    for stack in re.findall(r'<svg class="stack".*?</svg>\s*</svg>', question(release, id_, tag), re.DOTALL):
        parts = re.findall(r'<svg class="\w+" x="([\d.]+)%" width="([\d.]+)%"', stack)
        found.append([(float(start), float(width)) for start, width in parts])
    return found


def test_each_side_has_one_stacked_bar_one_above_the_other():
    html = question(released(300), "talk_together")

    assert html.count('class="stack"') == 2
    assert html.index(MIGRANTS) < html.index(HOSTS)


def test_parts_of_a_bar_follow_each_other_and_fill_it():
    for parts in stacks(released(300), "talk_together"):
        ends = [start + width for start, width in parts]

        assert parts[0][0] == 0
        assert ends[:-1] == pytest.approx([start for start, _ in parts[1:]], abs=0.02)
        assert ends[-1] == pytest.approx(100, abs=0.05)


def test_in_a_language_from_right_to_left_bars_are_mirrored():
    for one, other in zip(
        stacks(released(300), "talk_together"), stacks(released(300), "talk_together", "ar"), strict=True
    ):
        mirrored = [(100 - start - width, width) for start, width in one]

        assert [part for pair in other for part in pair] == pytest.approx(
            [part for pair in mirrored for part in pair], abs=0.02
        )


def test_what_is_withheld_leaves_the_end_of_a_bar_empty():
    def withhold(document):
        table = next(table for table in document["tables"] if table["id"] == "talk_together.side")
        table["groups"][0]["answers"][3] |= {"count": None, "share": None, "low": None, "high": None}

    whole, cut = drawn("talk_together"), drawn("talk_together", changed(released(300), withhold))

    assert sum(part.width for part in whole.segments(whole.columns[0])) == pytest.approx(1)
    assert sum(part.width for part in cut.segments(cut.columns[0])) < 0.99


def test_a_part_is_as_long_as_its_share_beside_the_others():
    shown = drawn("talk_together")
    for column in shown.columns:
        parts = shown.segments(column)
        total = sum(part.share for part in parts)

        assert [part.width * total for part in parts] == pytest.approx([part.share for part in parts])
        assert total == pytest.approx(1, abs=0.1)


def test_parts_stand_in_the_order_of_the_scale_and_special_answers_last_and_quiet():
    scale = [code["code"] for code in Reading(released(300)).questions["talk_together"]["codes"]]
    shown = drawn("talk_together")

    assert [row.code for row in shown.rows] == [
        code for code in scale if code in {row.code for row in shown.rows}
    ]
    assert [row.quiet for row in shown.rows] == sorted(row.quiet for row in shown.rows)
    assert {row.code for row in shown.rows if row.quiet} <= set(SPECIAL_CODES)
    assert all(row.shade == 0 for row in shown.rows if row.quiet)


def test_without_colour_numbers_and_steps_of_lightness_tell_answers_apart():
    for id_ in ("service_known", "talk_together", "teaching_satisfaction"):
        rows = drawn(id_).rows
        shades = [row.shade for row in rows if not row.quiet]

        assert [row.number for row in rows] == list(range(1, len(rows) + 1))
        assert shades == sorted(set(shades))
        assert (shades[0], shades[-1]) == (1, SHADES)


def test_a_long_list_of_answers_takes_the_shades_again_with_stripes():
    def many(document):
        asked = next(found for found in document["questions"] if found["id"] == "hard_to_attend")
        asked["type"] = "select_one"

    rows = [row for row in drawn("hard_to_attend", changed(released(300), many)).rows if not row.quiet]

    assert len(rows) == 8
    assert len({(row.shade, row.striped) for row in rows}) == len(rows)


def test_each_number_in_a_bar_is_in_the_key_below_with_its_words_and_figures():
    html = question(released(300), "talk_together")
    bars, table = html.split('role="table"', 1)
    in_bars = set(re.findall(r'<text class="n(?: wide)?" x="50%" y="15">(\d)</text>', bars))
    keyed = re.findall(r'y="16">(\d)</text></svg>\s*<span>(.*?)</span>', table)

    assert in_bars == {number for number, _ in keyed}
    assert ("1", "Never") in keyed
    assert table.count('class="between"') == table.count('class="near"') >= 9


def test_where_several_answers_were_possible_each_has_a_bar_of_its_own():
    html = question(released(300), "hard_to_attend")

    assert 'class="stack"' not in html
    assert html.count('class="bar migrant"') == len(drawn("hard_to_attend").rows)
    assert "Several answers were possible." in html


def test_a_question_for_one_side_says_of_whom_it_was_asked():
    html = question(released(300), "course_refused")

    assert html.count('class="stack"') == 1
    assert f"Asked only of one side: {MIGRANTS}." in html


IN_TEN = {
    0.01: "fewer than 1 in 10",
    0.04: "fewer than 1 in 10",
    0.05: "about 1 in 10",
    0.14: "about 1 in 10",
    0.15: "about 2 in 10",
    0.42: "about 4 in 10",
    0.45: "about half",
    0.54: "about half",
    0.55: "about 6 in 10",
    0.94: "about 9 in 10",
    0.95: "more than 9 in 10",
    1.0: "more than 9 in 10",
}


@pytest.mark.parametrize("share, words", IN_TEN.items())
def test_a_share_is_said_as_the_nearest_tenth(share, words):
    assert voice().say(in_ten(Answer("never", 50, share))) == words


def test_a_share_of_hardly_anybody_and_one_without_its_rest_have_words_of_their_own():
    assert voice().say(in_ten(Answer("never", 0, 0.0))) == "nobody or almost nobody"
    assert voice().say(in_ten(Answer("never", None, 0.9))) == "9 in 10 or more"
    assert in_ten(Answer("never", 5, None)) is None


def test_a_larger_share_is_never_said_to_be_smaller():
    order = ["fewer than 1 in 10", *(f"about {n} in 10" for n in range(1, 10)), "more than 9 in 10"]
    order[order.index("about 5 in 10")] = "about half"

    said = [order.index(voice().say(in_ten(Answer("never", 5, n / 100)))) for n in range(1, 101)]

    assert said == sorted(said)
    assert set(said) == set(range(11))


@pytest.mark.parametrize(
    "tag, share, words",
    [
        ("fr", 0.1, "environ 1 sur 10"),
        ("fr", 0.5, "environ la moitié"),
        ("fr", 0.02, "moins de 1 sur 10"),
        ("ar", 0.1, "نحو واحد من كل ١٠"),
        ("ar", 0.2, "نحو اثنين من كل ١٠"),
        ("ar", 0.4, "نحو ٤ من كل ١٠"),
        ("ar", 0.97, "أكثر من ٩ من كل ١٠"),
    ],
)
def test_tenths_take_the_forms_of_each_language(tag, share, words):
    said = voice(tag).say(in_ten(Answer("never", 50, share)))

    assert re.sub("[\u2068\u2069]", "", said) == words


def test_an_interval_is_said_compactly():
    answer = Answer("never", 40, 0.4, 0.3, 0.52)

    assert voice().say(between(answer)) == "between 30% and 52%"
    assert voice("fr").say(between(answer)) == "entre 30\xa0% et 52\xa0%"
    assert between(Answer("never", 40, 0.4)) is None
    assert between(Answer("never", None, 0.9, 0.9, 1.0)) is None


def test_a_share_among_words_is_said_in_the_percents_of_the_language():
    words = say("sure.between", low=0.3, high=0.52)

    assert "٣٠" in voice("ar").say(words)


def test_a_clear_difference_is_a_sentence_under_its_question():
    html = question(with_a_difference(), "talk_together")

    assert f"Clear difference: “Never”. {MIGRANTS}: fewer than 1 in 10. {HOSTS}: about 4 in 10." in html
    assert html.count('class="difference"') == 2


def test_only_marked_differences_are_told_and_the_method_says_how_many_were_looked_at():
    text = page_of(with_a_difference()).text

    assert text.count("Clear difference:") == 2
    assert "13 differences were looked at; the 5% chance of a false mark is shared among all" in text
    assert "Differences that are marked as clear: 2." in text
    assert all(source in text for source in ("Wilson, 1927", "Newcombe, 1998", "Bonferroni"))


def test_a_difference_of_which_a_share_is_withheld_is_not_told():
    def withhold(document):
        table = next(table for table in document["tables"] if table["id"] == "talk_together.side")
        for answer in table["groups"][0]["answers"]:
            answer |= {"count": None, "share": None, "low": None, "high": None}

    assert "Clear difference:" not in page_of(changed(with_a_difference(), withhold)).text


@pytest.mark.parametrize("tag, words", [("fr", "Différence nette"), ("ar", "فرق واضح:")])
def test_a_clear_difference_is_said_in_every_language(tag, words):
    assert question(with_a_difference(), "talk_together", tag).count(words) == 2


def test_few_answers_are_marked_from_twenty_to_forty_nine():
    def few(document):
        table = next(table for table in document["tables"] if table["id"] == "talk_together.side")
        table["groups"][1] |= {"people": 45, "flags": ["few_answers"]}

    assert "few answers" in question(changed(released(300), few), "talk_together")
    assert "few answers" not in question(reopen(released(300).content), "talk_together")
