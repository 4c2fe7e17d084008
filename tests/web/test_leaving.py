"""What a browser's profile on disk holds after "leave now": nothing of what was said, a neutral entry."""

import base64
import json
import sqlite3
from contextlib import asynccontextmanager
from urllib.parse import quote, quote_plus

import pytest
from playwright.async_api import async_playwright
from starlette.applications import Starlette
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from conversations.lettering import in_groups
from tests.web.house import House, serving
from tests.web.reading import Reader
from tests.web.test_in_chromium import ARGS, press

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SHORTEST = 6  # bytes; shorter patterns are found by chance
AS_PEOPLE_HAVE_IT = ["--disable-back-forward-cache"]  # what the test driver would switch off
WRITTEN = "verytellingwords کلمات"
UNSENT, CHATTED, LATE = "neversentwords", "chattedwords", "wordsfromanoldtab"
WRONG_CODE, WRONG_DIGITS = "QWRTQWRTQWRTQWRT", "5511223344556677"


def encodings(text):
    """The bytes that a text may stand as."""
    spellings = {text, quote(text), quote_plus(text), json.dumps(text)[1:-1], text.casefold()}
    found = {spelling.encode(code) for spelling in spellings for code in ("utf-8", "utf-16-le", "utf-16-be")}
    found |= {base64.b64encode(text.encode()[cut:])[:-4] for cut in range(3)}
    return {pattern for pattern in found if len(pattern) >= SHORTEST}


def found_in(profile, texts):
    """Return (file, text) wherever a text stands in a profile, in any encoding."""
    patterns = [(text, pattern) for text in texts for pattern in encodings(text)]
    hits = set()
    for path in profile.rglob("*"):
        if path.is_file() and not path.is_symlink():
            content = path.read_bytes()
            hits |= {
                (path.relative_to(profile).as_posix(), t) for t, pattern in patterns if pattern in content
            }
    return sorted(hits)


def history(profile):
    """Return (address, title) of every page that the browser's history knows."""
    with sqlite3.connect(profile / "Default/History") as kept:
        return kept.execute("SELECT url, title FROM urls").fetchall()


async def _harmless(_request):
    return HTMLResponse("<title>Weather</title><p>Sunny</p>")


@asynccontextmanager
async def refuge():
    """A harmless page on another site of this machine."""
    async with serving(Starlette(routes=[Route("/", _harmless)])) as base:
        yield base.replace("127.0.0.1", "localhost") + "/"


@asynccontextmanager
async def own_browser(chromium, profile):
    """A browser with a profile on disk, as people have one; gives its context and its first page."""
    async with async_playwright() as playwright:
        context = await playwright.chromium.launch_persistent_context(
            profile, executable_path=chromium, args=ARGS, ignore_default_args=AS_PEOPLE_HAVE_IT, locale="en"
        )
        yield context, context.pages[0]
        await context.close()


class Talk:
    """Somebody who answers, and remembers everything that nobody else is to find."""

    def __init__(self, page):
        self.page = page
        self.said = {
            WRITTEN,
            *WRITTEN.split(),
            UNSENT,
            CHATTED,
            LATE,
            WRONG_CODE,
            in_groups(WRONG_CODE),
            WRONG_DIGITS,
        }

    async def press(self, selector, place=0):
        self.said.add((await self.page.locator(f"{selector} .label").nth(place).inner_text()).strip())
        await press(self.page, selector, place)

    async def answer(self, base, most=40):
        """Answer every question, or the first ones, in ways that leave much behind."""
        await self.page.goto(base)
        for token in ("l0", "g", "y"):
            await press(self.page, f"button[value={token}]")
        await self.press("button.answer")
        for _ in range(most):
            if await self.page.locator("button[value=z]").count():
                break
            self.said.add(await self.page.locator("h1").inner_text())
            if await self.page.locator("[type=checkbox]").count():
                await self.page.locator("label.answer").first.click()
                self.said.add((await self.page.locator("label.answer .label").first.inner_text()).strip())
                await press(self.page, "button[name=done]")
            elif await self.page.locator("#text").count():
                words = await self.page.locator("textarea").count()
                await self.page.locator("#text").fill(WRITTEN if words else "43")
                await press(self.page, ".writing button")
            else:
                await self.press("button.answer", 1)

    async def stray(self, base):
        """Write in a second, old tab, mistype codes, chat, and ask for a code to come back."""
        old = await self.page.context.new_page()
        await old.goto(base)
        await self.write(self.page, ".composer [name=text]", CHATTED)
        await self.write(old, ".composer [name=text]", LATE)
        for path, code in (("resume", WRONG_CODE), ("withdraw", WRONG_DIGITS), ("withdraw", "1234")):
            await old.goto(f"{base}/{path}")
            await self.write(old, "#code", code)
        await old.close()
        await press(self.page, "button[value=p]")
        await press(self.page, 'form[action="/code"] button')
        self.said.add(await self.page.locator(".code strong").inner_text())

    async def write(self, page, field, words):
        await page.locator(field).fill(words)
        async with page.expect_navigation():
            await page.locator(field).press("Enter")


async def test_after_leaving_the_profile_holds_nothing_of_what_was_said(chromium, tmp_path):
    async with refuge() as away, serving(House(refuge=away).app) as base:
        async with own_browser(chromium, tmp_path) as (context, page):
            talk = Talk(page)
            await talk.answer(base)
            await talk.stray(base)
            (cookie,) = await context.cookies(base)
            talk.said |= {cookie["value"], in_groups(cookie["value"])}
            await press(page, "button[value=g]")
            await page.locator(".composer [name=text]").fill(UNSENT)

            await page.locator(".leave button").click()
            await page.wait_for_url(away)
            assert await context.cookies(base) == []

        assert len(talk.said) > 30
        assert found_in(tmp_path, talk.said) == []
        pages = {(url.partition("?")[0], title) for url, title in history(tmp_path) if url.startswith(base)}
        assert pages == {(f"{base}/{path}", "Port-Saule") for path in ("", "resume", "withdraw")}


async def test_a_whole_conversation_and_leaving_is_one_neutral_entry_of_the_history(chromium, tmp_path):
    async with refuge() as away, serving(House(refuge=away).app) as base:
        async with own_browser(chromium, tmp_path) as (_, page):
            await Talk(page).answer(base, most=3)
            await press(page, "button[value=p]")
            await press(page, 'form[action="/code"] button')
            await page.locator(".leave button").click()
            await page.wait_for_url(away)

        ours = [(url, title) for url, title in history(tmp_path) if url.startswith(base)]
        assert ours == [(f"{base}/", "Port-Saule")]


async def test_back_after_leaving_shows_nothing_of_the_answers(chromium, tmp_path):
    async with (
        refuge() as away,
        serving(House(refuge=away).app) as base,
        own_browser(chromium, tmp_path) as (_, page),
    ):
        talk = Talk(page)
        await talk.answer(base, most=3)
        await talk.write(page, ".composer [name=text]", CHATTED)
        await page.locator(".composer [name=text]").fill(UNSENT)
        await page.locator(".leave button").click()
        await page.wait_for_url(away)

        await page.go_back()

        assert await page.locator("button[value=l0]").count() == 1
        shown = await page.content()
        assert not [said for said in talk.said if said in shown]
        assert await page.locator(".composer [name=text]").input_value() == ""


@pytest.mark.parametrize("tag", ["en", "fr", "ar"])
async def test_the_title_names_only_the_city(tag):
    house = House()
    async with serving(house.app) as base, Reader(base, tag) as reader:
        for path in ("/", "/privacy", "/help", "/results", "/resume", "/withdraw", "/closed", "/nowhere"):
            text = (await reader.get(path)).text
            assert f"<title>{house.look.name(tag)}</title>" in text


# --- The scanner itself


async def _leaky(request):
    """A page as careless sites have it: kept by the cache, by autofill, as the answer to a form."""
    response = HTMLResponse(
        "<title>Leaky</title><form method=post><input name=said><button>Send</button></form>"
        "<script>localStorage.setItem('said', 'storedincanary')</script>",
        headers={"Cache-Control": "max-age=3600", "X-Said": "cachedincanary"},
    )
    response.set_cookie("said", "cookieincanary", max_age=3600)
    return response


async def _icon(_request):
    return Response(status_code=204)


async def test_the_scan_finds_what_a_careless_page_leaves_behind(chromium, tmp_path):
    routes = [Route("/canaryaddress", _leaky, methods=["GET", "POST"]), Route("/favicon.ico", _icon)]
    async with serving(Starlette(routes=routes)) as base, own_browser(chromium, tmp_path) as (_, page):
        await page.goto(f"{base}/canaryaddress")
        await page.locator("[name=said]").fill("typedincanary")
        async with page.expect_navigation():
            await page.locator("button").click()
        await page.goto("about:blank")

    hits = found_in(tmp_path, ["typedincanary", "storedincanary", "cachedincanary", "canaryaddress"])
    where = {text: {path for path, found in hits if found == text} for _, text in hits}
    assert "Default/Web Data" in where["typedincanary"]
    assert any("Sessions/" in path for path in where["typedincanary"])
    assert any("Local Storage" in path for path in where["storedincanary"])
    assert any("Cache" in path for path in where["cachedincanary"])
    assert "Default/History" in where["canaryaddress"]
