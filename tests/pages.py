"""Pages of `docs/` read by tests: a section, the rows of its tables, what stands in backticks."""

import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
HEADS = ("thing", "column", "file", "what", "measure")
"""First words of the heads of tables."""


def section(page: Path, heading: str) -> str:
    """The part of a page below a heading."""
    _, found, rest = page.read_text("utf-8").partition(f"\n## {heading}\n")
    assert found, f"{page.name} has no heading '{heading}'"
    return rest.partition("\n## ")[0]


def table_rows(text: str) -> Iterator[list[str]]:
    """The rows of the tables in a text, without their heads."""
    for line in text.splitlines():
        if line.startswith("|") and not line.startswith("|--"):
            cells = [cell.strip() for cell in line.strip("|").split("|")]
            if cells[0] not in HEADS:
                yield cells


def codes(text: str) -> list[str]:
    """What stands in backticks."""
    return re.findall(r"`([^`]+)`", text)
