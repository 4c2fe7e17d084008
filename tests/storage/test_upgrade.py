"""An upgrade in the middle of a round: what each released schema kept is opened, and nothing is lost."""

import json
import sqlite3
from contextlib import asynccontextmanager, closing
from datetime import timedelta
from pathlib import Path

import pytest

from bot.hearing import Address, Phone
from bot.identity import participant_key
from conversations.identifiers import Locale, RoundId, UpdateId
from conversations.moves import Asked, Pressed, Wish
from conversations.ports import Contact
from conversations.rounds import RoundState
from reports.disclosure import reopen
from storage.database import MIGRATIONS
from storage.opening import CONTACTS, DATABASE
from tests.bot.houses import MovableClock
from tests.journeys.household import household, on_disk
from tests.storage.disk import rows
from tests.storage.released.keys import (
    derived,
    write_draft_key,
    write_installation_key,
    write_round_keys,
)

PLACE = Path(__file__).parent / "released"
DUMPS = sorted(PLACE.glob("portevoix-*.sql"))
ROUND, RELEASED = RoundId("spring"), RoundId("winter")
PHONE = Phone(("en",))


def number_of(path: Path) -> int:
    return int(path.stem.split("-")[1])


def restore(dump: Path, file: Path) -> None:
    with closing(sqlite3.connect(file)) as database:
        database.executescript(dump.read_text("utf-8"))


class Upgraded:
    """Today's program over what an earlier version kept."""

    def __init__(self, house, folder, found, clock):
        self.house, self.folder, self.found, self.clock = house, folder, found, clock
        self.stores = house.stores
        self._updates = 10_000

    def address(self, account):
        return Address("telegram", str(account))

    async def hear(self, account, reply, mark=""):
        self._updates += 1
        update = UpdateId(f"telegram:{self._updates}")
        return await self.house.dialogue.hear(self.address(account), update, reply, PHONE, mark)

    async def screen(self, account):
        return (await self.house.dialogue.look(self.address(account), PHONE)).screen

    async def session(self, account):
        key = participant_key(self.address(account), self.stores.keyring.round_secret(ROUND))
        draft = await self.stores.conversations.draft(key)
        return None if draft is None else draft.session


@pytest.fixture(params=DUMPS, ids=lambda dump: dump.stem)
async def upgraded(request, tmp_path):
    async with an_upgrade(request.param, tmp_path / "data") as upgraded:
        yield upgraded


@asynccontextmanager
async def an_upgrade(dump, folder):
    folder.mkdir()
    restore(dump, folder / DATABASE)
    found = json.loads(dump.with_suffix(".json").read_text("utf-8"))
    restore(PLACE / f"contacts-{found['contacts_schema']:04}.sql", folder / CONTACTS)
    write_installation_key(folder)
    write_round_keys(folder, ROUND)
    for (name,) in rows(folder, "SELECT draft_key_id FROM open_sessions"):
        write_draft_key(folder, name)
    clock = MovableClock()
    async with household(on_disk(folder), clock=clock) as house:
        house.stores.keyring.make_round(ROUND)  # the public halves, as they were
        yield Upgraded(house, folder, found, clock)


@pytest.mark.parametrize(
    "migrations, name", [(MIGRATIONS, "portevoix"), (MIGRATIONS / "contacts", "contacts")]
)
def test_every_schema_before_the_newest_is_kept_as_a_dump(migrations, name):
    newest = len(list(migrations.glob("*.sql")))
    kept = {number_of(path) for path in PLACE.glob(f"{name}-*.sql")}

    assert set(range(1, newest)) <= kept, (
        "a migration was added: at the commit before it run `python -m tests.storage.released.make FOLDER`,"
        " and keep what it writes in tests/storage/released"
    )
    assert 1 in kept


async def test_the_schema_is_todays_and_nothing_was_dropped(upgraded):
    (version,) = rows(upgraded.folder, "SELECT max(version) FROM migrations")

    assert version == (len(list(MIGRATIONS.glob("*.sql"))),)
    assert await upgraded.stores.answers.boxed(ROUND) == upgraded.found["boxed"]
    assert await upgraded.stores.answers.count(ROUND) == upgraded.found["boxed"] + upgraded.found["waiting"]
    assert {round_.id: round_.state for round_ in await upgraded.stores.rounds.all()} == {
        ROUND: RoundState.OPEN,
        RELEASED: RoundState.RELEASED,
    }


async def test_every_open_session_goes_on_where_it_was_to_its_end(upgraded):
    people = upgraded.found["people"]
    for account, was in people.items():
        screen = await upgraded.screen(account)
        session = await upgraded.session(account)
        assert screen.turn == was["turn"]
        assert session.model_dump(mode="json", exclude_defaults=True).get("answers", {}) == was["answers"]
        for _ in range(40):
            heard = await upgraded.hear(account, Pressed(screen.buttons[0].token, screen.turn), screen.mark)
            screen = heard.screen
            if screen.name == "thanks":
                break
        assert screen.name == "thanks"
        assert (
            was["answers"].items()
            <= (await upgraded.session(account))
            .model_dump(mode="json", exclude_defaults=True)
            .get("answers", was["answers"])
            .items()
        )

    everybody = upgraded.found["boxed"] + upgraded.found["waiting"] + len(people)
    assert len(people) >= 5
    assert await upgraded.stores.answers.count(ROUND) == everybody
    await upgraded.stores.answers.flush(ROUND, 1)
    assert len(await upgraded.stores.answers.open_boxes(ROUND)) == everybody


async def test_what_was_sent_is_flushed_and_released(upgraded):
    assert await upgraded.stores.answers.flush(ROUND, 1) == upgraded.found["waiting"]
    upgraded.clock.advance(timedelta(days=30))
    done = await upgraded.house.campaigns.advance_due()

    assert done == [(ROUND, RoundState.CLOSED), (ROUND, RoundState.RELEASED)]
    content = await upgraded.stores.releases.read(ROUND)
    counted = upgraded.found["boxed"] + upgraded.found["waiting"]
    assert json.loads(content)["tables"][0]["groups"][0]["people"] == round(counted / 5) * 5


async def test_who_took_part_is_known_and_no_update_counts_twice(upgraded):
    heard = await upgraded.hear(100, Asked(Wish.START))
    assert "already" in heard.screen.name or await upgraded.session(100) is None
    assert await upgraded.session(100) is None

    again = await upgraded.house.dialogue.hear(
        upgraded.address(300), UpdateId("telegram:9000"), Asked(Wish.START), PHONE
    )
    assert not again.fresh


async def test_the_withdrawal_code_still_takes_answers_out(upgraded):
    heard = await upgraded.house.dialogue.notice(
        upgraded.address(100), UpdateId("telegram:20000"), f"withdraw {upgraded.found['code']}", PHONE
    )

    assert await upgraded.stores.answers.boxed(ROUND) == upgraded.found["boxed"] - 1
    assert heard.screen is not None
    await upgraded.hear(100, Asked(Wish.START))
    assert await upgraded.session(100) is not None


async def test_the_outbox_can_be_read_and_said(upgraded):
    parcels = await upgraded.stores.outbox.waiting()

    assert len(parcels) == upgraded.found["outbox"]
    assert {parcel.notice is None for parcel in parcels} == {True, False}
    for parcel in parcels:
        if parcel.notice is not None:
            assert parcel.notice.address == "telegram:300:0"
            assert upgraded.house.saying.render_notice(parcel.notice).texts
        else:
            draft = await upgraded.stores.conversations.draft(parcel.key)
            assert upgraded.house.saying.render_draft(draft).texts
        await upgraded.stores.outbox.said(parcel, "12")
    assert await upgraded.stores.outbox.waiting() == []


async def test_the_release_still_verifies(upgraded):
    content = await upgraded.stores.releases.read(RELEASED)

    assert reopen(content).sha256 == upgraded.found["released"]


async def test_contacts_can_be_read(upgraded):
    kept = [Contact(address, Locale(tag)) for address, tag in upgraded.found["contacts"]]

    assert await upgraded.stores.contacts.all() == kept


def test_no_dump_holds_a_key():
    keys = [derived(f"{ROUND}/{name}") for name in ("pseudonyms.key", "boxes.key", "texts.key")]
    for dump in PLACE.glob("*.sql"):
        content = dump.read_text("utf-8").lower()
        assert [key for key in (*keys, derived("contacts")) if key.hex() in content] == []
