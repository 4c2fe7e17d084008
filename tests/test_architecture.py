"""The house stands as DESIGN says, and the fences still bite."""

import socket
import subprocess
import sys
import tomllib
from pathlib import Path

import grimp
import pytest
from importlinter import api

ROOT = Path(__file__).parent.parent
PACKAGES = {"bot": 14, "conversations": 14, "reports": 4, "storage": 9}  # the least number of modules seen
WALLS = {"house", "pure", "wiring", "small-cells", "telegram-stays-home", "sql-stays-home", "no-knots"}
PYPROJECT = ROOT / "pyproject.toml"
CONTRACTS = tomllib.loads(PYPROJECT.read_text("utf-8"))["tool"]["importlinter"]["contracts"]
CLOCKS = (
    "from datetime import datetime\nprint(datetime.now())\n",
    "from datetime import datetime\nprint(datetime.utcnow())\n",
    "from datetime import date\nprint(date.today())\n",
    "import time\nprint(time.time())\n",
)


def test_every_top_level_folder_with_code_is_a_root_package():
    folders = {path.relative_to(ROOT).parts[0] for path in ROOT.glob("[a-z]*/**/*.py")}

    settings = api.read_configuration(str(PYPROJECT))["session_options"]

    assert folders - {"tests", "build"} == set(settings["root_packages"]) == set(PACKAGES)


def test_the_import_graph_is_not_empty():
    graph = grimp.build_graph(*PACKAGES, cache_dir=None)

    for package, least in PACKAGES.items():
        modules = {module for module in graph.modules if module.split(".")[0] == package}
        files = list((ROOT / package).rglob("*.py"))
        assert len(modules) == len(files)
        assert len(modules) > least
    assert graph.find_modules_that_directly_import("conversations.identifiers")


def test_every_contract_is_kept():
    # In a process of its own: import-linter sets up logging, which would silence ours for later tests.
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as run; run()"]
    done = subprocess.run(
        [*command, "--no-cache", "--config", str(PYPROJECT)], cwd=ROOT, capture_output=True, text=True
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{len(CONTRACTS)} kept, 0 broken" in done.stdout
    assert {contract["id"] for contract in CONTRACTS} >= WALLS


@pytest.mark.parametrize("package", PACKAGES)
@pytest.mark.parametrize("code", CLOCKS)
def test_a_clock_is_refused_outside_the_composition_root(package, code):
    assert "TID251" in lint(code, f"{package}/x.py")


@pytest.mark.parametrize("code", CLOCKS)
def test_a_clock_is_allowed_in_the_composition_root(code):
    assert "TID251" not in lint(code, "bot/app.py")


@pytest.mark.parametrize("address", [("192.0.2.1", 80), ("portevoix.invalid", 80)])
def test_no_test_leaves_this_machine(address):
    with pytest.raises(RuntimeError, match=r"127\.0\.0\.1"):
        socket.create_connection(address, timeout=1)


def lint(code: str, path: str) -> str:
    """What ruff says about `code`, were it to stand at `path`."""
    ruff = [sys.executable, "-m", "ruff", "check", "--no-cache", "--stdin-filename", path, "-"]
    return subprocess.run(ruff, cwd=ROOT, input=code, capture_output=True, text=True, check=False).stdout
