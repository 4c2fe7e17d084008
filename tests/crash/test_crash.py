"""A few dozen kills of the real program; `make crash` has the long form."""

import ast

import pytest

from tests.crash.defects import DEFECTS
from tests.crash.hammer import Hammer, points_named, template_in
from tests.crash.left_out import idle, unreached
from tests.crash.program import ROOT, Nursery
from tests.crash.sites import ASIDE, MODULES, with_points

KILLS = 40


@pytest.mark.slow
@pytest.mark.timeout(400)
async def test_kills_anywhere_lose_nothing_and_double_nothing(tmp_path):
    async with Nursery(tmp_path) as nursery:
        hammer = Hammer(nursery, await template_in(tmp_path), tmp_path, seed=5)
        recorded = await hammer.record()
        assert hammer.summary.faults == []
        assert unreached(recorded.missed(nursery), "polling") == [], "say in left_out.py why, or reach them"
        assert idle(nursery.sites) == [], "left_out.py names what is no longer there"

        summary = await hammer.strike(KILLS, recorded, lambda _: None, everywhere=False)

    assert summary.faults == []
    assert summary.kills.total() >= KILLS
    assert summary.extra_copies <= summary.kills.total()


@pytest.mark.slow
@pytest.mark.parametrize("name", ["acknowledged-first", "flushed-in-two"])
async def test_a_planted_defect_is_found(tmp_path, name):
    async with Nursery(tmp_path, name) as nursery:
        hammer = Hammer(nursery, await template_in(tmp_path), tmp_path, seed=3)
        summary = await hammer.at(points_named(nursery, DEFECTS[name].dies))

    assert summary.points, "the program did not die where the defect shows"
    assert summary.faults != []


def test_every_module_that_waits_or_stores_is_hammered_or_left_aside_with_a_reason():
    waiting = set()
    for file in [*ROOT.glob("bot/**/*.py"), *ROOT.glob("storage/**/*.py")]:
        module = ".".join(file.relative_to(ROOT).with_suffix("").parts)
        _, sites = with_points(module, file.read_text("utf-8"), 0)
        if sites:
            waiting.add(module.removesuffix(".__init__"))

    assert waiting - set(MODULES) - set(ASIDE) == set(), "put them into MODULES or ASIDE of sites.py"
    assert set(ASIDE) - waiting == set(), "nothing waits here any more"


def test_points_are_put_around_every_kind_of_site():
    source = (
        "async def go(db, lane, rows):\n"
        "    async with lane as here:\n"
        "        await here.work(_queries.one(db))\n"
        "    return [row async for row in rows] + list(_queries.all(db))\n"
    )

    tree, sites = with_points("storage.rounds", source, 7)

    assert [site.name.split(":", 2)[2] for site in sites] == [
        "1:enter lane",
        "2:exit lane",
        "3:here.work(_queries.one(db))",
        "4:_queries.one(db)",
        "5:each rows",
        "6:_queries.all(db)",
    ]
    assert [site.number for site in sites] == list(range(7, 13))
    compile(tree, "here", "exec")
    assert "_crash_Around(7, lane)" in ast.unparse(tree)
