"""Nothing that is stored reaches a log, at any level."""

import subprocess
import sys
from pathlib import Path

import storage
from conversations.ports import Contact
from storage.opening import open_stores
from tests.storage.people import ADDRESS, KEY, ROUND, TEXT, TODAY, a_draft, save, send

HERE = Path(storage.__file__).parent


async def test_the_drivers_log_is_silent_even_at_debug(tmp_path, caplog):
    for name in (None, "aiosqlite", "aiosql"):
        caplog.set_level("DEBUG", logger=name)
    stores = await open_stores(tmp_path)
    stores.keyring.make_round(ROUND)
    await save(stores, a_draft(), speak=True)
    await send(stores, 2)
    await stores.answers.flush(ROUND, 1)
    await stores.contacts.opt_in(Contact(ADDRESS, "en"), TODAY)
    await stores.close()

    assert [record for record in caplog.records if record.name.startswith("aiosql")] == []
    for secret in (ADDRESS, TEXT, KEY):
        assert secret not in caplog.text


def test_the_drivers_log_stays_silent_when_logging_is_set_up_anew():
    program = (
        "import logging, sys, storage\n"
        "logging.basicConfig(level='DEBUG', stream=sys.stdout, force=True)\n"
        "logging.getLogger('aiosqlite').setLevel('DEBUG')\n"
        "logging.getLogger('aiosqlite').debug('parameters')\n"
        "logging.getLogger('other').debug('heard')\n"
    )

    said = subprocess.run(
        [sys.executable, "-c", program], cwd=HERE.parent, capture_output=True, text=True, check=True
    )

    assert "heard" in said.stdout
    assert "parameters" not in said.stdout
