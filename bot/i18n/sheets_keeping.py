"""Keeps changed catalogues: each is written aside, read back and inspected before any takes its place."""

import os
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.i18n.inspecting import inspect_catalogue
from bot.i18n.languages import Language
from bot.i18n.pofiles import UNSIGNED, CatalogueError, PoFile, forms_of, read, review_of, write


def keep(changed: Sequence[PoFile], language: Language, *, dry_run: bool = False) -> None:
    """Write the changed catalogues, all of them or none.

    Raises:
        CatalogueError: one would not be read back as it is, or would have faults that it had not.
    """
    contents = {po.file: _content(po, language) for po in changed}
    if dry_run:
        return
    asides = {file: file.with_name(f"{file.name}.{os.getpid()}.new") for file in contents}
    try:
        for file, content in contents.items():
            file.parent.mkdir(parents=True, exist_ok=True)
            asides[file].write_bytes(content)
        for file, aside in asides.items():
            aside.replace(file)
    except OSError as error:
        raise CatalogueError(
            f"the catalogues cannot be written: {error.strerror}; look at the disk"
        ) from None
    finally:
        for aside in asides.values():
            aside.unlink(missing_ok=True)


def _content(po: PoFile, language: Language) -> bytes:
    """Return the bytes of a catalogue's file, once they have been read back and inspected."""
    review = review_of(po.file.read_text("utf-8")) if po.file.exists() else UNSIGNED
    with TemporaryDirectory() as folder:
        file = Path(folder) / po.file.name
        write(file, po.catalog, review)
        _check(po, file, language)
        return file.read_bytes()


def _check(po: PoFile, file: Path, language: Language) -> None:
    """See that a catalogue as written is the one meant, and no worse than the one it replaces."""
    wanted = [(message.context, forms_of(message)) for message in po.messages()]
    try:
        there = [(message.context, forms_of(message)) for message in read(file, language).messages()]
    except CatalogueError as error:
        there = [(str(error).replace(str(file), po.file.name), ())]
    if there != wanted:
        key = next((key for key, pair in zip(wanted, there, strict=False) if key != pair), wanted[0])[0]
        raise CatalogueError(f"{key}: cannot be written into {po.file.name}; write the words anew")
    sound_before = not po.file.exists() or not any(inspect_catalogue(po.file, language))
    if sound_before and (wrong := list(inspect_catalogue(file, language))):
        found = "\n".join(str(finding).replace(str(file), str(po.file)) for finding in wrong)
        raise CatalogueError(f"nothing was taken; the catalogue would not be sound any more:\n{found}")
