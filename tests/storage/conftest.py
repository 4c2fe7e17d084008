"""Every promise is kept by every store: in memory and in SQLite."""

import pytest

from storage.opening import memory_stores, open_stores
from tests.storage.people import OTHER_ROUND, ROUND


@pytest.fixture(params=["memory", "sqlite"])
async def stores(request, tmp_path):
    stores = memory_stores() if request.param == "memory" else await open_stores(tmp_path)
    stores.keyring.make_round(ROUND)
    stores.keyring.make_round(OTHER_ROUND)
    yield stores
    await stores.close()


@pytest.fixture
async def sqlite(tmp_path):
    """The stores of one data folder, which is `tmp_path`."""
    stores = await open_stores(tmp_path)
    stores.keyring.make_round(ROUND)
    yield stores
    await stores.close()
