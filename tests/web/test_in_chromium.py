"""The pages in a real browser on a small phone: seen, used by finger and by keyboard, by day and by night."""

from pathlib import Path

import axe_core_python
import pytest
from playwright.async_api import async_playwright

from tests.web.house import House, serving

pytestmark = pytest.mark.browser

PHONE = {"width": 360, "height": 640}
ARGS = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
AXE = (Path(axe_core_python.__file__).parent / "axe.min.js").read_text("utf-8")
REFUGE = "http://127.0.0.1:9/refuge"  # nothing listens there: the browser's own answer stands in for it
BESIDE = ("/privacy", "/help", "/results", "/resume", "/withdraw", "/assist", "/nowhere")
TOO_SMALL = """() => [...document.querySelectorAll(
    'a, button, input:not([type=hidden]), textarea, label.answer')]
    .filter(found => !found.closest('label.answer') || found.matches('label.answer'))
    .map(found => [found.getBoundingClientRect(), found.textContent.trim() || found.name])
    .filter(([box]) => box.width < 44 || box.height < 44)
    .map(([box, name]) => `${name}: ${box.width} x ${box.height}`)"""
TOO_WIDE = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture
async def browser(chromium):
    async with async_playwright() as playwright:
        started = await playwright.chromium.launch(executable_path=chromium, args=ARGS)
        yield started
        await started.close()


@pytest.fixture
async def address():
    async with serving(House(refuge=REFUGE).app) as base:
        yield base


async def phone(browser, language="en", scripts=True, night=False, examined=False):
    context = await browser.new_context(
        viewport=PHONE,
        locale=language,
        java_script_enabled=scripts,
        color_scheme="dark" if night else "light",
        reduced_motion="reduce",
        bypass_csp=examined,
    )
    if examined:
        await context.add_init_script(AXE)
    return await context.new_page()


async def press(page, selector, place=0):
    """Press a button and wait for the page that it leads to."""
    async with page.expect_navigation():
        await page.locator(selector).nth(place).click()


async def walk(page, base, visit):
    """Go the whole way, calling `visit` in every state: all kinds of questions, asides, notices, the end."""
    await page.goto(base)
    await visit("language")
    for token in ("l0", "g", "y"):
        await press(page, f"button[value={token}]")
        await visit(token)
    await press(page, "button.answer")  # somebody who came from elsewhere is asked every kind of question
    detours = True
    for _ in range(40):
        if await page.locator("button[value=z]").count():
            break
        if await page.locator("[type=checkbox]").count():
            await page.locator("label.answer").first.click()
            await visit("ticked")
            await press(page, "button[name=done]")
        elif await page.locator("#text").count():
            words = await page.locator("textarea").count() > 0
            await page.locator("#text").fill("كلمات words 😀" if words else "3")
            await visit("words" if words else "number")
            await press(page, ".writing button")
        else:
            if detours and await page.locator("button[value=w]").count():
                detours = False
                await detour(page, base, visit)
            await press(page, "button.answer", 1)
        await visit("question")
    await visit("review")
    await press(page, "button[value=c]")
    await visit("change")
    await press(page, "button.answer", 1)
    await visit("answered before")
    await press(page, "button[value=k]")
    await press(page, "button[value=z]")
    await visit("thanks")


async def detour(page, base, visit):
    """Ask why, pause for a code, change the language and back, write nonsense, think of stopping."""
    await press(page, "button[value=w]")
    await visit("why")
    await press(page, "button[value=g]")
    await press(page, "button[value=p]")
    await visit("pause")
    await press(page, "form[action='/code'] button")
    await visit("code")
    await page.goto(base)
    await press(page, "button[value=g]")
    await page.locator("input[name=text]").fill("nonsense")
    async with page.expect_navigation():
        await page.keyboard.press("Enter")
    await visit("notice")
    await press(page, "button[value=x]")
    await visit("stop")
    await press(page, "button[value=g]")


RULES = {"resultTypes": ["violations"]}  # of what passes, names alone
COLOURS = RULES | {"runOnly": ["color-contrast"]}
"""What axe looks at by night, and where only the words are others, after every rule held by day."""


EVERY_RULE = (("en", False), ("ar", False))  # once in each direction


@pytest.mark.slow
@pytest.mark.parametrize(
    "language, night",
    [("en", False), ("fr", False), ("ar", False), ("ar", True)],
    ids=["day-en", "day-fr", "day-ar", "night-ar"],  # by night only the colours differ
)
async def test_axe_finds_nothing_and_everything_fits_a_small_phone(browser, address, language, night):
    page = await phone(browser, language, night=night, examined=True)
    found, states = [], []

    async def visit(state):
        states.append(state)
        result = await page.evaluate(
            "wanted => axe.run(wanted)", RULES if (language, night) in EVERY_RULE else COLOURS
        )
        assert result["passes"]
        found.extend((state, problem["id"], problem["nodes"][0]["html"]) for problem in result["violations"])
        found.extend((state, "too small", name) for name in await page.evaluate(TOO_SMALL))
        if await page.evaluate(TOO_WIDE) > 0:
            found.append((state, "wider than the phone"))
        assert await page.locator("html").get_attribute("lang") == language
        assert await page.locator("html").get_attribute("dir") == ("rtl" if language == "ar" else "ltr")

    await walk(page, address, visit)
    for path in BESIDE:
        await page.goto(address + path)
        await visit(path)
    await page.goto(f"{address}/resume")
    await page.locator("#code").fill("wrong")
    await press(page, "button.forward")
    await visit("wrong code")

    assert not found, "\n".join(map(str, found))
    assert {"ticked", "words", "number", "notice", "review", "thanks", "wrong code"} <= set(states)


@pytest.mark.slow
async def test_the_whole_way_works_without_javascript(browser, address):
    page = await phone(browser, "fr", scripts=False)
    states = []

    async def visit(state):
        states.append(state)

    await walk(page, address, visit)

    assert states[-1] == "thanks"
    assert page.url == f"{address}/"


@pytest.mark.slow
async def test_the_keyboard_alone_is_enough(browser, address):
    page = await phone(browser)
    await page.goto(address)

    for _ in range(5):
        before = await page.locator("h1").inner_text()
        await page.keyboard.press("Tab")
        focused = page.locator(":focus")
        outline = await focused.evaluate("found => getComputedStyle(found).outlineStyle")
        assert outline != "none"
        assert await focused.evaluate("found => found.matches('main button')")
        async with page.expect_navigation():
            await page.keyboard.press("Enter")
        assert await page.locator("h1").inner_text() != before


async def test_focus_is_never_hidden_behind_the_bar_at_the_bottom(browser, address):
    page = await phone(browser)
    await page.goto(address)
    for token in ("l0", "g", "y"):
        await press(page, f"button[value={token}]")

    for _ in range(await page.locator("main .choosing button").count()):
        await page.keyboard.press("Tab")
        hidden = await page.evaluate(
            """() => { const box = document.activeElement.getBoundingClientRect();
            const bar = document.querySelector('.dock').getBoundingClientRect();
            return box.bottom > bar.top + 1 && !document.activeElement.closest('.dock') }"""
        )
        assert not hidden


async def test_reload_and_back_repeat_nothing(browser, address):
    page = await phone(browser)
    await page.goto(address)
    for token in ("l0", "g", "y", "a0"):
        await press(page, f"button[value={token}]")
    question = await page.locator("h1").inner_text()

    await page.reload()
    assert await page.locator("h1").inner_text() == question
    await page.go_back()
    assert page.url == f"{address}/"
    assert await page.locator("h1").inner_text() == question


async def test_leave_now_is_in_sight_and_leads_away_at_once(browser, address):
    page = await phone(browser)
    await page.route(REFUGE, lambda route: route.fulfill(body="harmless", content_type="text/plain"))
    await page.goto(address)
    for token in ("l0", "g"):
        await press(page, f"button[value={token}]")
    leave = page.locator(".leave button")
    box = await leave.bounding_box()
    assert box["y"] > PHONE["height"] / 2
    assert box["y"] + box["height"] <= PHONE["height"]

    await leave.click()
    await page.wait_for_url(REFUGE)

    assert await page.context.cookies(address) == []
    await page.go_back()
    assert await page.locator("button[value=l0]").count() == 1


async def test_nothing_is_asked_of_anybody_else_and_nothing_is_stored(browser, address):
    page = await phone(browser, examined=True)
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    problems = []
    page.on("console", lambda message: problems.append(message.text))

    await page.goto(address)
    await press(page, "button[value=l0]")

    assert all(url.startswith(address) for url in asked)
    assert problems == []
    assert len(await page.context.cookies()) == 1
    assert await page.evaluate("localStorage.length + sessionStorage.length") == 0
