"""One-use codes: one answer each, typed as people type, spent with the answer, and nobody knows by whom."""

import asyncio
import sqlite3
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.app import SystemChance
from bot.codes import MOST, bundle_for, new_codes
from bot.hearing import Address
from conversations.codes import CARD, LENGTH, one_use_code
from conversations.errors import Conflict, RelayError
from conversations.lettering import in_groups
from conversations.moves import Asked, Pressed, Wish
from conversations.ports import Outcome
from conversations.session import Place, Status
from tests.bot.codes import (
    LIBRARY,
    Holder,
    codes_for,
    crowd_at_review,
    key_of,
    opened_with,
    sent,
    try_at_once,
)
from tests.bot.houses import MovableClock, a_house
from tests.bot.somebody import ENGLISH, ON_PAGE, ON_PHONE

ARABIC = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")


@pytest.fixture
def clock():
    return MovableClock()


@pytest.fixture
def pauses():
    """The pauses that somebody had to wait."""
    return []


def unhurried(house, pauses):
    """The same house, where nobody really waits."""

    async def pause(seconds):
        pauses.append(seconds)

    house.dialogue._desk = replace(house.dialogue._desk, pause=pause)
    return house


@pytest.fixture
async def house(tmp_path, clock, pauses):
    async with a_house("memory", tmp_path, clock) as house:
        yield unhurried(house, pauses)


@pytest.fixture(params=["memory", "sqlite"])
async def kept(request, tmp_path, clock, pauses):
    """A house in memory, and one on a disk."""
    async with a_house(request.param, tmp_path, clock) as house:
        yield unhurried(house, pauses)


async def session_of(house, round_, address=ON_PHONE):
    return (await house.stores.conversations.draft(key_of(house, address, round_))).session


def test_codes_are_random_different_and_checked():
    codes = new_codes(SystemChance(), 500)

    assert len(set(codes)) == 500
    assert {len(code) for code in codes} == {LENGTH}
    assert all(one_use_code(in_groups(code)) == code for code in codes)
    assert in_groups("0123456789AB") == "0123-4567-89AB"


@pytest.mark.parametrize("count", [0, MOST + 1])
def test_so_many_codes_are_not_made_at_once(count):
    with pytest.raises(RelayError, match="codes at once"):
        new_codes(SystemChance(), count)


def test_a_single_wrong_letter_is_noticed_in_nearly_every_place():
    code = new_codes(SystemChance(), 1)[0]
    wrong = [
        f"{code[:place]}{'7' if code[place] != '7' else '8'}{code[place + 1 :]}" for place in range(LENGTH)
    ]

    assert [one_use_code(typed) for typed in wrong] == [None] * LENGTH


async def test_a_round_with_codes_asks_for_one_after_consent_and_takes_it_as_people_type_it(house, pauses):
    round_ = await opened_with(house, codes=True)
    code = (await codes_for(house))[0]
    person = Holder(house)
    await person.begin("l0", "g", "y")
    assert person.screen.name == "code"

    await person.type(f"  {in_groups(code).lower().translate(ARABIC).replace('1', 'l').replace('0', 'o')} ")

    assert person.screen.name == "question"
    session = await session_of(house, round_)
    assert (session.code, session.relay, session.came_by) == (code, LIBRARY.id, LIBRARY.kind)
    assert pauses == []


async def test_a_mistyped_and_an_unknown_code_are_told_apart_kindly_and_only_trying_is_slow(house, pauses):
    await opened_with(house, codes=True)
    person = Holder(house)
    await person.begin("l0", "g", "y")

    await person.type("ABCD-EFGH-JKMA")
    assert person.screen.texts[0].text == "There is a mistake in this code. Please look at your card again."
    assert pauses == []
    await person.type(new_codes(SystemChance(), 1)[0])
    assert person.screen.texts[0].text.startswith("This code does not work here.")
    assert pauses == [1.0]
    assert person.screen.name == "code"


async def test_back_leads_to_consent_and_forward_again_to_the_code(house):
    await opened_with(house, codes=True)
    person = Holder(house)
    await person.begin("l0", "g", "y", "b")
    assert person.screen.name == "consent"

    await person.press("y")
    assert person.screen.name == "code"
    await person.press("p")
    assert person.screen.name == "pause"
    await person.press("g")
    assert person.screen.name == "code"


async def test_who_comes_by_a_card_types_nothing(house):
    round_ = await opened_with(house, codes=True)
    code = (await codes_for(house))[0]
    person = Holder(house)
    await person.begin_with(code)

    assert person.screen.name == "question"
    assert (await session_of(house, round_)).code == code


async def test_a_card_scanned_in_the_middle_answers_the_question_for_it(house):
    await opened_with(house, codes=True)
    code = (await codes_for(house))[0]
    person = Holder(house)
    await person.begin("l0", "g", "y")
    person.phone = replace(ENGLISH, arrival=f"{CARD}{code}")

    await person.hear(Asked(Wish.START))
    assert person.screen.name == "question"


async def test_a_card_that_was_used_leads_to_the_question_for_another(house):
    await opened_with(house, codes=True)
    person = Holder(house)
    await person.begin_with(new_codes(SystemChance(), 1)[0])

    assert person.screen.name == "code"


async def test_a_round_without_codes_spends_none_but_knows_the_way(house):
    round_ = await opened_with(house)
    code = (await codes_for(house))[0]
    person = Holder(house)
    await person.begin_with(code)
    session = await session_of(house, round_)
    assert (session.code, session.relay) == ("", LIBRARY.id)

    await person.to_review()
    await person.press("y")
    assert person.screen.name == "thanks"
    assert await house.stores.codes.drop(bundle_for(LIBRARY)) == 1


async def test_sending_spends_the_code_and_the_session_forgets_it(kept):
    house = kept
    round_ = await opened_with(house, codes=True)
    code = (await codes_for(house))[0]
    person = Holder(house)
    await person.begin_with(code)
    await person.to_review()
    await person.press("y")

    assert person.screen.name == "thanks"
    assert (await session_of(house, round_)).code == ""
    assert await house.stores.codes.drop(bundle_for(LIBRARY)) == 0
    other = Holder(house, ON_PAGE)
    await other.begin("l0", "g", "y")
    await other.type(code)
    assert other.screen.texts[0].text.startswith("This code does not work here.")


async def test_of_two_people_with_one_code_the_second_keeps_everything_and_writes_another(house):
    round_ = await opened_with(house, codes=True)
    shared, spare = await codes_for(house, 2)
    first, second = Holder(house), Holder(house, ON_PAGE)
    for person in (first, second):
        await person.begin_with(shared)
        await person.to_review()
    await first.press("y")
    before = (await session_of(house, round_, ON_PAGE)).answers

    await second.press("z")
    assert second.screen.name == "review"
    assert second.screen.texts[0].text.startswith("Your answers were not sent")
    await second.press("z")
    assert second.screen.name == "code"
    await second.press("b")
    assert second.screen.name == "review"
    await second.press("z")
    await second.type(spare)
    assert second.screen.name == "review"
    assert (await session_of(house, round_, ON_PAGE)).answers == before
    await second.press("z")
    assert second.screen.name == "thanks"


async def test_codes_of_another_series_and_of_a_revoked_relay_count_no_more(house):
    await opened_with(house, codes=True)
    code, other = await codes_for(house, 2)
    person = Holder(house)
    await person.begin("l0", "g", "y")
    await house.stores.relays.change(replace(LIBRARY, revoked=True))
    house.relays.forget()
    await person.type(code)
    assert person.screen.name == "code"

    await house.stores.relays.change(replace(LIBRARY, series="arriving"))
    house.relays.forget()
    await person.type(other)
    assert person.screen.name == "code"


async def test_a_card_counts_until_the_relay_ends_and_who_holds_it_may_finish(house, clock):
    await opened_with(house, codes=True)
    await house.stores.relays.change(replace(LIBRARY, ends_on=house.campaigns.now().date()))
    house.relays.forget()
    early, late = await codes_for(house, 2)
    person, other = Holder(house), Holder(house, ON_PAGE)
    await person.begin_with(early)
    await person.to_review()
    clock.advance(timedelta(days=1))

    await other.begin_with(late)
    assert other.screen.name == "code"
    await person.press("y")
    assert person.screen.name == "thanks"


async def test_unspent_codes_can_be_dropped(kept):
    house = kept
    await opened_with(house, codes=True)
    codes = await codes_for(house, 12)

    assert await house.stores.codes.drop(bundle_for(LIBRARY)) == 12
    assert await house.stores.codes.drop(bundle_for(LIBRARY)) == 0
    person = Holder(house)
    await person.begin_with(codes[0])
    assert person.screen.name == "code"


async def test_a_turn_that_spends_a_spent_code_changes_nothing(kept):
    house = kept
    round_ = await opened_with(house, codes=True)
    person = Holder(house)
    await person.begin("l0")
    key = key_of(house, ON_PHONE, round_)
    before = await house.stores.conversations.draft(key)
    later = replace(before, session=before.session.model_copy(update={"turn": 9}))

    with pytest.raises(Conflict):
        await house.stores.conversations.take_turn(
            None, {round_.id: key}, round_.opens_at.date(), lambda _: Outcome(save=later, spend="0" * 12)
        )
    assert await house.stores.conversations.draft(key) == before


@pytest.mark.slow
async def test_a_thousand_people_who_try_one_code_at_the_same_moment_send_one_answer(kept):
    house = kept
    round_ = await opened_with(house, codes=True)
    code = (await codes_for(house))[0]
    crowd = await crowd_at_review(house, round_, code, 1_000)

    crowd = await try_at_once(house, round_, crowd, code)
    assert sent(crowd) == 1
    losers = [session for _, session in crowd if session.status is not Status.SENT]
    assert {(one.place, one.notice, one.code) for one in losers} == {
        (Place.REVIEW, "code.used_meanwhile", "")
    }
    assert all(one.answers for one in losers)
    assert await house.stores.answers.count(round_.id) == 1


@pytest.mark.slow
async def test_what_was_spent_is_gone_from_the_log_with_who_spent_it(tmp_path):
    async with a_house("sqlite", tmp_path, MovableClock()) as house:
        await opened_with(house, codes=True)
        code = (await codes_for(house))[0]
        person = Holder(house)
        await person.begin_with(code)
        await person.to_review()
        await person.press("y")

        with sqlite3.connect(tmp_path / "portevoix.db") as database:
            assert database.execute("SELECT count(*) FROM codes").fetchone() == (0,)
        log = (tmp_path / "portevoix.db-wal").read_bytes()
    everything = b"".join(file.read_bytes() for file in tmp_path.rglob("*") if file.is_file())

    assert log == b""
    assert code.encode() not in everything


async def test_one_account_on_telegram_sends_one_answer(house):
    await opened_with(house)
    person = Holder(house)
    await person.answer_everything()
    assert person.screen.name == "thanks"

    await person.hear(Asked(Wish.START))
    heard = await person.hear(Pressed("y", 1), "none")
    assert heard.toast is not None
    assert await house.stores.answers.count((await house.stores.rounds.all())[0].id) == 1


async def test_nobody_waits_for_those_who_try_codes(house):
    """Wrong codes pause each on their own: somebody with a card is never behind them."""
    await opened_with(house, codes=True)
    code = (await codes_for(house))[0]
    until = asyncio.Event()
    house.dialogue._desk = replace(house.dialogue._desk, pause=lambda _: until.wait())
    person, tries = Holder(house, ON_PAGE), []
    for number, wrong in enumerate(new_codes(SystemChance(), 20)):
        trying = Holder(house, Address("web", f"{number:016}", returns=False))
        await trying.begin("l0", "g", "y")
        tries.append(asyncio.create_task(trying.type(wrong)))
    await person.begin("l0", "g", "y")
    await person.type(code)

    assert person.screen.name == "question"
    until.set()
    await asyncio.gather(*tries)
