"""The sites at which the program is killed, read from the syntax tree of turn, letters, flush and release."""

import ast
from collections import Counter
from dataclasses import dataclass
from fnmatch import fnmatchcase

MODULES = {
    "bot.dialogue": "turn",
    "bot.programme": "turn",
    "bot.telegram.inbox": "turn",
    "bot.telegram.webhook": "turn",
    "bot.telegram.reception": "turn",
    "bot.telegram.channel": "turn",
    "bot.telegram.calls": "turn",
    "bot.telegram.copies": "turn",
    "bot.delivery": "turn",
    "bot.carrying": "turn",
    "bot.outage": "turn",
    "bot.scheduler": "flush",
    "bot.campaigns": "release",
    "bot.arranging": "release",
    "bot.advancing": "release",
    "bot.series": "release",
    "bot.gates": "release",
    "storage.schedules": "release",
    "bot.mailing": "letters",
    "bot.tidying": "flush",
    "bot.freezing": "release",
    "bot.releasing": "release",
    "bot.counting": "flush",
    "storage.sessions": "turn",
    "storage.drafts": "turn",
    "storage.inbox": "turn",
    "storage.outbox": "turn",
    "storage.parcels": "turn",
    "storage.contacts": "turn",
    "storage.told": "letters",
    "storage.answers": "flush",
    "storage.receipts": "flush",
    "storage.rounds": "release",
    "storage.releases": "release",
    "storage.progress": "flush",
    "storage.database": "storage",
    "storage.keyring": "storage",
    "storage.files": "storage",
    "storage.opening": "storage",
}
"""Whole modules, so that what is added to them is taken in by itself, and what they are foremost for."""

_WIRING = "starting and stopping; everything in it that lasts is done in a module above"
_WEB = "the pages have tests of their own; what they store goes through the dialogue"
_STAFF = "a command of staff, none of turn, flush and release"

_ALOUD = "reads aloud and keeps nothing on disk; tests/bot/test_listening.py stops it on its way"

_TEXTS = "staff only; tests/bot/test_texts.py kills it between any two steps"

_RELAYS = "staff only, one transaction that changes one row"

_HELPING = "kept before it is done; tests/bot/test_assisted.py stops between the two"

_ANSWERS = "staff only, one transaction; written again, an answer only takes the place of the one before"

_DOCTOR = "looks at everything and changes nothing"

_CODES = "within the one transaction of the turn that sends; tests/bot/test_codes_killed.py kills it"

ASIDE = {
    "storage.codes": _CODES,
    "bot.receipts": _STAFF,
    "bot.commands.codes": _STAFF,
    "bot.web.receipts": _WEB,
    "bot.web.waiting": _WEB,
    "bot.app": _WIRING,
    "bot.serving": _WIRING,
    "bot.commands.conversing": _WIRING,
    "bot.commands.running": _WIRING,
    "bot.telegram.service": _WIRING,
    "bot.telegram.request": "inside of one call; there are points before and after it",
    "bot.telegram.greeting": "the menu of commands, said again at the next start",
    "bot.telegram.doorway": "tells Telegram where to post, again at the next start",
    "bot.pacing": "waits only",
    "bot.demonstration": "rounds of invented people",
    "bot.simulate": "rounds of invented people",
    "bot.play": "keeps nothing",
    "bot.i18n.compiling": "a tool for translators; a program that serves only reads what it wrote",
    "bot.preview": "a tool for translators; keeps nothing",
    "bot.i18n.pofiles": "a tool for translators; whole files or none, tests/bot/test_broken_catalogues.py",
    "bot.i18n.sheets_keeping": "a tool for translators",
    "bot.answering": "reads answers; the release that it is told in is hammered itself",
    "bot.answer_file": _ANSWERS,
    "bot.commands.answers": _ANSWERS,
    "bot.web.answers": _WEB,
    "storage.city_answers": _ANSWERS,
    "bot.relaying": _RELAYS,
    "bot.commands.relays": _RELAYS,
    "storage.relays": _RELAYS,
    "bot.assisting": _HELPING,
    "bot.helping": _HELPING,
    "bot.commands.facilitators": _RELAYS,
    "bot.web.assisted": _WEB,
    "storage.facilitating": _HELPING,
    "bot.relays": "reads relays; nothing of it lasts",
    "bot.inviting": "says something in a group and keeps nothing; tests/bot/test_groups.py",
    "bot.telegram.groups": "says something in a group and keeps nothing; tests/bot/test_groups.py",
    "bot.posters.gathering": "reads relays and rounds; posters are made anew at every call",
    "bot.commands.posters": "writes one PDF for staff, from what is read",
    "bot.associations": _WEB,
    "bot.web.association": _WEB,
    "bot.always_open": _STAFF,
    "bot.commands.telling": _STAFF,
    "bot.commands.comparing": _STAFF,
    "bot.commands.doctor": _DOCTOR,
    "bot.commands.keeping": _STAFF,
    "bot.commands.letters": _STAFF,
    "bot.doctor": _DOCTOR,
    "bot.doctor.coming": _DOCTOR,
    "bot.doctor.inside": _DOCTOR,
    "bot.doctor.outside": _DOCTOR,
    "bot.telegram.examining": _DOCTOR,
    "bot.outlook": "reads",
    "bot.commands.preview": _STAFF,
    "bot.commands.release_parts": _STAFF,
    "bot.commands.releases": _STAFF,
    "bot.commands.round_lists": _STAFF,
    "bot.commands.round_notes": _STAFF,
    "bot.commands.round_plans": _STAFF,
    "bot.commands.rounds": _STAFF,
    "bot.commands.texts": _STAFF,
    "bot.reviewing": _TEXTS,
    "bot.sitting": _TEXTS,
    "storage.texts": _TEXTS,
    "bot.publishing": "reads releases",
    "bot.shelf": "reads releases",
    "bot.verifying": "reads releases",
    "bot.aloud.playing": _ALOUD,
    "bot.aloud.reader": _ALOUD,
    "bot.aloud.synthesis": _ALOUD,
    "bot.telegram.sounds": _ALOUD,
    "bot.web.listening": _ALOUD,
    "bot.web.beside": _WEB,
    "bot.web.conversation": _WEB,
    "bot.web.doorkeeper": _WEB,
    "bot.web.forms": _WEB,
    "bot.web.published": _WEB,
    "bot.web.server": _WEB,
    "bot.web.site": _WEB,
    "storage.backup": _STAFF,
    "storage.envelope": _STAFF,
    "storage.escrow": _STAFF,
    "storage.images": _STAFF,
    "storage.restoring": _STAFF,
    "storage.memory.records": "keeps nothing",
    "storage.memory.rounds": "keeps nothing",
    "storage.memory.shared": "keeps nothing",
    "storage.memory.turns": "keeps nothing",
}
"""Modules that wait or store and are not hammered, each with the reason."""

STATEMENTS = "_queries"
WATCHED = frozenset(
    {
        # the database's thread
        *("execute", "executemany", "commit", "work", "then"),
        # files
        *("write_durably", "destroy", "_overwrite", "_write", "sync_folder", "unlink", "link", "fsync"),
        # keys
        *("make_round", "make_draft", "destroy_drafts", "sweep_drafts", "destroy_round", "destroy_texts"),
        "destroy_pseudonyms",
        *("truncate_log", "destroy_keys"),
    }
)
"""Names of plain calls that change something that lasts; named statements are watched besides."""


@dataclass(frozen=True, slots=True)
class Site:
    """One place in the program: `name` is module:function:number in it:source text."""

    number: int
    name: str

    @property
    def module(self) -> str:
        """The module in which it stands."""
        return self.name.split(":")[0]

    @property
    def part(self) -> str:
        """What it belongs to: turn, letters, flush, release or storage."""
        return MODULES[self.module]

    def fits(self, pattern: str) -> bool:
        """Whether a pattern (module:function:text, with *) names it; its number says nothing."""
        module, function, _, text = self.name.split(":", 3)
        return fnmatchcase(f"{module}:{function}:{text}", pattern)


class Sites(ast.NodeTransformer):
    """Puts points around every site of one module; calls the functions of `points` under given names."""

    def __init__(self, module: str, first: int) -> None:
        self.found: list[Site] = []
        self._module, self._next = module, first
        self._path: list[str] = []
        self._counts: Counter[str] = Counter()

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        return self._inside(node)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> ast.AST:
        return self._inside(node)

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        return self._inside(node)

    def visit_Await(self, node: ast.Await) -> ast.AST:
        site = self._site(node.value)
        self._below(node.value)
        return _around(site, node)

    def visit_Call(self, node: ast.Call) -> ast.AST:
        if not _is_watched(node):
            return self.generic_visit(node)
        site = self._site(node)
        self._below(node)
        return _around(site, node)

    def visit_AsyncWith(self, node: ast.AsyncWith) -> ast.AST:
        for item in node.items:
            site = self._site(item.context_expr, "enter ")
            self._site(item.context_expr, "exit ")
            item.context_expr = _call("_crash_Around", site, self.visit(item.context_expr))
        node.body = [self.visit(statement) for statement in node.body]
        return node

    def visit_AsyncFor(self, node: ast.AsyncFor) -> ast.AST:
        site = self._site(node.iter, "each ")
        self.generic_visit(node)
        node.iter = _call("_crash_Each", site, node.iter)
        return node

    def visit_comprehension(self, node: ast.comprehension) -> ast.AST:
        site = self._site(node.iter, "each ") if node.is_async else None
        self.generic_visit(node)
        if site is not None:
            node.iter = _call("_crash_Each", site, node.iter)
        return node

    def _inside(self, node: ast.AST) -> ast.AST:
        self._path.append(node.name)  # type: ignore[attr-defined]
        self.generic_visit(node)
        self._path.pop()
        return node

    def _below(self, node: ast.AST) -> None:
        """Visit what stands inside a call, which is a site itself already."""
        self.generic_visit(node)

    def _site(self, node: ast.AST, kind: str = "") -> int:
        function = ".".join(self._path) or "<module>"
        self._counts[function] += 1
        text = " ".join(f"{kind}{ast.unparse(node)}".split())[:90]
        number, self._next = self._next, self._next + 1
        self.found.append(Site(number, f"{self._module}:{function}:{self._counts[function]}:{text}"))
        return number


def with_points(module: str, source: str, first: int) -> tuple[ast.Module, list[Site]]:
    """Return a module's tree with points around its sites, and the sites, numbered from `first`."""
    tree = ast.parse(source)
    sites = Sites(module, first)
    sites.visit(tree)
    names = ", ".join(f"{name} as _crash_{name}" for name in ("before", "after", "Around", "Each"))
    docstring = [statement for statement in tree.body[:1] if isinstance(statement, ast.Expr)]
    tree.body[len(docstring) : len(docstring)] = ast.parse(f"from tests.crash.points import {names}").body
    return ast.fix_missing_locations(tree), sites.found


def _is_watched(node: ast.Call) -> bool:
    match node.func:
        case ast.Attribute(value=ast.Name(id=name)) if name == STATEMENTS:
            return True
        case ast.Attribute(attr=name) | ast.Name(id=name):
            return name in WATCHED
    return False


def _around(site: int, node: ast.expr) -> ast.Call:
    return _call("_crash_after", site, _call("_crash_before", site), node)


def _call(name: str, site: int, *words: ast.expr) -> ast.Call:
    return ast.Call(ast.Name(name, ast.Load()), [ast.Constant(site), *words], [])
