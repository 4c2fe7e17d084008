"""An association takes receipts in on its own page: once, with a form that only this page can send."""

import re
from types import SimpleNamespace

import pytest
from starlette.testclient import TestClient

from bot.app import SystemChance
from bot.associations import Associations
from bot.receipts import Receipts, new_receipt
from bot.serving import shelf_of
from bot.web.app import web_app
from bot.web.site import SiteLook
from tests.bot.codes import LIBRARY, opened_with
from tests.bot.houses import MovableClock, a_house

PROOF = re.compile(
    r'action="(/relay/[0-9A-Z]+/receipt)"[^<]*<input type="hidden" name="proof" value="([0-9a-f]+)"'
)


@pytest.fixture(params=[10])
async def desk(request, tmp_path):
    async with a_house("memory", tmp_path, MovableClock()) as house:
        round_ = await opened_with(house, receipts=request.param)
        secret = await house.relaying.open_page(LIBRARY.id, False)
        house.relays.forget()
        instrument = await house.programme.instrument(round_)

        async def unhurried(_):
            return None

        receipts = Receipts(
            house.stores.receipts, house.stores.keyring, house.stores.rounds, house.campaigns.now, unhurried
        )
        app = web_app(
            listener=house.dialogue,
            catalogues=house.catalogues,
            releases=shelf_of(house),
            look=SiteLook(names={"en": "Port-Saule"}, colour="#116655", demonstration=False, offered=("en",)),
            secret=b"a secret",
            secure=False,
            associations=Associations(house.registry, house.relays, house.relaying, lambda: "", ""),
            receipts=receipts,
        )
        made = [new_receipt(house.stores.keyring, instrument, SystemChance()) for _ in range(2)]
        yield SimpleNamespace(client=TestClient(app), path=f"/relay/{secret}", receipts=made, house=house)


def take(desk, receipt, proof=None):
    page = desk.client.get(desk.path).text
    action, ours = PROOF.search(page).groups()
    return desk.client.post(action, data={"proof": proof or ours, "receipt": receipt}).text


async def test_a_receipt_is_good_once_and_the_page_says_so(desk):
    first = desk.receipts[0]

    assert "This receipt is good." in take(desk, first)
    again = take(desk, first)
    assert re.search(
        r"taken in before, in week \d{4}-W\d\d", again.replace("\u2068", "").replace("\u2069", "")
    )
    assert first not in again
    assert "There is a mistake in this receipt." in take(desk, first[:-1])
    assert "This is not one of our receipts" in take(desk, "0" * 16)


async def test_a_form_from_elsewhere_takes_nothing_in(desk):
    page = take(desk, desk.receipts[1], proof="0" * 32)

    assert "no longer open here" in page
    assert await desk.house.receipts.taken() == []


@pytest.mark.parametrize("desk", [0], indirect=True)
async def test_where_no_round_gives_receipts_there_is_no_form(desk):
    assert 'id="receipt"' not in desk.client.get(desk.path).text
    assert "This receipt is good" not in desk.client.get(f"{desk.path}?receipt=valid").text
