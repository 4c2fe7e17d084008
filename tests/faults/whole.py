"""What is done to a whole data folder: started with, backed up, restored, its keys put in escrow."""

import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import closing
from pathlib import Path

from conversations.identifiers import RoundId
from storage.backup import Backups
from storage.envelope import Cost
from storage.escrow import Escrow
from storage.keyring import KeyFolder
from storage.opening import DATABASE, open_stores
from storage.restoring import restore
from tests.faults.folder import BOXED, WAITING, code_of
from tests.storage.people import ROUND, TODAY

PASSPHRASE = "five words that nobody says"
CHEAP = Cost(1, 8 * 1024**2)
Action = Callable[[Path], Awaitable[None]]
ACTIONS: dict[str, tuple[Action, Action]] = {}
"""What comes before while nothing fails, and what is done while something does; again does no harm."""


async def _nothing(place: Path) -> None:
    """Nothing comes before."""


def action(before: Action = _nothing) -> Callable[[Action], Action]:
    def keep(doing: Action) -> Action:
        ACTIONS[doing.__name__] = before, doing
        return doing

    return keep


async def _back_up(place: Path) -> None:
    stores = await open_stores(place / "data")
    try:
        backups = Backups(place / "data", "1.0", CHEAP)
        file = place / "file.backup"

        async def flush() -> int:
            return await stores.answers.flush(ROUND, 1)

        await backups.take(file, PASSPHRASE, flush, 1, TODAY, force=True)
    finally:
        await stores.close()


async def _back_up_and_erase(place: Path) -> None:
    """Take a backup with answers, drafts and contacts that are erased afterwards."""
    await _back_up(place)
    stores = await open_stores(place / "data")
    assert await stores.answers.withdraw(ROUND, code_of(1))
    for contact in await stores.contacts.all():
        await stores.contacts.opt_out(contact.address)
    await stores.close()
    for path in (place / "data" / "keys" / "drafts").iterdir():
        path.unlink()


async def _escrow(place: Path) -> None:
    Escrow(place / "data", CHEAP).write(place / "file.keys", PASSPHRASE, [ROUND], force=True)


async def _escrow_and_lose(place: Path) -> None:
    """Put keys in escrow, have answers withdrawn elsewhere, and lose the keys."""
    await _escrow(place)
    database = (place / "data" / DATABASE).read_bytes()
    stores = await open_stores(place / "data")
    assert await stores.answers.withdraw(ROUND, code_of(1))
    await stores.close()
    (place / "data" / DATABASE).write_bytes(database)
    folder = place / "data" / "keys" / "rounds" / ROUND
    for path in folder.iterdir():
        path.unlink()
    folder.rmdir()


@action()
async def start_with_a_new_folder(place: Path) -> None:
    stores = await open_stores(place / "new" / "data")
    try:
        stores.claim_serving()
        stores.keyring.make_round(ROUND)
        assert await stores.rounds.all() == []
    finally:
        await stores.close()


@action()
async def make_keys_that_staff_hold(place: Path) -> None:
    keys = KeyFolder(place / "data", CHEAP)
    keys.hold_round(RoundId("held"), PASSPHRASE)
    keys.unlock(RoundId("held"), PASSPHRASE)
    assert len(keys.box_private(RoundId("held"))) == 32


@action()
async def take_a_backup(place: Path) -> None:
    await _back_up(place)


@action(_back_up_and_erase)
async def restore_a_backup(place: Path) -> None:
    restore(place / "data", place / "file.backup", PASSPHRASE, TODAY, True)
    with closing(sqlite3.connect(place / "data" / DATABASE)) as database:
        assert database.execute("SELECT count(*) FROM boxes").fetchone() == (BOXED + WAITING - 1,)
        assert database.execute("SELECT count(*) FROM open_sessions").fetchone() == (0,)


@action(_back_up)
async def restore_a_backup_elsewhere(place: Path) -> None:
    restore(place / "new" / "data", place / "file.backup", PASSPHRASE, TODAY, True)


@action()
async def put_keys_in_escrow(place: Path) -> None:
    await _escrow(place)


@action(_escrow_and_lose)
async def bring_keys_back(place: Path) -> None:
    await Escrow(place / "data", CHEAP).recover(place / "file.keys", PASSPHRASE)
    with closing(sqlite3.connect(place / "data" / DATABASE)) as database:
        assert database.execute("SELECT count(*) FROM boxes").fetchone() == (BOXED - 1,)
