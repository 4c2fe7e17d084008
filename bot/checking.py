"""Every finding about definitions and catalogues, with its place and what to do."""

from bot.app import LOCALES, SHIPPED
from bot.config import Settings
from bot.definitions import Definitions
from bot.i18n import CatalogueError, Catalogues
from bot.i18n.sources import benchmark_sources, questionnaire_sources


def problems(settings: Settings) -> tuple[list[str], Definitions]:
    """Return all findings as lines, and the definitions."""
    definitions = Definitions(SHIPPED, settings.data_dir)
    found = [str(finding) for finding in definitions.findings()]
    try:
        catalogues = Catalogues.read(LOCALES)
    except CatalogueError as error:
        return [*found, str(error)], definitions
    if not found:
        for name in definitions.packs():
            benchmark, asked = definitions.pack(name)
            catalogues.add_sources([*questionnaire_sources(asked), *benchmark_sources(benchmark)])
        found += [line for tag in catalogues.tags for line in catalogues.faults(tag)]
    return found, definitions
