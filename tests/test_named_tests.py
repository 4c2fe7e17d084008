"""The pages that promise something name the tests that show it, and those tests are there."""

import ast
import re
from pathlib import Path

import pytest

from tests.pages import DOCS, ROOT, section, table_rows

PAGES = sorted(DOCS.glob("*.md"))


def names_of_tests(path: Path) -> set[str]:
    """The names of the tests in a file."""
    tree = ast.parse(path.read_text("utf-8"))
    functions = (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
    return {node.name for node in functions if node.name.startswith("test_")}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_test_that_a_page_names_is_there(page):
    named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", page.read_text("utf-8"))

    assert [f"{file}::{test}" for file, test in named if test not in names_of_tests(ROOT / file)] == []


def test_every_measure_of_the_assessment_names_a_test():
    told, _, _ = section(DOCS / "dpia-template.md", "6. Measures").partition("\nMeasures of your own")
    measures = list(table_rows(told))

    assert len(measures) > 15
    assert [row[0] for row in measures if "::" not in row[-1]] == []


def test_every_asset_of_the_threat_model_is_told_in_full():
    page = (DOCS / "threat-model.md").read_text("utf-8").partition("\n## What seizing it surrenders\n")[2]
    assets = {part.partition("\n")[0]: part for part in page.split("\n### ")[1:]}

    assert len(assets) >= 18
    for asset, told in assets.items():
        for word in ("**Surrenders.**", "**Does not surrender.**", "**What we do.**", "**What remains.**"):
            assert told.count(word) == 1, f"{asset} lacks {word}"
        assert "::test_" in told, f"{asset} names no test"
