"""A relay's link leads to the round of its series; what a relay learns are steps of a weekly count."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.hearing import Phone
from conversations.errors import RelayError
from conversations.identifiers import Locale, RelayId, RoundId
from conversations.moves import Asked, Wish
from conversations.progress import EVERYBODY
from conversations.session import Place
from reports.disclosure import progress_steps
from storage.memory.shared import Box
from tests.bot.houses import MovableClock
from tests.bot.somebody import ON_PAGE, ON_PHONE, Somebody
from tests.conftest import NOON
from tests.journeys.associations import add_relay
from tests.journeys.household import ROUND, a_round, household, in_memory, open_round
from tests.reports.population import frame, sheets

HOUSING = RoundId("housing")


@pytest.fixture
async def house():
    """A house with an open round of learning, and a relay that carries it."""
    async with household(in_memory()) as house:
        await open_round(house)
        yield house


def by_link(house, relay, address=ON_PHONE, tag="ar", languages=("en",)):
    """Somebody whose phone opened a link."""
    payload = house.relays.payload(relay, address.channel, Locale(tag))
    return Somebody(house, address, Phone(languages, arrival=payload))


async def open_another_series(house, round_id=HOUSING):
    """A round of another series, opened as if it had always stood beside."""
    kept = await house.stores.rounds.get(ROUND)
    opened = replace(kept, id=round_id, name="Housing", series="housing")
    await house.stores.rounds.add(opened)
    house.stores.keyring.make_round(round_id)
    house.programme.forget()


@pytest.mark.parametrize("address", [ON_PHONE, ON_PAGE])
async def test_a_session_begun_by_a_link_knows_its_relay_and_speaks_its_language(house, address):
    somebody = by_link(house, await add_relay(house), address)

    seen = await house.dialogue.look(address, somebody.phone)
    assert seen.screen.tag == "ar"
    await somebody.begin()

    session = await somebody.session()
    assert (session.relay, session.came_by, session.locale) == ("r0001", "association", "ar")


async def test_the_language_of_a_link_can_still_be_changed(house):
    somebody = by_link(house, await add_relay(house))

    await somebody.begin("l2")

    assert (await somebody.session()).locale == "en"


async def test_the_relay_travels_inside_the_box_and_nowhere_else(house):
    somebody = by_link(house, await add_relay(house))
    await somebody.answer_everything()
    await house.campaigns.tidy()

    session = await somebody.session()
    sheet = session.sheet
    assert (sheet.relay, sheet.came_by) == ("r0001", "association")


@pytest.mark.parametrize("address", [ON_PHONE, ON_PAGE])
async def test_a_link_leads_to_the_round_of_its_series_even_if_several_are_open(house, address):
    await open_another_series(house)
    somebody = by_link(house, await add_relay(house), address)

    await somebody.begin()

    assert (await somebody.session()).round == ROUND
    assert len(house.stores.keyring.drafts) == 1


@pytest.mark.parametrize("address", [ON_PHONE, ON_PAGE])
async def test_a_link_of_a_series_without_open_round_names_the_next_opening_kindly(house, address):
    relay = await add_relay(house, series="housing")
    somebody = by_link(house, relay, address)

    await somebody.begin()
    assert somebody.screen.name == "link_unplanned"
    planned = a_round("later", series="housing", opens_at=NOON + timedelta(days=7))
    await house.stores.rounds.add(planned)
    house.programme.forget()
    await somebody.begin()

    assert somebody.screen.name == "link_later"
    assert [button.token for button in somebody.screen.buttons] == ["n.start"]
    assert not house.stores.keyring.drafts


async def test_where_nothing_is_open_a_link_names_the_day(house):
    relay = await add_relay(house, series="housing")
    await house.campaigns.close(ROUND)
    await house.stores.rounds.add(a_round("later", series="housing", opens_at=NOON + timedelta(days=7)))
    house.programme.forget()
    somebody = by_link(house, relay)

    await somebody.begin()

    assert (somebody.screen.name, somebody.screen.buttons) == ("link_later", ())


@pytest.mark.parametrize("address", [ON_PHONE, ON_PAGE])
@pytest.mark.parametrize("payload", ["r", "rubbish", "r" * 49, "r" * 65, "c", "\u202e", "f" * 29])
async def test_a_link_that_is_none_is_answered_with_one_kind_sentence_and_a_way_on(house, address, payload):
    somebody = Somebody(house, address, Phone(("en",), arrival=payload))

    await somebody.begin()
    assert somebody.screen.name == "link_strange"
    assert not house.stores.keyring.drafts
    somebody.phone = Phone(("en",))
    await somebody.begin("l0")

    session = await somebody.session()
    assert (session.relay, session.came_by, session.place) == ("", "directly", Place.INTRO)


async def test_a_revoked_link_is_answered_kindly_a_second_later(house):
    relay = await add_relay(house)
    somebody = by_link(house, relay)
    await house.relaying.revoke("house of women")

    await somebody.begin()

    assert somebody.screen.name == "link_strange"


async def test_where_nothing_is_open_a_strange_link_is_not_the_news(house):
    await house.campaigns.close(ROUND)
    somebody = Somebody(house, ON_PHONE, Phone(("en",), arrival="rubbish"))

    await somebody.begin()

    assert somebody.screen.name == "none_open"


@pytest.mark.parametrize("address", [ON_PHONE, ON_PAGE])
async def test_a_link_opened_in_the_middle_changes_nothing_of_the_open_session(house, address):
    somebody = Somebody(house, address)
    await somebody.begin("l0", "g", "y")
    before = await somebody.session()

    somebody = by_link(house, await add_relay(house), address)
    seen = await house.dialogue.look(address, somebody.phone)
    if address.returns:
        await somebody.begin()

    after = await somebody.session()
    assert (after.relay, after.came_by, after.question) == ("", "directly", before.question)
    assert seen.screen.tag == "en"


async def test_a_link_to_another_series_begins_there_and_leaves_the_open_session_as_it_is(house):
    await open_another_series(house)
    relay = await add_relay(house, series="housing")
    first = Somebody(house)
    await house.dialogue.join(ON_PHONE, None, ROUND, first.phone)
    before = await first.session(ROUND)

    await by_link(house, relay).begin()

    assert await first.session(ROUND) == before
    assert (await first.session(HOUSING)).relay == relay.id


async def test_who_has_answered_already_is_told_so_however_often_the_link_is_opened(house):
    somebody = by_link(house, await add_relay(house))
    await somebody.answer_everything()
    before = await somebody.session()

    await somebody.hear(Asked(Wish.START))

    assert somebody.screen.name == "already"
    assert await somebody.session() == before


# What a relay learns


def test_a_relays_people_are_counted_in_steps_like_everybody():
    by_relay = [sheet.model_copy(update={"relay": RelayId("r0001")}) for sheet in sheets(30)]
    people = [*by_relay, *sheets(100)]
    relays = [RelayId("r0001"), RelayId("r0002")]

    steps = {step.side: step for step in progress_steps(iter(people), frame(), [], date(2026, 3, 9), relays)}

    assert (steps[EVERYBODY].step, steps["relay:r0001"].step, steps["relay:r0002"].step) == (100, 25, 0)
    assert steps["relay:r0001"].people % 10 == 0


def test_a_relays_step_moves_only_after_ten_more_people():
    relay, day = [RelayId("r0001")], date(2026, 3, 9)
    steps = ()
    for people in (24, 26, 33):
        came = [sheet.model_copy(update={"relay": relay[0]}) for sheet in sheets(people)]
        steps = progress_steps(iter(came), frame(), steps, day, relay)
        assert next(step for step in steps if step.side == "relay:r0001").step == 10
    came = [sheet.model_copy(update={"relay": relay[0]}) for sheet in sheets(40)]
    steps = progress_steps(iter(came), frame(), steps, day, relay)

    assert next(step for step in steps if step.side == "relay:r0001").step == 25


MONDAY = datetime(2026, 3, 9, 6, tzinfo=ZoneInfo("Europe/Brussels")).astimezone(UTC)


async def test_a_relay_sees_its_own_step_of_the_last_count_and_nobody_else_does():
    clock = MovableClock(MONDAY - timedelta(days=3))
    async with household(in_memory(), clock=clock) as house:
        opened = await open_round(
            house, a_round(opens_at=MONDAY - timedelta(days=4), closes_at=MONDAY + timedelta(days=20))
        )
        relay = await add_relay(house, ends_on=MONDAY.date())
        came = [sheet.model_copy(update={"relay": relay.id}) for sheet in sheets(60)]
        house.stores.keyring.boxes[opened.id] = [Box(sheet, (), None) for sheet in came]
        assert (await house.relaying.came(relay)).step is None

        clock.at = MONDAY
        await house.campaigns.tidy()

        seen = await house.relaying.came(relay)
        assert (seen.step.step, seen.is_shut) == (50, False)
        assert seen.next_at == MONDAY + timedelta(days=7)
        progress = await house.campaigns.progress(opened.id)
        assert not [step for step in progress.steps if "relay" in step.side]


async def test_without_an_open_round_a_relay_sees_the_next_opening():
    async with household(in_memory()) as house:
        relay = await add_relay(house)
        await house.stores.rounds.add(a_round("later", opens_at=NOON + timedelta(days=7)))

        came = await house.relaying.came(relay)

        assert (came.round, came.step, came.opens_on) == (None, None, (NOON + timedelta(days=7)).date())


# What cannot be


@pytest.mark.parametrize(
    "change, said",
    [
        ({"languages": ("xx",)}, "no words in xx"),
        ({"languages": ()}, "at least one language"),
        ({"ends_on": NOON.date() - timedelta(days=1)}, "is over"),
        ({"ends_on": date(2200, 1, 1)}, "is later than"),
        ({"kind": "shop"}, "no kind of relay"),
        ({"name": ""}, "1 to 80 characters"),
        ({"series": "", "city": "port-lune"}, "--series"),
    ],
)
async def test_a_relay_that_cannot_be_is_refused_in_one_line(house, change, said):
    with pytest.raises(RelayError, match=said) as refused:
        await add_relay(house, **change)

    assert "\n" not in str(refused.value)
    assert await house.stores.relays.all() == []


async def test_the_series_is_that_of_the_citys_rounds_where_there_is_one(house):
    assert (await add_relay(house, series="")).series == "learning"


async def test_a_page_is_given_once_renewed_and_withdrawn(house):
    await add_relay(house)
    first = await house.relaying.open_page("House of Women")
    assert len(first) >= 26
    with pytest.raises(RelayError, match="--renew"):
        await house.relaying.open_page("House of Women")

    second = await house.relaying.open_page("r0001", renew=True)
    assert await house.relaying.at_page(first) is None
    assert (await house.relaying.at_page(second)).id == "r0001"
    await house.relaying.withdraw_page("r0001")
    assert await house.relaying.at_page(second) is None


async def test_links_are_renewed_255_times_at_most(house):
    relay = await add_relay(house)
    before = house.relays.payload(relay, "web", Locale("ar"))
    renewed = await house.relaying.renew("r0001")
    assert house.relays.payload(renewed, "web", Locale("ar")) != before
    await house.stores.relays.change(replace(renewed, generation=255))

    with pytest.raises(RelayError, match="too often"):
        await house.relaying.renew("r0001")


async def test_a_revoked_relay_has_no_page_and_gets_no_new_links(house):
    await add_relay(house)
    secret = await house.relaying.open_page("r0001")
    await house.relaying.revoke("r0001")

    assert await house.relaying.at_page(secret) is None
    for wish in (house.relaying.renew, house.relaying.open_page):
        with pytest.raises(RelayError, match="was revoked"):
            await wish("r0001")
