"""A disk that tests can break."""

import pytest

from tests.faults.injection import Faults, install


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
