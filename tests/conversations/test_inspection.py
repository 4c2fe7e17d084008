"""What is found between questions: reach, order, length, room, and the drawing of the flow."""

from pathlib import Path

import pytest

from conversations.city import City
from conversations.errors import DefinitionError, Rule
from conversations.inspecting_cities import inspect_in_city
from conversations.inspecting_ways import ways
from conversations.inspection import flow
from conversations.loading import read_city, read_questionnaire
from conversations.questionnaire import Questionnaire

FAULTS = Path(__file__).parent / "faults"
SOUND = (FAULTS / "sound-questionnaire.toml").read_text("utf-8")
CITY = (FAULTS / "sound-city.toml").read_text("utf-8")
PACK = Path(__file__).parents[2] / "conversations/benchmarks/language-learning/questionnaire.toml"
WEEKS = 'relevant = { question = "first", any_of = ["always"] }'

LAST = """
[[question]]
id = "last"
type = "select_one"
key_factor = "L1"
scale = "often"
since = 1
label = "And last?"
"""


def broken(text: str) -> set[Rule]:
    """The rules that a questionnaire breaks by itself."""
    try:
        read_questionnaire(text, "questionnaire.toml")
    except DefinitionError as fault:
        return {finding.rule for finding in fault.findings}
    return set()


def sound() -> Questionnaire:
    return read_questionnaire(SOUND, "questionnaire.toml")


def city(old: str = "", new: str = "") -> City:
    assert old in CITY
    return read_city(CITY.replace(old, new, 1) if old else CITY, "city.toml")


def when(condition: str) -> set[Rule]:
    """The rules broken once one more question, at the end, has this condition."""
    return broken(f"{SOUND}{LAST}relevant = {condition}\n")


@pytest.mark.parametrize(
    "condition",
    [
        '{ question = "first", any_of = ["always", "never"] }',
        '{ question = "first", any_of = ["dont_know"] }',
        '{ question = "first", answered = false }',
        '{ none = [{ question = "first", any_of = ["always", "never"] }] }',
        '{ all = [{ question = "kinds", any_of = ["red"] }, { question = "kinds", any_of = ["blue"] }] }',
        '{ all = [{ question = "kinds", any_of = ["red"] }, '
        '{ none = [{ question = "kinds", any_of = ["blue"] }] }] }',
        '{ all = [{ question = "weeks", at_least = 3 }, { question = "weeks", at_most = 3 }] }',
        '{ any = [{ question = "relation", any_of = ["came"] }, { question = "weeks", at_least = 52 }] }',
        '{ none = [{ question = "weeks", answered = true }] }',
        '{ question = "region", any_of = ["somewhere"] }',
        '{ question = "region", answered = true }',
    ],
)
def test_what_can_hold_is_no_finding(condition):
    assert when(condition) == set()


@pytest.mark.parametrize(
    "condition",
    [
        '{ all = [{ question = "first", any_of = ["always"] }, { question = "first", any_of = ["never"] }] }',
        '{ all = [{ question = "first", answered = true }, { question = "first", answered = false }] }',
        '{ all = [{ question = "weeks", at_least = 4 }, { question = "weeks", at_most = 3 }] }',
        '{ question = "weeks", at_least = 53 }',
        '{ all = [{ question = "kinds", any_of = ["red"] }, '
        '{ none = [{ question = "kinds", any_of = ["red", "blue"] }] }] }',
        '{ all = [{ question = "relation", any_of = ["stayed"] }, { question = "first", answered = true }] }',
        '{ all = [{ question = "first", any_of = ["never"] }, { question = "weeks", answered = true }] }',
        '{ all = [{ question = "kinds", any_of = ["red"] }, '
        '{ question = "kinds", any_of = ["dont_know"] }] }',
    ],
)
def test_what_can_never_hold_is_unreachable(condition):
    assert when(condition) == {Rule.UNREACHABLE}


@pytest.mark.parametrize(
    "condition",
    [
        "{}",
        "{ all = [] }",
        '{ question = "first" }',
        '{ question = "first", any_of = [] }',
        '{ question = "first", any_of = ["always"], answered = true }',
        '{ question = "weeks", at_least = 1, at_most = 3 }',
        '{ question = "first", answered = true, all = [{ question = "kinds", answered = true }] }',
        '{ any_of = ["always"] }',
        '{ question = "first", at_least = 3 }',
    ],
)
def test_a_condition_is_one_test_or_one_grouping(condition):
    assert when(condition) == {Rule.WRONG_VALUE}


def test_a_question_behind_an_unreachable_one_is_unreachable_too():
    never = SOUND.replace(WEEKS, 'relevant = { question = "relation", any_of = ["stayed"] }')

    with pytest.raises(DefinitionError) as caught:
        read_questionnaire(f'{never}{LAST}relevant = {{ question = "weeks", answered = true }}\n', "q")

    assert [finding.where for finding in caught.value.findings] == [
        "q question[3] 'weeks'",
        "q question[12] 'last'",
    ]


def test_an_audience_to_which_no_side_leads_is_never_asked():
    text = SOUND.replace('audiences = ["migrant", "host"]', 'audiences = ["migrant", "host", "visitor"]')

    assert broken(f'{text}{LAST}audience = ["visitor"]\n') == {Rule.UNREACHABLE}


def test_two_conditions_that_name_each_other_are_a_loop():
    text = SOUND.replace(WEEKS, 'relevant = { question = "last", answered = true }')

    assert broken(f'{text}{LAST}relevant = {{ question = "weeks", answered = true }}\n') == {Rule.LOOP}


def test_a_question_for_one_audience_comes_after_the_side_is_known():
    head, side, rest = SOUND.partition('[[question]]\nid = "relation"')
    first = LAST.replace("last", "too_early") + 'audience = ["host"]\n\n'

    assert broken(head + first + side + rest) == {Rule.LOOKS_FORWARD}


def test_a_longer_chain_of_conditions_is_searched_quickly():
    links = [LAST]
    for number in range(1, 30):
        before = "last" if number == 1 else f"last{number - 1}"
        link = LAST.replace('"last"', f'"last{number}"').replace("And last?", f"Number {number}?")
        links.append(f'{link}relevant = {{ question = "{before}", any_of = ["always"] }}\n')

    assert broken(SOUND + "".join(links)) <= {Rule.PATH_TOO_LONG, Rule.BOX_TOO_LARGE}


def test_notes_do_not_count_as_answers():
    notes = "".join(
        f'\n[[question]]\nid = "note{n}"\ntype = "note"\nkey_factor = "L1"\nsince = 1\nlabel = "Note {n}."\n'
        for n in range(20)
    )

    assert broken(SOUND + notes) == set()


@pytest.mark.parametrize(
    "old, new",
    [
        ("at_least = 0, at_most = 4", "at_least = 1, at_most = 4"),
        ("at_least = 5 }", "at_least = 4 }"),
        ("at_least = 5 }", "at_least = 5, at_most = 51 }"),
        ("at_least = 5 }", "at_least = 5, at_most = 3 }"),
        ("at_least = 0, at_most = 4", "at_least = 0"),
    ],
)
def test_bands_cover_every_number_once(old, new):
    assert old in SOUND

    assert broken(SOUND.replace(old, new, 1)) == {Rule.BANDS_WRONG}


def test_a_side_question_is_needed_once():
    other = (
        SOUND.replace('id = "relation"', 'id = "other"')
        .partition("[[question]]")[2]
        .partition("[[question]]")[0]
    )

    assert broken(SOUND.replace('role = "side"', 'key_factor = "L1"')) >= {Rule.NO_SIDE_QUESTION}
    assert broken(f"{SOUND}\n[[question]]{other}") >= {Rule.NO_SIDE_QUESTION}


def test_every_answer_to_the_side_question_is_a_way():
    assert list(ways(sound())) == ["came", "stayed", "mixed", "prefer_not_to_say"]


def test_a_sound_questionnaire_fits_a_sound_city():
    assert list(inspect_in_city(sound(), city(), "city.toml", "questionnaire.toml")) == []


def test_a_city_without_the_list_that_is_asked_for_is_found():
    text = CITY.partition("[[region]]")[0]

    (finding,) = inspect_in_city(sound(), read_city(text, "city.toml"), "city.toml", "questionnaire.toml")

    assert finding.rule is Rule.UNKNOWN_CITY_LIST
    assert finding.where == "city.toml region"


def test_a_margin_of_a_level_that_nobody_can_answer_is_found():
    elsewhere = city('group = "region"\ncode = "near"', 'group = "region"\ncode = "moon"')

    (finding,) = inspect_in_city(sound(), elsewhere, "city.toml", "questionnaire.toml")

    assert finding.rule is Rule.UNKNOWN_CODE


def test_a_condition_on_a_code_that_the_city_lacks_is_found():
    text = f'{SOUND}{LAST}relevant = {{ question = "region", any_of = ["moon"] }}\n'
    asked = read_questionnaire(text, "questionnaire.toml")

    (finding,) = inspect_in_city(asked, city(), "city.toml", "questionnaire.toml")

    assert finding.rule is Rule.UNKNOWN_CODE


def test_the_flow_is_drawn_in_words():
    drawing = flow(sound()).splitlines()

    assert drawing[0] == "demo, version 1"
    assert "  3  weeks     integer          factor L2   migrant, when first is always" in drawing
    assert "  stayed: at most 9 answers" in drawing


def test_the_flow_of_what_is_shipped_never_asks_more_than_eighteen():
    drawing = flow(read_questionnaire(PACK.read_text("utf-8"), "questionnaire.toml"))

    assert "which_questions" in drawing
    assert "prefer_not_to_say, for_newcomers: at most 18 answers" in drawing
