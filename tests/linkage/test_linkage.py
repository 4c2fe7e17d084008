"""Nobody with the files can say whose answers are whose; and whoever could, would be found out here."""

import asyncio
import random

import pytest

from conversations.identifiers import ParticipantKey
from tests.linkage.attackers import ONE_SEIZURE
from tests.linkage.attacking import FEWEST, bite, control, honest, narrowed, watched
from tests.linkage.careless import BITES
from tests.linkage.clues import SHEETS
from tests.linkage.measuring import Score, persistent, score
from tests.linkage.narrowing import by_loss, by_news
from tests.linkage.seizing import seize
from tests.storage.people import CODE, ROUND, a_sent_draft, save, send

SEEDS = 3
pytestmark = pytest.mark.slow


@pytest.mark.timeout(600)
def test_nobody_is_joined_to_a_box_beyond_chance_by_one_seizure_or_two():
    narrow = []

    def measure(attempt: int) -> dict[str, Score]:
        scores, few = asyncio.run(honest(range(attempt * SEEDS, (attempt + 1) * SEEDS)))
        narrow.append(+few)
        assert len(scores) > 150
        assert sum(one.of > 0 for one in scores.values()) > 100
        return scores

    assert persistent(measure) == {}
    assert not any(narrow)


@pytest.mark.parametrize("attacker", ONE_SEIZURE)
def test_every_attacker_joins_nearly_everybody_where_its_defect_is(attacker):
    found = bite(attacker, seed=1, people=100)

    assert found.of > 90
    assert found.joined > 90


def test_a_house_of_the_same_make_without_a_defect_gives_nobody_away():
    assert persistent(lambda attempt: control(range(attempt * SEEDS, (attempt + 1) * SEEDS), 100)) == {}


async def test_a_flush_of_one_gives_everybody_away(tmp_path, sqlite):
    candidates = {}
    for number in range(20):
        before = seize(tmp_path)
        await send(sqlite, 1, first=number)
        await sqlite.answers.flush(ROUND, 1)
        candidates |= by_news(before, seize(tmp_path), SHEETS)

    assert [len(boxes) for boxes in candidates.values()] == [1] * 20


async def test_a_completion_without_a_flush_brings_neither_box_nor_took_part_row(tmp_path, sqlite):
    await send(sqlite, FEWEST)
    await sqlite.answers.flush(ROUND, FEWEST)
    before = seize(tmp_path)

    await send(sqlite, 1, first=50)

    assert await sqlite.answers.flush(ROUND, FEWEST) == 0
    assert by_news(before, seize(tmp_path), SHEETS) == {}


async def test_texts_of_every_length_narrow_nobody():
    found = await watched(seed=5, people=120, longest=1_900)

    assert +narrowed(found) == {}


@pytest.mark.parametrize("from_the_account, left", [(False, []), (True, [1])])
async def test_a_withdrawal_shows_whose_box_it_was_only_if_made_from_the_account(
    tmp_path, sqlite, from_the_account, left
):
    """The second is a risk that stays: who may answer again is taken out of `took_part` meanwhile."""
    key = ParticipantKey("c" * 64)
    await save(sqlite, a_sent_draft(key, wants_code=True))
    await send(sqlite, FEWEST, wants_code=False)
    await sqlite.answers.flush(ROUND, FEWEST)
    before = seize(tmp_path)

    assert await sqlite.answers.withdraw(ROUND, CODE, key if from_the_account else None)

    candidates = by_loss(before, seize(tmp_path), SHEETS)
    assert [len(boxes) for boxes in candidates.values()] == left


def test_chance_joins_one_on_average():
    chance = random.Random(1)
    boxes = [f"box {number}" for number in range(300)]
    truth = {box: f"person {number}" for number, box in enumerate(boxes)}
    total = Score()
    for _ in range(2_000):
        guess = list(zip(truth.values(), chance.sample(boxes, 300), strict=True))
        total += score(guess, truth)

    assert total.joined == pytest.approx(2_000, abs=3 * 2_000**0.5)
    assert abs(total.drifts) < 4
    assert not total.leaks


def test_there_is_a_defect_for_every_attacker():
    assert set(BITES) == set(ONE_SEIZURE)


async def test_the_moments_are_what_they_say(tmp_path):
    found = await watched(seed=9, people=60)

    assert {moment: bool(taken.frames) for moment, taken in found.alone.items()} == {
        "while some wait": True,
        "after a flush": False,
        "killed in the commit": True,
        "killed after the commit": True,
        "after the last flush": False,
    }
    counts = {moment: len(taken.newest.rows("boxes")) for moment, taken in found.alone.items()}
    assert counts["killed after the commit"] == counts["after the last flush"] == 60
    assert counts["killed in the commit"] < 60
    assert len(found.truth[SHEETS]) == len(set(found.truth[SHEETS].values())) == 60
    assert all(taken.witness.contacts for taken in found.alone.values())
