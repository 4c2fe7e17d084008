"""What every test shares: a fixed noon, no way out to the network, and the browser or a reason."""

import os
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import settings

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)  # a Monday; no clock is read in a test

CHROMIUM = Path("/usr/bin/chromium")
BROWSER_IS_NEEDED = os.environ.get("PORTEVOIX_TESTS_NEED_BROWSER") == "1"
LOCAL_HOSTS = {"", "127.0.0.1", "::1", "localhost", None}

# A developer's own settings must not reach the tests, nor the programs they start.
for name in [name for name in os.environ if name.startswith("PORTEVOIX_")]:
    del os.environ[name]


class NetworkForbidden(RuntimeError):
    """A test tried to leave this machine."""


def _refuse_the_network(event: str, args: tuple) -> None:
    if event in ("socket.connect", "socket.sendto"):
        address = args[1]
        host = address[0] if isinstance(address, tuple) else None  # str and bytes are unix sockets
    elif event in ("socket.getaddrinfo", "socket.gethostbyname"):
        host = args[0]
    else:
        return
    host = host.decode() if isinstance(host, bytes) else host
    if host not in LOCAL_HOSTS:
        raise NetworkForbidden(f"{event} to {host!r}: tests speak to 127.0.0.1 and unix sockets only")


settings.register_profile("long", max_examples=1_000)  # make crash; the short form is what each test says

WHOLE = (
    "tests/journeys/",
    "tests/web/",
    "tests/bot/fake_bot_api/",
    "tests/bot/test_campaigns.py",
    "tests/bot/test_command_line.py",
    "tests/bot/test_keeping.py",
    "tests/bot/test_off_the_phone.py",
    "tests/bot/test_staff_key.py",
    "tests/bot/test_two_processes.py",
    "tests/bot/test_serving.py",
    "tests/bot/test_telegram",
)
"""Tests through whole programs or channels over real HTTP."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update",
        action="store_true",
        help="write what was seen into the files that hold what is expected (journeys, README's map)",
    )


LONG = (
    "test_accidents",
    "test_canaries.py",
    "test_guarantee",
    "test_crash.py",
    "test_first_light",
    "tests/faults/test_campaigns",
    "test_the_demonstration",
    "test_axe_finds_nothing",
)
"""Tests of half a minute and more."""


def pytest_configure(config: pytest.Config) -> None:
    sys.addaudithook(_refuse_the_network)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark whole programs and channels as slow, so that `make check` stays within two minutes."""
    for item in items:
        if any(place in item.nodeid for place in WHOLE) and "memory" not in item.nodeid:
            item.add_marker("slow")
    # Long ones first: at the end two workers then share short ones, and neither waits for the other.
    items.sort(key=lambda item: (not _is_long(item), item.get_closest_marker("slow") is None))


def _is_long(item: pytest.Item) -> bool:
    return any(place in item.nodeid for place in LONG)


def pytest_runtest_setup(item: pytest.Item) -> None:
    if item.get_closest_marker("browser") is None or CHROMIUM.exists():
        return
    if BROWSER_IS_NEEDED:
        pytest.fail(f"{CHROMIUM} is missing, and PORTEVOIX_TESTS_NEED_BROWSER=1", pytrace=False)
    pytest.skip(f"{CHROMIUM} is missing: nothing was seen in a real browser")


@pytest.fixture(scope="session")
def noon() -> datetime:
    """The moment at which tests happen."""
    return NOON


@pytest.fixture(scope="session")
def update(request: pytest.FixtureRequest) -> bool:
    """Whether expectations are to be rewritten (`pytest --update`)."""
    return request.config.getoption("--update")


@pytest.fixture(scope="session")
def chromium() -> Path:
    """Where the browser is; ask for it in tests marked `browser`."""
    return CHROMIUM
