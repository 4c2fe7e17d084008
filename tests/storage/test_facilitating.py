"""Evenings of helping: kept on every keeper alike, and of who answered before nothing stays."""

import sqlite3
from dataclasses import replace
from datetime import date

import pytest

from conversations.facilitating import Evening
from conversations.identifiers import RelayId
from storage.opening import DATABASE, memory_stores, open_stores

EVENING = Evening(
    chat="telegram:70001",
    relay=RelayId("r0001"),
    person=2**47 + 11,
    leaving=0,
    began_on=date(2026, 3, 2),
    proof="ab" * 8,
)


@pytest.fixture(params=["memory", "sqlite"])
async def evenings(request, tmp_path):
    stores = memory_stores() if request.param == "memory" else await open_stores(tmp_path)
    yield stores.facilitating
    await stores.close()


async def test_an_evening_comes_back_as_it_was_kept_last(evenings):
    await evenings.keep(EVENING)
    later = replace(EVENING, person=3, leaving=None)

    await evenings.keep(later)

    assert await evenings.all() == [later]


async def test_an_evening_that_ended_is_forgotten_and_others_stay(evenings):
    other = replace(EVENING, chat="telegram:70002")
    await evenings.keep(EVENING)
    await evenings.keep(other)

    await evenings.end(EVENING.chat)
    await evenings.end(EVENING.chat)

    assert await evenings.all() == [other]


async def test_evenings_that_nobody_ended_go_after_their_day(evenings):
    await evenings.keep(EVENING)

    assert await evenings.forget_before(date(2026, 3, 2)) == 0
    assert await evenings.forget_before(date(2026, 3, 3)) == 1
    assert await evenings.all() == []


async def test_the_row_of_who_answered_before_is_in_no_file(tmp_path):
    stores = await open_stores(tmp_path)
    await stores.facilitating.keep(EVENING)
    before = (tmp_path / DATABASE).read_bytes()
    with sqlite3.connect(tmp_path / DATABASE) as database:
        ((sealed,),) = database.execute("SELECT sealed FROM facilitating").fetchall()
    assert sealed in before or sealed in (tmp_path / f"{DATABASE}-wal").read_bytes()

    await stores.facilitating.keep(replace(EVENING, person=5))

    files = [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]
    assert not any(sealed in content or b"70001" in content for content in files)
    await stores.close()
