"""Receipts: shown with the thanks, true without a list, taken in once, and counted by the flush alone."""

import asyncio
import re
import sqlite3
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.app import SystemChance
from bot.hearing import Address
from bot.receipts import Receipts, Taken, Taking, is_ours, new_receipt, week_of
from conversations.receipts import LENGTH, Redeemed, receipt_code
from conversations.session import Status
from tests.bot.codes import LIBRARY, Holder, key_of, opened_with, shown
from tests.bot.houses import MovableClock, a_house
from tests.bot.somebody import ON_PAGE, ON_PHONE

WRITTEN = re.compile(r"Your receipt: ([0-9A-Z]{4}(?:-[0-9A-Z]{4}){3})\.")


@pytest.fixture(params=["memory", "sqlite"])
async def kept(request, tmp_path):
    async with a_house(request.param, tmp_path, MovableClock()) as house:
        yield unhurried(house)


@pytest.fixture
async def house(tmp_path):
    async with a_house("memory", tmp_path, MovableClock()) as house:
        yield unhurried(house)


def unhurried(house):
    """The same house, where nobody really waits."""
    house.receipts._pause = lambda _: asyncio.sleep(0)
    return house


def receipts_on(screen):
    return WRITTEN.findall(shown(screen))


async def thanked(house, number=0):
    """Somebody answers everything on the web, and reads the thanks."""
    person = Holder(house, Address("web", f"{number:016}", returns=False))
    await person.answer_everything()
    assert person.screen.name == "thanks"
    return receipts_on(person.screen)


async def test_a_round_gives_no_receipts_unless_its_plan_says_so(house):
    round_ = await opened_with(house)

    assert await thanked(house) == []
    assert not await house.receipts.are_given(replace(LIBRARY, series=round_.series))


async def test_the_receipt_stands_beside_the_thanks_and_is_the_same_when_looked_at_again(house):
    round_ = await opened_with(house, receipts=100)
    person = Holder(house, ON_PAGE)
    await person.answer_everything("z")
    seen = receipts_on(person.screen)
    again = await house.dialogue.look(ON_PAGE, person.phone)

    assert len(seen) == 1
    assert receipts_on(again.screen) == seen
    session = (await house.stores.conversations.draft(key_of(house, ON_PAGE, round_))).session
    assert receipt_code(seen[0]) == session.receipt
    assert session.withdrawal_code not in session.receipt
    assert await house.receipts.are_given(LIBRARY)


async def test_what_has_to_be_written_down_stands_right_under_the_thanks(house):
    await opened_with(house, receipts=100)
    person = Holder(house, ON_PAGE)
    await person.answer_everything("z")

    first, code, receipt, *_ = [text.text for text in person.screen.texts]

    assert first.startswith("Thank you!")
    assert code.startswith("Your withdrawal code: ")
    assert receipt.startswith("Your receipt: ")


async def test_a_receipt_is_taken_in_once_before_any_flush_and_never_again(kept):
    house = kept
    await opened_with(house, receipts=100)
    (receipt,) = await thanked(house)
    week = week_of(house.campaigns.now())

    assert await house.receipts.take(receipt.lower(), LIBRARY) == Taken(Taking.VALID, week)
    assert await house.receipts.take(receipt, replace(LIBRARY, id="school")) == Taken(Taking.AGAIN, week)
    assert await house.receipts.taken() == [Redeemed(week, LIBRARY.id, 1)]


async def test_of_a_hundred_people_with_one_receipt_one_is_paid(kept):
    house = kept
    await opened_with(house, receipts=100)
    (receipt,) = await thanked(house)
    doors = [
        Receipts(house.stores.receipts, house.stores.keyring, house.stores.rounds, house.campaigns.now)
        for _ in range(4)
    ]

    taken = await asyncio.gather(*(door.take(receipt, LIBRARY) for door in doors * 25))
    assert sorted(one.taking for one in taken) == [Taking.AGAIN] * 99 + [Taking.VALID]


async def test_a_receipt_of_another_series_a_made_up_and_a_mistyped_one_are_told_apart(house):
    await opened_with(house, receipts=100)
    (receipt,) = await thanked(house)
    letters = receipt.replace("-", "")
    turned = letters[:-1] + ("7" if letters[-1] != "7" else "8")

    taken = [
        (await house.receipts.take(words, relay)).taking
        for words, relay in [
            (receipt, replace(LIBRARY, series="arriving")),
            (turned, LIBRARY),
            ("", LIBRARY),
            ("0" * LENGTH, LIBRARY),
        ]
    ]
    assert taken == [Taking.UNKNOWN, Taking.MISTYPED, Taking.MISTYPED, Taking.UNKNOWN]
    assert await house.receipts.taken() == []


async def test_only_this_installation_makes_true_receipts(house):
    instrument = await house.programme.instrument(await opened_with(house, receipts=1))
    ours = house.stores.keyring.installation()
    made = [new_receipt(house.stores.keyring, instrument, SystemChance()) for _ in range(200)]

    assert len(set(made)) == 200
    assert all(is_ours(ours, instrument.series, receipt) for receipt in made)
    assert not any(is_ours(bytes(32), instrument.series, receipt) for receipt in made)
    assert not any(is_ours(ours, "arriving", receipt) for receipt in made)


async def test_when_the_pool_is_used_up_thanks_come_without_a_receipt(kept):
    house = kept
    round_ = await opened_with(house, receipts=2)
    early = [await thanked(house, number) for number in range(3)]
    assert [len(seen) for seen in early] == [1, 1, 1]  # as of the last flush, none was given
    await house.stores.answers.flush(round_.id, 1)

    assert await thanked(house, 7) == []


async def test_only_the_flush_counts_receipts_and_only_as_a_number(tmp_path):
    async with a_house("sqlite", tmp_path, MovableClock()) as house:
        round_ = await opened_with(house, receipts=50)
        seen = [receipt.replace("-", "") for number in range(3) for receipt in await thanked(house, number)]
        assert rows(tmp_path) == []
        await house.stores.answers.flush(round_.id, 1)
        assert rows(tmp_path) == [(round_.id, 3)]
        await house.stores.answers.destroy(round_.id)
        assert rows(tmp_path) == []
    everything = b"".join(file.read_bytes() for file in tmp_path.rglob("*") if file.is_file())
    assert not any(receipt.encode() in everything for receipt in seen)


def rows(folder):
    with sqlite3.connect(folder / "portevoix.db") as database:
        return database.execute("SELECT round, given FROM receipts").fetchall()


async def test_on_telegram_the_receipt_comes_with_the_thanks_before_the_flush_may_take_them(house):
    round_ = await opened_with(house, receipts=50)
    person = Holder(house, ON_PHONE)
    await person.answer_everything()
    assert await house.stores.answers.flush(round_.id, 2) == 0

    draft = await house.stores.conversations.draft(key_of(house, ON_PHONE, round_))
    assert draft.session.status is Status.SENT
    assert draft.session.receipt


@pytest.mark.parametrize(
    "moment, week",
    [
        (datetime(2027, 2, 1, 12, tzinfo=UTC), "2027-W05"),
        (datetime(2027, 1, 3, 23, tzinfo=UTC), "2026-W53"),
        (datetime(2024, 12, 30, tzinfo=UTC), "2025-W01"),
    ],
)
def test_a_week_is_that_of_its_thursday(moment, week):
    assert week_of(moment) == week
