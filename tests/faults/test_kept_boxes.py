"""A release whose boxes are kept, on a disk that fails at each of its writes in turn, and their end."""

import asyncio
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from conversations.errors import StorageError
from conversations.rounds import months_after
from storage.opening import DATABASE
from tests.bot.houses import MovableClock, a_house
from tests.bot.test_parts_of_a_release import PASSPHRASE, PEOPLE, a_held_round, keys_of
from tests.conftest import NOON
from tests.faults.injection import KINDS
from tests.faults.test_campaigns import QUIET
from tests.storage.disk import rows

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def frozen(tmp_path_factory):
    """A folder in which the first part was frozen and nothing destroyed yet: folder, round, SHA-256."""
    folder = tmp_path_factory.mktemp("frozen") / "data"

    async def fill():
        async with a_house("sqlite", folder, MovableClock()) as house:
            round_ = await a_held_round(house, folder)
            secret = house.stores.keyring.round_secret(round_.id)
            await house.campaigns.close(round_.id)
            sha256 = await house.campaigns.release(round_.id, PASSPHRASE)
        (folder / "keys" / "rounds" / round_.id / "pseudonyms.key").write_bytes(secret)
        with closing(sqlite3.connect(folder / DATABASE)) as database, database:
            database.execute("UPDATE rounds SET state = 'closed', released_at = NULL")
            database.execute("UPDATE boxes SET withdrawal = zeroblob(32)")
            database.execute("INSERT INTO took_part (key, round) VALUES ('somebody', ?)", (round_.id,))
            database.execute("INSERT INTO progress VALUES (?, '', 25, 40, '2026-03-02')", (round_.id,))
        return round_.id, sha256

    return folder, *asyncio.run(fill())


def sites_of(faults):
    return [site for site in faults.passed if site.what not in QUIET]


async def test_destroying_all_but_the_boxes_goes_on_after_a_failure_anywhere(frozen, faults, tmp_path):
    filled, round_id, sha256 = frozen
    async with a_house("sqlite", shutil.copytree(filled, tmp_path / "sound"), MovableClock()) as house:
        faults.passed.clear()
        await house.campaigns.release(round_id)
    sites = sites_of(faults)
    assert {"forget_codes", "empty_took_part", "forget"} <= {site.what for site in sites}

    for number, site in enumerate(sites):
        folder = Path(shutil.copytree(filled, tmp_path / str(number)))
        async with a_house("sqlite", folder, MovableClock()) as house:
            faults.break_at(site, kind=KINDS[number % 3])
            with pytest.raises(StorageError):
                await house.campaigns.release(round_id)
            assert faults.struck, site
            faults.mend()

            assert await house.campaigns.release(round_id) == sha256, site

            assert await house.stores.answers.boxed(round_id) == PEOPLE, site
        left = "SELECT 'took part' FROM took_part UNION ALL SELECT 'step' FROM progress"
        assert rows(folder, f"{left} UNION ALL SELECT 'code' FROM boxes WHERE withdrawal IS NOT NULL") == []
        assert keys_of(folder, round_id) == {"boxes.held", "boxes.pub", "texts.held", "texts.pub"}, site
        shutil.rmtree(folder)


async def test_kept_boxes_and_their_key_end_after_a_failure_anywhere(frozen, faults, tmp_path):
    filled, round_id, _ = frozen
    async with a_house("sqlite", filled, MovableClock()) as house:
        await house.campaigns.release(round_id)
    later = MovableClock(months_after(NOON, 7))
    async with a_house("sqlite", shutil.copytree(filled, tmp_path / "sound"), later) as house:
        faults.passed.clear()
        await house.campaigns.tidy()
    sites = [site for site in sites_of(faults) if "destroy" in site.function.lower() or "box" in site.what]
    assert "empty_boxes" in {site.what for site in sites}

    for number, site in enumerate(sites):
        folder = Path(shutil.copytree(filled, tmp_path / str(number)))
        async with a_house("sqlite", folder, later) as house:
            faults.break_at(site, kind=KINDS[number % 3])
            await house.campaigns.tidy()
            assert faults.struck, site
            faults.mend()

            await house.campaigns.tidy()

        assert rows(folder, "SELECT id FROM boxes") == [], site
        assert not {"boxes.held", "boxes.pub"} & keys_of(folder, round_id), site
        shutil.rmtree(folder)
