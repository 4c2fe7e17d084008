"""Every place of storage that writes, read from the syntax tree: statements and operations on files."""

import ast
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import storage
from storage.database import load_queries

HERE = Path(storage.__file__).parent
CHANGES = ("INSERT", "UPDATE", "DELETE", "BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "ROLLBACK", "VACUUM")
CHECKPOINT = "PRAGMA wal_checkpoint"
ANY = "any statement"
"""The words of a statement that is put together while the program runs: a pragma, or part of a migration."""

OPERATIONS = {"link", "replace", "rename", "fsync", "utime", "unlink", "mkdir", "chmod", "open", "write"}
"""Calls that reach the disk, by the last part of their name."""
STEPS = {
    *("write_durably", "replace_durably", "destroy", "make_folder", "make_private", "check_writable"),
    *("_write", "_overwrite", "_destroy", "sync_folder", "write_sealed"),
}
"""Functions of storage that write files, whoever calls them."""
READS = {"read_private", "kind_of"}
"""Functions of storage that open files only to read them."""
NO_WRITES = {"PRAGMA busy_timeout", "PRAGMA integrity_check", "SELECT"}


@dataclass(frozen=True, slots=True, order=True)
class Site:
    """One place that writes: a module, its function, and what is called there."""

    module: str
    function: str
    what: str

    def __str__(self) -> str:
        return f"{self.module}.{self.function}: {self.what}"

    @property
    def is_statement(self) -> bool:
        """Whether it is a statement to the database, not an operation on a file."""
        return " " in self.what or self.what.isupper() or (self.what.islower() and self.what in _statements())


@cache
def _statements() -> frozenset[str]:
    return frozenset(name for file in HERE.glob("queries/*.sql") for name in words_of(file.stem).values())


@cache
def words_of(file: str) -> dict[str, str]:
    """Return the names of the statements of one file, by their words."""
    queries = load_queries(file)
    return {getattr(queries, name).sql.strip(): name for name in queries.available_queries if _own(name)}


def _own(name: str) -> bool:
    return not name.endswith("_cursor")


@cache
def files_of(module: str) -> tuple[str, ...]:
    """Return the files of statements that a module loads."""
    return tuple(re.findall(r'load_queries\("(\w+)"\)', (HERE / f"{module}.py").read_text("utf-8")))


def writes(words: str) -> bool:
    """Say whether a statement changes anything."""
    return words.lstrip().upper().startswith(CHANGES) or words.startswith(CHECKPOINT)


def name_of(module: str, words: str) -> str:
    """Return what a statement is called in a module: its name, or else its own words."""
    for file in files_of(module):
        if (name := words_of(file).get(words.strip())) is not None:
            return name
    return words


class _Finder(ast.NodeVisitor):
    """Collects the sites of one module."""

    def __init__(self, module: str) -> None:
        self.found: set[Site] = set()
        self._module = module
        self._path: list[str] = []
        self._named = {name: words for file in files_of(module) for words, name in words_of(file).items()}

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        self._inside(node, node.name)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        self._inside(node, node.name)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> None:
        self._inside(node, node.name)

    def visit_Attribute(self, node: ast.Attribute) -> None:
        named = isinstance(node.value, ast.Name) and node.value.id in ("_queries", "_versions")
        if named and writes(self._named[node.attr]):
            self._add(node.attr)
        self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> None:
        match node.func:
            case ast.Attribute(attr="execute"):
                self._statement(node.args[0])
            case ast.Attribute(attr="rollback"):
                self._add("ROLLBACK")
            case ast.Attribute(value=ast.Name(id="Database" | "database" | "inbox" | "parcels")):
                pass
            case ast.Attribute(value=value, attr=name) if name in OPERATIONS:
                if not isinstance(value, ast.Attribute):  # `self._database.write` is no file
                    self._add(name)
            case ast.Name(id=name) if name in STEPS or name == "open":
                self._add(name)
        self.generic_visit(node)

    def _statement(self, node: ast.expr) -> None:
        if isinstance(node, ast.Constant):
            words = str(node.value)
        elif isinstance(node, ast.JoinedStr) and isinstance(node.values[0], ast.Constant):
            words = str(node.values[0].value)
        else:
            words = ""
        if any(words.startswith(known) for known in NO_WRITES):
            return
        self._add(words if writes(words) else ANY)

    def _add(self, what: str) -> None:
        if READS.isdisjoint(self._path):
            self.found.add(Site(self._module, ".".join(self._path), what))

    def _inside(self, node: ast.AST, name: str) -> None:
        self._path.append(name)
        self.generic_visit(node)
        self._path.pop()


@cache
def every_site() -> frozenset[Site]:
    """Return every place of storage that writes."""
    found: set[Site] = set()
    for file in sorted(HERE.glob("*.py")):
        finder = _Finder(file.stem)
        finder.visit(ast.parse(file.read_text("utf-8")))
        found |= finder.found
    return frozenset(found)
