"""A round whose answers open with a passphrase that staff hold, and with nothing that lies on the server."""

import logging
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.__main__ import main
from bot.app import open_house
from bot.config import Settings
from conversations.errors import KeyHeld, StorageError
from conversations.rounds import RoundState
from storage.keyring import KeyFolder
from tests.bot.houses import MovableClock, a_house, answer, plan

PASSPHRASE = "five words that nobody says"


async def held_round(house):
    """An open round with a staff-held key, in which twelve people have answered."""
    planned = await plan(house)
    await house.campaigns.cancel(planned.id)
    wanted = replace(planned, state=RoundState.PLANNED, demonstration=True)
    round_ = await house.campaigns.plan(wanted, PASSPHRASE)
    round_ = await house.campaigns.open(round_.id)
    await answer(house, round_, 12)
    return round_


@pytest.fixture(params=["memory", "sqlite"])
async def evening(request, tmp_path):
    clock = MovableClock()
    async with a_house(request.param, tmp_path, clock) as house:
        yield house, clock


async def test_the_round_closes_by_itself_and_waits_for_the_passphrase(evening):
    house, clock = evening
    round_ = await held_round(house)
    clock.advance(timedelta(days=22))

    moves = await house.campaigns.advance_due()
    again = await house.campaigns.advance_due()

    assert moves == [(round_.id, RoundState.CLOSED)]
    assert again == []
    with pytest.raises(KeyHeld, match="passphrase that staff hold"):
        await house.campaigns.release(round_.id)
    assert (await house.stores.rounds.get(round_.id)).state is RoundState.CLOSED
    assert await house.stores.answers.boxed(round_.id) == 12


async def test_a_wrong_passphrase_changes_nothing_and_the_right_one_releases(evening):
    house, _ = evening
    round_ = await held_round(house)
    await house.campaigns.close(round_.id)

    with pytest.raises(StorageError, match="passphrase"):
        await house.campaigns.release(round_.id, "another passphrase")
    sha256 = await house.campaigns.release(round_.id, PASSPHRASE)

    assert (await house.stores.rounds.get(round_.id)).state is RoundState.RELEASED
    assert await house.campaigns.release(round_.id) == sha256


async def test_no_private_key_ever_lies_on_the_server(tmp_path):
    clock = MovableClock()
    async with a_house("sqlite", tmp_path, clock) as house:
        round_ = await held_round(house)
        await house.campaigns.close(round_.id)
        kept = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
        names = {path.name for path in kept if round_.id in path.parts}
        keys = KeyFolder(tmp_path)
        keys.unlock(round_.id, PASSPHRASE)
        privates = [keys.box_private(round_.id), keys.text_private(round_.id)]
        await house.campaigns.release(round_.id, PASSPHRASE)
        left = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}

    assert names == {"pseudonyms.key", "boxes.pub", "boxes.held", "texts.pub", "texts.held"}
    for private in privates:
        assert not any(private in content for content in [*kept.values(), *left.values()])
        assert not any(private.hex().encode() in content for content in [*kept.values(), *left.values()])
    assert {path.name for path in left if round_.id in path.parts} == {"texts.pub", "texts.held"}


async def test_what_is_seized_while_the_round_is_open_opens_no_answer(tmp_path):
    async with a_house("sqlite", tmp_path, MovableClock()) as house:
        round_ = await held_round(house)
        await house.campaigns.tidy()

    async with open_house(Settings(_env_file=None, data_dir=tmp_path)) as seized:
        with pytest.raises(KeyHeld):
            await seized.stores.answers.open_boxes(round_.id)


async def test_without_the_option_the_key_folder_holds_the_keys(evening):
    house, _ = evening
    round_ = await house.campaigns.open((await plan(house)).id)
    await answer(house, round_, 2)
    await house.campaigns.close(round_.id)

    assert not round_.staff_key
    assert await house.campaigns.release(round_.id)


async def test_a_cancelled_round_keeps_no_keys(tmp_path):
    async with a_house("sqlite", tmp_path, MovableClock()) as house:
        planned = await plan(house)
        await house.campaigns.cancel(planned.id)
        held = await house.campaigns.plan(replace(planned, state=RoundState.PLANNED), PASSPHRASE)
        folder = tmp_path / "keys" / "rounds" / held.id
        assert (folder / "boxes.held").exists()

        await house.campaigns.cancel(held.id)

        assert list(folder.iterdir()) == []


def test_the_commands_ask_for_the_passphrase(tmp_path, monkeypatch, capsys):
    root = logging.getLogger()
    before = (root.handlers[:], root.level)
    monkeypatch.setenv("PORTEVOIX_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pass.txt").write_text(f"{PASSPHRASE}\n")

    def run(*words):
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main(words)
        written = capsys.readouterr()
        return int(ended.value.code or 0), written.out + written.err

    options = ["--benchmark", "language-learning", "--opens", "2099-01-18T09:00", "--open-for", "3weeks"]
    options += ["--timezone", "Europe/Brussels", "--name", "Winter", "--staff-key"]
    short = tmp_path / "short.txt"
    short.write_text("short\n")

    assert "take at least 12" in run("round", "plan", *options, "--passphrase-file", str(short))[1]
    code, said = run("round", "plan", *options, "--passphrase-file", "pass.txt")
    assert code == 0, said
    assert "its answers open with the passphrase alone" in said
    name = said.split("planned ")[1].split(":")[0]
    assert run("round", "open", name)[0] == 0
    code, said = run("round", "close", name)
    assert code == 1
    assert "--passphrase-file" in said
    code, said = run("round", "close", name, "--passphrase-file", "pass.txt")
    assert code == 0, said
    assert "closed and released" in said
    root.handlers[:], root.level = before
