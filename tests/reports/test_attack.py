"""The attack inside the release step: what it computes, and that it notices every planted defect."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize

from conversations.errors import ReleaseError
from conversations.identifiers import Code, QuestionId
from conversations.session import Sheet
from reports.disclosure import examine, release, reopen
from reports.disclosure.attack import Leak, attack
from reports.disclosure.bounds import Bounds, narrow, unknown
from reports.disclosure.document import document
from reports.disclosure.drawing import draw
from reports.disclosure.lattice import lattice
from reports.disclosure.picture import Picture
from reports.disclosure.programs import Program, check_by_programs
from reports.disclosure.protection import protect
from reports.disclosure.publishable import publishable
from reports.disclosure.rules import USUAL, Rules
from reports.disclosure.sights import WHO
from reports.disclosure.subject import Subject
from reports.disclosure.tables import Protected, as_tables, protect_tables
from reports.tabulate import Node, count
from tests.reports.population import asked, frame, released, sheets

SIDE = Node(frozenset({Code("migrant")}))
CODES = (Code("yes"), Code("no"), Code("perhaps"))


def drawn(people, rules=USUAL):
    picture = draw(count(people, frame()), frame(), rules=rules).picture
    picture.attack_all()
    return picture


def kinds(picture):
    return {leak.kind for _, leak in picture.leaks()}


def alike(people, **answers):
    given = {QuestionId(key): (Code(code),) for key, code in answers.items()}
    return [Sheet(side=Code("migrant"), answers=given) for _ in range(people)]


def test_without_complementary_withholding_the_attack_finds_small_groups():
    picture = drawn(sheets(120), Rules(complementary=False))

    assert {"size", "answer"} <= kinds(picture)


def test_without_complementary_withholding_the_fallback_is_released():
    made = release(sheets(120), asked(), rules=Rules(complementary=False))

    assert made.document["manifest"]["fallback"] is True


def test_a_threshold_that_is_one_too_low_is_noticed():
    people = [*alike(9, gender="woman", course_refused="once"), *sheets(100)]

    assert "small_shown" in kinds(drawn(people, Rules(fewer=1)))
    assert "small_shown" not in kinds(drawn(people))


def test_a_spread_of_people_of_one_mind_is_noticed():
    people = alike(30, gender="woman", course_refused="once")

    assert "one_mind" in kinds(drawn(people, Rules(homogeneity=False)))
    assert "one_mind" not in kinds(drawn(people))


def test_shares_of_exact_numbers_are_noticed():
    rules = Rules(shares_of_published=False)
    picture = drawn(sheets(300), rules)
    protect(picture)
    made = document(asked(), Protected(as_tables(picture, frame()), 0, 0))

    with pytest.raises(ReleaseError, match="does not follow from the published counts"):
        reopen(publishable(made).content)
    assert release(sheets(300), asked(), rules=rules).document["manifest"]["fallback"] is True


@pytest.mark.parametrize("people", [0, 9, 26, 60])
def test_nothing_is_left_to_the_attack_and_programs_agree(people):
    picture = drawn(sheets(people))
    protect(picture)

    ran, found = check_by_programs(picture, sample=25)

    assert picture.leaks() == []
    assert ran >= 25
    assert found == []


def test_what_was_published_alone_gives_nothing_away():
    found = examine([released(120)])

    assert found.bounds > 1_000
    assert found.faults == ()


def test_an_examination_finds_what_a_careless_release_gives_away():
    picture = drawn(sheets(120), Rules(complementary=False))
    careless = publishable(document(asked(), Protected(as_tables(picture, frame()), 0, 0)))

    faults = examine([careless]).faults

    assert faults
    assert {fault.round_id for fault in faults} == {"demo"}
    assert all(fault.table and fault.said for fault in faults)


def test_what_enough_people_answered_is_shown_as_a_whole_or_by_side():
    looked_at = 0
    for people in (60, 300):
        exact = {subject.id: subject for subject in drawn(sheets(people)).questions}
        tables = {
            table.planned.id: table
            for table in protect_tables(count(sheets(people), frame()), frame()).tables
        }
        for question, subject in exact.items():
            top = max(range(len(subject.lattice.nodes)), key=lambda at: len(subject.lattice.nodes[at].sides))
            if subject.exact[top, 0] >= 20:
                looked_at += 1
                whole, sides = tables[f"{question}.all"].groups, tables[f"{question}.side"].groups
                assert any(shown.people is not None for _, shown in (*whole, *sides))
    assert looked_at > 20


numbers = st.lists(st.tuples(*(st.integers(0, 12) for _ in CODES)), min_size=2, max_size=5)


@settings(max_examples=25, deadline=None)
@given(parts=numbers, several=st.booleans())
def test_bounds_in_closed_form_hold_the_truth_and_are_never_narrower_than_integer_programs(parts, several):
    """A total and its parts, with their answers."""
    rows = np.array([(max(part) if several else sum(part), *part) for part in parts])
    exact = np.array([rows.sum(axis=0), *rows])
    subject = _subject(exact, several)

    picture = Picture(_subject(exact[:, :1], several, who=True), [subject])
    picture.attack_all()
    bounds = picture.found[subject.id].bounds

    assert (bounds.low <= subject.exact).all()
    assert (subject.exact <= bounds.high).all()
    for place in np.flatnonzero(subject.unseen()):
        program = Program.of(picture, subject, Leak("answer", int(place), 1))
        assert program._extreme({1: 1.0}) >= bounds.low[place, 1]
        assert program._extreme({1: 1.0}, largest=True) <= bounds.high[place, 1]


@pytest.mark.parametrize("withheld", ["one by one", "for another group's sake"])
def test_programs_do_not_take_answers_that_are_withheld_otherwise_for_one_mind(withheld):
    exact = np.array([[28, 14, 8, 6], [20, 10, 6, 4], [8, 4, 2, 2]])
    subject = _subject(exact, several=False)
    large, small = (subject.lattice.index[_part(number)] for number in (0, 1))
    if withheld == "one by one":
        for column in range(len(CODES)):
            subject.unsay(large, column)
    else:
        subject.silence(large)
    picture = Picture(_subject(exact[:, :1], several=False, who=True), [subject])
    picture.attack_all()

    program = Program.of(picture, subject, Leak("answer", small, 1))

    # Taken for one mind, 18 of the large group would have to give one answer: more than all of them did.
    assert program._extreme({1: 1.0}) <= 4 <= program._extreme({1: 1.0}, largest=True)


def _subject(exact, several, *, who=False):
    nodes = [SIDE, *(_part(number) for number in range(len(exact) - 1))]
    made = lattice([nodes])
    order = [nodes.index(node) for node in made.nodes]
    codes = () if who else CODES
    own = frozenset() if who else frozenset(range(len(nodes)))
    subject = Subject(
        WHO if who else QuestionId("asked"), made, codes, exact[order], own, 10, several=several
    )
    subject.show_all()
    return subject


def _part(number):
    return Node(SIDE.sides, frozenset({(QuestionId("age"), frozenset({Code(f"a{number}")}))}))


tables = st.tuples(st.integers(1, 3), st.integers(2, 4)).flatmap(
    lambda size: st.lists(
        st.lists(st.integers(0, 14) | st.integers(0, 60), min_size=size[1], max_size=size[1]),
        min_size=size[0],
        max_size=size[0],
    )
)


@pytest.mark.slow
@settings(max_examples=25, deadline=None)
@given(cells=tables, two_way=st.booleans(), withheld=st.sets(st.integers(0, 19), max_size=6))
def test_bounds_of_people_in_nested_and_two_way_tables_are_all_that_can_be_known(cells, two_way, withheld):
    """Levels within sides, or sides crossed with levels: what exact integer programs reach, and no more."""
    subject = _people(np.array(cells), two_way=two_way)
    for place in withheld & subject.own:
        subject.conceal(place, "complementary")

    bounds = attack(subject).bounds

    for place in range(len(subject.lattice.nodes)):
        assert (bounds.low[place, 0], bounds.high[place, 0]) == _exactly(subject, place)


def _people(cells, *, two_way):
    """How many people stand on each level (a column) of each side (a row); `two_way`: over all sides, too."""
    sides, levels = (range(size) for size in cells.shape)
    shown = [_crossed(sides), *(_crossed([side], at) for side in sides for at in (None, *levels))]
    shown += [_crossed(sides, level) for level in levels] if two_way else []
    made = lattice([shown])
    exact = np.zeros((len(made.nodes), 1), np.int64)
    for place, node in enumerate(made.nodes):
        columns = [int(code) for _, codes in node.where for code in codes] or list(levels)
        exact[place] = cells[np.ix_([int(side) for side in node.sides], columns)].sum()
    subject = Subject(WHO, made, (), exact, frozenset(map(made.index.get, shown)), 10)
    subject.show_all()
    return subject


def _crossed(sides, level=None):
    where = [] if level is None else [(QuestionId("age"), frozenset({Code(str(level))}))]
    return Node(frozenset(Code(str(side)) for side in sides), frozenset(where))


def _exactly(subject, place):
    """The fewest and the most people of a node, by integer programs over what is told of each node alone."""
    families, told = subject.lattice.families, subject.told()
    sums = np.zeros((len(families), len(subject.lattice.nodes)))
    for row, family in enumerate(families):
        sums[row, list(family.children)], sums[row, family.parent] = 1, -1
    wanted = np.zeros(len(subject.lattice.nodes))
    wanted[place] = 1
    low, high = (
        optimize.milp(
            sign * wanted,
            integrality=np.ones(len(wanted)),
            bounds=optimize.Bounds(told.low[:, 0], told.high[:, 0]),
            constraints=optimize.LinearConstraint(sums, 0, 0),
            options={"mip_rel_gap": 0},
        )
        for sign in (1, -1)
    )
    assert low.status == high.status == 0
    return round(low.fun), round(-high.fun)


def test_two_way_tables_are_narrowed_from_both_margins():
    # rows 10 and 10, columns 10 and 10, one cell known to be 9 or 10: its opposite is known as closely
    sides = [Node(frozenset({Code(side)})) for side in ("migrant", "host")]
    level = [frozenset({(QuestionId("age"), frozenset({Code(code)}))}) for code in ("young", "old")]
    both = frozenset({Code("migrant"), Code("host")})
    nodes = [Node(both), *sides, *(Node(both, at) for at in level)]
    nodes += [Node(side.sides, at) for side in sides for at in level]
    made = lattice([nodes])
    bounds = unknown(len(made.nodes), 0)
    for node, (low, high) in {
        nodes[1]: (10, 10),
        nodes[2]: (10, 10),
        nodes[3]: (10, 10),
        nodes[4]: (10, 10),
    }.items():
        bounds.low[made.index[node]], bounds.high[made.index[node]] = low, high
    cell = made.index[nodes[5]]
    bounds.low[cell] = 9

    found = narrow(made, Bounds(bounds.low, bounds.high), several=False)

    opposite = made.index[nodes[8]]
    assert (found.low[opposite, 0], found.high[opposite, 0]) == (9, 10)
    assert (found.low[made.index[nodes[0]], 0], found.high[made.index[nodes[0]], 0]) == (20, 20)
