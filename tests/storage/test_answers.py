"""What every keeper of answers promises."""

import asyncio
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest

from conversations.errors import StorageError
from conversations.identifiers import Code, QuestionId
from conversations.session import Sheet
from storage.opening import DATABASE
from tests.storage.people import (
    CODE,
    KEY,
    OTHER_KEY,
    OTHER_ROUND,
    ROUND,
    TEXT,
    a_draft,
    a_sent_draft,
    a_sheet,
    key_of,
    known,
    save,
    send,
)

NO_CODE = "0000000000000000"


class CountingThreads(ThreadPoolExecutor):
    """Threads that count how much work they were given, and how much of it at once."""

    def __init__(self):
        super().__init__()
        self.taken = self.most_at_once = 0
        self._unfinished = []

    def submit(self, work, /, *args, **named):
        future = super().submit(work, *args, **named)
        self._unfinished = [earlier for earlier in self._unfinished if not earlier.done()] + [future]
        self.taken += 1
        self.most_at_once = max(self.most_at_once, len(self._unfinished))
        return future


async def test_too_few_are_not_flushed(stores):
    await send(stores, 9)

    assert await stores.answers.flush(ROUND, 10) == 0

    assert list(await stores.answers.open_boxes(ROUND)) == []
    assert await stores.conversations.draft(key_of(0)) is not None


async def test_ten_are_flushed_together(stores):
    await send(stores, 10)

    assert await stores.answers.flush(ROUND, 10) == 10

    assert list(await stores.answers.open_boxes(ROUND)) == [a_sheet()] * 10
    assert await stores.conversations.draft(key_of(0)) is None


async def test_a_second_flush_doubles_nothing(stores):
    await send(stores, 10)
    await stores.answers.flush(ROUND, 10)

    assert await stores.answers.flush(ROUND, 1) == 0
    assert len(await stores.answers.open_boxes(ROUND)) == 10


async def test_closing_flushes_whoever_waits(stores):
    await send(stores, 3)

    assert await stores.answers.flush(ROUND, 1) == 3
    assert await stores.answers.flush(ROUND, 1) == 0


async def test_a_flush_waits_for_one_in_a_hundred_of_the_boxes(stores):
    await send(stores, 250)
    await stores.answers.flush(ROUND, 1)
    await send(stores, 2, first=900)

    assert await stores.answers.flush(ROUND, 2) == 0
    await send(stores, 1, first=990)
    assert await stores.answers.flush(ROUND, 2) == 3


async def test_whoever_still_has_thanks_to_be_told_is_left_alone(stores):
    await send(stores, 2)
    await save(stores, a_sent_draft(KEY, choice="no"), speak=True)

    assert await stores.answers.flush(ROUND, 3) == 0
    assert await stores.answers.flush(ROUND, 2) == 2

    assert list(await stores.answers.open_boxes(ROUND)) == [a_sheet()] * 2
    assert await stores.conversations.draft(KEY) == a_sent_draft(KEY, choice="no")
    assert [parcel.key for parcel in await stores.outbox.waiting()] == [KEY]
    assert await stores.answers.count(ROUND) == 3


async def test_whoever_was_told_is_flushed_with_the_others(stores):
    await send(stores, 2)
    await save(stores, a_sent_draft(KEY), speak=True)
    (parcel,) = await stores.outbox.waiting()

    await stores.outbox.said(parcel, "message 99")

    assert await stores.answers.flush(ROUND, 3) == 3


async def test_closing_flushes_even_whoever_still_has_thanks_to_be_told(stores):
    await send(stores, 2)
    await save(stores, a_sent_draft(KEY), speak=True)

    assert await stores.answers.flush(ROUND, 1) == 3

    assert await stores.conversations.draft(KEY) is None
    assert await stores.outbox.waiting() == []


async def test_waiting_drafts_are_not_flushed(stores):
    await save(stores, a_draft())
    await save(stores, a_sent_draft(OTHER_KEY))

    assert await stores.answers.flush(ROUND, 1) == 1

    assert await stores.conversations.draft(KEY) == a_draft()


async def test_a_flush_touches_its_own_round_only(stores):
    await send(stores, 1)
    await save(stores, a_sent_draft(OTHER_KEY, round=OTHER_ROUND))

    assert await stores.answers.flush(ROUND, 1) == 1

    assert list(await stores.answers.open_boxes(OTHER_ROUND)) == []
    assert await stores.conversations.draft(OTHER_KEY) is not None


async def test_people_are_counted_before_and_after_the_flush(stores):
    await save(stores, a_draft(OTHER_KEY))
    await send(stores, 3)
    assert await stores.answers.count(ROUND) == 3

    await stores.answers.flush(ROUND, 1)
    await send(stores, 2, first=50)

    assert await stores.answers.count(ROUND) == 5


async def test_answers_come_out_of_their_box_as_they_went_in(stores):
    answers = {
        QuestionId("hindered"): (Code("distance"), Code("cost")),
        QuestionId("children"): (Code("3"),),
        QuestionId("alone"): (Code("don_t_know"),),
    }
    sheet = Sheet(side=Code("both"), answers=answers)
    await save(stores, a_sent_draft(sheet=sheet))
    await stores.answers.flush(ROUND, 1)

    assert list(await stores.answers.open_boxes(ROUND)) == [sheet]


async def test_a_text_comes_out_with_side_and_key_factor_only(stores):
    await save(stores, a_sent_draft())
    await stores.answers.flush(ROUND, 1)

    (text,) = await stores.answers.open_texts(ROUND)

    assert (text.side, text.key_factor, text.question, text.text) == ("migrant", "offer", "", TEXT)


async def test_boxes_come_out_in_another_order_than_they_went_in(stores):
    for number in range(30):
        await save(stores, a_sent_draft(key_of(number), choice=f"choice-{number:02}"))
    await stores.answers.flush(ROUND, 1)

    opened = [sheet.answers[QuestionId("heard")][0] for sheet in await stores.answers.open_boxes(ROUND)]

    assert opened != sorted(opened)
    assert sorted(opened) == [f"choice-{number:02}" for number in range(30)]


async def test_whoever_was_flushed_took_part(stores):
    await send(stores, 1)
    assert (await known(stores, key_of(0))).took_part == frozenset()

    await stores.answers.flush(ROUND, 1)

    assert (await known(stores, key_of(0))).took_part == {ROUND}
    assert (await known(stores, key_of(0))).drafts == ()
    assert (await known(stores, key_of(7))).took_part == frozenset()


async def test_a_code_withdraws_box_and_text(stores):
    await save(stores, a_sent_draft(wants_code=True))
    await save(stores, a_sent_draft(OTHER_KEY, withdrawal_code=NO_CODE, wants_code=True))
    await stores.answers.flush(ROUND, 1)

    assert await stores.answers.withdraw(ROUND, CODE) is True

    assert len(await stores.answers.open_boxes(ROUND)) == 1
    assert len(await stores.answers.open_texts(ROUND)) == 1
    assert (
        await stores.answers.withdraw(ROUND, CODE) is True
    )  # a crash may have swallowed the first word of it
    assert len(await stores.answers.open_boxes(ROUND)) == 1


async def test_a_code_withdraws_what_still_waits_for_the_flush(stores):
    await save(stores, a_sent_draft(wants_code=True))
    await save(stores, a_sent_draft(OTHER_KEY, withdrawal_code=NO_CODE, wants_code=True))

    assert await stores.answers.withdraw(ROUND, CODE) is True

    assert await stores.conversations.draft(KEY) is None
    assert await stores.conversations.draft(OTHER_KEY) is not None


@pytest.mark.parametrize("flushed", [True, False])
async def test_a_code_that_nobody_asked_for_withdraws_nothing(stores, flushed):
    await save(stores, a_sent_draft(wants_code=False))
    if flushed:
        await stores.answers.flush(ROUND, 1)

    assert await stores.answers.withdraw(ROUND, CODE) is False
    assert await stores.answers.count(ROUND) == 1


async def test_a_code_opens_its_own_round_only(stores):
    await save(stores, a_sent_draft(wants_code=True))
    await stores.answers.flush(ROUND, 1)

    assert await stores.answers.withdraw(OTHER_ROUND, CODE) is False


async def test_after_the_destruction_only_the_texts_are_left(stores):
    await send(stores, 2)
    await stores.answers.flush(ROUND, 1)

    await stores.answers.destroy(ROUND)

    assert list(await stores.answers.open_boxes(ROUND)) == []
    assert await stores.answers.count(ROUND) == 0
    assert len(await stores.answers.open_texts(ROUND)) == 2
    assert (await known(stores, key_of(0))).took_part == frozenset()


async def test_the_destruction_erases_every_draft_of_its_round(stores):
    await save(stores, a_draft(KEY), speak=True)
    await save(stores, a_sent_draft(OTHER_KEY))
    await save(stores, a_sent_draft(key_of(3), round=OTHER_ROUND))

    await stores.answers.destroy(ROUND)

    assert await stores.conversations.draft(KEY) is None
    assert await stores.conversations.draft(OTHER_KEY) is None
    assert await stores.outbox.waiting() == []
    assert await stores.answers.count(ROUND) == 0
    assert await stores.answers.count(OTHER_ROUND) == 1


async def test_withdrawals_that_come_at_once_are_all_answered(stores):
    await save(stores, a_sent_draft(wants_code=True))
    await stores.answers.flush(ROUND, 1)

    withdrawals = (stores.answers.withdraw(ROUND, code) for code in (NO_CODE, CODE, NO_CODE))

    assert await asyncio.gather(*withdrawals) == [False, True, False]


async def test_withdrawal_codes_are_hashed_one_at_a_time(sqlite):
    threads = CountingThreads()
    asyncio.get_running_loop().set_default_executor(threads)

    await asyncio.gather(*(sqlite.answers.withdraw(ROUND, NO_CODE) for _ in range(5)))

    assert (threads.taken, threads.most_at_once) == (5, 1)


def test_a_rounds_secret_stays_the_same_until_it_is_destroyed(stores):
    secret = stores.keyring.round_secret(ROUND)
    stores.keyring.make_round(ROUND)
    assert stores.keyring.round_secret(ROUND) == secret
    assert len(secret) == 32
    assert stores.keyring.round_secret(OTHER_ROUND) != secret

    stores.keyring.destroy_round(ROUND)

    with pytest.raises(StorageError, match="gone"):
        stores.keyring.round_secret(ROUND)


def test_an_installation_has_one_secret(stores):
    assert stores.keyring.installation() == stores.keyring.installation()
    assert len(stores.keyring.installation()) == 32


async def test_a_box_is_opened_only_when_it_is_its_turn(sqlite, tmp_path):
    await send(sqlite, 3)
    await sqlite.answers.flush(ROUND, 1)
    with closing(sqlite3.connect(tmp_path / DATABASE)) as database, database:
        database.execute("UPDATE boxes SET sealed = zeroblob(880)")

    boxes = await sqlite.answers.open_boxes(ROUND)

    assert len(boxes) == 3
    with pytest.raises(StorageError, match="does not fit"):
        next(iter(boxes))


async def test_boxes_that_are_kept_lose_their_codes_and_everybody_who_took_part(stores):
    await send(stores, 10, wants_code=True)
    await stores.answers.flush(ROUND, 10)

    await stores.answers.destroy(ROUND, keep_boxes=True)

    assert await stores.answers.boxed(ROUND) == 10
    assert len(await stores.answers.open_boxes(ROUND)) == 10
    assert (await known(stores, key_of(0))).took_part == frozenset()
    stores.keyring.destroy_pseudonyms(ROUND)
    assert len(await stores.answers.open_boxes(ROUND)) == 10
    with pytest.raises(StorageError):
        await stores.answers.withdraw(ROUND, CODE)
