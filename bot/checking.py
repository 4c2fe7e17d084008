"""Every finding about definitions and catalogues, with its place and what to do."""

from bot.aloud.coverage import Coverage, instruments
from bot.aloud.recordings import Recordings
from bot.app import LOCALES, SHIPPED
from bot.config import Settings
from bot.definitions import Definitions
from bot.fitting import misfits, wide_words
from bot.i18n import Catalogues
from bot.i18n.compiling import complaints, po_files
from bot.i18n.inspecting import inspect_catalogue, inspect_sources
from bot.i18n.sources import pack_sources, read_sources


def problems(settings: Settings) -> tuple[list[str], Definitions]:
    """Return all findings as lines, and the definitions."""
    definitions = Definitions(SHIPPED, settings.data_dir)
    found = [str(finding) for finding in definitions.findings()]
    sources = [*read_sources(LOCALES / "source").values()]
    if not found:
        for name in definitions.packs():
            sources += pack_sources(*definitions.pack(name))
    words: list[object] = [*inspect_sources(sources), *complaints(LOCALES)]
    for language, file in po_files(LOCALES):
        words += inspect_catalogue(file, language)
    catalogues = Catalogues.read(LOCALES)
    for instrument in instruments(definitions, catalogues):
        words += misfits(instrument, catalogues)
    words += wide_words(catalogues)
    recordings = Recordings.read(LOCALES)
    if recordings.all:
        words += Coverage(definitions, catalogues, recordings).findings()
    return [*found, *dict.fromkeys(map(str, words))], definitions
