"""The parts of the pages: colours, codes, words, the server."""

import asyncio
import re
import resource
import socket
from contextlib import AsyncExitStack

import pytest

from bot.web.colours import CARD, NIGHT, NIGHT_CARD, PAPER, city_colours, contrast
from bot.web.server import AT_ONCE, listen, serve
from bot.web.site import PAGES
from bot.web.visitor import account_of, is_account, new_account, withdrawal_digits
from conversations.errors import SettingsError
from conversations.lettering import ALPHABET, in_groups
from tests.web.house import ROOT, House, serving


@pytest.mark.parametrize(
    "colour", ["#1d625c", "#ffffff", "#000000", "#ffd500", "#e2001a", "#777777", "#00aaff"]
)
def test_any_citys_colour_is_made_readable_by_day_and_by_night(colour):
    made = city_colours(colour)

    for ink, ground in (("ink", CARD), ("ink", PAPER), ("ink", made["wash"]), ("ink", made["on_ink"])):
        assert contrast(made[ink], ground) >= 4.5
    for ground in (NIGHT, NIGHT_CARD, made["night_wash"], made["night_on_ink"]):
        assert contrast(made["night_ink"], ground) >= 4.5


def test_a_code_survives_being_copied_by_hand():
    account = new_account()
    copied = in_groups(account).lower().replace("0", "o").replace("1", "l").replace("-", "  ")

    assert account_of(copied) == account


def test_every_single_mistake_in_a_code_is_noticed():
    account = "0123456789ABCDE"
    account = next(account + letter for letter in ALPHABET if is_account(account + letter))

    for place, letter in enumerate(account):
        for other in set(ALPHABET) - {letter, *({"0", "Z"} if letter in "0Z" else ())}:
            assert not is_account(account[:place] + other + account[place + 1 :])


def test_a_withdrawal_code_is_sixteen_digits_of_any_script():
    assert withdrawal_digits("1234 5678-۹۰۱۲ ٣٤٥٦") == "1234567890123456"
    assert withdrawal_digits("123456789012345") is None
    assert withdrawal_digits("1234 5678 9012 345x") is None


def test_pages_and_words_fit_together():
    sources = House().catalogues.sources
    words = {key for key in sources if key.startswith("web.")}
    used = " ".join(path.read_text("utf-8") for path in [*PAGES.iterdir(), *(ROOT / "bot/web").glob("*.py")])
    named = set(re.findall(r'"(web\.[a-z_.]+[a-z_])"', used))
    named |= {f"web.error.{name}" for name in ("not_found", "wrong_way", "too_large", "broken", "closed")}
    named |= {f"web.error.{name}_body" for name in ("go_on", "too_large", "broken", "unread", "closed")}
    named |= {
        f"web.{form}.{part}" for form in ("resume", "withdraw") for part in ("lead", "body", "label", "wrong")
    }
    named |= {"web.nav.privacy", "web.nav.help"}

    assert words == named
    assert all(sources[key].where and sources[key].limit for key in words)


async def test_a_port_in_use_is_named_with_what_to_do():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(SettingsError, match="PORTEVOIX_PORT"):
            await serve(House().app, "127.0.0.1", port, asyncio.Event())


async def test_no_part_of_a_page_waits_until_the_part_before_was_acknowledged():
    with listen("127.0.0.1", 0) as listening, socket.create_connection(listening.getsockname()):
        accepted, _ = listening.accept()
        with accepted:
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


async def test_the_server_stops_within_five_seconds_though_a_browser_hangs_on():
    stop = asyncio.Event()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    task = asyncio.create_task(serve(House().app, "127.0.0.1", port, stop))
    while True:
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            break
        except ConnectionRefusedError:
            await asyncio.sleep(0)
    writer.write(b"POST / HTTP/1.1\r\nHost: here\r\nContent-Length: 10\r\n\r\nhalf")
    await writer.drain()

    stop.set()
    await asyncio.wait_for(task, 5)

    writer.close()


async def test_whoever_comes_beyond_the_limit_is_told_so_and_the_rest_go_on():
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (256, hard))
    try:
        async with serving(House().app) as base, AsyncExitStack() as opened:
            port = int(base.rpartition(":")[2])
            for _ in range(AT_ONCE):
                _, writer = await asyncio.open_connection("127.0.0.1", port)
                opened.callback(writer.close)
            refused = await status_at(port)
            await opened.aclose()
            async with asyncio.timeout(5):
                while await status_at(port) != 200:
                    await asyncio.sleep(0)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))

    assert refused == 503


async def status_at(port):
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"GET /health HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n")
    status = int((await reader.readline()).split()[1])
    await reader.read()
    writer.close()
    return status
