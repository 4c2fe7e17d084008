"""Nobody can compute a small group out of a release, and yet the release is of use."""

import os

import pytest

from reports.disclosure import release
from reports.disclosure.rules import USUAL, Rules
from tests.disclosure.careless import Careless
from tests.disclosure.populations import SHAPES, population
from tests.disclosure.rounds import attack_round, attack_rounds
from tests.disclosure.usefulness import use_at
from tests.reports.population import asked

POPULATIONS = int(os.environ.get("POPULATIONS", "200"))
PARTS = 4  # so that several cores can share them

DEFECTS = {
    "no complementary withholding": (Rules(complementary=False), Careless(), "an outsider learns", 8),
    "shares from exact counts": (
        Rules(shares_of_published=False),
        Careless(shares_of_published=False),
        "a share of",
        13,
    ),
    "k off by one": (Rules(fewer=1), Careless(fewer=1), "shown with 9 people", 13),
    "homogeneity off": (Rules(homogeneity=False), Careless(homogeneity=False), "gave one answer", 9),
}


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("part", range(PARTS))
def test_no_random_round_gives_a_small_group_away_and_yet_its_tables_are_shown(part):
    seeds = range(POPULATIONS * part // PARTS, POPULATIONS * (part + 1) // PARTS)
    tally = attack_rounds(seeds, effort=4)  # half as many programs as in `make attack`
    assert tally.populations == len(seeds)
    assert tally.broken == {}
    assert tally.attacked.undecided <= 0.10 * tally.attacked.bounds
    assert tally.attacked.programs > tally.populations  # or nothing was looked at
    # An empty release would give nothing away: what enough people answered is shown, whole or by side.
    assert len(tally.untold) <= 0.03 * tally.populations
    assert tally.fallbacks.total() <= 0.02 * tally.populations
    assert len(tally.shapes) == min(len(SHAPES), len(seeds))


@pytest.mark.parametrize("seed", [1928])
def test_rounds_with_crossed_groups_that_were_broken_once_hold(seed):
    tally = attack_rounds([seed])

    assert tally.broken == {}
    assert tally.untold == []
    assert not tally.fallbacks


@pytest.mark.slow
@pytest.mark.parametrize("people, least", [(300, 0.90), (1_000, 0.97)])
def test_nearly_all_planned_groups_with_k_people_are_shown(people, least):
    for seed in (1, 2, 3):
        use = use_at(people, seed)
        assert use.could > 300
        assert use.share >= least
        assert use.whole_hidden <= 0.10 * use.whole


@pytest.mark.slow
@pytest.mark.parametrize("defect", DEFECTS)
def test_a_planted_defect_is_seen_from_outside_and_makes_the_release_step_withhold_more(defect):
    rules, careless, words, seed = DEFECTS[defect]
    found = attack_round(seed, careless=careless).broken[seed]
    assert any(words in said for said in found)
    usual, defective = manifest(seed), manifest(seed, rules)
    assert defective["fallback"] or defective["withheld_by_rule"] != usual["withheld_by_rule"]


def manifest(seed, rules=USUAL):
    return release(population(seed)[1], asked(), rules=rules).document["manifest"]
