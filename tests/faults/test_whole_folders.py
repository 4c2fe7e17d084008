"""Starting, backups and escrow on a disk that fails: it is said, and the next try succeeds."""

import asyncio
import shutil

import pytest

from conversations.errors import StorageError
from tests.faults.folder import fill
from tests.faults.injection import KINDS
from tests.faults.whole import ACTIONS

pytestmark = pytest.mark.slow
NEVER_SAID = {"ROLLBACK", "truncate_log"}


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    place = tmp_path_factory.mktemp("filled")
    asyncio.run(fill(place / "data"))
    return place


@pytest.mark.parametrize("name", ACTIONS)
async def test_what_fails_is_said_and_succeeds_afterwards(name, filled, faults, tmp_path, whole_passed):
    before, doing = ACTIONS[name]

    async def prepared(number):
        place = tmp_path / str(number)
        shutil.copytree(filled, place)
        await before(place)
        return place

    place = await prepared("sound")
    faults.passed.clear()
    await doing(place)
    sites = [site for site in faults.passed if site not in whole_passed]
    whole_passed.update(sites)

    for number, site in enumerate(sites):
        place = await prepared(number)
        faults.break_at(site, kind=KINDS[number % 3])
        if site.what in NEVER_SAID:
            await doing(place)
        else:
            with pytest.raises(StorageError):
                await doing(place)
        assert faults.struck, site
        faults.mend()
        await doing(place)
        shutil.rmtree(place)
