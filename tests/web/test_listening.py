"""Listening on the web: a player that waits to be pressed, its sound at an address of its own."""

import re

import aiohttp
import pytest
from playwright.async_api import async_playwright

from bot.aloud.opus import seconds_of
from tests.bot.voices import Machine, aloud_with
from tests.web.house import House, serving
from tests.web.reading import Reader
from tests.web.test_conversation import at_first_question
from tests.web.test_in_chromium import ARGS, PHONE, TOO_SMALL, TOO_WIDE

PLAYER = re.compile(
    r'<audio controls controlslist="nodownload noremoteplayback" preload="none"'
    r' aria-label="([^"]+)" src="([^"]+)"></audio>'
)


@pytest.fixture
def machine(tmp_path):
    return Machine(tmp_path)


@pytest.fixture
async def house(tmp_path, machine):
    return House(aloud=await aloud_with(tmp_path, machine))


async def fetch(address, path, **headers):
    async with aiohttp.ClientSession() as session, session.get(address + path, headers=headers) as answer:
        return answer.status, answer.headers, await answer.read()


async def the_sound(reader):
    """Come to the first question and return the address of its sound."""
    page = await at_first_question(reader)
    found = PLAYER.search(page.text)
    assert found is not None
    return found[2]


async def test_a_question_has_a_player_with_a_name_and_says_that_a_machine_reads(reader):
    page = await at_first_question(reader)

    assert PLAYER.search(page.text)[1] == "Listen to this question"
    assert "A computer voice reads this aloud." in page.text
    assert "autoplay" not in page.text
    assert "Listen" not in page.captions


async def test_no_other_page_has_a_player(reader):
    page = await reader.get()
    assert PLAYER.search(page.text) is None
    page = await at_first_question(reader, page)

    stopping = await reader.press(page, "x")

    assert PLAYER.search(stopping.text) is None


async def test_a_sound_is_handed_out_without_a_cookie_and_kept_by_no_browser(address, reader):
    path = await the_sound(reader)

    status, headers, content = await fetch(address, path)

    assert (status, headers["Content-Type"]) == (200, "audio/ogg; codecs=opus")
    assert headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in headers
    assert "media-src 'self'" in headers["Content-Security-Policy"]
    assert seconds_of(content) > 0


@pytest.mark.parametrize(
    "asked, status, size",
    [("bytes=0-9", 206, 10), ("bytes=5-", 206, -5), ("bytes=-7", 206, 7), ("bytes=99999999-", 416, 0)],
)
async def test_a_part_of_a_sound_can_be_asked_for(address, reader, asked, status, size):
    path = await the_sound(reader)
    _, _, whole = await fetch(address, path)

    found, headers, part = await fetch(address, path, Range=asked)

    assert found == status
    assert len(part) == (size if size >= 0 else len(whole) + size)
    assert headers["Content-Range"].endswith(f"/{len(whole)}")
    assert part in whole


async def test_words_that_nobody_asks_now_are_not_read(address, reader, machine):
    path = await the_sound(reader)
    _, _, tag, question, name = path.split("/")

    for other in (
        f"/aloud/{tag}/{question}/{'0' * 16}.ogg",
        f"/aloud/{tag}/no_such_question/{name}",
        f"/aloud/xx/{question}/{name}",
        f"/aloud/{tag}/{question}/../{name}",
    ):
        assert (await fetch(address, other))[0] == 404

    assert machine.calls == []


async def test_what_cannot_be_read_now_says_when_to_ask_again(address, reader, machine):
    path = await the_sound(reader)
    machine.set("broken")

    status, headers, _ = await fetch(address, path)

    assert (status, headers["Retry-After"]) == (503, "5")


async def test_a_typed_wish_to_listen_changes_nothing(house, reader):
    page = await at_first_question(reader)

    after = await reader.write(page, "listen")

    assert after.paragraphs == page.paragraphs
    (draft,) = house.drafts.drafts.values()
    assert draft.session.answers == {}


async def test_a_house_without_voices_has_no_player():
    async with serving(House().app) as address, Reader(address) as reader:
        page = await at_first_question(reader)

        assert PLAYER.search(page.text) is None
        assert (await fetch(address, f"/aloud/en/service_known/{'0' * 16}.ogg"))[0] == 404


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.parametrize("language", ["en", "ar"])
async def test_the_player_plays_on_a_small_phone_and_nothing_is_too_wide(chromium, address, language):
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=ARGS)
        page = await (await browser.new_context(viewport=PHONE, locale=language)).new_page()
        complaints = []
        page.on("console", lambda said: complaints.append(said.text))
        await page.goto(address)
        for token in ("l0", "g", "y"):
            async with page.expect_navigation():
                await page.locator(f"button[value={token}]").click()

        await page.locator("audio").evaluate("audio => { audio.muted = true; return audio.play() }")
        await page.wait_for_function("() => document.querySelector('audio').ended")

        assert await page.evaluate(TOO_WIDE) <= 0
        assert await page.evaluate(TOO_SMALL) == []
        assert complaints == []
        await browser.close()
