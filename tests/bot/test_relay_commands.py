"""Relays at the command line: added, linked, given a page, revoked; what cannot be is one clear line."""

import json
import re
from datetime import UTC, datetime, timedelta

import pytest

from tests.bot.test_command_line import portevoix, refused

__all__ = ["portevoix"]


@pytest.fixture
def added(portevoix):
    given = portevoix(
        "relay", "add", "House of Women", "--languages", "ar,fr", "--series", "language-learning",
        "--city", "port-saule", "--ends", "2099-12-31",
    )  # fmt: skip
    assert given.returncode == 0, given.stderr
    return portevoix


def test_a_relay_is_added_listed_and_revoked(added):
    listed = json.loads(added("relay", "list", "--format", "json").stdout)
    assert [(one["id"], one["name"], one["languages"]) for one in listed] == [
        ("r0001", "House of Women", ["ar", "fr"])
    ]
    assert "until 2099-12-31" in added("relay", "list").stdout

    assert added("relay", "revoke", "house of WOMEN").returncode == 0
    assert "revoked" in added("relay", "list").stdout
    refused(added("relay", "links", "r0001"), "was revoked")


def test_links_are_printed_for_each_channel_that_there_is_and_renewed(added):
    here = {"PUBLIC_URL": "https://voix.example"}
    first = added("relay", "links", "r0001", **here).stdout
    again = added("relay", "links", "r0001", **here).stdout
    renewed = added("relay", "links", "r0001", "--renew", **here).stdout

    links = re.findall(r"https://voix\.example/r/(\S+)", first)
    assert len(links) == 2
    assert "no links for Telegram: set PORTEVOIX_TELEGRAM_TOKEN" in first
    assert first == again
    assert not set(links) & set(re.findall(r"/r/(\S+)", renewed))


def test_a_page_is_printed_once(added):
    here = {"PUBLIC_URL": "https://voix.example"}
    first = added("relay", "page", "r0001", **here).stdout.strip()

    assert re.fullmatch(r"https://voix\.example/relay/[0-9A-HJKMNP-TV-Z]{28}", first)
    refused(added("relay", "page", "r0001", **here), "--renew")
    assert added("relay", "page", "r0001", "--renew", **here).stdout.strip() != first
    assert "no page any more" in added("relay", "page", "r0001", "--withdraw").stdout


def test_progress_says_when_no_round_is_open(added):
    assert "no round of language-learning is open" in added("relay", "progress", "r0001").stdout
    seen = json.loads(added("relay", "progress", "r0001", "--format", "json").stdout)
    assert (seen["round"], seen["more_than"]) == (None, None)


YESTERDAY = (datetime.now(UTC) - timedelta(days=1)).date()


CANNOT_BE = [
    (["links", "Nobody"], "there is no relay “Nobody”"),
    (["links", "r0001"], "set PORTEVOIX_PUBLIC_URL"),
    (["page", "r0001"], "set PORTEVOIX_PUBLIC_URL"),
    (["add", "HOUSE of women", "--languages", "fr"], "already"),
    (["add", "Library", "--languages", "xx"], "no words in xx"),
    (["add", "R0007", "--languages", "fr"], "looks like the id"),
    (["add", "Library", "--languages", "fr", "--ends", "soon"], "is no day"),
    (["add", "Library", "--languages", "fr", "--ends", f"{YESTERDAY}"], "is over"),
    (["add", "Library", "--languages", "fr", "--kind", "shop"], "no kind of relay"),
]


def test_what_cannot_be_is_one_clear_line(added):
    for words, said in CANNOT_BE:
        more = ["--series", "language-learning", "--city", "port-saule"] if words[0] == "add" else []

        refused(added("relay", *words, *more), said)


def test_staff_are_told_when_a_relay_carries_a_series_that_nobody_planned(added):
    given = added(
        "relay", "add", "Library", "--languages", "fr", "--series", "langage-learning", "--city", "port-saule"
    )

    assert given.returncode == 0
    assert "mind that no round of langage-learning is planned in port-saule" in given.stdout


def test_nobody_is_told_how_many_codes_are_left(added, tmp_path):
    """Whoever made one code, and gave it to one person, could read whether that person has sent."""
    here = {"PUBLIC_URL": "https://voix.example"}
    made = added("relay", "codes", "r0001", "--count", "3", "--csv", str(tmp_path / "codes.csv"), **here)
    assert made.returncode == 0, made.stderr

    assert added("relay", "codes", "r0001", "--left").returncode == 2
    with_some, with_none = (added("relay", "codes", "r0001", "--revoke").stdout for _ in range(2))
    assert "nobody can use the codes any more" in with_some
    assert with_some == with_none
