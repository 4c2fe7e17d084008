"""What every page carries and what it never does: headers, cookie, weight, kind errors, clean logs."""

import logging
import re
from http.cookies import SimpleCookie

import pytest
from starlette.requests import Request
from yarl import URL

from bot.dialogue import Dialogue
from bot.hearing import Phone
from bot.web.visitor import phone_of
from conversations.errors import DatabaseUnusable
from tests.web.house import House, serving
from tests.web.reading import Reader

PATHS = ("/", "/privacy", "/help", "/results", "/resume", "/withdraw", "/nowhere")


class BrokenDialogue(Dialogue):
    """A dialogue whose disk is full, and whose complaint holds what somebody wrote."""

    async def hear(self, address, update, reply, phone, mark=""):
        raise DatabaseUnusable(f"could not write {reply.token} of {address}")


@pytest.mark.parametrize(
    "path", [*PATHS, "/results/spring", "/results/spring.json", "/robots.txt", "/health"]
)
async def test_nothing_but_the_stylesheet_is_kept_or_told_on(reader, path):
    async with reader.session.get(reader.base + path) as answer:
        headers = answer.headers

    assert headers["Cache-Control"] == "no-store"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]
    assert headers["Content-Security-Policy"].startswith("default-src 'none'; style-src ")
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert "Server" not in headers


@pytest.mark.parametrize("secure", [False, True])
async def test_the_one_cookie_goes_with_the_browser(secure):
    async with serving(House(secure=secure).app) as base, Reader(base) as reader:
        async with reader.session.get(base) as answer:
            (cookie,) = SimpleCookie(answer.headers["Set-Cookie"]).values()
        async with reader.session.get(base, headers={"Cookie": f"{cookie.key}={cookie.value}"}) as answer:
            again = answer.headers

    assert cookie.key == ("__Host-place" if secure else "place")
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "lax", "/")
    assert bool(cookie["secure"]) is secure
    assert not cookie["max-age"]
    assert not cookie["expires"]
    assert not cookie["domain"]
    assert "Set-Cookie" not in again


async def test_reading_leaves_no_cookie(reader):
    for path in ("/privacy", "/help", "/results", "/results/spring"):
        async with reader.session.get(reader.base + path) as answer:
            assert "Set-Cookie" not in answer.headers


async def test_the_first_page_weighs_under_thirty_kilobytes(reader):
    page = await reader.get()
    style = re.search(r'href="(/style-[^"]+)"', page.text)[1]
    async with reader.session.get(reader.base + style) as answer:
        sheet = await answer.text()
        assert "immutable" in answer.headers["Cache-Control"]

    assert len(page.text.encode()) + len(sheet.encode()) < 30_000
    assert "://" not in page.text + sheet
    assert "<script" not in page.text
    assert "style=" not in page.text


@pytest.mark.parametrize("path, status", [("/nowhere", 404), ("/leave", 405), ("/results/none", 404)])
async def test_a_wrong_address_gets_a_kind_sentence_in_the_phones_language(address, path, status):
    async with Reader(address, "ar-MA,ar;q=0.9") as reader:
        page = await reader.get(path)

    assert page.status == status
    assert (page.language, page.direction) == ("ar", "rtl")
    assert page.links["/"]


async def test_far_too_much_is_refused_kindly(reader):
    page = await reader.get()
    refused = await reader.write(page, "x" * 200_000)

    assert refused.status == 413
    assert "fewer words" in refused.paragraphs[1]


async def test_a_failure_is_kind_and_says_nothing_in_the_log(caplog):
    house = House()
    broken = BrokenDialogue(house.dialogue._desk)
    caplog.set_level(logging.DEBUG)
    async with serving(house.new_app(listener=broken)) as base, Reader(base) as reader:
        page = await reader.press(await reader.get(), "l0")
        account = reader.session.cookie_jar.filter_cookies(URL(base))["place"].value

    assert page.status == 500
    assert "try again" in page.paragraphs[1]
    told = "\n".join(
        f"{record.getMessage()} {record.exc_text} {record.__dict__}" for record in caplog.records
    )
    assert "DatabaseUnusable" in told
    assert "could not write" not in told
    assert account not in told
    assert "127.0.0.1:" not in told


async def test_pages_beside_speak_the_language_asked_for_or_chosen(address):
    async with Reader(address, "fr") as reader:
        assert (await reader.get("/privacy")).language == "fr"
        assert (await reader.get("/results?lang=ar")).direction == "rtl"
        assert (await reader.get("/help?lang=ar")).language == "ar"
        assert (await reader.get("/help?lang=tlh")).language == "fr"
        page = await reader.get()
        await reader.press(page, "العربية" if "العربية" in page.captions else "l1")
        assert (await reader.get("/results")).language == "ar"


async def test_results_are_listed_shown_and_handed_out_as_stored(reader):
    listed = await reader.get("/results")
    (link,) = [link for link in listed.links if link.startswith("/results/spring?lang=en")]
    assert listed.links[link] == "Learning the language, spring"
    assert "Demonstration" in listed.text

    async with reader.session.get(f"{reader.base}/results/spring?lang=fr") as shown:
        assert 'lang="fr"' in await shown.text()
        assert "style-src 'sha256-" in shown.headers["Content-Security-Policy"]
    async with reader.session.get(f"{reader.base}/results/spring.json") as stored:
        assert await stored.read() == b'{"k": 10}\n'


async def test_results_name_the_city_in_the_readers_language(reader):
    assert "بور سول" in (await reader.get("/results?lang=ar")).text
    assert "<bdi>Port-Saule</bdi>" in (await reader.get("/results?lang=fr")).text


async def test_a_link_that_is_none_is_answered_kindly_and_leads_on(reader):
    strange = await reader.get("/r/any-relay")

    assert strange.captions == ["Go on without the link"]
    assert (await reader.press(strange, "Go on without the link")).captions[0] == "1. English"


async def test_demonstrations_say_so_on_every_page(reader):
    for path in PATHS:
        assert "Demonstration: " in (await reader.get(path)).text


def test_a_phones_languages_come_best_first():
    header = (b"accept-language", b"en;q=0.3, ar-MA, fr;q=0.8, *;q=0.1, nl;q=0, <script>")
    request = Request({"type": "http", "headers": [header]})

    assert phone_of(request) == Phone(("ar-MA", "fr", "en"))
