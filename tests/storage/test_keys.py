"""What keys shut, and that what was frozen stays as it was."""

import sqlite3

import pytest

from conversations.errors import ReleaseError, StorageError
from storage.boxes import seal_sheet, seal_text
from storage.keyring import KeyFolder
from storage.opening import DATABASE
from tests.storage.people import (
    ROUND,
    a_sheet,
    a_text,
    send,
)


async def test_destroying_a_round_shuts_its_boxes_and_leaves_its_texts(tmp_path, sqlite):
    await send(sqlite, 1)
    await sqlite.answers.flush(ROUND, 1)

    sqlite.keyring.destroy_round(ROUND)

    with pytest.raises(StorageError, match="gone"):
        await sqlite.answers.open_boxes(ROUND)
    assert len(await sqlite.answers.open_texts(ROUND)) == 1
    assert {path.name for path in (tmp_path / "keys" / "rounds" / ROUND).iterdir()} == {
        "texts.key",
        "texts.pub",
    }


async def test_a_box_shows_nothing_to_another_rounds_key(tmp_path):
    keys = KeyFolder(tmp_path)
    keys.make_round("one")
    keys.make_round("two")

    assert seal_sheet(keys.box_public("one"), a_sheet()) != seal_sheet(keys.box_public("one"), a_sheet())
    assert len(seal_text(keys.text_public("two"), a_text())) == 4096 + 48
    assert keys.box_private("one") != keys.text_private("one")


@pytest.mark.parametrize("name", ["../up", "a/b", "", ".hidden", "x" * 65])
async def test_a_rounds_id_is_no_path(tmp_path, name):
    with pytest.raises(StorageError, match="letters, digits"):
        KeyFolder(tmp_path).make_round(name)


async def test_a_release_that_was_changed_is_refused(tmp_path, sqlite):
    await sqlite.releases.freeze(ROUND, b"{}")
    connection = sqlite3.connect(tmp_path / DATABASE)
    connection.execute("UPDATE releases SET content = x'00'")
    connection.commit()
    connection.close()

    with pytest.raises(ReleaseError, match="changed after it was frozen"):
        await sqlite.releases.read(ROUND)
