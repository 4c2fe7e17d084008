"""The page of what a city answered: in every language, linked from the results, on a phone, right to left."""

import gzip
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest
from playwright.async_api import async_playwright

from bot.app import SHIPPED
from bot.i18n import OFFERABLE
from conversations.inspecting_answers import Against
from conversations.loading import read_city_answer
from tests.gallery.shelving import shelved
from tests.web.house import House, serving
from tests.web.reading import Reader
from tests.web.test_in_chromium import ARGS, AXE, TOO_SMALL, TOO_WIDE

FROZEN = Path(__file__).parents[1] / "reports" / "frozen" / "schema-2-300.json.gz"
ROUND = "demonstration-earlier"
AT = datetime(2026, 5, 4, 9, tzinfo=UTC)


@cache
def shown_in_the_demonstration():
    """What the invented city answers."""
    text = (SHIPPED / "cities" / "port-saule" / "answer.toml").read_text("utf-8")
    factors = [f"L{number}" for number in range(1, 12)]
    held = Against(round=ROUND, factors=factors, shown=set(factors), languages=OFFERABLE, signs=lambda _: ())
    return read_city_answer(text, "answer.toml", held)


def pages(shelf):
    """The pages over a shelf, in all languages."""
    house = House()
    house.look = replace(house.look, offered=OFFERABLE)
    return house.new_app(releases=shelf)


@pytest.fixture
async def here():
    return await shelved({ROUND: {"tables": gzip.decompress(FROZEN.read_bytes())}})


@pytest.fixture
async def base(here):
    await here.stores.city_answers.keep(shown_in_the_demonstration(), AT)
    async with serving(pages(here.shelf)) as address:
        yield address


async def test_the_page_stands_in_every_language(base):
    async with Reader(base) as reader:
        for tag in OFFERABLE:
            page = await reader.get(f"/results/{ROUND}/answer?lang={tag}")
            assert page.status == 200
            assert "Port-Saule" in page.text or tag in ("el", "ar", "fa", "bg", "ru", "uk", "bn")
        french = await reader.get(f"/results/{ROUND}/answer?lang=fr")
        assert "Beaucoup d’entre vous ont attendu longtemps" in french.text
        latvian = await reader.get(f"/results/{ROUND}/answer?lang=lv")
        assert "English" in latvian.text


async def test_results_lead_to_the_answer_and_the_frozen_page_stays_as_it_is(here):
    async with serving(pages(here.shelf)) as address, Reader(address) as reader:
        before = await reader.get(f"/results/{ROUND}?lang=en")
        listed = await reader.get("/results?lang=en")
        missing = await reader.get(f"/results/{ROUND}/answer?lang=en")
        await here.stores.city_answers.keep(shown_in_the_demonstration(), AT)
        after = await reader.get(f"/results/{ROUND}?lang=en")
        listed_after = await reader.get("/results?lang=en")

    link = f'href="/results/{ROUND}/answer?lang=en"'
    assert missing.status == 404
    assert link not in before.text + listed.text
    assert link in after.text
    assert link in listed_after.text
    assert before.text.split("</nav>", 1)[1] == after.text.split("</nav>", 1)[1]


@pytest.mark.slow
@pytest.mark.browser
async def test_the_page_fits_a_phone_from_right_to_left_without_script(base, chromium):
    small = {"width": 360, "height": 640}
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=ARGS)
        page = await (await browser.new_context(viewport=small, java_script_enabled=False)).new_page()
        await page.goto(f"{base}/results/{ROUND}/answer?lang=ar")
        assert await page.locator("html").get_attribute("dir") == "rtl"
        assert await page.locator("section.answered").count() == 3
        assert await page.locator("script").count() == 0
        page = await (await browser.new_context(viewport=small, bypass_csp=True)).new_page()
        await page.goto(f"{base}/results?lang=ar")
        assert await page.evaluate(TOO_SMALL) == []
        await page.click(f'a[href="/results/{ROUND}/answer?lang=ar"]')
        assert await page.evaluate(TOO_SMALL) == []
        assert await page.evaluate(TOO_WIDE) <= 0
        await page.evaluate(AXE)
        result = await page.evaluate("axe.run('body')")
        await browser.close()

    assert len(result["passes"]) > 3
    assert [(one["id"], one["nodes"][0]["html"][:150]) for one in result["violations"]] == []
