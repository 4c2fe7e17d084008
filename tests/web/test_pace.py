"""Where no codes are asked: many answers from one place wait or solve a puzzle; nobody's address stays."""

import asyncio
import gc
from hashlib import sha256
from itertools import count
from time import monotonic
from types import SimpleNamespace

import pytest
from playwright.async_api import async_playwright
from starlette.requests import Request

from bot.web.app import web_app
from bot.web.pace import AT_ONCE, EVERY, RENEWED, Pace, place_of
from bot.web.puzzles import BITS, LASTS, PARTS, Puzzles, is_part
from tests.web.house import SECRET, House, Shelf, serving
from tests.web.reading import Reader
from tests.web.test_in_chromium import ARGS, phone, press

HERE = "203.0.113.77"
NEXT_DOOR, ELSEWHERE = "203.0.113.9", "198.51.100.77"
LONG = "2001:db8:7:1::77"
PARTS_OF_ADDRESSES = (b"203.0.113", b"\xcb\x00\x71", b"2001:db8", b"\x0d\xb8")


class Seconds:
    """A clock that stands still until it is moved."""

    def __init__(self):
        self.at = 1000.0

    def __call__(self):
        return self.at


def a_request(peer, *forwarded):
    headers = [(b"x-forwarded-for", address.encode()) for address in forwarded]
    return Request({"type": "http", "client": (peer, 40000), "headers": headers})


def solve(puzzle):
    """Do what the script of the page does."""
    return ",".join(
        next(str(number) for number in count() if is_part(puzzle.seed, part, str(number), puzzle.bits))
        for part in range(puzzle.parts)
    )


@pytest.fixture
def clock():
    return Seconds()


@pytest.fixture
def timers():
    return []


@pytest.fixture
def pace(clock, timers):
    return Pace(clock, lambda seconds, do: timers.append((seconds, do)))


def empty(pace, address=HERE):
    while pace.take(a_request("127.0.0.1", address)):
        pass


@pytest.mark.parametrize(
    "peer, forwarded, place",
    [
        (HERE, (), b"4\xcb\x00\x71"),
        (NEXT_DOOR, (), b"4\xcb\x00\x71"),
        (f"::ffff:{HERE}", (), b"4\xcb\x00\x71"),
        (LONG, (), b"6\x20\x01\x0d\xb8\x00\x07"),
        (f"{LONG}%eth0", (), b"6\x20\x01\x0d\xb8\x00\x07"),
        ("127.0.0.1", (HERE,), b"4\xcb\x00\x71"),
        ("::1", ("203.0.113.0",), b"4\xcb\x00\x71"),
        ("127.0.0.1", (f"{ELSEWHERE}, {HERE}",), b"4\xcb\x00\x71"),
        ("127.0.0.1", (ELSEWHERE, HERE), b"4\xcb\x00\x71"),
        ("127.0.0.1", ("2001:db8:7::",), b"6\x20\x01\x0d\xb8\x00\x07"),
        (HERE, (ELSEWHERE,), b"4\xcb\x00\x71"),
        ("127.0.0.1", (), None),
        ("127.0.0.1", ("unknown",), None),
        ("127.0.0.1", (f"{HERE}, 127.0.0.1",), None),
        ("a-test", (HERE,), None),
    ],
)
def test_a_place_is_the_first_part_of_an_address_which_only_a_proxy_on_this_machine_may_name(
    peer, forwarded, place
):
    assert place_of(a_request(peer, *forwarded)) == place


def test_nobody_is_held_up_on_this_machine(pace):
    assert all(pace.take(a_request("127.0.0.1")) for _ in range(10 * AT_ONCE))


def test_a_class_sends_at_once_and_one_more_follows_each_time(pace, clock):
    here = a_request(HERE)
    assert [pace.take(here) for _ in range(AT_ONCE + 1)] == [True] * AT_ONCE + [False]
    assert pace.wait(here) == EVERY
    assert not pace.take(a_request(NEXT_DOOR))
    assert pace.take(a_request(ELSEWHERE))

    clock.at += EVERY - 1
    assert pace.wait(here) == 1
    clock.at += 1
    assert (pace.wait(here), pace.take(here), pace.take(here)) == (0, True, False)


def test_after_an_hour_key_and_buckets_are_new(pace, clock):
    empty(pace)
    before = pace._key, {*pace._buckets}
    clock.at += RENEWED

    assert pace.take(a_request(HERE))
    assert pace._key != before[0]
    assert not before[1] & {*pace._buckets}


def test_an_hour_later_everything_is_thrown_away_though_nobody_comes_again(pace, clock, timers):
    empty(pace)
    key = pace._key

    ((seconds, throw_away),) = timers
    throw_away()  # too early: something else began anew meanwhile
    assert pace._buckets
    clock.at += seconds
    throw_away()

    assert not pace._buckets
    assert pace._key != key


async def test_the_loop_throws_them_away(monkeypatch):
    monkeypatch.setattr("bot.web.pace.RENEWED", 0.05)
    pace = Pace(monotonic)
    assert pace.take(a_request(HERE))

    async with asyncio.timeout(10):
        while pace._buckets:
            await asyncio.sleep(0.01)


def test_the_more_puzzles_were_solved_in_a_place_the_longer_they_get_until_time_passes(pace, clock):
    here = a_request(HERE)
    prices = []
    for _ in range(3 * AT_ONCE):
        prices.append(pace.price(here))
        pace.buy(here)

    assert (prices[0], prices[-1]) == (0, 2)
    assert pace.price(a_request(ELSEWHERE)) == 0
    clock.at += EVERY * AT_ONCE
    assert pace.price(here) == 2
    clock.at += EVERY * AT_ONCE
    assert pace.price(here) == 1


def test_no_address_is_in_the_memory_of_the_buckets():
    pace = Pace(Seconds(), lambda *_: None)
    for address in (HERE, LONG):
        assert pace.take(a_request(address))
    seen, waiting = set(), [pace]
    while waiting:
        found = waiting.pop()
        if id(found) in seen or isinstance(found, type) or callable(found):
            continue
        seen.add(id(found))
        if isinstance(found, str | bytes):
            written = found.encode() if isinstance(found, str) else found
            assert not any(part in written for part in PARTS_OF_ADDRESSES)
        waiting.extend(gc.get_referents(found))
    assert len(pace._buckets) == 2
    assert all(len(name) == 32 for name in pace._buckets)


def test_a_puzzle_counts_once_for_one_visitor_and_for_some_minutes(clock):
    puzzles = Puzzles(clock)
    puzzle = puzzles.new("ANNA", 0)
    solution = solve(puzzle)

    assert not puzzles.accept("BEN", puzzle.text, solution)
    assert not puzzles.accept("ANNA", puzzle.text, solution.replace(",", ";"))
    assert not puzzles.accept("ANNA", puzzle.text, ",".join(["1"] * PARTS))
    assert not puzzles.accept("ANNA", puzzle.text.replace(f".{BITS}.", ".1."), solution)
    assert not Puzzles(clock).accept("ANNA", puzzle.text, solution)
    assert puzzles.accept("ANNA", puzzle.text, solution)
    assert not puzzles.accept("ANNA", puzzle.text, solution)
    old = puzzles.new("ANNA", 0)
    late = solve(old)
    clock.at += LASTS + 1
    assert not puzzles.accept("ANNA", old.text, late)
    assert puzzles.new("ANNA", 2).bits == BITS + 2


def test_a_puzzle_takes_about_as_many_hashes_as_is_written_down(clock):
    hashes = [
        sum(int(number) + 1 for number in solve(Puzzles(clock).new("A", 0)).split(",")) for _ in range(6)
    ]

    assert 0.4 < sum(hashes) / len(hashes) / (PARTS * 2**BITS) < 2


class Library(House):
    """A house whose visitors come from one place, as a proxy on this machine says."""

    def __init__(self, pace):
        self.pace = pace
        super().__init__()

    def new_app(self, listener=None, releases=None):
        return web_app(
            listener=listener or self.dialogue,
            catalogues=self.catalogues,
            releases=releases or Shelf(),
            look=self.look,
            secret=SECRET,
            secure=False,
            pace=self.pace,
        )


@pytest.fixture
async def library(pace):
    house = Library(pace)
    async with serving(house.app) as base:
        yield SimpleNamespace(house=house, base=base, pace=pace)


async def at_review(reader):
    page = await reader.get()
    for token in ("l0", "g", "y"):
        page = await reader.press(page, token)
    for _ in range(40):
        if any(control.value == "z" for control in page.controls):
            return page
        if any(control.value == "s" for control in page.controls):
            page = await reader.press(page, "s")
        else:
            page = await reader.press(page, page.choices[0].value or page.choices[0].caption)
    raise AssertionError("the review never came")


async def test_where_the_bucket_is_empty_a_page_asks_to_wait_and_nothing_is_lost(library, clock):
    async with Reader(library.base) as reader:
        reader.headers["X-Forwarded-For"] = HERE
        page = await at_review(reader)
        empty(library.pace)

        page = await reader.press(page, "z")
        assert page.paragraphs[0] == "One moment, please"
        assert f"Wait {EVERY:.0f} seconds, then press the button again." in page.paragraphs
        assert library.house.drafts.sent() == []
        page = await reader.press(page, "Send, and give me a withdrawal code")
        assert page.paragraphs[0] == "One moment, please"

        clock.at += EVERY
        page = await reader.press(page, "Send, and give me a withdrawal code")
        assert page.paragraphs[0] == "Thank you! Your answers have been sent."
    assert [session.wants_code for session in library.house.drafts.sent()] == [True]


@pytest.mark.parametrize("typed", ["1", "Send my answers"])
async def test_what_is_typed_to_send_waits_too(library, typed):
    async with Reader(library.base) as reader:
        reader.headers["X-Forwarded-For"] = HERE
        page = await at_review(reader)
        empty(library.pace)

        page = await reader.write(page, typed)
        assert page.paragraphs[0] == "One moment, please"


async def test_only_the_page_that_asks_to_wait_runs_a_script_and_only_ours(library):
    async with Reader(library.base) as reader:
        reader.headers["X-Forwarded-For"] = HERE
        await at_review(reader)
        policies = {}
        for path in ("/", "/wait/y", "/help"):
            async with reader.session.get(library.base + path, headers=reader.headers) as answer:
                policies[path] = answer.headers["Content-Security-Policy"]
                scripts = (await answer.text()).count("<script")
                assert scripts == (path == "/wait/y")
        assert policies["/wait/y"] == f"{policies['/']}; script-src 'self'"
        assert "script" not in policies["/"]
        assert (await reader.get("/wait/q")).paragraphs[0] == "These are your answers"
    async with Reader(library.base) as stranger:
        assert (await stranger.get("/wait/y")).paragraphs[0].startswith("Hello!")


async def test_who_answers_on_this_machine_without_a_proxy_never_waits(library):
    async with Reader(library.base) as reader:
        page = await at_review(reader)
        empty(library.pace)
        page = await reader.press(page, "y")
        assert page.paragraphs[0] == "Thank you! Your answers have been sent."


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.parametrize("scripts", [True, False])
async def test_in_chromium_a_puzzle_is_solved_by_itself_and_without_scripts_one_waits(
    chromium, library, clock, scripts
):
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=ARGS)
        page = await phone(browser, scripts=scripts)
        await page.set_extra_http_headers({"X-Forwarded-For": HERE})
        await page.context.add_cookies([await cookie_at_review(library.base)])
        await page.goto(library.base)
        complaints = []
        page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
        empty(library.pace)

        if scripts:
            await page.locator("button[value=y]").click()
            await page.wait_for_url(library.base + "/", timeout=60_000)
        else:
            await press(page, "button[value=y]")
            assert await page.locator("h1").inner_text() == "One moment, please"
            assert not await page.locator("#working").is_visible()
            clock.at += EVERY
            await press(page, "button.forward")
        assert await page.locator("h1").inner_text() == "Thank you! Your answers have been sent."
        assert complaints == []
        await browser.close()
    assert len(library.house.drafts.sent()) == 1
    assert library.pace.price(a_request(HERE)) == 0
    assert next(iter(library.pace._buckets.values())).bought == (1 if scripts else 0)


async def cookie_at_review(base):
    """The cookie of somebody who has come to the review."""
    async with Reader(base) as reader:
        await at_review(reader)
        cookie = next(iter(reader.session.cookie_jar))
        return {"name": cookie.key, "value": cookie.value, "url": base}


def test_the_puzzle_is_plain_sha_256():
    number = next(str(number) for number in count() if is_part("seed", 3, str(number), 8))

    assert sha256(f"seed:3:{number}".encode()).digest()[0] == 0
