"""Signs all words of a language, or takes the signature back."""

from collections import Counter
from datetime import date
from pathlib import Path
from unicodedata import category

from bot.i18n.compiling import compile_all, po_files
from bot.i18n.inspecting import inspect_catalogue
from bot.i18n.languages import Language
from bot.i18n.pofiles import MARK, CatalogueError, Signature, StringState, read, sign, write

LONGEST_NAME = 80  # characters; it stands in every release
NOT_IN_A_NAME = ';"\\'
"""Signs that end a name where it is written."""


def signature(by: str, on: date, today: date) -> Signature:
    """Return a signature.

    Raises:
        CatalogueError: the name cannot be written, or the day has not come yet.
    """
    name = by.strip()
    if not name or len(name) > LONGEST_NAME:
        raise CatalogueError(f"--by: a name has 1 to {LONGEST_NAME} characters; an association's is enough")
    if any(sign in NOT_IN_A_NAME or (category(sign)[0] in "CZ" and sign != " ") for sign in name):
        raise CatalogueError("--by: a name holds no semicolon, quotation mark, backslash or line break")
    if on > today:
        raise CatalogueError(f"--on: {on.isoformat()} has not come yet; name the day of the reading")
    return Signature(name, on)


def sign_language(locales: Path, language: Language, signed: Signature) -> Counter[StringState]:
    """Sign every string of a language that is there and of today's source; return how all stand now.

    Raises:
        CatalogueError: it has no catalogues, or one has faults; then none is signed.
    """
    files = _sound_files(locales, language)
    for file in files:
        sign(file, language, signed)
    compile_all(locales)
    return _states(files, language)


def withdraw(locales: Path, language: Language) -> Counter[StringState]:
    """Make a language a draft again; return how its strings stand now.

    Raises:
        CatalogueError: it has no catalogues, or one has faults; then nothing is changed.
    """
    files = _sound_files(locales, language)
    for file in files:
        catalog = read(file, language).catalog
        for message in catalog:
            message.user_comments = [line for line in message.user_comments if not line.startswith(MARK)]
        write(file, catalog)
    compile_all(locales)
    return _states(files, language)


def _sound_files(locales: Path, language: Language) -> list[Path]:
    files = [file for known, file in po_files(locales) if known == language]
    if not files:
        folder = f"locales/{language.folder}"
        raise CatalogueError(f"{language.tag} has no catalogue yet; make {folder} and run `make locales`")
    if wrong := [finding for file in files for finding in inspect_catalogue(file, language)]:
        found = "\n".join(map(str, wrong))
        raise CatalogueError(f"{language.tag}: the signature was left as it was; first mend:\n{found}")
    return files


def _states(files: list[Path], language: Language) -> Counter[StringState]:
    read_now = [read(file, language) for file in files]
    return Counter(po.state(message) for po in read_now for message in po.messages())
