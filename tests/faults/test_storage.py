"""Each write of storage fails at least once: nothing is half stored or lost, the next try succeeds."""

import asyncio
import shutil
from collections.abc import Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from conversations.errors import StorageError
from storage.opening import open_stores
from tests.faults.deeds import HARMLESS, NEWCOMER, SEVERAL_UNITS
from tests.faults.folder import contents, fill, names_of_drafts, names_of_keys
from tests.faults.injection import KINDS, Faults, install
from tests.faults.relay_deeds import DEEDS
from tests.faults.sites import Site, every_site
from tests.faults.whole import ACTIONS
from tests.storage.people import KEY, OTHER_KEY, TODAY, a_draft, known, save

pytestmark = pytest.mark.slow

COMMIT = Site("database", "Database._commit_together", "COMMIT")
ONLY_AFTER_A_FAILURE = {
    Site("database", "Database._begin", "ROLLBACK"),
    Site("database", "Database._commit_together", "ROLLBACK"),
    Site("database", "Database._migrate", "ROLLBACK"),
}
NOTES = "erasures"
"""Noted before the commit, by intent: a note too many erases what somebody wanted erased."""


@dataclass(frozen=True)
class Sound:
    """What a deed did while nothing failed: what it passed, what was kept before, and after tidying up."""

    passed: tuple[Site, ...]
    before: Mapping[str, Any]
    tidied: Mapping[str, Any]


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    """A data folder that every deed finds."""
    folder = tmp_path_factory.mktemp("filled") / "data"
    asyncio.run(fill(folder))
    return folder


@asynccontextmanager
async def copied(filled: Path, folder: Path):
    """The stores of a copy of a folder."""
    shutil.copytree(filled, folder)
    stores = await open_stores(folder)
    try:
        yield stores
    finally:
        await stores.close()
        shutil.rmtree(folder)


async def tidied(stores, folder):
    """What is kept after the next tidying up: then no key lies about that no draft needs."""
    await stores.conversations.forget_updates(TODAY)
    assert names_of_keys(folder) <= names_of_drafts(folder)
    return await contents(stores, folder)


@pytest.fixture(scope="module")
def sound(filled, tmp_path_factory):
    """Every deed, done once while nothing fails."""
    with pytest.MonkeyPatch.context() as patch:
        faults = Faults()
        install(faults, patch)
        place = tmp_path_factory.mktemp("sound")

        async def do(name: str) -> Sound:
            folder = place / name
            async with copied(filled, folder) as stores:
                before = await contents(stores, folder)
                faults.passed.clear()
                await DEEDS[name](stores)
                passed = tuple(faults.passed)
                return Sound(passed, before, await tidied(stores, folder))

        return {name: asyncio.run(do(name)) for name in DEEDS}


def cases(name: str, sound: Mapping[str, Sound]) -> Iterator[tuple[Site, str]]:
    """Return where to fail in a deed: where no earlier one passed, in every way, and at its last commit."""
    earlier = set[Site]()
    for other in DEEDS:
        if other == name:
            break
        earlier |= set(sound[other].passed)
    for number, site in enumerate(sound[name].passed):
        if site not in earlier:
            yield from ((site, kind) for kind in kinds_of(site, number))
        elif site.what == "COMMIT":
            yield site, KINDS[len(name) % 3]


def kinds_of(site: Site, number: int) -> tuple[str, ...]:
    """Return in which ways a site fails: what SQLite takes back by itself, and what we have to take back."""
    if site.module == "database":
        return KINDS
    return (("full", "broken")[number % 2] if site.is_statement else KINDS[number % 3],)


@pytest.mark.parametrize("name", DEEDS)
async def test_a_deed_that_fails_leaves_nothing_half_done_and_succeeds_afterwards(
    name, filled, sound, faults, tmp_path
):
    known = sound[name]
    for number, (site, kind) in enumerate(cases(name, sound)):
        folder = tmp_path / str(number)
        async with copied(filled, folder) as stores:
            faults.break_at(site, kind=kind)

            failed = None
            try:
                await DEEDS[name](stores)
            except StorageError as caught:
                failed = caught

            assert faults.struck, site
            faults.mend()
            assert (failed is None) == (site.what in HARMLESS), (site, kind)
            kept = await contents(stores, folder)
            if site.is_statement and site.what not in HARMLESS and name not in SEVERAL_UNITS:
                assert {**kept, NOTES: b""} == {**known.before, NOTES: b""}, (site, kind)
            await DEEDS[name](stores)
            assert await tidied(stores, folder) == known.tidied, (site, kind)


async def test_every_place_that_writes_was_reached(filled, sound, faults, tmp_path):
    for name, (before, doing) in ACTIONS.items():
        shutil.copytree(filled, tmp_path / name / "data")
        await before(tmp_path / name)
        await doing(tmp_path / name)
    reached = set(faults.passed).union(*(deed.passed for deed in sound.values()))

    assert sorted(every_site() - reached - ONLY_AFTER_A_FAILURE) == []
    assert every_site() >= ONLY_AFTER_A_FAILURE
    assert len(every_site()) > 100


async def test_a_transaction_that_cannot_even_be_taken_back_harms_nobody_afterwards(filled, faults, tmp_path):
    async with copied(filled, tmp_path / "data") as stores:
        before = await contents(stores, tmp_path / "data")
        faults.break_at(COMMIT, *ONLY_AFTER_A_FAILURE, kind="held")
        with pytest.raises(StorageError):
            await save(stores, a_draft(turn=2))
        faults.mend()

        await save(stores, a_draft(OTHER_KEY, turn=2))

        after = await contents(stores, tmp_path / "data")
        assert after["drafts"][KEY] == before["drafts"][KEY]
        assert after["drafts"][OTHER_KEY] != before["drafts"][OTHER_KEY]


async def test_a_migration_that_cannot_be_taken_back_is_made_at_the_next_start(faults, tmp_path):
    (record,) = (site for site in every_site() if site.what == "record_migration")
    faults.break_at(record, *ONLY_AFTER_A_FAILURE, kind="broken")
    with pytest.raises(StorageError):
        await open_stores(tmp_path)
    faults.mend()

    stores = await open_stores(tmp_path)

    assert await stores.rounds.all() == []
    await stores.close()


@pytest.mark.parametrize("kind", KINDS)
async def test_one_unit_that_fails_does_not_hurt_those_that_share_its_commit(filled, faults, tmp_path, kind):
    """Unless SQLite took everything back, as it does on a full disk: then everybody is told."""
    async with copied(filled, tmp_path / "data") as stores:
        (seal_again,) = (site for site in every_site() if site.what == "seal_again")
        (parcel,) = (parcel for parcel in await stores.outbox.waiting() if parcel.notice is None)
        faults.break_at(seal_again, kind=kind)

        first, middle, last = await asyncio.gather(
            save(stores, a_draft(OTHER_KEY, turn=2)),
            stores.outbox.said(parcel, "message 14"),
            save(stores, a_draft(NEWCOMER)),
            return_exceptions=True,
        )

        faults.mend()
        kept = [
            bool(done.drafts and done.drafts[0].session.turn == turn)
            for done, turn in ((await known(stores, OTHER_KEY), 2), (await known(stores, NEWCOMER), 1))
        ]
        assert isinstance(middle, StorageError)
        assert parcel in await stores.outbox.waiting()
        assert kept == [first is None, last is None]
        assert [isinstance(told, StorageError) for told in (first, last)] == [not one for one in kept]
        if kind != "full":
            assert kept == [True, True]
        await stores.outbox.said(parcel, "message 14")
        assert (await stores.conversations.draft(KEY)).shown == "message 14"
