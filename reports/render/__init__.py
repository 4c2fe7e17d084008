"""What is shown of a release: its bytes, one tidy table, words for a terminal, a page to print."""

from reports.disclosure import Publishable
from reports.render.page import html_of
from reports.render.terminal import table_of
from reports.render.tidy import csv_of
from reports.render.voice import Voice

__all__ = ["Voice", "csv_of", "html_of", "json_of", "table_of"]


def json_of(release: Publishable) -> bytes:
    """Return a release's frozen bytes as they are."""
    return release.content
