"""Two programs on one database, or on one bot, by mistake: nothing happens twice, and somebody says so."""

import asyncio
import json
import re
import shutil
from datetime import UTC, datetime, timedelta

import pytest

from conversations.ports import Contact
from conversations.rounds import RoundState
from storage.opening import open_stores
from tests.bot.houses import MovableClock, a_house, answer, plan
from tests.bot.programs import run
from tests.fake_bot_api import FakeBotApi
from tests.journeys.household import a_round, household, on_disk

PEOPLE, CONTACTS = 24, 15
HOUR = timedelta(hours=1)


async def a_due_round(folder):
    """A round that people answered and whose time was over a minute ago; nobody has closed it yet."""
    clock = MovableClock(datetime.now(UTC) - HOUR)
    async with a_house("sqlite", folder, clock) as house:
        planned = await plan(house, lasts=HOUR - timedelta(minutes=1))
        await answer(house, await house.campaigns.open(planned.id), PEOPLE)
    return planned.id


async def a_round_to_open(folder):
    """A round whose time to open has come, and people who asked to be told."""
    now = datetime.now(UTC)
    times = {"opens_at": now - timedelta(seconds=5), "closes_at": now + 24 * HOUR}
    all_day = {"hours": {"first": "00:00", "last": "23:59:59.999999"}}
    async with household(on_disk(folder), clock=lambda: now - HOUR) as house:
        await house.campaigns.plan(a_round("next", demonstration=False, conduct=all_day, **times))
        for number in range(CONTACTS):
            contact = Contact(f"telegram:{2**41 + number}:0", "en")
            await house.stores.contacts.opt_in(contact, now.date())


async def letters_wait(folder):
    """Wait until the program that serves has handed out every invitation."""
    stores = await open_stores(folder)
    async with asyncio.timeout(30):
        while await stores.told.waiting() < CONTACTS:
            await asyncio.sleep(0.05)
    await stores.close()


async def released_alone(folder, round_id):
    """Return the tables of a release that nobody else had a hand in."""
    async with a_house("sqlite", folder, MovableClock(datetime.now(UTC))) as house:
        await house.campaigns.close(round_id)
        await house.campaigns.release(round_id)
        return json.loads(await house.stores.releases.read(round_id))["tables"]


@pytest.mark.slow
async def test_three_who_close_and_open_at_the_same_moment_do_it_once(tmp_path):
    folder = tmp_path / "data"
    closing = await a_due_round(folder)
    await a_round_to_open(folder)
    shutil.copytree(folder, tmp_path / "copy")

    serving, *others = await asyncio.gather(
        run(folder, "serve"),
        run(folder, "round", "close", closing),
        run(folder, "round", "close", closing),
        run(folder, "round", "open", "next", "--drafts", "fr,ar"),
    )
    ends = await asyncio.gather(*(other.ended() for other in others))
    await serving.is_up()
    await letters_wait(folder)
    stopped = await serving.stopped()

    for code, said, complaint in ends:
        assert (code == 0) == bool(said)
        assert "Traceback" not in complaint
        assert code == 0 or re.search("is (closed|released|open)", complaint), complaint
    assert stopped[0] == 0
    stores = await open_stores(folder)
    try:
        states = {round_.id: round_.state for round_ in await stores.rounds.all()}
        assert states == {closing: RoundState.RELEASED, "next": RoundState.OPEN}
        told = [parcel.notice.address for parcel in await stores.outbox.waiting() if parcel.notice]
        assert sorted(told) == sorted(f"telegram:{2**41 + number}:0" for number in range(CONTACTS))
        ((_, _, sha256),) = await stores.releases.all()
        assert all(sha256 in said for code, said, _ in ends[:2] if code == 0)
        tables = json.loads(await stores.releases.read(closing))["tables"]
    finally:
        await stores.close()
    assert tables == await released_alone(tmp_path / "copy", closing)


async def test_a_second_program_on_the_same_bot_says_so_and_neither_dies(tmp_path):
    async with FakeBotApi() as api:
        programs = [await run(tmp_path / name, "serve", api=api) for name in ("one", "two")]
        await asyncio.gather(*(program.is_up() for program in programs))
        async with asyncio.timeout(30):
            while not any(code == 409 for _, code, _ in api.refusals):
                await asyncio.sleep(0.02)
        ends = [await program.stopped() for program in programs]

    assert [code for code, _, _ in ends] == [0, 0]
    complaints = "".join(complaint for _, _, complaint in ends)
    assert "another program reads this bot's updates" in complaints
    assert "Traceback" not in complaints
