"""A careless house: the same tables with chosen defects, so that each attacker can show that it bites."""

import os
import random
import re
import secrets
import sqlite3
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

from storage.database import HERE
from storage.opening import CONTACTS, DATABASE
from tests.linkage.seizing import Box, Person, Seizure, Witness, seize

LOG = "portevoix.log"
ROUND = "careless"


class Defect(StrEnum):
    """What a careless house does."""

    ROWIDS = "rowid tables"
    UNSHUFFLED = "no shuffle"
    PARTITIONS = "a table per flush, in large pages"
    BIG_BOXES = "boxes of 1,500 bytes"
    EACH_AT_ONCE = "a commit per person, log never truncated"
    PASSIVE = "passive checkpoint"
    INSECURE = "secure_delete off, box kept beside the key before the flush"
    COUNTED = "outbox counts its rows"
    NUMBERED = "boxes are named by the update"
    KEYS_KEPT = "sent drafts and their keys stay"
    KEY_TIMES = "key files tell their times"
    KEY_NUMBERS = "key files are numbered"
    PLAIN_DISK = "a file system that numbers and lists files as they come"
    UNPADDED = "nothing is padded"
    LOGGED = "a log line per box"


@dataclass
class House:
    """One data folder, filled by people who come one after the other."""

    folder: Path
    defects: frozenset[Defect]
    chance: random.Random
    flush_at: int = 15
    arrived: list[Person] = field(default_factory=list)
    updates: dict[str, Person] = field(default_factory=dict)
    contacts: dict[bytes, Person] = field(default_factory=dict)
    truth: dict[Box, Person] = field(default_factory=dict)
    waiting: list[tuple[Person, Box, bytes]] = field(default_factory=list)
    flushes: int = 0

    def __post_init__(self) -> None:
        (self.folder / "keys" / "drafts").mkdir(parents=True)
        self.main = self._open(DATABASE, "schema.sql")
        self.book = self._open(CONTACTS, "schema_contacts.sql")

    def has(self, *defects: Defect) -> bool:
        """Whether the house has one of these defects."""
        return bool(self.defects & set(defects))

    def _open(self, name: str, schema: str) -> sqlite3.Connection:
        db = sqlite3.connect(self.folder / name, isolation_level=None)
        db.execute(f"PRAGMA page_size = {65536 if self.has(Defect.PARTITIONS) else 4096}")
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = OFF")
        db.execute("PRAGMA wal_autocheckpoint = 0")
        db.execute(f"PRAGMA secure_delete = {'OFF' if self.has(Defect.INSECURE) else 'ON'}")
        script = re.sub(r" CHECK \(length\(\w+\)[^\n]*?(?=,?\n)", "", (HERE / schema).read_text("utf-8"))
        script = re.sub(r"id BLOB PRIMARY KEY", "id ANY PRIMARY KEY", script)
        if self.has(Defect.ROWIDS):
            script = script.replace(", WITHOUT ROWID", "")
        db.executescript(script)
        db.execute("PRAGMA foreign_keys = OFF")
        return db

    def welcome(self, number: int) -> None:
        """Somebody answers, from the first update to the last."""
        person, update = secrets.token_hex(32), str(700_000_000 + 13 * number)
        box: Box = update if self.has(Defect.NUMBERED) else secrets.token_bytes(16)
        length = 1_500 if self.has(Defect.BIG_BOXES) else 880
        answers = self.chance.randint(300, 3_000)  # as many bytes as this person had to say
        sealed = secrets.token_bytes(answers if self.has(Defect.UNPADDED) else length)
        self.arrived.append(person)
        self.updates[update] = person
        self.truth[box] = person
        draft = secrets.token_bytes(answers + 200 if self.has(Defect.UNPADDED) else 1_064)
        key_id, contact = self._make_key(), secrets.token_bytes(32)
        self.contacts[contact] = person
        outbox_id = f"{number:032d}" if self.has(Defect.COUNTED) else secrets.token_hex(16)
        self.main.execute("BEGIN")
        self.main.execute("INSERT INTO seen_even VALUES (?)", (update,))
        self.main.execute(
            "INSERT INTO open_sessions VALUES (?, ?, 9, 'sent', ?, ?, '2026-03-02')",
            (
                person,
                ROUND,
                key_id,
                box + draft if self.has(Defect.INSECURE) and isinstance(box, bytes) else draft,
            ),
        )
        self.main.execute("INSERT INTO outbox VALUES (?, ?, 9, NULL, '2026-03-02')", (outbox_id, person))
        self.main.execute("COMMIT")
        self.book.execute(
            "INSERT INTO contacts VALUES (?, ?, '2026-03-02')", (contact, secrets.token_bytes(296))
        )
        self.waiting.append((person, box, sealed))
        if len(self.waiting) == (1 if self.has(Defect.EACH_AT_ONCE) else self.flush_at):
            self.flush()

    def flush(self) -> None:
        """Turn whoever waits into boxes and took-part rows."""
        self.flushes += 1
        people, boxes = self._rewritten("took_part"), self._rewritten("boxes")
        sent = list(self.waiting)
        new_people = [(person, ROUND) for person, _, _ in sent]
        new_boxes = [(box, ROUND, sealed, None) for _, box, sealed in sent]
        self.main.execute("BEGIN")
        self._fill("took_part", people + new_people)
        self._fill("boxes", boxes + new_boxes)
        if not self.has(Defect.KEYS_KEPT):
            self.main.execute("DELETE FROM open_sessions")
        if not self.has(Defect.COUNTED):
            self.main.execute("DELETE FROM outbox")
        self.main.execute("COMMIT")
        self._log(sent)
        if not self.has(Defect.EACH_AT_ONCE):
            self.main.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            self._destroy_keys()
        self.waiting.clear()

    def _rewritten(self, table: str) -> list[tuple[Any, ...]]:
        """Return the rows that are written again; a house that does not shuffle only adds."""
        if self.has(Defect.UNSHUFFLED, Defect.EACH_AT_ONCE, Defect.PARTITIONS):
            return []
        return self.main.execute(f"SELECT * FROM {table}").fetchall()

    def _fill(self, table: str, rows: list[tuple[Any, ...]]) -> None:
        if self.has(Defect.PARTITIONS):
            schema = self.main.execute("SELECT sql FROM sqlite_schema WHERE name = ?", (table,)).fetchone()[0]
            table, empty = f"{table}_{self.flushes}", table
            self.main.execute(schema.replace(f"TABLE {empty}", f"TABLE {table}"))
        elif not self.has(Defect.UNSHUFFLED, Defect.EACH_AT_ONCE):
            self.main.execute(f"DELETE FROM {table}")
            self.chance.shuffle(rows)
        marks = ", ".join("?" * len(rows[0]))
        self.main.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)

    def _make_key(self) -> str:
        name = f"{len(self.arrived):032x}" if self.has(Defect.KEY_NUMBERS) else secrets.token_hex(16)
        path = self.folder / "keys" / "drafts" / name
        path.write_bytes(secrets.token_bytes(32))
        if self.has(Defect.KEY_TIMES):
            moment = 1_700_000_000_000_000_000 + 10**9 * len(self.arrived)
            os.utime(path, ns=(moment, moment))
        else:
            os.utime(path, (0, 0))
        return name

    def _destroy_keys(self) -> None:
        if not self.has(Defect.KEYS_KEPT):
            for path in (self.folder / "keys" / "drafts").iterdir():
                path.unlink()

    def _log(self, sent: list[tuple[Person, Box, bytes]]) -> None:
        if self.has(Defect.LOGGED):
            with (self.folder / LOG).open("a") as log:
                for person, box, _ in sent:
                    log.write(f"boxed {box.hex() if isinstance(box, bytes) else box}\ntook part {person}\n")

    def leave(self) -> Seizure:
        """Take the files as they lie at the end."""
        if self.waiting:
            self.flush()
        if self.has(Defect.PASSIVE):
            self.main.execute("PRAGMA wal_checkpoint(PASSIVE)")
            self.main.execute("INSERT INTO seen_even VALUES ('1')")
        elif not self.has(Defect.EACH_AT_ONCE):
            self.main.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        files = seize(self.folder).files
        self.main.close()
        self.book.close()
        if self.has(Defect.PLAIN_DISK):
            came = sorted(files, key=lambda name: files[name].changed)
            files = {name: replace(files[name], inode=n, position=n) for n, name in enumerate(came)}
        return Seizure(files, Witness(tuple(self.arrived), self.updates, self.contacts))


def careless(
    folder: Path, seed: int, defects: frozenset[Defect], people: int = 300
) -> tuple[Seizure, dict[Box, Person]]:
    """Let a crowd answer in a careless house, and return what somebody takes, and the truth."""
    house = House(folder, defects, random.Random(seed))
    if Defect.PARTITIONS in defects:
        house.flush_at = 50  # so many boxes fit into one of its pages
    if Defect.INSECURE in defects:
        house.flush_at = people  # later flushes write over what earlier ones left
    for number in range(people):
        house.welcome(number)
    return house.leave(), house.truth


_PLAIN = frozenset({Defect.ROWIDS, Defect.UNSHUFFLED})
_GROWING = frozenset({Defect.UNSHUFFLED, Defect.KEYS_KEPT})  # nothing is deleted: pages come in order
_NEVER_TRUNCATED = frozenset({Defect.EACH_AT_ONCE})
_KEYS = _PLAIN | {Defect.KEYS_KEPT, Defect.KEY_TIMES}

BITES: dict[str, frozenset[Defect]] = {
    "rowids and row order": _PLAIN,
    "page order, cell offsets": _GROWING | {Defect.PARTITIONS},
    "overflow pages": _GROWING | {Defect.BIG_BOXES},
    "arrival and row order": _PLAIN,
    "arrival and cell offsets": _GROWING | {Defect.PARTITIONS},
    "log: frame order": _NEVER_TRUNCATED,
    "log: versions of pages": _NEVER_TRUNCATED,
    "log: earlier salts": _NEVER_TRUNCATED | {Defect.PASSIVE},
    "free pages, unallocated space": frozenset({Defect.INSECURE}),
    "outbox": _PLAIN | {Defect.COUNTED},
    "seen update ids": frozenset({Defect.NUMBERED}),
    "order of contacts": _PLAIN,
    "cell offsets of contacts": _GROWING | {Defect.PARTITIONS, Defect.ROWIDS},
    "key files: names": _PLAIN | {Defect.KEYS_KEPT, Defect.KEY_NUMBERS},
    "key files: inodes": _PLAIN | {Defect.KEYS_KEPT, Defect.PLAIN_DISK},
    "key files: changed": _PLAIN | {Defect.KEYS_KEPT},
    "key files: modified": _KEYS,
    "key files: read": _KEYS,
    "key files: directory": _PLAIN | {Defect.KEYS_KEPT, Defect.PLAIN_DISK},
    "sizes of drafts": frozenset({Defect.KEYS_KEPT, Defect.UNPADDED}),
    "files and logs, their times": frozenset({Defect.LOGGED}),
}
"""The defect that each attacker is made to find."""
