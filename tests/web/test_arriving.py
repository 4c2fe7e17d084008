"""A relay's link on the web goes along in the one cookie until somebody begins; nothing is kept."""

from dataclasses import replace
from http.cookies import SimpleCookie

import aiohttp
import pytest

from bot.links import LONGEST
from conversations.identifiers import Locale, RoundId
from tests.journeys.associations import add_relay
from tests.journeys.household import ROUND, household, in_memory, open_round
from tests.web.house import app_of, serving
from tests.web.reading import Reader

LINK = "House of Women"


@pytest.fixture
async def house():
    async with household(in_memory()) as house:
        await open_round(house)
        await add_relay(house, name=LINK, kind="library")
        yield house


@pytest.fixture
async def reader(house):
    async with serving(app_of(house)) as base, Reader(base) as somebody:
        yield somebody


def way(house, channel="web", tag="ar"):
    """The path of a link."""
    (relay,) = house.relays.all
    return f"/r/{house.relays.payload(relay, channel, Locale(tag))}"


def cookie(reader):
    """What the one cookie holds: the account, and what a link carried."""
    (kept,) = reader.session.cookie_jar
    account, _, arrival = kept.value.partition(".")
    return account, arrival


async def session(house):
    (key,) = house.stores.keyring.drafts
    return (await house.stores.conversations.draft(key)).session


async def test_a_link_is_remembered_until_the_session_begins_and_not_longer(house, reader):
    page = await reader.get(way(house))
    assert page.language == "ar"
    account, arrival = cookie(reader)
    assert arrival == way(house).removeprefix("/r/")
    assert not house.stores.keyring.drafts

    await reader.press(page, page.captions[0])

    begun = await session(house)
    assert (begun.relay, begun.came_by, begun.locale) == ("r0001", "library", "ar")
    assert cookie(reader) == (account, "")


async def test_a_preview_of_a_link_creates_nothing(house, reader):
    for _ in range(3):
        async with aiohttp.ClientSession() as preview:
            for method in ("GET", "HEAD"):
                async with preview.request(method, reader.base + way(house)) as seen:
                    assert seen.status == 200

    assert not house.stores.keyring.drafts
    assert not house.stores.keyring.boxes


async def test_a_link_sets_one_cookie_of_at_most_81_signs_that_no_script_reads(house, reader):
    async with reader.session.get(reader.base + way(house), allow_redirects=False) as led:
        (written,) = led.headers.getall("Set-Cookie")

    (morsel,) = SimpleCookie(written).values()
    assert led.status == 303
    assert led.headers["Location"] == "/"
    assert len(morsel.value) <= 16 + 1 + LONGEST
    assert morsel["httponly"]
    assert not morsel["max-age"]
    assert not morsel["expires"]


@pytest.mark.parametrize(
    "path",
    [
        "/r/",
        "/r/x",
        "/r/r",
        "/r/" + "r" * 65,
        "/r/%E2%80%AE",
        "/r/a/b/c",
        "/r/" + "r" * 5000,
        "/r/f" + "A" * 28,
    ],
)
async def test_whatever_stands_in_a_link_the_answer_is_kind_and_leads_on(house, reader, path):
    strange = await reader.get(path)
    assert strange.status == 200
    assert strange.captions == ["Go on without the link"]

    page = await reader.press(strange, "Go on without the link")
    await reader.press(page, page.captions[0])

    begun = await session(house)
    assert (begun.relay, begun.came_by) == ("", "directly")
    assert cookie(reader)[1] == ""


async def test_a_telegram_link_does_not_count_on_the_web(house, reader):
    assert (await reader.get(way(house, "telegram"))).captions == ["Go on without the link"]


async def test_a_link_changes_nothing_of_an_open_session_and_is_then_let_go(house, reader):
    page = await reader.get("/")
    page = await reader.press(page, "1. English")
    before = await session(house)

    page = await reader.get(way(house))
    assert await session(house) == before
    await reader.press(page, page.captions[0])

    assert (await session(house)).relay == ""
    assert cookie(reader)[1] == ""


async def test_a_link_leads_to_its_own_series_where_several_rounds_are_open(house, reader):
    kept = await house.stores.rounds.get(ROUND)
    await house.stores.rounds.add(replace(kept, id=RoundId("housing"), name="Housing", series="housing"))
    house.stores.keyring.make_round(RoundId("housing"))
    house.programme.forget()
    assert len((await reader.get("/")).captions) == 2

    page = await reader.get(way(house))
    await reader.press(page, page.captions[0])

    assert (await session(house)).round == ROUND


async def test_a_spoilt_cookie_is_nobody_or_somebody_without_a_link(house, reader):
    await reader.get(way(house))
    account, _ = cookie(reader)
    for value, known in ((f"{account}.é", True), (f"{account}.{'r' * 65}", True), (f"x.{account}", False)):
        sent = {"Cookie": f"place={value}"}
        async with aiohttp.ClientSession() as other, other.get(reader.base, headers=sent) as seen:
            assert ("Set-Cookie" in seen.headers) is not known
            assert "Go on without" not in await seen.text()


async def test_leaving_takes_the_link_along(house, reader):
    page = await reader.get(way(house))
    form = next(form for form in page.forms if form.action == "/leave")
    async with reader.session.post(reader.base + form.action, data={}, allow_redirects=False):
        assert not list(reader.session.cookie_jar)
