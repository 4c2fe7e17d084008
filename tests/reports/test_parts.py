"""More than one part, and more than one round: the guarantee holds over everything together."""

from dataclasses import replace

import pytest

from conversations.errors import ReleaseError, RoundError
from conversations.identifiers import Code, QuestionId
from conversations.session import Sheet
from reports.disclosure import add_part, examine, release
from reports.planned import default_plan, people_needed, read_plan
from tests.instruments import shipped
from tests.reports.population import asked, frame, sheets

FEW = ("course_refused", "level_fit", "talk_together", "would_join")
"""Questions enough to be attacked together, and few enough to be quick."""
YOUNG = {"age": {"under_35": ["a18_24", "a25_34"]}}


def plan(**changes):
    return default_plan(shipped().questionnaire).model_validate(
        {**default_plan(shipped().questionnaire).model_dump(mode="json"), "questions": FEW, **changes}
    )


def aged(numbers):
    return [
        Sheet(
            side=Code("migrant"),
            answers={
                QuestionId("age"): (Code(age),),
                QuestionId("level_fit"): (Code(("badly", "well")[number % 2]),),
            },
        )
        for age, people in numbers.items()
        for number in range(people)
    ]


def in_another_round(of):
    return replace(of, round_=replace(of.round_, id="later"))


def test_one_more_part_of_the_same_plan_tells_nothing_more():
    people = sheets(150)
    first = release(people, asked(plan()))

    second = add_part(people, asked(plan()), plan(), [first])

    assert second.document["part"] == 2
    assert second.document["earlier"] == [first.sha256]
    assert second.document["tables"] == first.document["tables"]


def test_a_later_part_may_cross_two_groups():
    people = sheets(400)
    first = release(people, asked(plan()))
    crossed = plan(questions=["level_fit"], groups=[], pairs=[["gender", "age"]])

    second = add_part(people, asked(plan()), crossed, [first])

    by_both = next(table for table in second.document["tables"] if table["by"] == ["side", "gender", "age"])
    assert any(group["people"] for group in by_both["groups"])
    assert examine([first, second]).faults == ()


def test_a_later_part_that_would_tell_a_small_group_is_refused_with_its_table():
    # nobody of a side gave some answers to a sensitive question: that bounds every smaller group of it
    people = sheets(200)
    first = release(people, asked(plan()))
    crossed = plan(questions=["course_refused"], groups=[], pairs=[["gender", "age"]])

    with pytest.raises(ReleaseError, match=r"table course_refused\.side\.gender\.age breaks the guarantee"):
        add_part(people, asked(plan()), crossed, [first])


def test_a_later_part_withholds_what_would_tell_a_small_group_where_that_is_enough():
    # under 35: 12 people; 25 to 34 alone: 11; whoever had both would know that at most two are younger
    people = aged({"a18_24": 1, "a25_34": 11, "a35_49": 30, "a50_64": 30})
    first = release(people, asked(plan(merge=YOUNG)))

    second = add_part(people, asked(plan()), plan(), [first])

    ages = next(table for table in second.document["tables"] if table["id"] == "level_fit.side.age")
    assert not any(group["people"] == 10 for group in ages["groups"])
    assert examine([first, second]).faults == ()


def test_a_later_part_must_merge_the_sides_alike():
    people = sheets(60)
    first = release(people, asked(plan()))

    with pytest.raises(ReleaseError, match="merge the sides"):
        add_part(people, asked(plan()), plan(merge_both_into_migrant=False), [first])


def test_another_round_that_the_same_people_may_have_answered_is_attacked_together_with_this_one():
    people = aged({"a18_24": 1, "a25_34": 11, "a35_49": 30, "a50_64": 30})
    merged = release(people, asked(plan(merge=YOUNG)))
    later = in_another_round(asked(plan()))

    alone = release(people, later)
    together = release(people, later, beside=[merged])

    assert examine([merged, alone]).faults != ()
    assert examine([merged, together]).faults == ()
    assert together.document["manifest"]["attack"]["together_with"] == ["demo"]


def test_a_round_of_other_people_changes_nothing():
    other = release(sheets(90, seed=7), in_another_round(asked(plan())))

    made = release(sheets(150), asked(plan()), beside=[other])

    assert made.document["tables"] == release(sheets(150), asked(plan())).document["tables"]


def test_merged_levels_are_named_by_what_they_hold():
    made = release(sheets(150), asked(plan(merge=YOUNG)))

    codes = next(question["codes"] for question in made.document["questions"] if question["id"] == "age")

    assert codes[0] == {"code": "under_35", "label": "18 to 24, 25 to 34", "merged": ["a18_24", "a25_34"]}


@pytest.mark.parametrize(
    "text, said",
    [
        ('pairs = [["gender", "age", "years_here"]]', "crosses gender, age, years_here"),
        ('pairs = [["gender", "gender"]]', "two different groups"),
        ('groups = ["shoe_size"]', "shoe_size, which is no group question"),
        ('questions = ["gender"]', "gender, which is no factor question"),
        ("filters = 1", "filters of the plan"),
        ("k = 5", "can only be raised above 10"),
        ('[merge.age]\nyoung = ["a18_24", "unborn"]', "levels of age that it lacks"),
        ('[merge.age]\na25_34 = ["a18_24"]', "one of them already"),
        ("keep_months = 13", "keep_months of the plan"),
        ("groups = [", "no TOML"),
    ],
)
def test_a_plan_that_cannot_be_is_refused_in_one_line(text, said):
    with pytest.raises(RoundError, match=said) as caught:
        read_plan(text, shipped().questionnaire)

    assert "\n" not in str(caught.value)


def test_what_a_plan_leaves_out_is_as_in_the_default_plan():
    assert read_plan("", shipped().questionnaire) == default_plan(shipped().questionnaire)
    assert read_plan('groups = ["age"]', shipped().questionnaire).groups == ("age",)


def test_a_plan_says_how_many_people_it_needs():
    needed = people_needed(frame())

    assert (needed.overall, needed.by_side) == (20, 40)
    assert needed.by_group["gender"] == 10 * 2 * 3
