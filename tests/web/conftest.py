"""A house with its pages on a port of this machine, and somebody who reads them."""

import pytest

from tests.web.house import House, serving
from tests.web.reading import Reader


@pytest.fixture
def house():
    return House()


@pytest.fixture
async def address(house):
    async with serving(house.app) as base:
        yield base


@pytest.fixture
async def reader(address):
    async with Reader(address) as somebody:
        yield somebody
