"""First light: one round, end to end, through the real program, two browsers and two Telegram phones."""

import asyncio
import json
import os
import re
import signal
import sys
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from playwright.async_api import async_playwright

from tests.fake_bot_api import FakeBotApi

ROOT = Path(__file__).parents[1]
CHROMIUM = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]
CHROMIUM += ["--disable-component-update", "--disable-sync", "--no-first-run"]
SIMULATED = 300

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def environment(folder, **settings):
    plain = {key: value for key, value in os.environ.items() if not key.startswith("PORTEVOIX_")}
    given = {"DATA_DIR": str(folder), "PORT": "0", "LOG_LEVEL": "DEBUG", **settings}
    return plain | {f"PORTEVOIX_{key}": value for key, value in given.items()}


async def portevoix(settings, *words):
    """Run one command to its end and return what it wrote."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", *words, cwd=ROOT, env=settings, stdout=-1, stderr=-1
    )
    out, error = await process.communicate()
    assert process.returncode == 0, error.decode()
    return out.decode()


@asynccontextmanager
async def serving(settings, log):
    """Serve, and yield the address of the page."""
    with log.open("wb") as errors:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", "serve", cwd=ROOT, env=settings, stdout=-1, stderr=errors
        )
        said = ""
        while not (found := re.search(r"(http://127\.0\.0\.1:\d+)/", said)):
            line = await asyncio.wait_for(process.stdout.readline(), 30)
            assert line
            said += line.decode()
        try:
            yield found[1]
        finally:
            process.send_signal(signal.SIGINT)
            await asyncio.wait_for(process.communicate(), 20)
            assert process.returncode == 0


async def on_the_web(browser, address, language):
    """Answer on a phone-sized page, always the first button; return the texts that were seen."""
    context = await browser.new_context(viewport={"width": 360, "height": 640}, locale=language)
    page = await context.new_page()
    await page.goto(address)
    seen = []
    for _ in range(60):
        seen.append(await page.locator("main h1").inner_text())
        if not await page.locator("main form button[name=press], main form button[name=done]").count():
            break
        await page.locator("main form button[name=press], main form button[name=done]").first.click()
        await page.wait_for_load_state()
    direction = await page.evaluate("document.documentElement.dir")
    await context.close()
    return seen, direction


async def on_telegram(api, account_id, language, thanks):
    """Answer on Telegram, always the first button, until thanked; return the texts that were seen."""
    phone = api.person(account_id=account_id, language_code=language)

    def is_thanked(person):
        return any(thanks in shown.text for shown in person.chat)

    await phone.command("/start")
    for _ in range(60):
        await phone.waits_for(
            lambda person: is_thanked(person) or (person.screen and person.screen.buttons), timeout=30
        )
        if is_thanked(phone):
            break
        before = len(phone.history)
        await phone.press(0, phone.screen)
        await phone.waits_for(lambda person, n=before: len(person.history) > n, timeout=30)
    assert phone.spinning == []
    return [version.text for version in phone.history]


async def test_one_round_end_to_end(tmp_path, chromium):
    async with FakeBotApi() as api:
        settings = environment(tmp_path / "data", TELEGRAM_TOKEN=api.token, TELEGRAM_API_URL=api.url)
        await portevoix(settings, "simulate", "--people", str(SIMULATED), "--seed", "11")
        async with serving(settings, tmp_path / "log.txt") as address, async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=chromium, args=CHROMIUM)
            told = await asyncio.gather(
                on_the_web(browser, address, "fr"),
                on_the_web(browser, address, "ar"),
                on_telegram(api, 2**40 + 1, "en", "Thank you!"),
                on_telegram(api, 2**41 + 1, "ar", "شكر"),
            )
            await browser.close()
            name = json.loads(await portevoix(settings, "round", "list", "--format", "json"))[0]["id"]
            await portevoix(settings, "round", "close", name)
            document = json.loads(await portevoix(settings, "release", "show", name, "--format", "json"))
            for language in ("en", "fr", "ar"):
                words = ["release", "show", name, "--format", "html", "--lang", language]
                assert f'lang="{language}"' in await portevoix(settings, *words)

    (french, _), (arabic, direction), english, telegram_arabic = told
    assert french[-1].startswith("Merci")
    assert direction == "rtl"
    assert re.search("[\u0600-\u06ff]", arabic[-1])
    assert any("Thank you!" in text for text in english), english
    assert any(re.search("[\u0600-\u06ff]", text) for text in telegram_arabic)
    people = document["tables"][0]["groups"][0]["people"]
    assert people == 5 * round((SIMULATED + 4) / 5)
    log = (tmp_path / "log.txt").read_text("utf-8")
    assert api.token not in log
    assert str(2**40 + 1) not in log
