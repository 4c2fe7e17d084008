"""Backup, restore, escrow and forget as staff meet them: the drill of docs/backups.md, and each refusal."""

import asyncio
import io
import json
import logging
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.__main__ import main
from bot.app import open_house
from bot.config import Settings
from conversations.identifiers import RoundId
from storage.opening import open_stores
from tests.bot.houses import answer, opened
from tests.storage.people import CODE, a_sent_draft, save

ROOT = Path(__file__).parents[2]
DRILL = ROOT / "docs" / "backups.md"
LOOK = 0.02  # seconds between two looks at what another process does
PASSPHRASE = "five words that nobody says"
OTHER = "five other words of somebody else"


@dataclass(frozen=True)
class Done:
    """How a command ended, and what it wrote."""

    returncode: int
    stdout: str
    stderr: str


class Desk:
    """A member of staff at the command line, in a folder of their own."""

    def __init__(self, place, monkeypatch, capsys):
        self.place = place
        self.data = place / "data"
        self._monkeypatch = monkeypatch
        self._capsys = capsys
        (place / "backup.passphrase").write_text(f"{PASSPHRASE}\n")
        (place / "keys.passphrase").write_text(f"{OTHER}\n")

    def run(self, *words, typed=""):
        with self._monkeypatch.context() as here:
            here.setenv("PORTEVOIX_DATA_DIR", str(self.data))
            here.setattr(sys, "stdin", io.StringIO(typed))
            self._capsys.readouterr()
            with pytest.raises(SystemExit) as ended:
                main([str(word) for word in words])
        written = self._capsys.readouterr()
        return Done(int(ended.value.code or 0), written.out, written.err)

    def does(self, *words, typed=""):
        done = self.run(*words, typed=typed)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def refused(self, *words, typed=""):
        done = self.run(*words, typed=typed)
        assert done.returncode == 1, done.stdout + done.stderr
        assert "Traceback" not in done.stderr
        assert done.stderr.count("\n") == 1
        return done.stderr.removeprefix("portevoix: ").strip()

    def start(self, *words):
        """Start a command in a process of its own."""
        environment = os.environ | {"PORTEVOIX_DATA_DIR": str(self.data), "PYTHONPATH": str(ROOT)}
        return subprocess.Popen(
            [sys.executable, "-m", "bot", *map(str, words)],
            cwd=self.place,
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def rounds(self):
        return json.loads(self.does("round", "list", "--format", "json"))

    def count(self, table):
        with closing(sqlite3.connect(self.data / "portevoix.db")) as database:
            return database.execute(f"SELECT count(*) FROM {table}").fetchone()[0]


@pytest.fixture(scope="module")
def played(tmp_path_factory):
    """A data folder whose open round 30 people have answered."""
    folder = tmp_path_factory.mktemp("played") / "data"

    async def play():
        async with open_house(Settings(_env_file=None, data_dir=folder)) as house:
            await answer(house, await opened(house), 30, seed=5)
            await house.campaigns.tidy()

    asyncio.run(play())
    return folder


@pytest.fixture
def desk(tmp_path, monkeypatch, capsys, played):
    shutil.copytree(played, tmp_path / "data")
    root = logging.getLogger()
    before = (root.handlers[:], root.level)
    monkeypatch.chdir(tmp_path)
    yield Desk(tmp_path, monkeypatch, capsys)
    root.handlers[:], root.level = before


def drill() -> list[str]:
    """The commands of the documented drill, in their order."""
    section = DRILL.read_text("utf-8").partition("## The drill")[2].partition("\n## ")[0]
    blocks = re.findall(r"^```\n(.*?)^```", section, re.MULTILINE | re.DOTALL)
    return [
        line.removeprefix("$ ") for block in blocks for line in block.splitlines() if line.startswith("$ ")
    ]


def test_the_documented_drill_is_done_command_by_command(desk):
    """Back up, lose the disk, restore, recover the keys, release."""
    name = desk.rounds()[0]["id"]
    done = []

    for command in drill():
        words = command.replace("ROUND", name).split()
        if words[0] == "portevoix":
            done.append(" ".join(words[1:3]))
            desk.does(*words[1:])
        else:
            assert words[0] == "mv", command
            Path(words[1]).rename(words[2])

    assert [command.split()[0] for command in done][:4] == ["backup", "keys", "restore", "keys"]
    release = json.loads(desk.does("release", "show", name, "--format", "json"))
    assert release["tables"][0]["groups"][0]["people"] == 30


def test_a_backup_beside_a_program_that_writes_is_whole(desk):
    writing = desk.start("simulate", "--people", "400", "--seed", "2")
    before = desk.count("boxes")
    try:
        while writing.poll() is None and desk.count("boxes") + desk.count("open_sessions") < before + 5:
            time.sleep(LOOK)
        assert writing.poll() is None
        desk.does("backup", "--to", "one", "--passphrase-file", "backup.passphrase")
        assert writing.poll() is None
    finally:
        writing.kill()
        writing.wait()
    desk.data.rename(desk.place / "before")

    desk.does("restore", "one", "--passphrase-file", "backup.passphrase")

    with closing(sqlite3.connect(desk.data / "portevoix.db")) as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert desk.count("boxes") == desk.count("took_part") >= 30


def test_a_passphrase_is_needed_and_never_an_argument(desk):
    assert desk.refused("backup", "--to", "one") == (
        "nobody can be asked here; name a file that holds it with --passphrase-file FILE"
    )
    assert desk.run("backup", "--to", "one", "--passphrase", PASSPHRASE).returncode == 2
    assert desk.refused("backup", "--to", "one", "--passphrase-file", "-", typed="eleven char\n") == (
        "the passphrase has 11 characters; take at least 12, such as five words"
    )
    assert desk.refused("backup", "--to", "one", "--passphrase-file", "none") == (
        "none cannot be read (No such file or directory); name another file"
    )
    assert not Path("one").exists()


def test_a_passphrase_comes_from_standard_input_too(desk):
    desk.does("backup", "--to", "one", "--passphrase-file", "-", typed=f"{PASSPHRASE}\r\n")
    assert desk.refused("backup", "--to", "one", "--passphrase-file", "backup.passphrase") == (
        "one is there already; choose another name, or write over it with --force"
    )
    assert desk.refused("restore", "one", "--passphrase-file", "backup.passphrase") == (
        "there is a database in " + str(desk.data) + " already; add --replace to put it aside and restore"
    )
    assert desk.refused("restore", "one", "--replace", "--passphrase-file", "-", typed="wrong") == (
        "the passphrase does not open one; try again (another one? capitals? a space too many?)"
    )
    assert desk.refused("keys", "recover", "one", "--passphrase-file", "-", typed=PASSPHRASE) == (
        "one holds a backup, not keys in escrow; use `portevoix restore` for it, or name the file that"
        " `portevoix keys escrow` wrote"
    )
    said = desk.does("restore", "one", "--replace", "--passphrase-file", "backup.passphrase")
    assert re.search(r"the former databases lie in .*/replaced-[0-9a-f]{8}; delete that folder", said)


def test_there_is_no_escrow_without_an_open_round(desk):
    shutil.rmtree(desk.data)
    assert desk.refused("keys", "escrow", "--to", "keys", "--passphrase-file", "keys.passphrase") == (
        "no round is open: there are no keys to put in escrow"
    )


def test_a_code_is_asked_for_and_never_an_argument(desk):
    assert desk.run("forget", "4711081547110815").returncode == 2
    assert (
        desk.refused("forget") == "nobody can be asked here; name a file that holds it with --code-file FILE"
    )
    Path("code").write_text("4711 0815\n")
    assert desk.refused("forget", "--code-file", "code") == (
        "a withdrawal code has 16 digits; this one has 8"
    )


def test_a_code_that_finds_nothing_is_said_kindly_and_after_a_moment(desk):
    Path("code").write_text("٤٧١١ ٠٨١٥ ٤٧١١ ٠٨١٥\n")
    began = time.monotonic()

    done = desk.run("forget", "--code-file", "code")

    assert done.returncode == 1
    assert done.stdout.startswith("no answers are kept under this code: it may be mistyped")
    assert time.monotonic() - began >= 1


async def keep_answers(folder, round_id):
    """Somebody with a code has sent, and their answers are boxed."""
    stores = await open_stores(folder)
    draft = a_sent_draft(round=RoundId(round_id), wants_code=True, withdrawal_code=CODE)
    await save(stores, draft)
    await stores.answers.flush(RoundId(round_id), 1)
    await stores.close()


def test_what_staff_withdraw_by_code_is_gone_and_no_backup_brings_it_back(desk):
    asyncio.run(keep_answers(desk.data, desk.rounds()[0]["id"]))
    Path("code").write_text(" ".join(CODE[start : start + 4] for start in range(0, 16, 4)))
    desk.does("backup", "--to", "one", "--passphrase-file", "backup.passphrase")
    before = (desk.count("boxes"), desk.count("text_boxes"))

    said = desk.does("forget", "--code-file", "code")

    after = (desk.count("boxes"), desk.count("text_boxes"))
    assert said == "the answers kept under this code are destroyed; nobody can bring them back\n"
    assert after == (before[0] - 1, before[1] - 1)
    desk.does("restore", "one", "--replace", "--passphrase-file", "backup.passphrase")
    assert (desk.count("boxes"), desk.count("text_boxes")) == after
    assert desk.does("forget", "--code-file", "code") == said  # asked again: still gone
    Path("code").write_text("1111 2222 3333 4444")
    assert desk.run("forget", "--code-file", "code").returncode == 1
