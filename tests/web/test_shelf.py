"""The real shelf behind the pages: frozen releases as the program keeps them, read in a browser, too."""

import gzip
import logging
from datetime import timedelta
from functools import cache
from pathlib import Path

import pytest
from playwright.async_api import async_playwright

from conversations.rounds import RoundState
from tests.conftest import NOON
from tests.gallery.shelving import add_round, shelved
from tests.web.house import House, serving
from tests.web.reading import Reader
from tests.web.test_in_chromium import ARGS, AXE, TOO_SMALL, TOO_WIDE


@cache
def frozen():
    """The bytes of a release of 300 people, as an earlier version of the program froze them."""
    file = Path(__file__).parents[1] / "reports" / "frozen" / "schema-2-300.json.gz"
    return gzip.decompress(file.read_bytes())


async def test_the_shelf_tells_what_was_published_and_what_is_to_come():
    here = await shelved({"spring": {"tables": frozen()}})
    await add_round(
        here.stores, "later", RoundState.OPEN, closes_at=NOON + timedelta(days=40), staff_key=True
    )
    await add_round(here.stores, "soon", RoundState.OPEN, closes_at=NOON + timedelta(days=2))
    await add_round(here.stores, "over", RoundState.CLOSED, closes_at=NOON - timedelta(days=2))
    await add_round(here.stores, "planned", RoundState.PLANNED)
    await add_round(here.stores, "cancelled", RoundState.CANCELLED)

    (release,) = await here.shelf.list(0, 20)
    expected = await here.shelf.expected()

    assert (release.round_id, release.city["ar"], release.released_on.isoformat()) == (
        "spring",
        "بور سول",
        "2026-03-23",
    )
    assert release.figures is not None
    assert (release.figures.people, release.figures.texts) == (300, False)
    assert [(one.name.rpartition(" ")[2], one.closed, one.by_hand) for one in expected] == [
        ("over", True, False),
        ("soon", False, False),
        ("later", False, True),
    ]
    assert await here.shelf.list(1, 20) == []
    assert await here.shelf.edition("nowhere") is None


async def test_a_further_part_makes_a_new_edition_and_is_named_in_the_list():
    here = await shelved({"spring": {"tables": frozen()}})
    before = await here.shelf.edition("spring")

    await here.stores.releases.freeze("spring", b"{}", "texts")

    (release,) = await here.shelf.list(0, 20)
    assert release.figures.texts
    assert await here.shelf.edition("spring") not in (before, None)


async def test_a_changed_figure_is_not_shown_and_the_log_names_the_round_alone(caplog):
    changed = frozen().replace(b'"people":300', b'"people":303', 1)
    here = await shelved({"spring": {"tables": changed}, "autumn": {"tables": frozen()}})
    caplog.set_level(logging.DEBUG, "bot")
    app = House().new_app(releases=here.shelf)

    async with serving(app) as base, Reader(base) as reader:
        listed = await reader.get("/results?lang=en")
        page = await reader.get("/results/spring?lang=en")
        whole = await reader.get("/results/autumn?lang=en")

    assert listed.text.count("About 300 people answered") == 1
    assert (page.status, whole.status) == (503, 200)
    assert "303" not in listed.text + page.text
    assert {record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR} == {
        "the release of round spring does not verify and is not shown"
    }


@pytest.mark.slow
@pytest.mark.browser
async def test_a_phone_shows_list_and_page_without_script_and_axe_finds_nothing(chromium):
    here = await shelved({"spring": {"tables": frozen()}})
    await add_round(here.stores, "soon", RoundState.OPEN)
    found = []
    async with serving(House().new_app(releases=here.shelf)) as base, async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=ARGS)
        context = await browser.new_context(viewport={"width": 360, "height": 640}, reduced_motion="reduce")
        page = await context.new_page()
        page.on("console", lambda message: found.append(message.text))
        for tag in ("en", "fr", "ar"):
            await page.goto(f"{base}/results?lang={tag}")
            found += [f"{tag} small: {name}" for name in await page.evaluate(TOO_SMALL)]
            assert await page.evaluate(TOO_WIDE) <= 0
            await page.click("h2 a")
            assert await page.locator("html").get_attribute("lang") == tag
            assert await page.evaluate(TOO_WIDE) <= 0
            assert await page.locator(".ways a").count() == 4
            assert "immutable" in (await page.request.get(page.url)).headers["cache-control"]
        await page.close()
        context = await browser.new_context(viewport={"width": 360, "height": 640}, bypass_csp=True)
        page = await context.new_page()
        for path, part in (("/results?lang=ar", "body"), ("/results/spring?lang=ar", ".ways")):
            await page.goto(base + path)
            await page.evaluate(AXE)
            result = await page.evaluate("part => axe.run(part, {resultTypes: ['violations']})", part)
            assert len(result["passes"]) > 3
            found += [(path, one["id"], one["nodes"][0]["html"][:150]) for one in result["violations"]]
        await browser.close()

    assert found == []
