"""A sealed file: whole or refused, each fault in words of its own, nothing readable in it."""

import re
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from conversations.errors import StorageError
from storage.envelope import CHUNK, Cost, Kind, read_sealed, write_sealed

ROOT = Path(__file__).parents[2]
PASSPHRASE = "five words that nobody says"
CONTENT = b"two chunks and a bit of it" * 6_000
CHEAP = Cost(1, 8 * 1024**2)  # what a test may spend on a passphrase
SEALED_CHUNK = CHUNK + 17


@pytest.fixture(scope="module")
def whole(tmp_path_factory) -> bytes:
    """A sealed file of several chunks, as bytes."""
    file = tmp_path_factory.mktemp("whole") / "monday.backup"
    write_sealed(file, Kind.BACKUP, PASSPHRASE, CONTENT, cost=CHEAP)
    return file.read_bytes()


@pytest.fixture
def file(tmp_path, whole) -> Path:
    """The same, in a place where it can be spoilt."""
    file = tmp_path / "monday.backup"
    file.write_bytes(whole)
    return file


WRITING = """
import sys
from pathlib import Path
from storage.envelope import Cost, Kind, write_sealed
write_sealed(Path(sys.argv[1]), Kind.BACKUP, "five words", bytes(48 * 1024**2), cost=Cost(1, 8 * 1024**2))
"""


def why_not(file, kind=Kind.BACKUP, passphrase=PASSPHRASE) -> str:
    with pytest.raises(StorageError) as caught:
        read_sealed(file, kind, passphrase)
    return str(caught.value).replace(str(file), "FILE")


def spoilt(whole: bytes, place: int) -> bytes:
    return whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :]


def cover(whole: bytes) -> int:
    """Where the first chunk begins: behind the first line and the stream's header."""
    return whole.index(b"\n") + 1 + 24


def test_what_was_sealed_is_read_again_and_none_of_it_shows(file, whole):
    assert read_sealed(file, Kind.BACKUP, PASSPHRASE) == CONTENT
    assert CONTENT[:8] not in whole
    assert re.match(rb"PORTEVOIX backup 1 argon2id 1 8388608 [0-9a-f]{32}\n", whole)


@pytest.mark.parametrize("size", [0, CHUNK])
def test_every_size_comes_back(tmp_path, size):
    write_sealed(tmp_path / "file", Kind.KEYS, PASSPHRASE, bytes(size), cost=CHEAP)

    assert read_sealed(tmp_path / "file", Kind.KEYS, PASSPHRASE) == bytes(size)
    assert stat.S_IMODE((tmp_path / "file").stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_another_passphrase_has_its_own_words(file):
    assert why_not(file, passphrase="five words that somebody says").startswith(
        "the passphrase does not open FILE; try again"
    )


def test_a_file_of_somebody_else_has_its_own_words(file):
    file.write_bytes(b"PK\x03\x04 something else")

    assert why_not(file) == ("FILE was not written by portevoix; name the file that `portevoix backup` wrote")


def test_a_missing_file_has_its_own_words(tmp_path):
    assert why_not(tmp_path / "none") == (
        "FILE cannot be read (No such file or directory); name the file that `portevoix backup` wrote"
    )


def test_the_other_kind_has_its_own_words(file):
    assert why_not(file, Kind.KEYS) == (
        "FILE holds a backup, not keys in escrow; use `portevoix restore` for it, or name the file that"
        " `portevoix keys escrow` wrote"
    )


def test_a_newer_version_has_its_own_words(file, whole):
    file.write_bytes(whole.replace(b"backup 1 ", b"backup 2 ", 1))

    assert why_not(file) == (
        "FILE was written by a newer version of portevoix (format 2, this one reads 1); install that"
        " version and try again"
    )


@pytest.mark.parametrize(
    "size",
    ["line", "header", "first chunk", "second chunk", "between chunks", "one byte"],
)
def test_a_file_that_is_cut_off_has_its_own_words_wherever_it_was_cut(file, whole, size):
    begins = cover(whole) + 8 + 17
    kept = {
        "line": 30,
        "header": whole.index(b"\n") + 5,
        "first chunk": begins - 3,
        "second chunk": begins + CHUNK // 2,
        "between chunks": begins + SEALED_CHUNK,
        "one byte": len(whole) - 1,
    }[size]
    file.write_bytes(whole[:kept])

    assert why_not(file) == (
        "FILE is cut off: its end is missing; copy it again from where it was made, or take an earlier one;"
        " nothing was changed"
    )


@pytest.mark.parametrize("place", ["middle", "end", "swapped", "longer", "cost"])
def test_a_file_that_was_changed_has_its_own_words(file, whole, place):
    begins = cover(whole) + 8 + 17
    first, second = whole[begins : begins + SEALED_CHUNK], whole[begins + SEALED_CHUNK :][:SEALED_CHUNK]
    changed = {
        "middle": spoilt(whole, len(whole) // 2),
        "end": spoilt(whole, len(whole) - 1),
        "swapped": whole.replace(first + second, second + first),
        "longer": whole + b"x",
        "cost": whole.replace(b" 1 8388608 ", b" 1 99999999999 ", 1),
    }[place]
    assert changed != whole
    file.write_bytes(changed)

    assert why_not(file) == (
        "FILE is damaged: bytes in it were changed; copy it again from where it was made, or take an"
        " earlier one; nothing was changed"
    )


def test_a_file_that_is_there_is_written_over_only_by_force(tmp_path):
    file = tmp_path / "monday.backup"
    file.write_bytes(b"the only copy")

    with pytest.raises(StorageError, match="is there already; choose another name, or write over it"):
        write_sealed(file, Kind.BACKUP, PASSPHRASE, CONTENT)

    assert file.read_bytes() == b"the only copy"
    write_sealed(file, Kind.BACKUP, PASSPHRASE, b"newer", force=True, cost=CHEAP)
    assert read_sealed(file, Kind.BACKUP, PASSPHRASE) == b"newer"


def test_a_place_that_cannot_be_written_is_named(tmp_path):
    with pytest.raises(StorageError, match=r"nowhere/file cannot be written \(No such file"):
        write_sealed(tmp_path / "nowhere" / "file", Kind.BACKUP, PASSPHRASE, CONTENT)


def test_a_program_killed_while_it_writes_leaves_no_part_of_the_file(tmp_path):
    file = tmp_path / "monday.backup"
    writing = subprocess.Popen([sys.executable, "-c", WRITING, str(file)], cwd=ROOT)
    while not any(tmp_path.iterdir()) and writing.poll() is None:
        time.sleep(0.002)

    writing.kill()

    assert writing.wait() == -9
    assert [path.suffix for path in tmp_path.iterdir()] == [".unfinished"]
