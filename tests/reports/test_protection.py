"""Which groups are shown, and with which numbers."""

import pytest

from conversations.identifiers import Code, QuestionId
from conversations.session import Sheet
from reports.disclosure import reopen
from reports.disclosure.document import document
from reports.disclosure.families import Family
from reports.disclosure.protection import hidden, rounded, show
from reports.disclosure.publishable import publishable
from reports.disclosure.tables import fall_back, protect
from reports.tabulate import Exact, count
from tests.reports.population import asked, frame, sheets

K = 10


def shown(people, answers, sensitive=False, k=K):
    return show(people, {Code(code): number for code, number in answers.items()}, k=k, sensitive=sensitive)


def sheet(side="migrant", **answers):
    given = {"course_refused": ("once",), **{key: (code,) for key, code in answers.items()}}
    return Sheet(side=Code(side), answers={QuestionId(key): codes for key, codes in given.items() if codes})


def groups_of(people, table, shape=None):
    tables = protect(count(people, shape or frame()), shape or frame())
    return next(found.groups for found in tables if found.planned.id == table)


@pytest.mark.parametrize("people, is_shown", [(0, False), (1, False), (9, False), (10, True), (11, True)])
def test_a_group_is_shown_from_ten_people(people, is_shown):
    assert (shown(people, {"yes": people // 2, "no": people - people // 2}).people is not None) is is_shown


def test_a_plan_may_ask_for_more_people_than_ten():
    assert shown(14, {"yes": 7, "no": 7}, k=15).people is None
    assert shown(15, {"yes": 7, "no": 8}, k=15).people == 15


def test_nobody_and_too_few_look_alike():
    nobody = shown(0, {"yes": 0, "no": 0})

    assert all(shown(n, {"yes": n, "no": 0}) == nobody for n in range(1, K))


def test_nobody_and_too_few_look_alike_in_the_document():
    people = [sheet(gender="woman") for _ in range(12)] + [sheet(gender="man") for _ in range(9)]

    tables = document(asked(), protect(count(people, frame()), frame()), fallback=False)["tables"]
    groups = next(table for table in tables if table["id"] == "course_refused.side.gender")["groups"]
    nine, nobody = (
        next(group for group in groups if group["group"] == {"side": "migrant", "gender": level})
        for level in ("man", "another")
    )

    assert {**nine, "group": None} == {**nobody, "group": None}


@pytest.mark.parametrize("exact, published", [(0, 0), (2, 0), (3, 5), (7, 5), (8, 10), (12, 10), (13, 15)])
def test_numbers_are_rounded_to_the_nearest_five(exact, published):
    assert rounded(exact) == published


def test_people_and_answers_are_rounded_each_on_its_own():
    group = shown(23, {"yes": 12, "no": 11})

    assert (group.people, dict(group.counts)) == (25, {"yes": 10, "no": 10})


def test_shares_are_of_published_numbers_alone():
    assert dict(shown(23, {"yes": 12, "no": 11}).shares) == {"yes": 0.4, "no": 0.4}
    assert shown(23, {"yes": 12, "no": 11}) == shown(27, {"yes": 12, "no": 8})


@pytest.mark.parametrize("people, has_shares", [(10, False), (17, False), (18, True), (22, True)])
def test_shares_are_shown_from_twenty_published_people(people, has_shares):
    shares = shown(people, {"yes": people // 2, "no": people - people // 2}).shares

    assert all((share is not None) is has_shares for share in shares.values())


@pytest.mark.parametrize("people, few", [(10, True), (30, True), (47, True), (48, False), (100, False)])
def test_below_fifty_published_people_answers_are_marked_as_few(people, few):
    assert ("few_answers" in shown(people, {"yes": people // 2, "no": people - people // 2}).rules) is few


def test_a_small_group_of_one_mind_keeps_its_answers():
    group = shown(30, {"yes": 28, "no": 2})

    assert group.people == 30
    assert set(group.counts.values()) | set(group.shares.values()) == {None}
    assert "homogeneous" in group.rules


def test_a_large_group_of_one_mind_shows_ninety_or_more_without_the_rest():
    group = shown(200, {"yes": 190, "no": 10})

    assert dict(group.shares) == {"yes": 0.9, "no": None}
    assert set(group.counts.values()) == {None}
    assert group.rules == ("ninety_or_more",)


def test_a_large_group_of_one_mind_keeps_its_answers_to_a_sensitive_question():
    group = shown(200, {"yes": 190, "no": 10}, sensitive=True)

    assert set(group.shares.values()) == {None}
    assert group.rules == ("homogeneous",)


def test_ninety_in_a_hundred_is_not_yet_one_mind():
    assert shown(30, {"yes": 27, "no": 3}).counts == {"yes": 25, "no": 5}


def family(total, parts, gives_way="parts", sensitive=False):
    """A total and its parts, each (people, yes), protected on their own first, then together."""

    def exact(people, yes):
        return Exact(people, {Code("yes"): yes, Code("no"): people - yes})

    whole = exact(sum(people for people, _ in parts), sum(yes for _, yes in parts))
    assert whole == exact(*total)
    groups = dict(enumerate(exact(*part) for part in parts))
    found = Family(
        show(whole.people, whole.answers, k=K, sensitive=sensitive),
        {
            place: show(group.people, group.answers, k=K, sensitive=sensitive)
            for place, group in groups.items()
        },
        groups,
        gives_way,
        K,
        sensitive,
    )
    found.protect()
    return found


def test_a_rest_whose_size_could_be_computed_takes_the_smallest_part_with_it():
    # published 30, of it 15 and 20: what is left could only be nobody or one person
    found = family((32, 16), [(13, 6), (18, 9), (1, 1)])

    assert found.parts[0] == hidden(found.parts[0].counts, "complementary")
    assert found.parts[1].people == 20


def test_a_rest_whose_size_could_be_computed_takes_the_total_where_sides_come_first():
    found = family((32, 16), [(13, 6), (18, 9), (1, 1)], gives_way="total")

    assert found.total == hidden(found.total.counts, "complementary")
    assert [part.people for part in found.parts.values()] == [15, 20, None]


def test_an_answer_of_a_rest_that_could_be_computed_is_left_out():
    # "yes" is published as 15 in all, of it 10 and 10: nobody of the hidden ones can have said it
    found = family((64, 16), [(30, 8), (28, 8), (6, 0)])
    told = [found.total, *found.parts.values()]

    assert any("unsaid" in group.rules for group in told)
    assert any(group.people and group.counts[Code("yes")] is None for group in told)


def test_a_rest_of_one_mind_is_not_told_by_subtraction():
    found = family((60, 30), [(40, 11), (20, 19)])

    assert found.parts[1].people == 20
    assert set(found.parts[1].counts.values()) == {None}
    assert set(found.parts[0].counts.values()) == {None} or set(found.total.counts.values()) == {None}


@pytest.mark.parametrize("parts", [[(30, 15), (30, 15)], [(30, 15), (5, 2)], [(5, 2), (5, 2)]])
def test_a_rest_that_stays_open_costs_nothing(parts):
    total = (sum(people for people, _ in parts), sum(yes for _, yes in parts))
    alone = [shown(people, {"yes": yes, "no": people - yes}) for people, yes in parts]

    found = family(total, parts)

    assert list(found.parts.values()) == alone
    assert found.total == shown(total[0], {"yes": total[1], "no": total[0] - total[1]})


def test_people_of_both_sides_count_as_migrants_unless_the_plan_says_otherwise():
    people = [sheet(side) for side in ["migrant"] * 15 + ["both"] * 10]
    apart = frame(asked().plan.model_copy(update={"merge_both_into_migrant": False}))

    merged = {group["side"]: found.people for group, found in groups_of(people, "course_refused.side")}
    split = {group["side"] for group, _ in groups_of(people, "course_refused.side", apart)}

    assert merged["migrant"] == 25
    assert "both" not in merged
    assert "both" in split


def test_a_side_that_a_question_is_not_put_to_has_no_group():
    tables = protect(count(sheets(100), frame()), frame())

    sides = {
        table.planned.question: [group["side"] for group, _ in table.groups]
        for table in tables
        if table.planned.by == ("side",)
    }

    assert sides["course_refused"] == ["migrant", "not_stated"]
    assert sides["would_join"] == ["host", "not_stated"]
    assert sides["talk_together"] == ["migrant", "host", "not_stated"]


def test_the_fallback_shows_the_overall_tables_alone():
    tables = fall_back(count(sheets(200), frame()), frame())

    opened = reopen(publishable(document(asked(), tables, fallback=True)).content)

    assert {bool(table.planned.by) for table in tables if table.groups[0][1].people is not None} == {False}
    assert opened.document["manifest"]["fallback"] is True
    assert opened.document["manifest"]["withheld_by_rule"]["fallback"] > 0
