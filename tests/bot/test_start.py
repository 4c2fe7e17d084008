"""A program that meets people does not start with a catalogue that is broken, or not compiled."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("bot", "conversations", "reports", "storage", "locales")

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def copied(tmp_path_factory):
    """A copy of the program, in which words can be broken."""
    folder = tmp_path_factory.mktemp("program")
    for name in PACKAGES:
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


def start(folder):
    """Begin a conversation in a terminal, in a process of its own that has only this program."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PORTEVOIX_")}
    return subprocess.run(
        [sys.executable, "-m", "bot", "play", "--lang", "lv"],
        cwd=folder,
        env=environment | {"PORTEVOIX_DATA_DIR": str(folder / "data"), "PYTHONPATH": str(folder)},
        input="",
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_a_whole_program_starts(copied):
    done = start(copied)

    assert (done.returncode, done.stderr) == (0, "")
    assert "Latviešu" in done.stdout


def test_a_broken_catalogue_stops_the_start_with_its_name_and_line(copied):
    po = copied / "locales" / "lv" / "LC_MESSAGES" / "portevoix.po"
    sound = po.read_text("utf-8")
    po.write_text(sound.replace("{position}", "{pozīcija}", 1), "utf-8")

    done = start(copied)
    po.write_text(sound, "utf-8")

    assert done.returncode == 1
    assert "lv/LC_MESSAGES/portevoix.po, line " in done.stderr
    assert "question.progress: W002" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_catalogue_that_was_not_compiled_stops_the_start(copied):
    mo = copied / "locales" / "lv" / "LC_MESSAGES" / "portevoix.mo"
    content = mo.read_bytes()
    mo.unlink()

    done = start(copied)
    mo.write_bytes(content)

    assert done.returncode == 1
    assert "lv/LC_MESSAGES/portevoix.po: W011 was not compiled" in done.stderr
    assert "make locales" in done.stderr
    assert "Traceback" not in done.stderr
