"""What is shown of a release: its bytes, a tidy table, words for a terminal, a page, a workbook, pictures."""

from importlib.resources import files

from reports.disclosure import Publishable
from reports.render.page import html_of
from reports.render.terminal import table_of, texts_of
from reports.render.tidy import csv_of
from reports.render.voice import Voice

__all__ = ["Voice", "csv_of", "html_of", "json_of", "schema_of", "table_of", "texts_of"]


def json_of(release: Publishable) -> bytes:
    """Return a release's frozen bytes as they are."""
    return release.content


def schema_of(texts: bool = False) -> bytes:
    """Return the published schema of releases, or that of their texts: JSON Schema 2020-12."""
    name = "texts.schema.json" if texts else "release.schema.json"
    return (files("reports.render") / name).read_bytes()
