"""Words in every language: catalogues, fallback chain, direction, plurals."""

from bot.i18n.catalogue import CatalogueError, Catalogues
from bot.i18n.languages import LANGUAGES, Language, known
from bot.i18n.sources import Source, read_sources
from bot.i18n.voice import Voice

__all__ = [
    "LANGUAGES",
    "CatalogueError",
    "Catalogues",
    "Language",
    "Source",
    "Voice",
    "known",
    "read_sources",
]
