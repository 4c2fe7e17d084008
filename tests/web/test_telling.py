"""The page on which people tell something outside rounds: places that help first, and one way in."""

from contextlib import asynccontextmanager

import pytest
from playwright.async_api import async_playwright

from bot.always_open import AlwaysOpen
from bot.web.app import web_app
from bot.web.site import SiteLook
from tests.bot.test_always_open import BENCHMARK, switched_on
from tests.conftest import NOON
from tests.journeys.household import household, in_memory, open_round
from tests.web.house import Shelf, serving
from tests.web.reading import Reader
from tests.web.test_in_chromium import ARGS, PHONE, TOO_SMALL, TOO_WIDE, press

LINK = 'href="/tell"'


@asynccontextmanager
async def a_page(house):
    """Somebody reads the pages of a house."""
    app = web_app(
        listener=house.dialogue,
        catalogues=house.catalogues,
        releases=Shelf(),
        look=SiteLook(
            names={"en": "Port-Saule"}, colour="#1d625c", demonstration=True, offered=("en", "fr", "ar")
        ),
        secret=b"a secret that outlasts a restart",
        secure=False,
        tells=lambda: house.programme.is_listening(NOON),
    )
    async with serving(app) as base, Reader(base, "en") as reader:
        yield reader


@pytest.fixture
async def house():
    async with household(in_memory()) as house:
        yield house


def first(page, *phrases):
    """Whether these phrases stand on a page, in this order."""
    places = [page.text.find(phrase) for phrase in phrases]
    return -1 not in places and places == sorted(places)


async def pressed(reader, page, *captions):
    """Press buttons one after the other, by what stands on them."""
    for caption in captions:
        control = next(one for one in page.choices if one.caption.endswith(caption))
        page = await reader.press(page, control.value)
    return page


async def test_switched_off_no_page_leads_there_and_the_page_itself_is_kind(house):
    await open_round(house)
    async with a_page(house) as reader:
        start, page = await reader.get(), await reader.get("/tell")

    assert LINK not in start.text
    assert "welcome@port-saule.example" in page.text
    assert "You cannot write to us in your own words right now" in page.text
    assert not page.choices


async def test_switched_on_every_page_leads_there_and_places_that_help_come_first(house):
    await switched_on(house)
    async with a_page(house) as reader:
        pages = [await reader.get(path) for path in ("/", "/help", "/privacy", "/results", "/resume")]
        page = await reader.get("/tell")

    assert all(LINK in one.text for one in pages)
    assert first(page, "welcome@port-saule.example", "not for emergencies", "in your own words?", "n.tell")
    assert [(one.value, one.caption) for one in page.choices] == [("n.tell", "Tell us something")]


async def test_looking_at_the_page_keeps_nothing(house):
    await switched_on(house)
    async with a_page(house) as reader:
        await reader.get("/tell")

    assert not house.stores.keyring.drafts


@pytest.mark.parametrize("by", ["link", "words"])
async def test_somebody_tells_something_and_is_told_when_they_can_again(house, by):
    await switched_on(house)
    async with a_page(house) as reader:
        if by == "link":
            page = await pressed(reader, await reader.get("/tell"), "Tell us something")
        else:
            page = await reader.write(await reader.get(), "/Tell")
        page = await pressed(reader, page, "English", "Go on", "and want to answer")
        page = await pressed(reader, page, "from another country", "What a course costs")
        page = await reader.write(page, "Books cost too much.")
        thanks = await pressed(reader, page, "Send my answers")
        again = await reader.get("/tell")
        here = await reader.get()

    assert first(thanks, "Thank you! Your words have been sent.", "You can write again after")
    assert "You have already written to us" in again.text
    assert "Your words have been sent" in here.text
    assert not again.choices


async def test_a_monitoring_round_comes_first_and_after_its_thanks_one_can_still_tell(house):
    await switched_on(house)
    await open_round(house)
    async with a_page(house) as reader:
        page = await pressed(reader, await reader.get(), "English", "Go on", "and want to answer")
        for _ in range(30):
            skips = [one for one in page.choices if one.caption in ("Skip", "Continue without an answer")]
            wanted = skips[0].value if skips else page.choices[0].value
            page = await reader.press(page, wanted)
            if "Thank you! Your answers have been sent." in page.text:
                break

    assert [one.value for one in page.choices] == ["n.tell"]


@pytest.mark.browser
@pytest.mark.slow
async def test_it_fits_a_small_phone_in_both_directions(house, chromium):
    await switched_on(house)
    faults = []
    async with a_page(house) as reader, async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=ARGS)
        for tag in ("fr", "ar"):
            context = await browser.new_context(viewport=PHONE, locale=tag, reduced_motion="reduce")
            page = await context.new_page()
            await page.goto(f"{reader.base}/tell")
            for token in ("n.tell", "l0", "g", "y", "a0", "a2"):
                faults += [(tag, token, await page.evaluate(TOO_WIDE), await page.evaluate(TOO_SMALL))]
                await press(page, f"button[value='{token}']")
            await page.fill("textarea", "…")
            faults += [(tag, "text", await page.evaluate(TOO_WIDE), await page.evaluate(TOO_SMALL))]
        await browser.close()

    assert [fault for fault in faults if fault[2] > 0 or fault[3]] == []
    assert len(faults) == 14


async def test_switched_off_again_a_text_that_was_begun_is_gone(house):
    await switched_on(house)
    async with a_page(house) as reader:
        page = await pressed(reader, await reader.get("/tell"), "Tell us something", "English", "Go on")
        await AlwaysOpen(house.registry, house.campaigns).end(BENCHMARK)
        page = await pressed(reader, page, "and want to answer")

    assert "That conversation is over." in page.text
    assert LINK not in page.text
