"""Groups that nobody is asked about: how people came and who helped; and a part that names associations."""

from dataclasses import replace
from random import Random

import pytest

from conversations.circumstances import BY_NAME_FROM, code_of, with_circumstances
from reports.disclosure import add_part, examine, release
from reports.disclosure.lattice import lattice
from reports.planned import by_association, default_plan
from reports.render.reading import Reading
from reports.tabulate import Node
from tests.instruments import shipped
from tests.reports.population import asked, sheets

SIDE = frozenset({"migrant"})
NAMES = {"house": "Neighbourhood House", "table": "Women's Table", "small": "Evening Class"}
SHARES = {"house": 0.5, "table": 0.3, "small": 0.05}


def came(people, seed=5):
    """Sheets of people of whom some came through associations, some through a library, some by themselves."""
    dice = Random(seed)
    found = []
    for sheet in people:
        relay = dice.choices(["", "library", *SHARES], weights=[0.1, 0.05, *SHARES.values()])[0]
        kind = {"": "directly", "library": "library"}.get(relay, "association")
        helped = relay == "table" and dice.random() < 0.5
        found.append(sheet.model_copy(update={"relay": relay, "came_by": kind, "assisted": helped}))
    return found


def asked_with_names():
    names = {code_of(relay): name for relay, name in NAMES.items()}
    seen = with_circumstances(shipped().questionnaire, names)
    return replace(asked(default_plan(seen)), questionnaire=seen)


@pytest.fixture(scope="module")
def people():
    return came(sheets(400))


@pytest.fixture(scope="module")
def first(people):
    return release(people, asked_with_names())


@pytest.fixture(scope="module")
def second(people, first):
    plan = by_association(asked_with_names().plan)
    return add_part(people, asked_with_names(), plan, [first])


def counts(part, table):
    found = next(table_ for table_ in part.document["tables"] if table_["id"] == table)
    return {answer["code"]: answer["count"] for answer in found["groups"][0]["answers"]}


pytestmark = pytest.mark.slow


def test_a_release_tells_how_people_came_and_who_helped(people, first):
    by_kind, helped = counts(first, "came_by.all"), counts(first, "assisted.all")
    exact = sum(sheet.came_by == "association" for sheet in people)

    assert abs(by_kind["association"] - exact) <= 2
    assert helped["helped"] + helped["alone"] in range(390, 411)
    assert "relay.all" not in {table["id"] for table in first.document["tables"]}


def test_questions_are_shown_by_side_and_by_how_people_came(first):
    assert "teaching_satisfaction.side.came_by" in {table["id"] for table in first.document["tables"]}


def test_associations_are_named_from_more_than_fifty_people_on(people, second):
    named = counts(second, "relay.all")
    exact = {relay: sum(sheet.relay == relay for sheet in people) for relay in NAMES}

    assert exact["small"] < BY_NAME_FROM <= exact["table"] < exact["house"]
    assert named["r_small"] is None
    assert abs(named["r_house"] - exact["house"]) <= 2
    assert second.document["k"] == BY_NAME_FROM == 51


def test_no_group_of_the_part_by_association_has_fifty_people_or_fewer(second):
    shown = [
        group["people"]
        for table in second.document["tables"]
        for group in table["groups"]
        if group["people"] is not None
    ]

    assert shown
    assert min(shown) >= 50


def test_both_parts_together_tell_of_no_small_group(first, second):
    assert examine([first, second]).faults == ()


def test_an_attacker_knows_that_named_associations_are_associations_and_that_nobody_helped_came_alone():
    def at(**levels):
        return Node(SIDE, frozenset((group, frozenset([code])) for group, code in levels.items()))

    came = [at(came_by=kind) for kind in ("association", "library", "directly", "not_stated")]
    helped = [at(assisted=code) for code in ("helped", "alone", "not_stated")]
    named = [at(relay=code) for code in ("r_house", "r_table", "not_stated")]
    made = lattice([[*came, *helped], named])
    sums = {
        (made.nodes[family.parent], frozenset(made.nodes[child] for child in family.children))
        for family in made.families
    }

    nameless = at(came_by="association", relay="not_stated")
    way = frozenset({"association", "library", "not_stated"})
    led = Node(SIDE, frozenset([("assisted", frozenset({"alone"})), ("came_by", way)]))
    assert (at(came_by="association"), frozenset([named[0], named[1], nameless])) in sums
    assert (at(relay="not_stated"), frozenset([nameless, *came[1:]])) in sums
    assert (at(assisted="alone"), frozenset([at(came_by="directly"), led])) in sums


def test_the_part_calls_associations_by_their_names(first, second):
    assert Reading(second).answer("relay", "r_house").source == "Neighbourhood House"
    assert Reading(first).label("came_by").key == "circumstance.came_by.label"
