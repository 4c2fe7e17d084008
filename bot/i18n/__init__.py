"""Words in every language: catalogues, fallback chain, direction, plurals."""

from bot.i18n.catalogue import Catalogues
from bot.i18n.languages import LANGUAGES, OFFERABLE, Language, known, simple_of
from bot.i18n.pofiles import CatalogueError, State
from bot.i18n.sources import Source, read_sources
from bot.i18n.voice import Said, Voice

__all__ = [
    "LANGUAGES",
    "OFFERABLE",
    "CatalogueError",
    "Catalogues",
    "Language",
    "Said",
    "Source",
    "State",
    "Voice",
    "known",
    "read_sources",
    "simple_of",
]
