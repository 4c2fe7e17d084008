"""A form that comes twice, late, from two tabs or to a killed program: nothing is lost or doubled."""

import asyncio
import os
import signal
import subprocess
import sys
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlencode

import aiohttp
import pytest
from playwright.async_api import async_playwright
from yarl import URL

from bot.dialogue import Dialogue
from bot.hearing import Address
from bot.identity import participant_key
from bot.web.app import web_app
from bot.web.site import SiteLook
from conversations.errors import DatabaseUnusable
from tests.journeys.household import CITY, ROUND, household, on_disk, open_round
from tests.web.house import House, Shelf, serving
from tests.web.reading import Reader
from tests.web.test_conversation import at_first_question, to_the_review
from tests.web.test_in_chromium import ARGS, press

FIRST = ("l0", "g", "y")  # what leads to the first question


def sessions(house):
    return [draft.session for draft in house.drafts.drafts.values()]


def writing(page):
    """The fields of the form of a page in which one writes."""
    return next(form for form in page.forms if form.writes).hidden


class BlindAfterwards(Dialogue):
    """A dialogue whose disk fails when the page after a stored reply is to be shown."""

    heard = False

    async def hear(self, *said, **more):
        self.heard = True
        return await super().hear(*said, **more)

    async def look(self, address, phone):
        if self.heard:
            self.heard = False
            raise DatabaseUnusable("the disk does not answer")
        return await super().look(address, phone)


async def test_words_from_two_tabs_at_once_answer_one_question(house, reader):
    page = await at_first_question(reader)
    tabs = [await reader.get() for _ in range(2)]
    assert writing(tabs[0])["once"] != writing(tabs[1])["once"]

    await asyncio.gather(*(reader.write(tab, "1") for tab in tabs))

    (session,) = sessions(house)
    assert len(session.answers) == 1
    after = await reader.get()
    assert "no longer new" in after.paragraphs[0]
    assert after.paragraphs[1:] != page.paragraphs


async def test_a_number_typed_into_an_old_list_of_rounds_answers_nothing():
    house = House("summer", "winter")
    async with serving(house.app) as base, Reader(base) as reader:
        old = await reader.get()
        page = await reader.press(old, "n.round.winter")
        for token in FIRST:
            page = await reader.press(page, token)

        after = await reader.write(old, "1")

    assert "no longer new" in after.paragraphs[0]
    assert after.paragraphs[1:] == page.paragraphs
    assert [session.answers for session in sessions(house)] == [{}]


async def test_erasing_twice_at_once_says_twice_that_it_is_erased(house, reader):
    page = await reader.press(await at_first_question(reader), "x")

    pages = await asyncio.gather(reader.press(page, "y"), reader.press(page, "y"))

    assert house.drafts.drafts == {}
    for erased in (*pages, await reader.get()):
        assert "erased" in erased.paragraphs[0]


async def test_erasing_again_after_a_restart_says_that_it_is_over(house, reader):
    page = await reader.press(await at_first_question(reader), "x")
    await reader.press(page, "y")

    async with serving(house.new_app()) as again:
        reader.base = again
        over = await reader.press(page, "y")

    assert "conversation is over" in over.paragraphs[0]
    assert over.captions[0] == "1. English"
    assert house.drafts.drafts == {}


async def test_a_withdrawal_sent_twice_says_twice_that_answers_are_out(reader):
    form = (await reader.get("/withdraw")).forms[0]
    fields = {**form.hidden, "code": "1234567812345678"}

    pages = await asyncio.gather(*(reader.send(form.action, fields) for _ in range(2)))

    assert all("taken out" in page.paragraphs[0] for page in pages)


async def test_sending_twice_from_two_tabs_sends_once(house, reader):
    await to_the_review(reader, await at_first_question(reader))
    tabs = [await reader.get() for _ in range(2)]

    pages = await asyncio.gather(*(reader.press(tab, "z") for tab in tabs))

    assert len(house.drafts.sent()) == 1
    for thanks in (*pages, await reader.get()):
        assert any("8765 4321 8765 4321" in text for text in thanks.paragraphs)


async def test_thanks_and_code_outlast_a_reload_though_another_round_waits():
    house = House("summer", "winter")
    async with serving(house.app) as base, Reader(base) as reader:
        await reader.press(await reader.get(), "n.round.winter")
        other = await reader.send("/", {**(await reader.get()).forms[0].hidden, "press": "n.round.summer"})
        thanks = await reader.press(await to_the_review(reader, await walked(reader, other)), "z")
        again = await reader.get()
        back = await reader.press(again, "n.round.winter")

    for page in (thanks, again):
        assert any("8765 4321 8765 4321" in text for text in page.paragraphs)
    assert back.captions[0] == "1. English"
    assert not any("8765" in text for text in back.paragraphs)


async def walked(reader, page):
    for token in FIRST:
        page = await reader.press(page, token)
    return page


async def test_a_disk_that_fails_after_an_answer_was_stored_does_not_deny_it(house):
    async with (
        serving(house.new_app(listener=BlindAfterwards(house.dialogue._desk))) as base,
        Reader(base) as reader,
    ):
        await reader.get()
        page = await reader.press(await reader.get(), "l0")

    assert len(sessions(house)) == 1
    assert page.status == 200
    assert "not kept" not in page.text


async def test_words_written_after_leaving_in_another_tab_are_refused_kindly(house, reader):
    tab = await at_first_question(reader)
    await reader.session.post(f"{reader.base}/leave", allow_redirects=False)

    refused = await reader.write(tab, "1")

    assert refused.status == 403
    assert "no longer open here" in refused.paragraphs[0]
    assert [session.answers for session in sessions(house)] == [{}]


async def test_no_page_is_the_answer_to_a_form(reader):
    """A browser writes the form of such a page to its disk, with every word in it."""
    page = await at_first_question(reader)
    pause = await reader.press(page, "p")
    ours = writing(pause)
    forms = [
        ("/", {**ours, "text": "words"}),
        ("/", {**ours, "once": "another", "turn": "1", "text": "words"}),
        ("/", {**ours, "proof": "0" * 32, "text": "words"}),
        ("/", {**ours, "text": "x" * 200_000}),
        ("/", {**ours, "once": "third", "press": "n.nobody"}),
        ("/code", ours),
        ("/resume", {**ours, "code": "wrong"}),
        ("/withdraw", {**ours, "code": "1234"}),
        ("/withdraw", {**ours, "code": "1111222233334444"}),
        ("/withdraw", {**ours, "code": "1234567812345678"}),
        ("/leave", {}),
    ]
    for action, fields in forms:
        async with reader.session.post(reader.base + action, data=fields, allow_redirects=False) as answer:
            assert (answer.status, await answer.text()) == (303, ""), action


# --- An answer that was stored, and a page that never came


def pages_of(house, listener=None):
    """The pages of a house with real stores."""
    return web_app(
        listener=listener or house.dialogue,
        catalogues=house.catalogues,
        releases=Shelf(),
        look=SiteLook(names={"en": CITY}, colour="#1d625c", demonstration=True, offered=("en", "fr", "ar")),
        secret=house.stores.keyring.installation(),
        secure=False,
    )


@asynccontextmanager
async def at_home(folder):
    """The program with its database in a folder, and the address of its pages."""
    async with household(on_disk(folder)) as house, serving(pages_of(house)) as base:
        yield house, base


def cookie_of(reader):
    """The one cookie of a reader."""
    (cookie,) = reader.session.cookie_jar.filter_cookies(URL(reader.base)).values()
    return cookie


async def kept_answers(house, reader):
    """How many answers stand in a reader's draft."""
    address = Address("web", cookie_of(reader).value, returns=False)
    key = participant_key(address, house.stores.keyring.round_secret(ROUND))
    return len((await house.stores.conversations.draft(key)).session.answers)


async def post_and_hang_up(reader, fields):
    """Send a form as a browser does whose network fails before the answer comes."""
    body = urlencode(fields).encode()
    cookie = cookie_of(reader)
    _, writer = await asyncio.open_connection("127.0.0.1", int(reader.base.rpartition(":")[2]))
    head = (
        f"POST / HTTP/1.1\r\nHost: here\r\nCookie: {cookie.key}={cookie.value}\r\n"
        f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    writer.write(head.encode() + body)
    await writer.drain()
    writer.close()


async def test_an_answer_whose_page_was_lost_is_kept_once(tmp_path):
    async with household(on_disk(tmp_path)) as house:
        await open_round(house)
    async with at_home(tmp_path) as (house, base), Reader(base) as reader:
        page = await at_first_question(reader)
        fields = {**writing(page), "text": "1"}
        await post_and_hang_up(reader, fields)
        async with asyncio.timeout(10):
            while await kept_answers(house, reader) == 0:
                await asyncio.sleep(0)
        after = await reader.send("/", fields)

        assert await kept_answers(house, reader) == 1
    assert after.status == 200
    assert after.paragraphs != page.paragraphs


class Dying(Dialogue):
    """A dialogue whose program is killed right after a reply was stored, before anything is said."""

    async def hear(self, *said, **more):
        await super().hear(*said, **more)
        os.kill(os.getpid(), signal.SIGKILL)


async def serve_and_die(folder):
    """Serve the pages over the stores of a folder, say at which port, and die of the first form."""
    async with (
        household(on_disk(Path(folder))) as house,
        serving(pages_of(house, Dying(house.dialogue._desk))) as base,
    ):
        print(base, flush=True)
        await asyncio.Event().wait()


@asynccontextmanager
async def dying(folder):
    """A program of its own that dies of the first form; gives its address."""
    code = (
        f"import asyncio\nfrom {__name__} import serve_and_die\nasyncio.run(serve_and_die({str(folder)!r}))"
    )
    root = Path(__file__).parents[2]
    program = await asyncio.create_subprocess_exec(
        sys.executable, "-c", code, cwd=root, stdout=subprocess.PIPE
    )
    try:
        yield (await program.stdout.readline()).decode().strip()
        assert await program.wait() == -signal.SIGKILL
    finally:
        if program.returncode is None:
            program.kill()
            await program.wait()


async def test_a_program_killed_between_storing_and_showing_sends_once(tmp_path):
    async with household(on_disk(tmp_path)) as house:
        await open_round(house)
    async with Reader("") as reader:
        async with at_home(tmp_path) as (_, reader.base):
            page = await to_the_review(reader, await at_first_question(reader))
        fields = {**page.forms[-2].hidden, "press": "z"}
        async with dying(tmp_path) as reader.base:
            with pytest.raises(aiohttp.ClientError):
                await reader.send("/", fields)

        async with at_home(tmp_path) as (house, reader.base):
            after = await reader.send("/", fields)

            assert await house.stores.answers.count(ROUND) == 1
            assert any("Thank you" in text for text in after.paragraphs)


# --- In a real browser


@pytest.fixture
async def browser(chromium):
    async with async_playwright() as playwright:
        started = await playwright.chromium.launch(executable_path=chromium, args=ARGS)
        yield started
        await started.close()


@pytest.mark.browser
async def test_back_and_two_tabs_in_a_browser_change_no_answer(browser, house, address):
    context = await browser.new_context(locale="en")
    one, other = await context.new_page(), await context.new_page()
    await one.goto(address)
    for token in FIRST:
        await press(one, f"button[value={token}]")
    await other.goto(address)
    await press(one, "button[value=a0]")
    (before,) = sessions(house)

    await press(other, "button[value=a1]")
    assert "earlier question" in await other.locator(".notice").inner_text()
    await one.go_back()
    await one.locator("[name=text]").fill("2")
    await press(one, ".composer button")
    await other.reload()

    (after,) = sessions(house)
    assert {key: after.answers[key] for key in before.answers} == before.answers
    assert await one.locator("h1").inner_text() == await other.locator("h1").inner_text()
    assert len(after.answers) <= 2
    await context.close()
