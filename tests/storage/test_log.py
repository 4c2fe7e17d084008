"""Nothing that is stored reaches a log, at any level, once the program has tamed its logs."""

import logging

import pytest

from bot.logs import TAMED, tame_logs
from conversations.ports import Contact
from storage.opening import open_stores
from tests.storage.people import ADDRESS, KEY, ROUND, TEXT, TODAY, a_draft, save, send


@pytest.fixture
def tamed(caplog):
    """Every logger at DEBUG, tamed as at the door; afterwards as before."""
    factory, root = logging.getLogRecordFactory(), logging.getLogger()
    levels = {name: logging.getLogger(name).level for name in (*TAMED, None)}
    tame_logs("DEBUG")
    for handler in root.handlers:
        handler.filters = []
    for name in (None, "aiosqlite", "aiosql", "sqlite3"):
        caplog.set_level("DEBUG", logger=name)
    yield caplog
    logging.setLogRecordFactory(factory)
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)


async def test_no_log_holds_what_is_stored_even_at_debug(tmp_path, tamed):
    stores = await open_stores(tmp_path)
    stores.keyring.make_round(ROUND)
    await save(stores, a_draft(), speak=True)
    await send(stores, 2)
    await stores.answers.flush(ROUND, 1)
    await stores.contacts.opt_in(Contact(ADDRESS, "en"), TODAY)
    await stores.close()
    logging.getLogger("aiosqlite").debug("executing with %s", TEXT)

    said = tamed.text + "".join(str(vars(record)) for record in tamed.records)

    assert "its words are not shown" in said
    for secret in (ADDRESS, TEXT, KEY):
        assert secret not in said
