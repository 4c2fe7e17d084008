"""Always open: people tell something outside rounds; switched on and off, released like any round's texts."""

from datetime import timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from bot.always_open import AlwaysOpen
from bot.hearing import Address
from bot.notices import TELL
from bot.reviewing import PART
from bot.web.visitor import new_account
from conversations.errors import RoundError
from conversations.identifiers import RoundId
from conversations.listening import ABOUT
from conversations.moves import Asked, Wish
from conversations.ports import TABLES
from conversations.rounds import RoundState
from conversations.schedule import Span
from reports.disclosure import reopen
from reports.disclosure.texts import reopen_texts
from reports.render import html_of
from tests.bot.houses import MovableClock, a_house
from tests.bot.somebody import ENGLISH, ON_PAGE, ON_PHONE, Somebody
from tests.conftest import NOON
from tests.journeys.household import a_round, household, in_memory, on_disk, open_round

ZONE = ZoneInfo("Europe/Brussels")
MONTH = Span(1, "month")
BENCHMARK = "language-learning"
LISTENING = ("l0", "g", "y")


@pytest.fixture
def clock():
    return MovableClock()


@pytest.fixture
async def house(clock):
    async with household(in_memory(), clock=clock) as house:
        yield house


@pytest.fixture
async def house_on_disk(tmp_path, clock):
    async with household(on_disk(tmp_path), clock=clock) as house:
        yield house


def always_open(house):
    return AlwaysOpen(house.registry, house.campaigns)


async def switched_on(house):
    return (await always_open(house).begin(BENCHMARK, MONTH, ZONE, city="port-saule")).open_now


async def tells(house, account, text="Courses start too late.", side="a0", topic="a2", channel="web"):
    """Somebody writes in the listening round, and sends."""
    address = Address(channel, account, returns=channel != "web")
    await house.dialogue.notice(address, None, "tell", ENGLISH)
    somebody = Somebody(house, address)
    somebody.screen = (await house.dialogue.look(address, ENGLISH)).screen
    for token in (*LISTENING, side, topic):
        await somebody.press(token)
    await somebody.type(text)
    await somebody.press("y")
    return somebody


def tokens(screen):
    return [button.token for button in screen.buttons]


@pytest.mark.parametrize("address", [ON_PHONE, ON_PAGE])
async def test_switched_off_there_are_kind_words_and_places_that_help_and_no_way_to_write(house, address):
    somebody = Somebody(house, address)
    await open_round(house)

    said = await somebody.ask("tell")
    asked = await somebody.ask("tell_ask")

    contact = (await house.programme.open_now(house.campaigns.now())).popitem()[1].city.help_contacts[0]
    assert (said.name, asked.name) == ("tell_off", "tell_off")
    assert contact.reach in said.texts[-1].text
    assert not said.buttons
    assert not house.programme.is_listening(house.campaigns.now())


async def test_without_any_round_the_words_stand_alone(house):
    assert (await Somebody(house).ask("tell")).name == "tell_off_alone"


@pytest.mark.parametrize("address", [ON_PHONE, ON_PAGE])
async def test_where_there_is_nothing_to_answer_a_button_leads_to_where_one_can_write(house, address):
    await switched_on(house)
    somebody = Somebody(house, address)

    await somebody.hear(Asked(Wish.START))
    lobby = somebody.screen
    await somebody.hear(Asked(Wish.START), update=None)
    said = await house.dialogue.notice(address, None, "tell", ENGLISH)

    assert lobby.name == "none_open"
    assert tokens(lobby) == [TELL[0][0]]
    assert (said.screen.name, said.screen.turn) == ("language", 1)
    assert house.programme.is_listening(house.campaigns.now())


async def test_the_next_round_is_named_and_not_the_next_listening_round(house):
    await switched_on(house)
    await house.campaigns.advance_due()
    opens_at = NOON + timedelta(days=60)
    later = await house.campaigns.plan(a_round(opens_at=opens_at, closes_at=opens_at + timedelta(days=20)))

    lobby = (await house.dialogue.look(ON_PAGE, ENGLISH)).screen

    assert lobby.name == "next_opens"
    assert str(later.opens_at.day) in lobby.texts[0].text
    assert tokens(lobby) == [TELL[0][0]]


@pytest.mark.parametrize("address", [ON_PHONE, ON_PAGE])
async def test_a_listening_round_never_stands_in_the_way_of_a_monitoring_round(house, address):
    await switched_on(house)
    spring = await open_round(house)
    somebody = Somebody(house, address)

    await somebody.hear(Asked(Wish.START))
    for token in LISTENING:
        await somebody.press(token)

    assert somebody.screen.question == "relation"
    assert (await somebody.session(spring.id)) is not None


async def test_who_has_answered_is_told_so_and_can_still_write(house):
    await switched_on(house)
    await open_round(house)
    somebody = Somebody(house, ON_PHONE)
    await somebody.answer_everything()

    await somebody.hear(Asked(Wish.START))

    assert somebody.screen.name == "already"
    assert tokens(somebody.screen) == [TELL[0][0]]


async def test_after_the_thanks_both_channels_lead_to_where_one_can_write(house):
    await switched_on(house)
    await open_round(house)
    on_page, on_phone = Somebody(house, ON_PAGE), Somebody(house, ON_PHONE)
    await on_page.answer_everything()
    await on_phone.answer_everything()

    asked = [parcel.notice for parcel in await house.stores.outbox.waiting() if parcel.notice is not None]

    assert tokens(on_page.screen) == [TELL[0][0]]
    assert [button.token for button in asked[-1].buttons] == ["n.news.yes", "n.news.no", TELL[0][0]]


async def test_a_listening_session_that_waits_is_gone_on_with(house):
    await switched_on(house)
    await open_round(house)
    somebody = Somebody(house, ON_PHONE)
    await house.dialogue.notice(ON_PHONE, None, "tell", ENGLISH)
    somebody.screen = (await house.dialogue.look(ON_PHONE, ENGLISH)).screen
    for token in (*LISTENING, "a1"):
        await somebody.press(token)

    await somebody.hear(Asked(Wish.START))
    again = (await house.dialogue.notice(ON_PHONE, None, "tell", ENGLISH)).screen

    assert somebody.screen.question == ABOUT
    assert again.question == ABOUT


@pytest.mark.parametrize("channel", ["web", "telegram"])
async def test_one_text_in_each_listening_round_and_then_the_day_on_which_one_can_write_again(
    house, clock, channel
):
    first = await switched_on(house)
    somebody = await tells(house, "0123456789ABCDEF", channel=channel)

    again = await somebody.ask("tell")
    clock.at = first.closes_at
    await house.campaigns.advance_due()
    anew = await somebody.ask("tell")

    assert (await somebody.ask("tell_ask")).name != "tell_off"
    assert again.name == "tell_already"
    assert not again.buttons
    assert anew.name == "language"


async def test_what_was_sent_in_a_listening_round_never_hides_a_round_that_can_be_answered(house):
    await switched_on(house)
    somebody = await tells(house, "0123456789ABCDEF")
    before = (await house.dialogue.look(somebody.address, ENGLISH)).screen
    await open_round(house)

    after = (await house.dialogue.look(somebody.address, ENGLISH)).screen

    assert (before.name, after.name) == ("thanks", "language")


async def test_a_withdrawn_or_stopped_text_can_be_written_anew(house):
    await switched_on(house)
    somebody = Somebody(house, ON_PAGE)
    await house.dialogue.notice(ON_PAGE, None, "tell", ENGLISH)
    somebody.screen = (await house.dialogue.look(ON_PAGE, ENGLISH)).screen
    for token in (*LISTENING, "x", "y"):
        await somebody.press(token)

    assert somebody.screen.name == "erased"
    assert (await somebody.ask("tell")).name == "language"


async def test_rounds_follow_each_other_without_a_gap_until_it_is_switched_off(house, clock):
    first = await switched_on(house)
    for _ in range(3):
        await house.campaigns.advance_due()
        clock.at += timedelta(days=31)
    await house.campaigns.advance_due()
    rounds = sorted(
        (one for one in await house.stores.rounds.all() if one.is_listening), key=lambda one: one.opens_at
    )
    ended, closed = await always_open(house).end(BENCHMARK)
    await house.campaigns.advance_due()

    assert [one.number for one in rounds] == [1, 2, 3, 4, 5]
    assert all(one.closes_at == other.opens_at for one, other in pairwise(rounds))
    assert rounds[0].id == first.id == RoundId("language-learning-tell-2026-03")
    assert (closed, ended.series) == (rounds[3].id, "language-learning-tell")
    after = {one.id: one.state for one in await house.stores.rounds.all()}
    assert set(after.values()) == {RoundState.RELEASED, RoundState.CANCELLED}
    assert (await Somebody(house).ask("tell")).name == "tell_off"


async def test_it_is_switched_on_once_for_each_benchmark_and_off_only_where_it_is_on(house):
    going = always_open(house)
    with pytest.raises(RoundError, match="it is off: nobody can write about language-learning"):
        await going.end(BENCHMARK)
    await switched_on(house)

    with pytest.raises(RoundError, match="people can write about language-learning in port-saule already"):
        await switched_on(house)
    await going.end(BENCHMARK, "port-saule")
    assert await going.going() == []
    again = await switched_on(house)

    assert again.state is RoundState.OPEN


@pytest.mark.slow
async def test_its_release_says_who_wrote_by_side_and_its_texts_keep_the_rule_of_ten_writers(tmp_path, clock):
    async with a_house("memory", tmp_path, clock) as house:
        round_ = await switched_on(house)
        for number in range(20):
            side = "a0" if number < 11 else "a1"
            await tells(house, new_account(), f"Lessons start too late: {number}", side)
        await always_open(house).end(BENCHMARK)
        await house.campaigns.release(round_.id)
        sitting = await house.reviewing.review(round_.id)
        while (shown := sitting.next()) is not None:
            await sitting.accept(shown, shown.text)
        await house.reviewing.release(round_.id)

        tables = reopen(await house.stores.releases.read(round_.id, TABLES))
        texts = reopen_texts(await house.stores.releases.read(round_.id, PART), tables)

    assert [table["id"] for table in tables.document["tables"]] == ["relation.all"]
    assert [question["id"] for question in tables.document["questions"]] == ["relation"]
    (shown,) = texts.document["texts"]
    assert (shown["key_factor"], shown["side"], len(shown["texts"])) == ("L3", "migrant", 11)
    page = html_of(tables, house.catalogues.voice("en"), texts=texts).decode()
    assert "Lessons start too late: 7" in page
    assert "Lessons start too late: 17" not in page


async def test_a_text_is_sealed_in_the_box_of_texts_and_the_sheet_says_the_side_alone(house_on_disk):
    house = house_on_disk
    round_ = await switched_on(house)
    somebody = await tells(house, "0123456789ABCDEF")

    await house.stores.answers.flush(round_.id, 1)
    (sheet,) = await house.stores.answers.open_boxes(round_.id)
    (text,) = await house.stores.answers.open_texts(round_.id)

    assert somebody.screen.name == "thanks"
    assert set(sheet.answers) == {"relation"}
    assert (text.side, text.key_factor, text.text) == ("migrant", "L3", "Courses start too late.")
