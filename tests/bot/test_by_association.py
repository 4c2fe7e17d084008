"""A round whose plan names associations: which ones is fixed at its opening, and a second part names them."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.freezing import tables_of, unwatched
from bot.relaying import NewRelay
from bot.releasing import BY_NAME
from conversations.circumstances import BY_NAME_FROM, code_of
from conversations.errors import KeyHeld, RoundError
from conversations.identifiers import RoundId
from conversations.rounds import RoundState
from reports.disclosure import examine
from storage.boxes import new_box_id, seal_sheet
from storage.envelope import Cost
from storage.keyring import KeyFolder
from storage.opening import DATABASE
from tests.bot.houses import MovableClock, a_house, plan
from tests.reports.population import sheets

PLAN = "groups = ['came_by']\nquestions = ['opinion_asked']\nwho = ['came_by']\n"
NAMING = "\n[conduct]\nby_association = true\n"
KEPT = "keep_months = 6\n"
PASSPHRASE = "five words that nobody says"
CHEAP = Cost(1, 8 * 1024**2)
CAME = ((90, "House of Women"), (70, "Table"), (6, "Evening Class"), (30, "Library"), (44, ""))


class Interrupted(Exception):
    """The program stops here."""


@pytest.fixture
async def house(tmp_path):
    async with a_house("sqlite", tmp_path, MovableClock()) as house:
        yield house


async def a_relay(house, name, kind="association", **changes):
    wish = NewRelay(
        name=name,
        languages=("ar", "fr"),
        ends_on=house.campaigns.now().date() + timedelta(days=400),
        kind=kind,
        city="port-saule",
        series="language-learning",
    )
    return await house.relaying.add(replace(wish, **changes))


async def relays_of(house):
    """Relays of this series, and some that have no place in it."""
    await a_relay(house, "House of Women")
    await a_relay(house, "Table")
    await a_relay(house, "Evening Class")
    await a_relay(house, "Library", "library")
    await a_relay(house, "Elsewhere", series="housing")
    await a_relay(house, "Gone")
    await house.relaying.revoke("Gone")


async def planned(house, text=PLAN + NAMING, passphrase=None, **changes):
    """A planned round of real people with this plan."""
    usual = await plan(house)
    await house.campaigns.cancel(usual.id)
    wanted = replace(usual, id=RoundId("named"), state=RoundState.PLANNED, series="language-learning")
    return await house.campaigns.plan(replace(wanted, **changes), passphrase, text)


def named(round_):
    return set(round_.conduct.get("associations", {}).values())


async def answered_by_many(house, folder, round_id):
    """Put people who came through relays into boxes, as flushes leave them."""
    relays = {relay.name: relay for relay in await house.stores.relays.all()}
    ways = [relays.get(name) for many, name in CAME for _ in range(many)]
    public = house.stores.keyring.box_public(round_id)
    rows = []
    for sheet, relay in zip(sheets(len(ways)), ways, strict=True):
        came = {"relay": relay.id if relay else "", "came_by": relay.kind if relay else "directly"}
        rows.append((new_box_id(), round_id, seal_sheet(public, sheet.model_copy(update=came))))
    with closing(sqlite3.connect(folder / DATABASE)) as database, database:
        database.executemany("INSERT INTO boxes (id, round, sealed) VALUES (?, ?, ?)", rows)


async def test_an_opening_round_fixes_the_associations_of_its_series_that_count(house):
    await relays_of(house)

    round_ = await house.campaigns.open((await planned(house)).id)
    await a_relay(house, "Too Late")
    await house.relaying.revoke("Table")

    assert named(round_) == {"House of Women", "Table", "Evening Class"}
    assert set(round_.conduct["associations"]) == {code_of(id_) for id_ in ("r0001", "r0002", "r0003")}
    assert named(await house.stores.rounds.get(round_.id)) == named(round_)
    offered = (await house.programme.instrument(round_)).in_release
    assert len(offered.choices_of(offered.question("relay"))) == 3


async def test_a_round_that_opens_late_and_closes_at_once_fixes_them_too(tmp_path):
    clock = MovableClock()
    async with a_house("sqlite", tmp_path, clock) as house:
        await relays_of(house)
        round_ = await planned(house)
        clock.advance(timedelta(days=100))
        await house.campaigns.advance_due()

        assert named(await house.stores.rounds.get(round_.id)) == {
            "House of Women",
            "Table",
            "Evening Class",
        }


@pytest.mark.parametrize("conduct", ["", "\n[conduct.associations]\nr_r0001 = 'Somebody'\n"])
async def test_without_the_plan_saying_so_nobody_is_named(house, conduct):
    await relays_of(house)

    round_ = await house.campaigns.open((await planned(house, PLAN + conduct)).id)

    assert named(round_) == set()


async def test_what_the_plan_itself_writes_is_not_believed(house):
    await relays_of(house)
    text = PLAN + NAMING + "[conduct.associations]\nr_r0009 = 'Somebody'\n"

    assert named(await house.campaigns.open((await planned(house, text)).id)) >= {"House of Women"}
    assert "Somebody" not in named(await house.stores.rounds.get(RoundId("named")))


async def test_a_listening_round_names_nobody(house):
    await relays_of(house)
    round_ = await planned(house, NAMING, conduct={"listening": True})

    assert named(await house.campaigns.open(round_.id)) == set()


@pytest.mark.slow
async def test_the_release_has_a_second_part_and_both_together_keep_the_guarantee(house, tmp_path):
    await relays_of(house)
    round_ = await house.campaigns.open((await planned(house)).id)
    await answered_by_many(house, tmp_path, round_.id)
    await house.campaigns.close(round_.id)
    await house.campaigns.release(round_.id)

    first, second = await tables_of(house.registry, round_.id)
    who = next(table for table in second.document["tables"] if table["id"] == "relay.all")
    shown = {part["code"]: part["count"] for part in who["groups"][0]["answers"]}
    assert (shown["r_r0001"], shown["r_r0002"], shown["r_r0003"]) == (90, 70, None)
    assert second.document["k"] == BY_NAME_FROM
    assert examine([first, second]).faults == ()
    assert await house.stores.answers.boxed(round_.id) == 0
    assert not await house.campaigns.names_nobody(await house.stores.rounds.get(round_.id))


async def test_of_a_release_without_the_part_that_its_plan_wants_staff_are_told(house):
    await relays_of(house)
    round_ = await house.campaigns.open((await planned(house)).id)
    await house.campaigns.close(round_.id)
    assert not await house.campaigns.names_nobody(await house.stores.rounds.get(round_.id))

    await house.campaigns.release(round_.id)

    assert await house.campaigns.names_nobody(await house.stores.rounds.get(round_.id))


@pytest.mark.slow
async def test_a_release_that_was_interrupted_between_its_parts_goes_on_with_the_passphrase(tmp_path):
    folder, clock = tmp_path, MovableClock()
    async with a_house("sqlite", folder, clock) as house:
        await relays_of(house)
        KeyFolder(folder, CHEAP).hold_round(RoundId("named"), PASSPHRASE)
        round_ = await house.campaigns.open((await planned(house, KEPT + PLAN + NAMING, PASSPHRASE)).id)
        await answered_by_many(house, folder, round_.id)
        await house.campaigns.close(round_.id)
        with pytest.raises(Interrupted):
            await house.campaigns.release(round_.id, PASSPHRASE, _stops_the_second_time())
    async with a_house("sqlite", folder, clock) as house:
        with pytest.raises(KeyHeld):
            await house.campaigns.release(round_.id)
        sha256 = await house.campaigns.release(round_.id, PASSPHRASE)

        assert await house.stores.releases.read(round_.id, BY_NAME) is not None
        assert await house.campaigns.release(round_.id) == sha256
        with pytest.raises(RoundError, match="shown_from = 51"):
            await house.campaigns.add(round_.id, "groups = ['relay']\nwho = []\n", lambda: PASSPHRASE)


def _stops_the_second_time():
    calls = []

    def watch(total):
        calls.append(total)
        if len(calls) == 2:
            raise Interrupted
        return unwatched(total)

    return watch
