"""A small repository of words for tests: three English sentences, French and Arabic catalogues, compiled."""

import shutil
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.i18n.languages import LANGUAGES
from bot.i18n.pofiles import forms_of, read
from tests.bot.test_catalogues import FRENCH, SOURCES, edit, make, po, put

ROOT = Path(__file__).parents[2]
ARABIC = {"a.hello": "مرحبا {name}، كيف حالكم؟", "a.plain": "لا شيء يوضع هنا."}
ARABIC_DAYS = ["{n} يوم", "{n} يوم", "{n} يومان", "{n} أيام", "{n} يوما", "{n} يوم"]

__all__ = ["ARABIC", "FRENCH", "SOURCES", "edit", "forms", "make", "po", "put", "small_root", "words_now"]


def small_root(folder: Path) -> Path:
    """Make the repository in an empty folder."""
    for name, content in _files().items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return folder


@cache
def _files() -> dict[str, bytes]:
    """The files of the repository, made once."""
    with TemporaryDirectory() as place:
        made = _make(Path(place))
        files = (path for path in made.rglob("*") if path.is_file())
        return {path.relative_to(made).as_posix(): path.read_bytes() for path in files}


def _make(folder: Path) -> Path:
    (folder / "locales" / "source").mkdir(parents=True)
    shutil.copy(ROOT / "locales" / "babel.cfg", folder / "locales")
    (folder / "locales" / "source" / "a.toml").write_text(SOURCES, "utf-8")
    put(folder, "fr", FRENCH, ["{n} jour", "{n} de jours", "{n} jours"])
    put(folder, "ar", ARABIC, ARABIC_DAYS)
    assert make(folder)[0] == 0
    return folder


def forms(root: Path, tag: str = "fr") -> dict[str, tuple[str, ...]]:
    """What a catalogue says now, by key."""
    return {
        str(message.context): forms_of(message) for message in read(po(root, tag), LANGUAGES[tag]).messages()
    }


def words_now(root: Path) -> dict[str, bytes]:
    """The bytes of all catalogues, compiled ones too."""
    return {str(path): path.read_bytes() for path in (root / "locales").rglob("*.[pm]o")}
