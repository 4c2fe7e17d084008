"""A round that opens, closes and is released on a disk that fails at each of its writes in turn."""

import asyncio
import json
import shutil
from datetime import timedelta

import pytest

from conversations.errors import StorageError
from conversations.identifiers import RoundId
from conversations.rounds import RoundState
from tests.bot.houses import MovableClock, a_house, answer, plan
from tests.conftest import NOON
from tests.faults.injection import KINDS
from tests.storage.disk import rows

pytestmark = pytest.mark.slow

PEOPLE = 15
PLAN = """
questions = ["service_known"]
groups = []
who = []
"""
"""Few tables: what is written at a release is the same with any."""
QUIET = {
    "truncate_log",
    "SAVEPOINT unit",
    "RELEASE unit",
    "BEGIN IMMEDIATE",
    "open",
    "utime",
    "fsync",
    "write",
}
"""What every unit of work and every file passes: tried elsewhere, one by one."""


@pytest.fixture(scope="module")
def answered(tmp_path_factory):
    """A round in which a few people have answered, most of them still to be boxed."""
    folder = tmp_path_factory.mktemp("answered") / "data"

    async def fill() -> RoundId:
        async with a_house("sqlite", folder, MovableClock()) as house:
            usual = await plan(house)
            await house.campaigns.cancel(usual.id)
            round_ = await house.campaigns.open((await house.campaigns.plan(usual, plan=PLAN)).id)
            await answer(house, round_, PEOPLE)
            return round_.id

    return folder, asyncio.run(fill())


async def released(house, round_id):
    await house.campaigns.close(round_id)
    return await house.campaigns.release(round_id)


async def test_a_release_that_fails_anywhere_is_made_whole_at_the_next_try(answered, faults, tmp_path):
    filled, round_id = answered

    def copied(number):
        return shutil.copytree(filled, tmp_path / str(number))

    async with a_house("sqlite", copied("sound"), MovableClock()) as house:
        faults.passed.clear()
        wanted = await released(house, round_id)
        sites = [site for site in faults.passed if site.what not in QUIET]

    for number, site in enumerate(sites):
        folder = copied(number)
        async with a_house("sqlite", folder, MovableClock()) as house:
            faults.break_at(site, kind=KINDS[number % 3])
            with pytest.raises(StorageError):
                await released(house, round_id)
            assert faults.struck, site
            faults.mend()
            frozen = await house.stores.releases.read(round_id)
            if frozen is None:
                assert await house.stores.answers.count(round_id) == PEOPLE, site

            assert await released(house, round_id) == wanted, site

            assert (await house.stores.rounds.get(round_id)).state is RoundState.RELEASED
            content = json.loads(await house.stores.releases.read(round_id))
            assert content["tables"][0]["groups"][0]["people"] == PEOPLE
            left = "SELECT 'box' FROM boxes UNION ALL SELECT 'took part' FROM took_part"
            assert rows(folder, f"{left} UNION ALL SELECT 'draft' FROM open_sessions") == []
            await house.campaigns.tidy()
            assert list((folder / "keys" / "drafts").iterdir()) == [], site
            assert not list((folder / "keys" / "rounds" / round_id).glob("boxes.key"))
        shutil.rmtree(folder)


@pytest.fixture(scope="module")
def planned(tmp_path_factory):
    """A folder with a round that is to open in a minute, and the round's id."""
    folder = tmp_path_factory.mktemp("planned") / "data"

    async def fill() -> RoundId:
        async with a_house("sqlite", folder, MovableClock()) as house:
            return (await plan(house, opens_in=timedelta(minutes=1), lasts=timedelta(hours=1))).id

    return folder, asyncio.run(fill())


async def test_a_round_that_could_not_open_opens_at_the_next_look(planned, faults, tmp_path):
    filled, round_id = planned
    due = MovableClock(NOON + timedelta(minutes=2))

    async with a_house("sqlite", shutil.copytree(filled, tmp_path / "sound"), due) as house:
        faults.passed.clear()
        first = await house.campaigns.open(round_id)
        sites = [site for site in faults.passed if site.what not in QUIET]
        assert first.state is RoundState.OPEN

    for number, site in enumerate(sites):
        folder = shutil.copytree(filled, tmp_path / str(number))
        async with a_house("sqlite", folder, due) as house:
            faults.break_at(site, kind=KINDS[number % 3])
            assert await house.campaigns.advance_due() == [], site
            assert faults.struck, site
            faults.mend()

            assert await house.campaigns.advance_due() == [(round_id, RoundState.OPEN)]

            assert (await house.stores.rounds.get(round_id)).state is RoundState.OPEN
            house.stores.keyring.round_secret(round_id)
        shutil.rmtree(folder)
