"""Rotating modules: each round of a series asks its core and one module, and stays at twelve answers."""

import pytest

from conversations.conduct import Conduct
from conversations.errors import RoundError
from conversations.inspecting_ways import longest_way
from conversations.modules import MOST_ANSWERS, asked_in, check_modules, module_of, put_to_people
from conversations.questionnaire import Role
from tests.instruments import plain, shipped, small

CORE = ("service_known", "talk_together")
GETTING_IN = ("city_help_importance", "course_refused", "weeks_waited", "cost_obstacle")
THE_COURSE = ("level_fit", "hard_to_attend", "teaching_satisfaction", "would_join")
ITS_USE = ("encouragement", "useful_for_work", "help_to_work_together", "opinion_asked")
MODULES = {"Getting in": GETTING_IN, "The course": THE_COURSE, "Its use": ITS_USE}


def conduct(core=CORE, **modules):
    wanted = {**MODULES, **modules}
    listed = [{"name": name, "questions": questions} for name, questions in wanted.items() if questions]
    return Conduct.model_validate({"core": core, "modules": listed})


def refused(wanted, asked=None):
    with pytest.raises(RoundError) as caught:
        check_modules(asked or plain(), wanted)
    return str(caught.value)


@pytest.mark.parametrize(
    "number, name",
    [(1, "Getting in"), (2, "The course"), (3, "Its use"), (4, "Getting in"), (301, "Getting in")],
)
def test_the_rounds_of_a_series_take_their_modules_in_turn(number, name):
    asked = asked_in(plain(), conduct(), number)

    factors = {question.id for question in asked.with_role(Role.FACTOR)}
    assert module_of(conduct(), number).name == name
    assert factors == {*CORE, *MODULES[name]}


def test_side_path_groups_and_the_open_word_are_asked_in_every_round_and_the_order_stays():
    for number in (1, 2, 3):
        asked = asked_in(plain(), conduct(), number)

        for role in (Role.SIDE, Role.PATH, Role.GROUP, Role.OPEN):
            assert asked.with_role(role) == plain().with_role(role)
        kept = [question.id for question in plain().questions if question.id in asked.by_id]
        assert [question.id for question in asked.questions] == kept


def test_three_rounds_ask_every_question_and_each_stays_at_twelve_answers():
    rounds = [asked_in(plain(), conduct(), number) for number in (1, 2, 3)]

    check_modules(plain(), conduct())
    assert {question.id for asked in rounds for question in asked.questions} == set(plain().by_id)
    assert [longest_way(asked)[1] for asked in rounds] == [MOST_ANSWERS] * 3


def test_without_modules_everything_is_asked():
    assert asked_in(plain(), Conduct(), 3) is plain()
    assert put_to_people(plain(), shipped().benchmark, Conduct(), 3) is plain()
    check_modules(plain(), Conduct())


def test_a_round_by_itself_asks_the_first_module():
    assert asked_in(plain(), conduct(), 0) == asked_in(plain(), conduct(), 1)


@pytest.mark.parametrize(
    "wanted, said",
    [
        (
            conduct(("service_known", "talk_together", "wages")),
            "wages in core is no question of the benchmark",
        ),
        (conduct(("service_known", "talk_together", "age")), "age in core is asked in every round anyway"),
        (conduct((*CORE, "level_fit")), "level_fit stands in core and in 'The course'; keep one"),
        (
            conduct(("service_known", "service_known", "talk_together")),
            "service_known stands in core and in core",
        ),
        (
            conduct(("service_known",)),
            "no round would ever ask talk_together; put each into core or a module",
        ),
        (conduct(**{"Getting in": ()}), "no round would ever ask city_help_importance, course_refused"),
        (
            conduct(**{"Its use": (), "The course": (*THE_COURSE, *ITS_USE)}),
            "with the module 'The course', whoever says prefer_not_to_say, for_newcomers gives 15 answers,"
            " 3 over the 12",
        ),
    ],
)
def test_modules_that_do_not_fit_are_refused_with_the_name_of_what_is_wrong(wanted, said):
    assert said in refused(wanted)


def test_everything_that_is_wrong_is_said_at_once():
    said = refused(conduct(("service_known", "wages", "age"), **{"Its use": ()}))

    assert all(name in said for name in ("wages", "age", "talk_together", "opinion_asked"))


def test_two_modules_of_one_name_are_refused():
    twice = Conduct.model_validate(
        {"core": CORE, "modules": [{"name": "The course", "questions": one} for one in MODULES.values()]}
    )

    assert "two modules are called 'The course'" in refused(twice)


def test_a_question_that_hangs_on_one_of_another_module_is_refused():
    apart = {
        "core": [],
        "modules": [
            {"name": "A", "questions": ["course", "obstacles", "welcome_note"]},
            {"name": "B", "questions": ["weeks", "late"]},
        ],
    }
    together = {
        "core": ["course"],
        "modules": [
            {"name": "A", "questions": ["obstacles", "welcome_note"]},
            {"name": "B", "questions": ["weeks", "late"]},
        ],
    }

    said = refused(Conduct.model_validate(apart), small().questionnaire)

    assert "weeks is asked with the module 'B', but hangs on the answer to course" in said
    check_modules(small().questionnaire, Conduct.model_validate(together))


def test_a_listening_round_has_no_modules():
    with pytest.raises(RoundError, match="a listening round asks for free texts"):
        check_modules(plain(), conduct().model_copy(update={"listening": True}))
