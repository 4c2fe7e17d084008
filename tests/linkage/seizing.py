"""What somebody has who took the files: their bytes, names, places and times, and what others know."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

from storage.opening import CONTACTS, DATABASE
from tests.linkage.logs import Frame, commits, cut, frames, versions
from tests.linkage.pages import Image

Person = str
"""A participant's key, as it stands in `took_part`."""

Box = bytes | str
"""The id of a box."""

KEYS = "keys/"
DRAFT_KEYS = "keys/drafts/"


@dataclass(frozen=True, slots=True)
class File:
    """One file; the content of keys is left out, for with them every open draft can be read anyhow."""

    content: bytes
    inode: int
    changed: int
    modified: int
    read: int
    position: int


@dataclass(frozen=True)
class Witness:
    """What others know: who finished in which order, whose update was which, whose contact is which."""

    arrived: tuple[Person, ...] = ()
    updates: Mapping[str, Person] = field(default_factory=dict)
    contacts: Mapping[bytes, Person] = field(default_factory=dict)


@dataclass(frozen=True)
class Seizure:
    """A whole data folder at one moment."""

    files: Mapping[str, File]
    witness: Witness = Witness()

    def content(self, name: str) -> bytes:
        """Return the bytes of a file; none if there is no such file."""
        return self.files[name].content if name in self.files else b""

    @cached_property
    def frames(self) -> list[Frame]:
        """Every frame that lies in the main database's log."""
        return frames(self.content(f"{DATABASE}-wal"))

    @cached_property
    def versions(self) -> list[Image]:
        """The main database before its log and after each commit in it."""
        return list(versions(self.content(DATABASE), self.content(f"{DATABASE}-wal")))

    @property
    def newest(self) -> Image:
        """The main database as whoever opens it would see it."""
        return self.versions[-1]

    @cached_property
    def contacts(self) -> Image:
        """The contacts as whoever opens them would see them."""
        image = Image.of_file(self.content(CONTACTS))
        for written in commits(self.content(f"{CONTACTS}-wal")):
            image = image.with_pages(written)
        return image

    def known_to(self, witness: Witness) -> "Seizure":
        """Return the same files in the hands of somebody who knows more."""
        return Seizure(self.files, witness)

    def with_keys_of(self, other: "Seizure") -> "Seizure":
        """Return these files with the key files of another moment: a kill before keys were destroyed."""
        mine = {name: file for name, file in self.files.items() if not name.startswith(KEYS)}
        theirs = {name: file for name, file in other.files.items() if name.startswith(KEYS)}
        return Seizure(mine | theirs, self.witness)

    def with_log_cut(self, part: float) -> "Seizure":
        """Return these files with a part of the log only: a kill while a commit was being written."""
        name = f"{DATABASE}-wal"
        shorter = cut(self.content(name), int(len(self.frames) * part))
        return Seizure({**self.files, name: replace(self.files[name], content=shorter)}, self.witness)


def seize(folder: Path) -> Seizure:
    """Take every file of a folder as it lies, logs included, in the order of its directories."""
    found = {}
    for position, path in enumerate(path for path in folder.rglob("*") if path.is_file()):
        name, stat = str(path.relative_to(folder)), path.stat()
        content = b"" if name.startswith(KEYS) else path.read_bytes()
        found[name] = File(
            content, stat.st_ino, stat.st_ctime_ns, stat.st_mtime_ns, stat.st_atime_ns, position
        )
    return Seizure(found)
