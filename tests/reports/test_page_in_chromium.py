"""The release page in a real browser: on a phone, in the dark, on paper."""

from pathlib import Path

import axe_core_python
import pytest
from playwright.async_api import async_playwright

from reports.render import html_of
from tests.reports.pages import html, quoted, with_a_difference
from tests.reports.population import released, voice

pytestmark = pytest.mark.browser

ARGS = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]
AXE = (Path(axe_core_python.__file__).parent / "axe.min.js").read_text("utf-8")
TOO_WIDE = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
OPEN = "() => document.querySelectorAll('details').forEach(found => found.open = true)"
CLIPPED = """() => [...document.querySelectorAll('.stack svg text')].filter(text => {
    const words = text.getBoundingClientRect();
    const part = text.parentNode.querySelector('rect').getBoundingClientRect();
    return words.width && (words.left < part.left - 1 || words.right > part.right + 1);
}).map(text => text.textContent)"""
SEEN = "() => [...document.querySelectorAll('.stack svg text')].filter(text => text.checkVisibility()).length"
PHONES = ("ar", "fa", "bn", "el", "ru")
"""A language of each script and direction, and one with wide percents."""
WRITTEN = {"key_factor": "L1", "side": "migrant", "texts": [{"text": "لا أعرف أين أسأل.", "lang": "ar"}]}


@pytest.fixture
async def browser(chromium):
    async with async_playwright() as playwright:
        started = await playwright.chromium.launch(executable_path=chromium, args=ARGS)
        yield started
        await started.close()


async def opened(browser, people, tag, width, night=False):
    context = await browser.new_context(
        viewport={"width": width, "height": 640}, color_scheme="dark" if night else "light"
    )
    page = await context.new_page()
    await page.set_content(html_of(released(people), voice(tag)).decode())
    return page


@pytest.mark.slow
@pytest.mark.parametrize(
    "people, tag, width, night",
    [
        (26, "en", 1000, False),
        (60, "fa", 360, True),
        (26, "bn", 360, False),
    ],
)
async def test_axe_finds_nothing_and_the_page_is_no_wider_than_its_window(browser, people, tag, width, night):
    page = await opened(browser, people, tag, width, night)
    await page.evaluate(OPEN)

    await page.evaluate(AXE)
    result = await page.evaluate(
        "() => axe.run({resultTypes: ['violations']})"
    )  # of what passes, names alone

    assert [(found["id"], found["nodes"][0]["html"][:120]) for found in result["violations"]] == []
    assert len(result["passes"]) > 15
    assert await page.evaluate(TOO_WIDE) <= 0


async def test_a_link_to_a_table_opens_it(browser):
    page = await opened(browser, 100, "en", 1000)

    await page.click("a[href='#t-service_known']")

    assert await page.locator("details:has(#t-service_known)").get_attribute("open") is not None


async def test_bars_grow_from_the_side_on_which_a_language_starts(browser):
    starts = {}
    for tag in ("en", "ar"):
        page = await opened(browser, 100, tag, 1000)
        starts[tag] = await page.evaluate(
            "() => { const bar = document.querySelector('.question .bar .fill');"
            " const [fill, whole] = [bar, bar.closest('svg')].map(found => found.getBoundingClientRect());"
            " return [fill.left - whole.left, whole.right - fill.right]; }"
        )

    assert starts["en"][0] < 2 < starts["en"][1]
    assert starts["ar"][1] < 2 < starts["ar"][0]


async def test_on_paper_every_table_is_open_and_the_ground_is_white(browser):
    page = await opened(browser, 100, "en", 1000, night=True)
    await page.emulate_media(media="print")

    ground = await page.evaluate("() => getComputedStyle(document.documentElement).backgroundColor")

    assert ground == "rgb(255, 255, 255)"
    assert await page.locator("details table").first.is_visible()


@pytest.mark.slow
async def test_on_a_phone_and_on_a_desk_no_figure_in_a_bar_is_cut_off(browser):
    seen = {}
    for tag, width in [("en", 1280), *((tag, 360) for tag in PHONES)]:
        context = await browser.new_context(viewport={"width": width, "height": 640})
        page = await context.new_page()
        await page.set_content(html(with_a_difference(), tag, quoted([WRITTEN])))
        seen[tag] = await page.evaluate(SEEN)

        assert await page.evaluate(CLIPPED) == []
        assert await page.evaluate(TOO_WIDE) <= 0
        await context.close()

    assert {seen[tag] for tag in PHONES} == {seen["ar"]}
    assert seen["en"] > seen["ar"] > 40
