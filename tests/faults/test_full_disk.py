"""A disk that is really full: the operating system refuses to let files grow, and later lets them again."""

import resource
from contextlib import contextmanager

import pytest

from conversations.errors import StorageError
from storage.opening import DATABASE, open_stores
from tests.storage.people import ROUND, a_draft, a_sent_draft, key_of, save

MOST = 400
"""Turns after which the disk must be full."""


@contextmanager
def full_at(size):
    """Let no file of this process grow beyond so many bytes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.fixture
async def stores(tmp_path):
    stores = await open_stores(tmp_path)
    stores.keyring.make_round(ROUND)
    yield stores
    await stores.close()


async def until_full(stores, first=0):
    """Let people begin until one is refused, and return who was told that it is kept, and who was not."""
    for number in range(first, first + MOST):
        try:
            await save(stores, a_draft(key_of(number), answers={}))
        except StorageError:
            return range(first, number), number
    raise AssertionError("the disk never was full")


async def test_what_was_kept_stays_what_was_refused_is_not_there_and_space_mends_it(tmp_path, stores):
    with full_at((tmp_path / DATABASE).stat().st_size + 200_000):
        told, refused = await until_full(stores)
        for _ in range(3):
            with pytest.raises(StorageError):
                await save(stores, a_draft(key_of(refused), answers={}))
        for number in told:
            assert await stores.conversations.draft(key_of(number)) is not None
        assert await stores.conversations.draft(key_of(refused)) is None

    await save(stores, a_draft(key_of(refused), answers={}))

    everybody = [await stores.conversations.draft(key_of(number)) for number in range(refused + 1)]
    assert None not in everybody
    assert len(everybody) > 5


async def test_a_flush_on_a_full_disk_boxes_nobody_and_then_everybody_once(tmp_path, stores):
    for number in range(60):
        await save(stores, a_sent_draft(key_of(number)))
    with full_at(1024):
        with pytest.raises(StorageError):
            await stores.answers.flush(ROUND, 10)
        assert (await stores.answers.boxed(ROUND), await stores.answers.count(ROUND)) == (0, 60)

    assert await stores.answers.flush(ROUND, 10) == 60
    assert len(await stores.answers.open_boxes(ROUND)) == 60
    assert await stores.answers.count(ROUND) == 60
