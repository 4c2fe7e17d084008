"""Every exact figure of a release, counted once more by other means."""

from collections.abc import Iterator
from itertools import product

import pytest

from conversations.identifiers import Code
from reports.planned import Frame, default_plan
from reports.tabulate import Node as Place
from reports.tabulate import count
from tests.disclosure.counting import PEOPLE, Counting, Exact, Node
from tests.disclosure.populations import SHAPES, population
from tests.instruments import shipped
from tests.reports.population import frame

AS_SHIPPED = default_plan(shipped().questionnaire)
OTHERWISE = AS_SHIPPED.model_copy(
    update={
        "merge": {"age": {"under_35": ("a18_24", "a25_34"), "a50_plus": ("a50_64", "a65_plus")}},
        "merge_both_into_migrant": False,
        "pairs": (("gender", "age"),),
    }
)


def places(planned: Frame) -> Iterator[tuple[str, Node]]:
    """Yield every group of which a figure can be asked: by side, by side and a group, by side and a pair."""
    plan = planned.plan
    groups = tuple(dict.fromkeys((*plan.groups, *plan.who)))
    crossed: list[tuple[str, ...]] = [(), *((group,) for group in groups), *plan.pairs]
    for question in (PEOPLE, *plan.questions):
        yield question, ()
        for side in planned.put_to(question) if question else planned.sides:
            for by in crossed if question else crossed[: len(groups) + 1]:
                levels = product(*(planned.levels(group) for group in by))
                yield from ((question, (("side", side), *zip(by, level, strict=True))) for level in levels)
    yield from ((PEOPLE, ((group, level),)) for group in groups for level in planned.levels(group))


def place(planned: Frame, node: Node) -> Place:
    """Return a group as the release names it: by the levels as they were answered."""
    sides = {Code(level) for by, level in node if by == "side"} or set(planned.sides)
    where = {(by, frozenset(planned.merged_from(by, Code(level)))) for by, level in node if by != "side"}
    return Place(frozenset(sides), frozenset(where))


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(len(SHAPES)))
def test_sql_agrees_with_every_figure_before_it_is_rounded(seed):
    sheets = population(seed)[1][:300]
    planned = frame((AS_SHIPPED, OTHERWISE)[seed % 2])
    counts, counting = count(sheets, planned), Counting(sheets, planned)
    figures = counting.figures()
    counting.close()
    looked_at, known = 0, set()
    for question, node in places(planned):
        known.add((question, node))
        ours, at = figures.get((question, node), Exact()), place(planned, node)
        if question == PEOPLE:
            assert counts.of_people(at) == ours.people, node
            continue
        theirs = counts.of_question(question, at, planned.codes(question))
        assert theirs.people == ours.people, (question, node)
        assert {code: said for code, said in theirs.answers.items() if said} == dict(ours.answers), node
        looked_at += len(theirs.answers)
    assert figures.keys() <= known
    assert looked_at > 1_000
