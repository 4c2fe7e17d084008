"""Which groups are shown, and with which numbers."""

import numpy as np
import pytest

from conversations.identifiers import Code, QuestionId
from conversations.session import Sheet
from reports.disclosure import reopen
from reports.disclosure.document import document
from reports.disclosure.lattice import lattice
from reports.disclosure.picture import Picture
from reports.disclosure.protection import protect
from reports.disclosure.publishable import publishable
from reports.disclosure.rules import rounded, show
from reports.disclosure.sights import WHO
from reports.disclosure.subject import Subject
from reports.disclosure.tables import fall_back, protect_tables
from reports.tabulate import Node, count
from tests.reports.population import asked, frame, sheets

K = 10


def shown(people, answers, sensitive=False, k=K):
    return show(people, {Code(code): number for code, number in answers.items()}, k=k, sensitive=sensitive)


def sheet(side="migrant", **answers):
    given = {"course_refused": ("once",), **{key: (code,) for key, code in answers.items()}}
    return Sheet(side=Code(side), answers={QuestionId(key): codes for key, codes in given.items() if codes})


def groups_of(people, table, shape=None):
    tables = protect_tables(count(people, shape or frame()), shape or frame()).tables
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

    tables = document(asked(), protect_tables(count(people, frame()), frame()))["tables"]
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


EVERYBODY = Node(frozenset({Code("migrant")}))
CODES = (Code("yes"), Code("no"))


def part(number):
    return Node(EVERYBODY.sides, frozenset({(QuestionId("age"), frozenset({Code(f"a{number}")}))}))


def total_and_parts(parts, sensitive=False, apart=()):
    """A total and its parts, each (people, yes), protected; `apart` are parts of another group, unseen."""
    nodes = [EVERYBODY, *(part(number) for number in range(len(parts)))]
    rows = [(people, yes, people - yes) for people, yes in parts]
    exact = np.array([np.sum(rows, axis=0), *rows])
    made = lattice([nodes])
    order = [nodes.index(node) for node in made.nodes]
    asked_of = Subject(
        QuestionId("asked"), made, CODES, exact[order], frozenset(range(len(nodes))), K, sensitive
    )
    who = Subject(WHO, made, (), exact[order][:, :1], frozenset(), K)
    asked_of.show_all()
    protect(Picture(who, [asked_of]))
    return [asked_of.shown(made.index[node]) for node in nodes]


def test_a_rest_whose_size_could_be_computed_takes_another_part_with_it():
    # published 30, of it 15, 20 and 10: what is left could only be nobody or a few
    total, *parts = total_and_parts([(13, 6), (18, 9), (1, 1)])

    assert total.people == 30
    assert sum(found.people is None for found in parts) == 2


def test_a_total_gives_way_where_hiding_a_part_would_not_help():
    # eleven people, ten of them at one level: whoever knows why a level is hidden knows the other
    total, *parts = total_and_parts([(10, 5), (1, 1)])

    assert {found.people for found in (total, *parts)} == {None}


def test_an_answer_of_a_rest_that_could_be_computed_is_left_out():
    # "yes" is published as 15 in all, of it 10 and 10: nobody of the hidden ones can have said it
    told = total_and_parts([(30, 8), (28, 8), (6, 0)])

    assert any("unsaid" in group.rules for group in told)
    assert any(group.people and group.counts[Code("yes")] is None for group in told)
    assert told[0].people == 65


def test_a_rest_of_one_mind_is_not_told_by_subtraction():
    total, first, second = total_and_parts([(40, 11), (20, 19)])

    assert second.people == 20
    assert set(second.counts.values()) == {None}
    assert set(first.counts.values()) == {None} or set(total.counts.values()) == {None}


@pytest.mark.parametrize("parts", [[(30, 15), (30, 15)], [(30, 15), (5, 2)], [(5, 2), (5, 2)]])
def test_a_rest_that_stays_open_costs_nothing(parts):
    alone = [shown(people, {"yes": yes, "no": people - yes}) for people, yes in parts]
    total = (sum(people for people, _ in parts), sum(yes for _, yes in parts))

    assert total_and_parts(parts) == [shown(total[0], {"yes": total[1], "no": total[0] - total[1]}), *alone]


def test_people_of_both_sides_count_as_migrants_unless_the_plan_says_otherwise():
    people = [sheet(side) for side in ["migrant"] * 15 + ["both"] * 10]
    apart = frame(asked().plan.model_copy(update={"merge_both_into_migrant": False}))

    merged = {group["side"]: found.people for group, found in groups_of(people, "course_refused.side")}
    split = {group["side"] for group, _ in groups_of(people, "course_refused.side", apart)}

    assert merged["migrant"] == 25
    assert "both" not in merged
    assert "both" in split


def test_a_side_that_a_question_is_not_put_to_has_no_group():
    tables = protect_tables(count(sheets(100), frame()), frame()).tables

    sides = {
        table.planned.question: [group["side"] for group, _ in table.groups]
        for table in tables
        if table.planned.by == ("side",)
    }

    assert sides["course_refused"] == ["migrant", "not_stated"]
    assert sides["would_join"] == ["host", "not_stated"]
    assert sides["talk_together"] == ["migrant", "host", "not_stated"]


def test_the_fallback_shows_the_overall_tables_alone():
    protected = fall_back(count(sheets(200), frame()), frame())

    opened = reopen(publishable(document(asked(), protected)).content)

    tables = protected.tables
    assert {bool(table.planned.by) for table in tables if _answers_are_shown(table)} == {False}
    assert any(_answers_are_shown(table) for table in tables)
    assert opened.document["manifest"]["fallback"] is True
    assert opened.document["manifest"]["withheld_by_rule"]["fallback"] > 0


def _answers_are_shown(table):
    return any(count is not None for _, shown in table.groups for count in shown.counts.values())
