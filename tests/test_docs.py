"""What the pages say is so: the map, the settings, the commands, the paths, the lock."""

import ast
import importlib
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer
from pydantic_settings import BaseSettings

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
PACKAGES = ("conversations", "storage", "reports", "bot")
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
MAP_HEADING = "## The map of the house"
MAP_ROW = re.compile(r"^\| `(?P<path>[^`]+)` \| (?P<sentence>.+?) \|$", re.MULTILINE)


def test_the_map_in_the_readme_is_what_the_modules_say_of_themselves(update):
    if update:
        README.write_text(with_map(README.read_text("utf-8"), house()), "utf-8")

    told = {row["path"]: row["sentence"] for row in MAP_ROW.finditer(map_section())}

    assert told == house(), "`pytest tests/test_docs.py --update` rewrites the map"


@pytest.mark.parametrize("package", PACKAGES)
def test_every_module_says_in_one_sentence_what_it_is(package):
    sentences = {path: line for path, line in house().items() if path.startswith(f"{package}/")}

    assert len(sentences) > 1
    assert [path for path, line in sentences.items() if not line.endswith(".")] == []


def test_every_setting_is_explained():
    pages = all_pages() + (ROOT / ".env.example").read_text("utf-8")

    names = list(settings())

    assert "PORTEVOIX_DATA_DIR" in names
    assert [name for name in names if not re.search(rf"{name}\b", pages)] == []


def test_every_setting_named_in_the_pages_is_read():
    named = set(re.findall(r"PORTEVOIX_[A-Z]+(?:_[A-Z]+)*\b", all_pages()))

    assert named - set(settings()) - {"PORTEVOIX_TESTS_NEED_BROWSER"} == set()


def test_the_example_of_settings_holds_them_all_and_no_other():
    lines = (ROOT / ".env.example").read_text("utf-8").splitlines()

    assert [line[1:].split("=")[0] for line in lines if line.startswith("#PORTEVOIX_")] == sorted(
        settings(), key=list(settings()).index
    )


def test_every_command_is_explained():
    pages = all_pages()

    names = list(commands())

    assert "portevoix serve" in names
    assert [name for name in names if name not in pages] == []


def test_every_command_shows_an_example_in_its_help():
    assert [name for name, text in commands().items() if name not in text] == []


def test_every_make_target_named_in_the_pages_exists():
    targets = set(re.findall(r"^([a-z]+(?: [a-z]+)*):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    known = {word for target in targets for word in target.split()}

    named = set(re.findall(r"`make ([a-z]+)", all_pages()))

    assert {"run", "test"} <= named <= known


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_path_named_in_a_page_exists(page):
    text = without_blocks(page.read_text("utf-8"))

    missing = [path for path in repository_paths(text) if not any(ROOT.glob(path))]
    broken = [link for link in links(text) if not (page.parent / link).exists()]

    assert missing == []
    assert broken == []


def test_the_pages_a_newcomer_looks_for_are_there():
    expected = {"README.md", "CONTRIBUTING.md", "CHANGELOG.md", "docs/architecture.md", "docs/glossary.md"}

    assert expected <= {page.relative_to(ROOT).as_posix() for page in PAGES}


def test_every_decision_stands_in_their_index():
    pages = {page.name for page in (ROOT / "docs/adr").glob("[0-9]*.md")}
    index = (ROOT / "docs/adr/README.md").read_text("utf-8")

    assert len(pages) > 30
    assert set(re.findall(r"\((\d{4}-[^)]+\.md)\)", index)) == pages


def test_the_lock_holds_every_dependency_and_no_address():
    lock = (ROOT / "requirements.lock").read_text("utf-8")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["dev"]]

    locked = set(re.findall(r"^([a-z0-9-]+)==", lock, re.MULTILINE))

    assert {re.split(r"[^A-Za-z0-9-]", name)[0].lower() for name in wanted} <= locked
    assert re.findall(r"^.*(?:://|\bfile:|^-).*$", lock, re.MULTILINE) == []
    assert lock.count("--hash=sha256:") > len(locked)


def house() -> dict[str, str]:
    """Every folder with code and every module, with its own first sentence, in the order of a walk."""
    return {shown(path): first_sentence(path) for package in PACKAGES for path in modules(ROOT / package)}


def modules(folder: Path) -> Iterator[Path]:
    """The modules of a folder, its own sentence first, then its files, then its folders."""
    yield folder / "__init__.py"
    yield from (path for path in sorted(folder.glob("*.py")) if path.name != "__init__.py")
    for inner in sorted(path.parent for path in folder.glob("*/__init__.py")):
        yield from modules(inner)


def shown(path: Path) -> str:
    """A path as the pages write it; a folder stands for its own module."""
    path = path.relative_to(ROOT)
    return f"{path.parent.as_posix()}/" if path.name == "__init__.py" else path.as_posix()


def first_sentence(path: Path) -> str:
    """The first line of a module's docstring; empty when it says nothing."""
    text = ast.get_docstring(ast.parse(path.read_text("utf-8"))) or ""
    return text.partition("\n")[0]


def map_section() -> str:
    """The part of the README that holds the map."""
    _, heading, rest = README.read_text("utf-8").partition(MAP_HEADING + "\n")
    assert heading, f"README.md has no heading '{MAP_HEADING}'"
    return rest.partition("\n## ")[0]


def with_map(readme: str, sentences: dict[str, str]) -> str:
    """The README with its map drawn anew; what else the section says stays."""
    before, heading, rest = readme.partition(MAP_HEADING + "\n")
    assert heading, f"README.md has no heading '{MAP_HEADING}'"
    section, following, after = rest.partition("\n## ")
    prose = "\n".join(line for line in section.splitlines() if not line.startswith("|")).strip()
    rows = "\n".join(f"| `{path}` | {sentence} |" for path, sentence in sentences.items())
    table = f"| where | what it is |\n|---|---|\n{rows}"
    return before + heading + "\n" + (f"{prose}\n\n" if prose else "") + table + "\n" + following + after


def settings() -> dict[str, object]:
    """Every variable the program reads, in the order of bot/config.py."""
    config = importlib.import_module("bot.config")
    models = [
        model
        for model in vars(config).values()
        if isinstance(model, type) and issubclass(model, BaseSettings) and model.model_fields
    ]
    return {
        f"{model.model_config['env_prefix']}{name}".upper(): field
        for model in models
        for name, field in model.model_fields.items()
    }


def commands() -> dict[str, str]:
    """Every command of the program, by its full name, with its help."""
    door = importlib.import_module("bot.__main__")
    return dict(leaves("portevoix", typer.main.get_command(door.app)))


def leaves(name: str, command: object) -> Iterator[tuple[str, str]]:
    """The commands below `command` that do something."""
    inner = getattr(command, "commands", None)
    if inner is None:
        yield name, f"{command.help or ''}\n{command.epilog or ''}"
        return
    for word, below in inner.items():
        if not below.hidden:
            yield from leaves(f"{name} {word}", below)


def all_pages() -> str:
    """The words of every page."""
    assert README.exists()
    return "\n".join(page.read_text("utf-8") for page in PAGES)


def without_blocks(text: str) -> str:
    """A page without its fenced blocks, which may show files of other machines."""
    return re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)


def repository_paths(text: str) -> Iterator[str]:
    """What stands in backticks and begins with a folder of this repository; `*` stands for anything."""
    folders = {path.name for path in ROOT.iterdir() if path.is_dir()} | {
        "docs",
        "tests",
        "locales",
        *PACKAGES,
    }
    for code in re.findall(r"`([^`\s<>{}]+/[^`\s<>{}]*)`", text):
        path = re.sub(r"(::|:\d).*$", "", code).removeprefix("./")
        if path.split("/")[0] in folders - {".venv", "data"}:
            yield path.rstrip("/")


def links(text: str) -> Iterator[str]:
    """Where the links and pictures of a page lead, when it is into the repository."""
    for target in re.findall(r"\]\(([^)\s#]+)(?:#[^)]*)?\)", text):
        if "://" not in target and not target.startswith("mailto:"):
            yield target
