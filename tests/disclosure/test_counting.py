"""Every exact figure of a release, counted once more by other means."""

import pytest

from reports.planned import default_plan
from reports.tabulate import count
from tests.disclosure.counting import PEOPLE, Counting, Exact, Figures
from tests.disclosure.populations import SHAPES, population
from tests.instruments import shipped
from tests.reports.population import frame

MERGED = default_plan(shipped().questionnaire).model_copy(
    update={
        "merge": {"age": {"under_35": ("a18_24", "a25_34"), "a50_plus": ("a50_64", "a65_plus")}},
        "merge_both_into_migrant": False,
    }
)


def counted_by_the_release(sheets, planned) -> Figures:
    counts = count(sheets, planned)
    found: Figures = {(PEOPLE, ()): Exact(counts.people)}
    found |= {(PEOPLE, (("side", side),)): Exact(people) for side, people in counts.sides.items()}
    for (group, side, level), people in counts.who.items():
        found[PEOPLE, (("side", side), (group, level))] = Exact(people)
        found.setdefault((PEOPLE, ((group, level),)), Exact()).people += people
    for question, crossed in counts.questions.items():
        found[question, ()] = crossed.overall
        found |= {(question, (("side", side),)): exact for side, exact in crossed.sides.items()}
        for (group, side, level), exact in crossed.levels.items():
            found[question, (("side", side), (group, level))] = exact
    return found


@pytest.mark.parametrize("plan", [None, MERGED], ids=["as shipped", "merged bands, both apart"])
@pytest.mark.parametrize("seed", range(2 * len(SHAPES)))
def test_sql_agrees_with_every_figure_before_it_is_rounded(seed, plan):
    _, sheets = population(seed)
    if plan is not None and len(sheets) > 600:
        sheets = sheets[:600]
    planned = frame(plan)
    counting = Counting(sheets, planned)
    theirs, ours = counted_by_the_release(sheets, planned), counting.figures()
    counting.close()
    looked_at = 0
    for place in theirs.keys() | ours.keys():
        one, other = theirs.get(place, Exact()), ours.get(place, Exact())
        assert one.people == other.people, place
        for code in {*one.answers, *other.answers}:
            assert one.answers.get(code, 0) == other.answers.get(code, 0), (place, code)
            looked_at += 1
    assert looked_at > 1_000
