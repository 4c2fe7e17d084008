"""The program command by command: each as it is meant, and again in the state in which it was run."""

import io
import re
import shutil
import sqlite3
import sys
from contextlib import closing, redirect_stdout
from pathlib import Path

import pytest

from bot.__main__ import main
from storage.opening import DATABASE

PASSPHRASE = "correct horse battery staple"
PUBLIC_URL = "https://voices.example"
PLAN = ("round", "plan", "--benchmark", "language-learning", "--name", "Winter")
WINTER = "language-learning-2030-01"
RELAY = "House of Women"
RECEIPT = "7K3M9QXA04TBW2HD"
COMMANDS: dict[str, tuple[str, ...]] = {
    "check": ("check",),
    "play": ("play", "--lang", "en"),
    "plan": (*PLAN, "--opens", "2030-01-14T09:00", "--open-for", "3weeks", "--timezone", "Europe/Brussels"),
    "prepare": ("round", "prepare", WINTER, "--note", "One question is new."),
    "ahead": ("round", "invite", WINTER, "--dry-run"),
    "simulate": ("simulate", "--people", "30"),
    "list": ("round", "list", "--format", "json"),
    "history": ("round", "history", "ROUND"),
    "add": ("relay", "add", RELAY, "--languages", "en,fr", "--series", "SERIES"),
    "links": ("relay", "links", RELAY, "--format", "json"),
    "page": ("relay", "page", RELAY),
    "facilitator": ("relay", "facilitator", RELAY),
    "sheet": ("relay", "sheet", RELAY, "--languages", "en", "--out", "sheets.pdf"),
    "codes": ("relay", "codes", RELAY, "--count", "2", "--csv", "codes.csv", "--out", "cards.pdf"),
    "progress": ("relay", "progress", RELAY),
    "redeem": ("receipt", "redeem", RECEIPT, "--relay", RELAY),
    "tell": ("tell", "on", "--benchmark", "language-learning"),
    "telling": ("tell", "status"),
    "doctor": ("doctor",),
    "backup": ("backup", "--to", "evening.backup", "--passphrase-file", "passphrase"),
    "escrow": ("keys", "escrow", "--to", "evening.keys", "--passphrase-file", "passphrase"),
    "recover": ("keys", "recover", "evening.keys", "--passphrase-file", "passphrase"),
    "forget": ("forget", "--code-file", "code"),
    "restore": ("restore", "evening.backup", "--replace", "--passphrase-file", "passphrase"),
    "close": ("round", "close", "ROUND"),
    "show": ("release", "show", "ROUND", "--format", "html", "--out", "release.html"),
    "verify": ("release", "verify"),
    "beside": ("release", "beside", "ROUND", "--out", "beside.txt"),
    "review": ("texts", "review", "ROUND"),
    "template": ("answer", "template", "ROUND"),
    "answer": ("answer", "write", "ROUND", "--file", "answer.toml"),
    "export": ("answer", "export", "ROUND", "fr", "--xlsx", "french.xlsx"),
}
REFUSED = ("redeem", "forget")  # nobody has that code
UNHEARD = ("doctor",)  # it would ask the address of the page, which is nowhere
TYPED = {"play": "anglais\nprivacy\n1\n1\n2\n", "review": "x\nl\nq\n"}
ANSWER = """
round = "ROUND"
written_in = "en"
[[answer]]
factor = "L3"
said = { en = "Many of you had to wait." }
did = { en = "A course begins every month." }
"""


class Office:
    """Where commands are run, each in the state in which it was run at first."""

    def __init__(self, folder: Path, environment: pytest.MonkeyPatch) -> None:
        self.folder, self._environment = folder, environment
        self._working = folder / "now"
        self._working.mkdir(parents=True)
        (self._working / "passphrase").write_text(PASSPHRASE + "\n")
        (self._working / "code").write_text("1234567812345678\n")
        self._words = {"SERIES": "language-learning"}
        self.said: dict[str, str] = {}

    def rehearse(self, name: str) -> None:
        """Run a command as it is meant, keeping the state before it."""
        shutil.copytree(self._working, self.folder / f"before {name}")
        said, code = self._run(self._working, name)
        assert code == (1 if name in REFUSED else 0), (name, said)
        self.said[name] = said
        if name == "plan":
            self._write_to_people_about(WINTER)
        if name == "simulate":
            self._words["ROUND"] = said.split()[-1]
            (self._working / "answer.toml").write_text(ANSWER.replace("ROUND", self._words["ROUND"]))

    def _write_to_people_about(self, round_id: str) -> None:
        """Make a round of the invented city one of real people: about demonstrations nobody is written to."""
        with closing(sqlite3.connect(self._working / "data" / DATABASE)) as database, database:
            database.execute("UPDATE rounds SET demonstration = 0 WHERE id = ?", (round_id,))

    def stumble(self, name: str) -> str:
        """Run a command again in the state it was rehearsed in, and return what it said."""
        again = self.folder / "again"
        shutil.rmtree(again, ignore_errors=True)
        shutil.copytree(self.folder / f"before {name}", again)
        return self._run(again, name)[0]

    def _run(self, folder: Path, name: str) -> tuple[str, int]:
        words = [self._words.get(word, word) for word in COMMANDS[name]]
        said = io.StringIO()
        with self._environment.context() as place, redirect_stdout(said), suppress_exit() as code:
            place.chdir(folder)
            place.setenv("PORTEVOIX_DATA_DIR", str(folder / "data"))
            place.setenv("PORTEVOIX_PUBLIC_URL", "" if name in UNHEARD else PUBLIC_URL)
            place.setattr(sys, "stdin", io.StringIO(TYPED.get(name, "")))
            main(words)
        return said.getvalue(), code[0]

    @property
    def link(self) -> str:
        """What a link of the relay carries."""
        return _found(r"/r/([\w-]+)", self.said["links"])

    @property
    def page(self) -> str:
        """The secret of the relay's page."""
        return _found(r"/relay/(\w+)", self.said["page"])

    @property
    def facilitator(self) -> str:
        """The code of who helps for the relay."""
        return self.said["facilitator"].split()[0]

    @property
    def card(self) -> str:
        """A one-use code, as its link carries it."""
        return _found(r"/r/(c\w+)", (self._working / "codes.csv").read_text())

    @property
    def secrets(self) -> list[str]:
        """What must not stand in any log, as it is written by machines and by hand."""
        bare = [self.facilitator, self.card.removeprefix("c"), RECEIPT]
        return [self.link, self.page, *bare, *(one.replace("-", "") for one in bare)]


def _found(pattern: str, text: str) -> str:
    found = re.search(pattern, text)
    assert found, (pattern, text)
    return found[1]


class suppress_exit(list):  # noqa: N801  (it reads like contextlib.suppress)
    """Takes the program's end, and keeps its exit code."""

    def __enter__(self) -> "suppress_exit":
        self.append(0)
        return self

    def __exit__(self, kind, error, _trace) -> bool:
        if isinstance(error, SystemExit):
            self[0] = int(error.code or 0)
        return kind is SystemExit
