"""How sure: known values, nothing lost to rounding, and few false alarms among many differences."""

from math import sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from scipy.stats import binomtest

from reports.disclosure import rules
from reports.intervals import STEP, difference_interval, share_interval


def wilson(count, people, confidence=0.95):
    """The reference: SciPy's own Wilson interval of exact counts."""
    found = binomtest(count, people).proportion_ci(confidence, method="wilson")
    return float(found.low), float(found.high)


def newcombe(a, b, looked_at=1):
    """The reference: Newcombe's tenth method, written from the paper over SciPy's Wilson intervals."""
    confidence = 1 - 0.05 / looked_at
    (low_a, high_a), (low_b, high_b) = wilson(*a, confidence), wilson(*b, confidence)
    share_a, share_b = a[0] / a[1], b[0] / b[1]
    return (
        share_a - share_b - sqrt((share_a - low_a) ** 2 + (high_b - share_b) ** 2),
        share_a - share_b + sqrt((high_a - share_a) ** 2 + (share_b - low_b) ** 2),
    )


def rounded(count):
    return rules.rounded(count)


@some.composite
def counted(draw):
    people = draw(some.integers(10, 3_000))
    return draw(some.integers(0, people)), people


def inside(narrow, wide):
    return wide[0] <= narrow[0] + 1e-12 and narrow[1] <= wide[1] + 1e-12


def test_the_step_is_the_base_to_which_releases_round():
    assert STEP == rules.BASE


def test_the_references_give_the_values_that_are_printed_in_the_paper():
    # Newcombe (1998), Table II, method 10: (a) 56/70 - 48/80, (g) 10/10 - 0/10, (e) 5/56 - 0/29.
    assert newcombe((56, 70), (48, 80)) == pytest.approx((0.0524, 0.3339), abs=5e-5)
    assert newcombe((10, 10), (0, 10)) == pytest.approx((0.6075, 1.0), abs=5e-5)
    assert newcombe((5, 56), (0, 29)) == pytest.approx((-0.0381, 0.1926), abs=5e-5)


@pytest.mark.parametrize("count, people", [(0, 20), (5, 20), (10, 25), (40, 100), (110, 300), (300, 300)])
def test_a_share_is_as_sure_as_the_least_sure_of_all_counts_that_are_published_so(count, people):
    exact = [
        wilson(given, answered)
        for answered in range(people - 2, people + 3)
        for given in range(max(count - 2, 0), min(count + 2, answered) + 1)
    ]

    low, high = share_interval(count, people)

    assert (low, high) == pytest.approx((min(f[0] for f in exact), max(f[1] for f in exact)), abs=1e-9)


def test_a_difference_is_as_sure_as_the_least_sure_of_all_counts_that_are_published_so():
    a = [(given, people) for people in range(68, 73) for given in range(53, 58)]
    b = [(given, people) for people in range(78, 83) for given in range(48, 53)]
    exact = [newcombe(one, other, looked_at=30) for one in a for other in b]

    found = difference_interval(55, 70, 50, 80, looked_at=30)

    assert found == pytest.approx((min(f[0] for f in exact), max(f[1] for f in exact)), abs=1e-9)


@given(counted())
def test_the_widened_interval_holds_the_plain_one_of_the_exact_counts(exact):
    low, high = share_interval(rounded(exact[0]), rounded(exact[1]))

    assert inside(wilson(*exact), (low, high))
    assert 0 <= low <= exact[0] / exact[1] <= high <= 1


@settings(max_examples=40, deadline=None)
@given(counted(), counted(), some.integers(1, 400))
def test_the_widened_interval_of_a_difference_holds_the_plain_one(a, b, looked_at):
    published = (rounded(a[0]), rounded(a[1]), rounded(b[0]), rounded(b[1]))

    low, high = difference_interval(*published, looked_at=looked_at)

    assert inside(newcombe(a, b, looked_at), (low, high))
    assert -1 - 1e-9 <= low <= a[0] / a[1] - b[0] / b[1] <= high <= 1 + 1e-9


def test_it_does_not_matter_which_side_is_taken_from_which():
    low, high = difference_interval(35, 60, 20, 110, looked_at=12)

    assert difference_interval(20, 110, 35, 60, looked_at=12) == pytest.approx((-high, -low))


def test_the_more_is_looked_at_the_less_sure_one_is():
    one, many = (difference_interval(35, 60, 20, 110, looked_at=found) for found in (1, 100))

    assert inside(one, many)
    assert one != many


@pytest.mark.parametrize("people", [20, 100, 1_000])
def test_more_people_make_a_share_surer(people):
    def width(interval):
        return interval[1] - interval[0]

    assert width(share_interval(people * 2, people * 5)) < width(share_interval(people // 5 * 2, people))


def test_a_share_of_people_drawn_by_lot_lies_within_nineteen_times_of_twenty():
    dice = np.random.default_rng(4)
    for share, people in [(0.05, 24), (0.4, 24), (0.1, 110), (0.5, 300)]:
        drawn = dice.binomial(people, share, 400)

        held = [low <= share <= high for low, high in (published(count, people) for count in drawn)]

        assert sum(held) >= 0.95 * len(held)


def published(count, people):
    return share_interval(rounded(int(count)), rounded(people))


def test_where_sides_do_not_differ_a_round_of_thirty_looks_rarely_marks_anything():
    dice = np.random.default_rng(5)
    marked = 0
    for _ in range(40):
        for _ in range(30):
            a, b = (rounded(int(count)) for count in dice.binomial([180, 110], 0.4))
            low, high = difference_interval(a, 180, b, 110, looked_at=30)
            marked += low > 0 or high < 0

    assert marked <= 2


def test_a_difference_that_is_plain_to_see_is_clear():
    low, high = difference_interval(110, 180, 20, 110, looked_at=60)

    assert 0 < low < high


@pytest.mark.parametrize("count, people", [(5, 0), (0, 0), (25, 20)])
def test_odd_published_counts_give_an_interval_all_the_same(count, people):
    low, high = share_interval(count, people)

    assert 0 <= low <= high <= 1
