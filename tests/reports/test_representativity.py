"""Who answered beside who lives in the city: like with like, nothing about hidden groups, chance no gap."""

import re

import pytest
from scipy.optimize import minimize

from conversations.errors import ReleaseError
from reports.figures import Figures
from reports.margins import margins_of, read_margins
from reports.raking import LEAST, MOST, rake
from reports.render import html_of
from reports.render.measured import measured
from reports.render.plain import beside_table_of
from reports.render.reading import Reading
from reports.representativity import SLIGHT, Reached, represent
from tests.instruments import city
from tests.reports.population import LOCALES, released, voice

HEAD = "group,code,residents\n"
GENDER = HEAD + "gender,woman,32600\ngender,man,31300\ngender,another,100\n"
AGE = HEAD + "age,a18_24,7400\nage,a25_34,12600\nage,a35_49,17200\nage,a50_64,14900\nage,a65_plus,11900\n"
SIDES = "side,migrant,16000\nside,host,48000\n"


def margins(text, people=300):
    return read_margins(text.encode(), "margins.csv", released(people))


def compared(text, people=300):
    return represent(released(people), margins(text, people)).comparisons


def test_shares_of_residents_and_of_those_who_answered_stand_side_by_side():
    (gender,) = compared(GENDER)

    assert [level.code for level in gender.levels] == ["woman", "man", "another"]
    assert sum(level.residents for level in gender.levels) == pytest.approx(1)
    assert sum(level.share for level in gender.levels) == pytest.approx(1)
    assert all(level.low < level.share < level.high for level in gender.levels)


def test_every_number_of_people_is_one_that_was_published():
    figures = Figures(released(300))

    for compared_group in compared(AGE):
        who = figures.who(compared_group.group)
        assert {level.people for level in compared_group.levels} <= set(who.counts.values())


def test_a_level_that_the_release_hides_is_compared_with_nothing():
    (age,) = compared(AGE, people=60)
    who = Figures(released(60)).who("age")
    hidden = {
        code for code in ("a18_24", "a25_34", "a35_49", "a50_64", "a65_plus") if who.counts[code] is None
    }

    assert hidden
    assert hidden <= set(age.left_out)
    assert not hidden & {level.code for level in age.levels}


def test_the_share_of_a_single_hidden_level_does_not_follow_from_the_others():
    few = HEAD + "gender,woman,32600\ngender,man,31300\ngender,another,9\n"
    (gender,) = compared(few)

    assert gender.left_out == ("another",)
    assert gender.rest is None
    assert sum(level.residents for level in gender.levels) == pytest.approx(1)
    assert sum(level.share for level in gender.levels) == pytest.approx(1)


def test_too_few_people_are_compared_with_nothing():
    for people in (0, 9, 26):
        for group in compared(AGE + SIDES, people):
            shown = sum(level.people for level in group.levels)
            assert not group.levels or shown >= 20


def test_a_gap_that_chance_explains_is_not_called_one():
    same = HEAD + "".join(f"gender,{code},{count}\n" for code, count in (("woman", 130), ("man", 140)))

    assert {level.reached for level in compared(same)[0].levels} == {Reached.ALIKE}


@pytest.mark.parametrize("women, reached", [(800_000, Reached.FEWER), (200_000, Reached.MORE)])
def test_groups_far_from_their_share_are_named(women, reached):
    text = HEAD + f"gender,woman,{women}\ngender,man,{1_000_000 - women}\n"
    found = {level.code: level.reached for level in compared(text)[0].levels}

    assert found["woman"] is reached


def test_a_group_of_whom_almost_nobody_answered_is_hardly_reached_in_words():
    others = "".join(f"years_here,{code},1000\n" for code in ("under_1", "y1_2", "y3_5", "y6_10", "over_10"))
    text = f"{HEAD}years_here,born_here,50000\n{others}"
    told = measured(Reading(released(300)), represent(released(300), margins(text)))

    said = " ".join(voice().say(words) for words in told.said)

    assert re.search(r"Hardly reached \(.*\): I was born here\.", said)


def test_margins_of_one_side_are_compared_with_that_side():
    text = "group,code,residents,side\ngender,woman,9000,migrant\ngender,man,7000,migrant\n"
    (gender,) = compared(text)
    who = Figures(released(300)).who("gender", "migrant")

    assert gender.side == "migrant"
    assert {level.people for level in gender.levels} == {who.counts["woman"], who.counts["man"]}


def test_the_margins_of_the_city_file_are_those_of_a_csv_file():
    of_city = represent(released(300), margins_of(city(), released(300))).comparisons

    assert of_city == compared(GENDER + AGE.removeprefix(HEAD))


def test_shares_and_residents_and_other_marks_between_cells_read_alike():
    plain = compared("group,code,residents\ngender,woman,500\ngender,man,400\ngender,another,100\n")

    for text in (
        "group;code;share\ngender;woman;50\ngender;man;40,0 %\ngender;another;10\n",
        "\ufeffGroup\tCode\tResidents\ngender\twoman\t500\ngender\tman\t400\ngender\tanother\t100\n",
    ):
        for mine, other in zip(compared(text)[0].levels, plain[0].levels, strict=True):
            assert (mine.code, mine.residents) == (other.code, pytest.approx(other.residents))


@pytest.mark.parametrize(
    "content, said",
    [
        (b"", ("line 1", "group")),
        (b"group,code\ngender,woman\n", ("line 1", "residents", "share")),
        (b"group,residents\ngender,3\n", ("line 1", "code")),
        (b"group,code,residents,share\ngender,woman,3,4\n", ("line 1", "either")),
        (b"group,code,residents,phone\ngender,woman,3,4\n", ("line 1", "phone")),
        (b"group,code,residents\n", ("no line",)),
        (b"group,code,residents\ngender,woman\n", ("line 2", "2 cells")),
        (b"group,code,residents\ngender,woman,5\nfaith,none,3\n", ("line 3", "faith", "gender")),
        (b"group,code,residents\ngender,women,3\n", ("line 2", "women", "woman")),
        (b"group,code,residents\ngender,woman,-3\n", ("line 2", "whole number")),
        (b"group,code,residents\ngender,woman,32 600\n", ("line 2", "whole number")),
        (b"group,code,residents\ngender,woman,3\n\ngender,woman,4\n", ("line 4", "twice")),
        (b"group,code,residents\ngender,woman,0\ngender,man,0\n", ("nobody", "gender")),
        (b"group,code,share\ngender,woman,101\n", ("line 2", "over 100")),
        (b"group,code,share\ngender,woman,60\ngender,man,60\n", ("line 3", "more than 100")),
        (b"group,code,share\ngender,woman,half\n", ("line 2", "percent")),
        (b"group,code,residents,side\ngender,woman,3,guests\n", ("line 2", "guests", "migrant")),
        ("group,code,residents\ngender,woman,3\nage,é,3\n".encode("latin-1"), ("line 3", "UTF-8")),
        ("group,code,residents\n".encode("utf-16"), ("UTF-8",)),
        (b"group,code,residents\ngender,woman\0,3\n", ("NUL",)),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_margins_file_is_said_in_one_line(content, said):
    with pytest.raises(ReleaseError) as refused:
        read_margins(content, "margins.csv", released(300))

    assert "\n" not in str(refused.value)
    for word in ("margins.csv", *said):
        assert word in str(refused.value)


# Weights


def test_one_margin_is_met_in_one_step():
    weights = rake({("", "a"): 30, ("", "b"): 70}, {"a": 500, "b": 500}, {})

    assert weights.of == {("", "a"): pytest.approx(5 / 3), ("", "b"): pytest.approx(5 / 7)}
    assert not weights.capped


def test_two_margins_are_met_as_by_least_discrimination():
    """Raking is the table nearest to the seed by information: SciPy finds the same one by another way."""
    seed = {("m", "a"): 40, ("m", "b"): 60, ("h", "a"): 55, ("h", "b"): 45}
    levels, sides = {"a": 6, "b": 4}, {"m": 3, "h": 7}
    found = rake(seed, levels, sides).of

    def loss(forces):
        u, v = forces[:2], forces[2:]
        cells = zip(seed.values(), ((0, 0), (0, 1), (1, 0), (1, 1)), strict=True)
        fitted = sum(n / 200 * 2.718281828459045 ** (u[i] + v[j]) for n, (i, j) in cells)
        return fitted - 0.3 * u[0] - 0.7 * u[1] - 0.6 * v[0] - 0.4 * v[1]

    u0, u1, v0, v1 = minimize(loss, [0.0] * 4, tol=1e-12).x
    expected = dict(zip(seed, (u0 + v0, u0 + v1, u1 + v0, u1 + v1), strict=True))

    for place, force in expected.items():
        assert found[place] == pytest.approx(2.718281828459045**force, abs=1e-4)


def test_weights_stay_within_their_bounds_and_say_so():
    weights = rake({("", "a"): 5, ("", "b"): 95}, {"a": 90, "b": 10}, {})

    assert weights.capped
    assert all(LEAST <= weight <= MOST for weight in weights.of.values())


def test_the_unweighted_share_is_the_published_one_and_stands_beside():
    found = represent(released(300), margins(AGE + SIDES), by="age")
    figures = Figures(released(300))
    raked = [one for one in found.raked if one.weights is not None]

    assert raked
    assert found.sides_too
    for one in raked:
        shares = figures.figure(one.question).shares
        assert [answer.share for answer in one.answers] == [shares[answer.code] for answer in one.answers]


def test_weights_that_are_all_one_change_nothing_but_rounding():
    figures = Figures(released(300))
    for one in represent(released(300), margins(GENDER), by="gender").raked:
        if one.weights is None:
            continue
        for answer in one.answers:
            assert abs(answer.weighted - answer.share) < 0.15
        assert figures.figure(one.question) is not None


def test_a_missing_group_leaves_a_question_without_weights_unless_hardly_anybody_lives_there():
    small = represent(released(300), margins(GENDER), by="gender").raked
    large = represent(released(300), margins(GENDER.replace(",100", ",9000")), by="gender").raked

    assert [one.question for one in small] == [one.question for one in large]
    weighted = {one.question for one in small if one.weights is not None and one.missing}
    assert weighted
    assert not [one for one in large if one.question in weighted and (one.weights or one.answers)]
    assert 100 / 64_000 < SLIGHT < 9_000 / 72_900


@pytest.mark.parametrize("by, said", [("shoe_size", "age"), ("age", "age")])
def test_weights_that_cannot_be_are_refused_in_one_line(by, said):
    with pytest.raises(ReleaseError, match=said):
        represent(released(300), margins(GENDER), by=by)


# What is shown


@pytest.mark.parametrize("people, tag", [(0, "en"), (60, "ar"), (300, "fr")])
def test_page_and_text_show_the_comparison_in_every_language(people, tag):
    found = represent(released(people), margins(AGE + GENDER.removeprefix(HEAD) + SIDES, people), by="age")
    page = html_of(released(people), voice(tag), beside=found).decode()
    text = beside_table_of(released(people), found, voice(tag)).decode()

    assert 'id="beside"' in page
    assert 'id="weighted"' in page
    assert "beside." not in re.sub(r"<style>.*?</style>", "", page, flags=re.DOTALL)
    assert released(people).sha256 in text


def test_the_forbidden_word_stands_in_no_catalogue_and_on_no_page():
    found = represent(released(300), margins(AGE), by="age")
    pages = [html_of(released(300), voice(tag), beside=found).decode() for tag in ("en", "fr")]
    words = [path.read_text("utf-8") for path in sorted((LOCALES / "source").glob("*.toml"))]
    words += [path.read_text("utf-8") for path in sorted(LOCALES.glob("*/LC_MESSAGES/portevoix.po"))]

    assert len(words) > 5
    for text in (*pages, *words):
        assert re.findall(r"\bre?pr[eé]sentati\w*", text, re.IGNORECASE) == []
        assert re.findall(r"تمثيلي|ممثّل|ممثلة", text) == []
