"""The page of an association: behind a secret address, with links, sheets and steps, and never an answer."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.associations import Associations
from conversations.progress import Step
from tests.conftest import NOON
from tests.journeys.associations import add_relay
from tests.journeys.household import ROUND, household, in_memory, open_round
from tests.web.house import app_of, serving
from tests.web.reading import Reader


@pytest.fixture
async def house():
    async with household(in_memory()) as house:
        await open_round(house)
        await add_relay(house, name="House of <Women>")
        yield house


@pytest.fixture
async def reader(house):
    pages = Associations(
        house.registry, house.relays, house.relaying, lambda: "voix_bot", "https://voix.example"
    )
    async with serving(app_of(house, associations=pages)) as base, Reader(base) as somebody:
        yield somebody


async def test_the_page_shows_a_link_for_each_channel_and_language_as_text(house, reader):
    secret = await house.relaying.open_page("r0001")

    page = await reader.get(f"/relay/{secret}")

    (relay,) = house.relays.all
    for link in house.relays.links(relay, "voix_bot"):
        assert f">{link.address}</p>" in page.text
    assert "House of &lt;Women&gt;" in page.text
    assert not [href for href in page.links if "/r/" in href or "t.me" in href]
    assert [form.action for form in page.forms] == ["/leave"]


async def test_what_is_done_at_the_desk_and_in_the_evening_stands_above_a_long_list_of_links(house, reader):
    secret = await house.relaying.open_page("r0001")

    page = await reader.get(f"/relay/{secret}?lang=en")

    places = [
        page.text.index(words) for words in ("How many people came", "An evening together", "Your links")
    ]
    assert places == sorted(places)
    assert page.text.count("<h3>") == 2  # languages stand below the headline of links
    assert "/assist?lang=en" in page.links


async def test_the_page_is_kept_nowhere_named_nowhere_and_sets_no_cookie(house, reader):
    secret = await house.relaying.open_page("r0001")

    async with reader.session.get(f"{reader.base}/relay/{secret}") as seen:
        headers = seen.headers

    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Robots-Tag"] == "noindex, nofollow"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert "Set-Cookie" not in headers
    assert "script" not in headers["Content-Security-Policy"]


@pytest.mark.parametrize("path", ["", "x", "A" * 28, "É" * 28, "A" * 5000, "../etc"])
async def test_an_address_that_leads_nowhere_is_the_ordinary_page_for_that(house, reader, path):
    await house.relaying.open_page("r0001")

    assert (await reader.get(f"/relay/{path}")).status == 404


@pytest.mark.parametrize("what", ["renewed", "withdrawn", "revoked"])
async def test_a_page_that_was_taken_away_looks_like_one_that_never_was(house, reader, what):
    secret = await house.relaying.open_page("r0001")
    assert (await reader.get(f"/relay/{secret}")).status == 200
    match what:
        case "renewed":
            await house.relaying.open_page("r0001", renew=True)
        case "withdrawn":
            await house.relaying.withdraw_page("r0001")
        case "revoked":
            await house.relaying.revoke("r0001")

    gone, never = await reader.get(f"/relay/{secret}"), await reader.get(f"/relay/{'A' * 28}")

    assert (gone.status, gone.text) == (404, never.text)
    assert (await reader.get(f"/relay/{secret}/fr.pdf")).status == 404


@pytest.mark.parametrize("tag, direction", [("fr", "ltr"), ("ar", "rtl"), ("en", "ltr")])
async def test_the_page_speaks_each_language_that_is_offered(house, reader, tag, direction):
    secret = await house.relaying.open_page("r0001")

    page = await reader.get(f"/relay/{secret}?lang={tag}")

    assert (page.language, page.direction) == (tag, direction)
    assert {f"?lang={other}" for other in ("fr", "ar", "en") if other != tag} <= set(page.links)


async def test_the_page_tells_the_step_of_the_last_count_and_no_number(house, reader):
    secret = await house.relaying.open_page("r0001")
    assert "Nobody has been counted yet." in (await reader.get(f"/relay/{secret}?lang=en")).text
    steps = [Step("", 100, 130, NOON.date()), Step("relay:r0001", 25, 40, NOON.date())]
    await house.stores.progress.keep(ROUND, steps)

    text = (await reader.get(f"/relay/{secret}?lang=en")).text

    assert "More than 25 people have answered through your links in this round." in text
    assert "100" not in text
    assert "130" not in text


async def test_between_rounds_the_page_names_the_next(house, reader):
    secret = await house.relaying.open_page("r0001")
    kept = await house.stores.rounds.get(ROUND)
    await house.campaigns.close(ROUND)
    later = replace(kept, id="later", state="planned", opens_at=NOON + timedelta(days=40),
                    closes_at=NOON + timedelta(days=60))  # fmt: skip
    assert "No round is open now." in (await reader.get(f"/relay/{secret}?lang=en")).text
    await house.stores.rounds.add(replace(later, state=type(kept.state).PLANNED))

    assert "The next round opens on" in (await reader.get(f"/relay/{secret}?lang=en")).text


async def test_sheets_are_handed_out_in_the_relays_languages_only(house, reader):
    secret = await house.relaying.open_page("r0001")

    async with reader.session.get(f"{reader.base}/relay/{secret}/ar.pdf") as given:
        assert given.status == 200
        assert (await given.read()).startswith(b"%PDF-")
        assert given.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert (await reader.get(f"/relay/{secret}/nl.pdf")).status == 404
    assert (await reader.get(f"/relay/{secret}/xx.pdf")).status == 404


async def test_when_its_links_have_ended_a_relay_sees_none(house, reader):
    secret = await house.relaying.open_page("r0001")
    (relay,) = await house.stores.relays.all()
    await house.stores.relays.change(replace(relay, ends_on=NOON.date() - timedelta(days=1)))
    house.relays.forget()

    page = await reader.get(f"/relay/{secret}?lang=en")

    assert page.status == 200
    assert "/r/r" not in page.text
    assert (await reader.get(f"/relay/{secret}/ar.pdf")).status == 404
