"""What every keeper of relays promises."""

from dataclasses import replace
from datetime import date

import pytest

from conversations.errors import RelayError
from conversations.identifiers import Locale, RelayId
from conversations.relays import Relay
from storage.relays import COLUMNS
from tests.storage.disk import every_byte

WOMEN = Relay(
    id=RelayId("r0001"),
    number=1,
    name="Maison des femmes",
    kind="association",
    city="port-saule",
    series="learning",
    languages=(Locale("ar"), Locale("fr")),
    ends_on=date(2028, 12, 31),
)
LIBRARY = replace(WOMEN, id=RelayId("r0002"), number=2, name="bibliothèque", kind="library")


async def test_a_relay_comes_out_with_all_its_facts(stores):
    told = replace(WOMEN, page=b"p" * 32, facilitator=b"f" * 32, generation=7, revoked=True)

    await stores.relays.add(told)

    assert await stores.relays.all() == [told]


async def test_relays_come_by_name(stores):
    await stores.relays.add(LIBRARY)
    await stores.relays.add(WOMEN)

    assert [relay.name for relay in await stores.relays.all()] == ["Maison des femmes", "bibliothèque"]


@pytest.mark.parametrize(
    "same",
    [
        {"name": "MAISON DES FEMMES"},
        {"name": "Maison  des\tfemmes"},
        {"id": RelayId("r0001"), "name": "Another"},
        {"number": 1, "name": "Another"},
    ],
)
async def test_two_relays_never_share_a_name_an_id_or_a_number(stores, same):
    await stores.relays.add(WOMEN)

    with pytest.raises(RelayError, match=r"already|same moment"):
        await stores.relays.add(replace(LIBRARY, **same))

    assert await stores.relays.all() == [WOMEN]


async def test_names_of_other_scripts_are_compared_letter_by_letter(stores):
    await stores.relays.add(replace(WOMEN, name="ÉTÉ Ελλάδα"))

    with pytest.raises(RelayError, match="already"):
        await stores.relays.add(replace(LIBRARY, name="été ελλάδα"))


async def test_a_relay_is_changed_in_its_place(stores):
    await stores.relays.add(WOMEN)
    renewed = replace(WOMEN, generation=2, page=b"q" * 32)

    await stores.relays.change(renewed)
    await stores.relays.change(LIBRARY)

    assert await stores.relays.all() == [renewed]


async def test_the_hash_of_a_page_that_was_withdrawn_is_nowhere(sqlite, tmp_path):
    await sqlite.relays.add(replace(WOMEN, page=b"the hash of a page, 32 bytes long"[:32]))
    assert b"the hash of a page" in b"".join(every_byte(tmp_path).values())

    await sqlite.relays.change(WOMEN)

    assert b"the hash of a page" not in b"".join(every_byte(tmp_path).values())


async def test_a_column_is_a_fact_of_a_relay_in_the_same_order(sqlite):
    described = await sqlite.relays._database.read(lambda db: list(db.execute("PRAGMA table_info(relays)")))

    assert tuple(row[1] for row in described) == COLUMNS
