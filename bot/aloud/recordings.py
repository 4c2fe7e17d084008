"""Recordings that people made, as files beside a language's words: their names, and whether they play."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from bot.aloud.opus import MAX_BYTES, NotOpus, seconds_of
from bot.aloud.spoken import Spoken
from bot.i18n import LANGUAGES

FOLDER = "audio"
NAME = re.compile(r"(?P<key>[a-z0-9][a-z0-9_-]*\.[a-z][a-z0-9_]{0,39})\.(?P<print>[0-9a-f]{16})\.ogg")
LEFT_ALONE = (".", "README")  # how names begin that need not be recordings
CONVERT = "ffmpeg -i IN.wav -ac 1 -c:a libopus -b:a 24k OUT.ogg makes one of up to three minutes"


@dataclass(frozen=True, slots=True)
class Recording:
    """One file that was found: whose words it says it speaks; `fault` says why it cannot be played."""

    file: Path
    tag: str
    key: str = ""
    fingerprint: str = ""
    fault: str = ""

    @property
    def place(self) -> str:
        """The file, as findings name it."""
        return f"locales/{LANGUAGES[self.tag].folder}/{FOLDER}/{self.file.name}"


class Recordings:
    """All recordings of this installation, looked up by the words that they speak."""

    def __init__(self, found: Iterable[Recording] = ()) -> None:
        self.all = tuple(found)
        self._sound = {(one.tag, one.key, one.fingerprint): one for one in self.all if not one.fault}

    @classmethod
    def read(cls, locales: Path) -> "Recordings":
        """Read `<folder>/audio/` of every language under `locales`."""
        return cls(
            _read(file, tag)
            for tag, language in LANGUAGES.items()
            for file in _files(locales / language.folder / FOLDER)
        )

    def of(self, spoken: Spoken) -> Recording | None:
        """Return the recording of these very words; simpler words may find their language's."""
        tags = (spoken.tag, LANGUAGES[spoken.tag].base) if spoken.tag in LANGUAGES else (spoken.tag,)
        found = (self._sound.get((tag, spoken.key, spoken.fingerprint)) for tag in tags)
        return next((recording for recording in found if recording is not None), None)


def file_name(spoken: Spoken) -> str:
    """Return the name that a recording of these words must have."""
    return f"{spoken.key}.{spoken.fingerprint}.ogg"


def content_of(file: Path) -> bytes:
    """Return the bytes of a recording.

    Raises:
        NotOpus: it cannot be played.
    """
    try:
        with file.open("rb") as opened:
            content = opened.read(MAX_BYTES + 1)
    except OSError as caught:
        raise NotOpus(f"cannot be read ({caught.strerror})") from None
    seconds_of(content)
    return content


def _files(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    return sorted(file for file in folder.iterdir() if not file.name.startswith(LEFT_ALONE))


def _read(file: Path, tag: str) -> Recording:
    """Read one file's name, and whether it plays."""
    named = NAME.fullmatch(file.name)
    if named is None:
        return Recording(
            file, tag, fault=f"is no name of a recording; portevoix audio list {tag} prints the names"
        )
    try:
        content_of(file)
    except NotOpus as caught:
        return Recording(file, tag, named["key"], named["print"], f"{caught}; {CONVERT}")
    return Recording(file, tag, named["key"], named["print"])
