"""A disk that tests can break, and what is cheap about it."""

from unittest.mock import patch

import pytest

from storage.boxes import HASHING
from tests.crash.catalogues import read_once
from tests.faults.injection import Faults, install


@pytest.fixture(scope="package", autouse=True)
def cheap():
    """What no fault concerns is read once, or costs little: catalogues, the hashes of withdrawal codes."""
    with read_once(), patch.dict(HASHING, time_cost=1, memory_cost=64):
        yield


@pytest.fixture
def faults(monkeypatch):
    """Nothing is broken at first."""
    faults = Faults()
    install(faults, monkeypatch)
    return faults


@pytest.fixture(scope="package")
def whole_passed():
    """The sites that were broken while whole folders were worked on."""
    return set()
