"""The doctor: everything an installation needs, one line each, with what to do."""

from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.app import keys_seen, open_house
from bot.config import Settings
from bot.doctor import Verdict, examine
from conversations.relays import Relay
from storage.envelope import Cost, Kind, write_sealed
from tests.bot.houses import MovableClock, plan
from tests.bot.programs import command
from tests.fake_bot_api import FakeBotApi

CHEAP = Cost(1, 8192)


@asynccontextmanager
async def installed(folder, clock=None, api=None, **settings):
    """A house on a folder of its own, and how to examine it."""
    if api is not None:
        settings |= {"telegram_token": api.token, "telegram_api_url": api.url}
    asked = Settings(_env_file=None, data_dir=folder, **settings)

    async with open_house(asked, clock=clock or (lambda: datetime.now(UTC))) as house:

        async def look(backups=None):
            return await examine(house, keys_seen(asked), backups)

        yield house, look


def about(found, what):
    """The findings about one thing, as (verdict, what is said and to be done)."""
    return [(each.verdict, f"{each.says} -> {each.do}") for each in found if each.about == what]


def verdicts(found, what):
    return [verdict for verdict, _ in about(found, what)]


@pytest.fixture
async def api():
    async with FakeBotApi() as fake:
        yield fake


async def test_a_new_installation_is_told_what_is_still_to_do(tmp_path):
    async with installed(tmp_path) as (_, look):
        found = await look()

    assert Verdict.WRONG not in {each.verdict for each in found}
    assert verdicts(found, "telegram") == [Verdict.OFF]
    assert all(each.do for each in found if each.verdict in (Verdict.LOOK, Verdict.WRONG))
    assert verdicts(found, "keys") == [Verdict.GOOD]
    assert verdicts(found, "next round") == [Verdict.LOOK]


async def test_a_good_token_names_the_bot_and_the_clock_is_compared(tmp_path, api):
    async with installed(tmp_path, api=api) as (_, look):
        found = await look()

    assert verdicts(found, "token") == [Verdict.GOOD]
    assert "@" in about(found, "token")[0][1]
    assert verdicts(found, "clock") == [Verdict.GOOD]
    assert api.token not in "".join(map(str, found))


async def test_a_refused_token_is_said_without_being_named(tmp_path, api):
    async with installed(tmp_path, telegram_token="123456:wrong", telegram_api_url=api.url) as (_, look):
        found = await look()

    assert verdicts(found, "token") == [Verdict.WRONG]
    assert "123456" not in "".join(map(str, found))


async def test_telegram_out_of_reach_is_no_bad_token(tmp_path, api):
    asked = {"telegram_token": api.token, "telegram_api_url": "http://127.0.0.1:9"}
    async with installed(tmp_path, **asked) as (_, look):
        found = await look()

    assert verdicts(found, "telegram") == [Verdict.WRONG]
    assert verdicts(found, "token") == []


async def test_a_webhook_that_somebody_else_set_is_noticed(tmp_path, api):
    api.telegram.webhook.url = "https://elsewhere.example/telegram/other"
    async with installed(tmp_path, api=api) as (_, look):
        polling = await look()
    posted = {"telegram_mode": "webhook", "public_url": "https://127.0.0.1:9"}
    async with installed(tmp_path / "posted", api=api, **posted) as (_, look):
        webhook = await look()

    assert verdicts(polling, "webhook") == [Verdict.LOOK]
    assert verdicts(webhook, "webhook") == [Verdict.WRONG]


async def test_a_wrong_clock_is_noticed(tmp_path, api):
    clock = MovableClock(datetime.now(UTC) + timedelta(minutes=5))
    async with installed(tmp_path, clock, api) as (_, look):
        found = await look()

    assert verdicts(found, "clock") == [Verdict.WRONG]
    assert "ahead of" in about(found, "clock")[0][1]


async def test_keys_that_others_may_read_and_keys_that_are_gone_are_named(tmp_path):
    async with installed(tmp_path, MovableClock()) as (house, look):
        round_ = await house.campaigns.open((await plan(house)).id)
        assert verdicts(await look(), "keys") == [Verdict.GOOD]
        folder = tmp_path / "keys" / "rounds" / round_.id
        (folder / "boxes.key").chmod(0o644)
        (folder / "texts.key").unlink()

        found = about(await look(), "keys")

    assert [verdict for verdict, _ in found] == [Verdict.WRONG, Verdict.WRONG]
    assert "boxes.key" in found[0][1]
    assert f"texts.key of {round_.id}" in found[1][1]


async def test_backups_lie_apart_from_keys_and_are_recent(tmp_path):
    backups = tmp_path / "backups"
    backups.mkdir()
    write_sealed(backups / "monday.backup", Kind.BACKUP, "words", b"content", False, CHEAP)
    async with installed(tmp_path / "data") as (_, look):
        fresh = await look(backups)
        write_sealed(backups / "round.keys", Kind.KEYS, "words", b"content", False, CHEAP)
        write_sealed(tmp_path / "data" / "late.backup", Kind.BACKUP, "words", b"content", False, CHEAP)
        beside = await look(backups)
    async with installed(tmp_path / "later", MovableClock(datetime.now(UTC) + timedelta(days=9))) as (
        _,
        look,
    ):
        old = await look(backups)

    assert verdicts(fresh, "backups") == [Verdict.GOOD]
    assert verdicts(beside, "backups") == [Verdict.WRONG, Verdict.WRONG, Verdict.GOOD]
    assert Verdict.LOOK in verdicts(old, "backups")


def a_relay(number, name, ends_on, series="language-learning"):
    return Relay(
        id=f"relay{number}",
        number=number,
        name=name,
        kind="association",
        city="port-saule",
        series=series,
        languages=("fr",),
        ends_on=ends_on,
    )


async def test_links_that_lead_nowhere_are_named(tmp_path):
    clock = MovableClock()
    today = clock().date()
    async with installed(tmp_path, clock) as (house, look):
        await plan(house, opens_in=timedelta(days=3))
        await house.stores.relays.add(a_relay(1, "Alive House", today + timedelta(days=90)))
        await house.stores.relays.add(a_relay(2, "Ended House", today - timedelta(days=1)))
        await house.stores.relays.add(a_relay(3, "Lost House", today + timedelta(days=90), "other"))
        await house.stores.relays.add(a_relay(4, "Ending House", today + timedelta(days=5)))
        strange = replace(a_relay(5, "Strange House", today + timedelta(days=90)), languages=("fr", "xx"))
        await house.stores.relays.add(strange)

        found = about(await look(), "relays")

    said = {
        name: verdict
        for verdict, words in found
        for name in ("Ended", "Lost", "Ending", "Strange")
        if name in words
    }
    assert said.pop("Ended") is Verdict.WRONG
    assert said == dict.fromkeys(("Lost", "Ending", "Strange"), Verdict.LOOK)
    assert any("is not offered in xx" in words for _, words in found)
    assert found[-1][0] is Verdict.GOOD
    assert "1 of 5" in found[-1][1]


async def test_the_next_round_is_named_with_its_hour(tmp_path):
    async with installed(tmp_path, MovableClock()) as (house, look):
        round_ = await plan(house, opens_in=timedelta(days=3))

        found = about(await look(), "next round")

    assert found[0][0] is Verdict.GOOD
    assert round_.id in found[0][1]
    assert "UTC" in found[0][1]


def test_the_command_says_one_line_each_and_ends_with_1_if_something_is_wrong(tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("PORTEVOIX_DATA_DIR", str(tmp_path))
    well = command(capsys, "doctor")
    (tmp_path / "keys" / "rounds").chmod(0o755)
    ill = command(capsys, "doctor", "--backups", str(tmp_path / "nowhere"))

    assert well.returncode == 0, well.stdout + well.stderr
    assert {line.split()[0] for line in well.stdout.splitlines()} <= {"good", "off", "look"}
    assert ill.returncode == 1
    assert "wrong keys" in ill.stdout
