"""A crowd that answers through the real stores, and the moments at which somebody takes the files."""

import random
import sqlite3
from dataclasses import dataclass, field
from pathlib import Path

from bot.hearing import Address
from bot.identity import participant_key
from conversations.identifiers import ParticipantKey, QuestionId, UpdateId
from conversations.ports import Contact, Draft, Outcome
from storage.boxes import open_sheet, open_text
from storage.keyring import KeyFolder
from storage.opening import CONTACTS, DATABASE, Stores, open_stores
from tests.linkage import clues
from tests.linkage.clues import SHEETS, TEXTS
from tests.linkage.pages import Value
from tests.linkage.seizing import Box, Person, Seizure, Witness, seize
from tests.storage.people import ROUND, TODAY, a_draft, a_sent_draft, a_text

FLUSH_AT = 10
AT_ONCE = 12  # people in the middle of their questions at the same time
LETTERS = "abcdefghijklmnopqrstuvwxyz         "


@dataclass
class Watched:
    """What was taken at which moment, and the truth that no attacker has: whose box is whose."""

    alone: dict[str, Seizure] = field(default_factory=dict)
    pairs: list[tuple[str, Seizure, Seizure]] = field(default_factory=list)
    truth: dict[str, dict[Box, Person]] = field(default_factory=dict)


@dataclass
class Crowd:
    """People of one round at one data folder; `longest` characters are the most that anybody writes."""

    folder: Path
    stores: Stores
    chance: random.Random
    longest: int
    numbers: dict[str, Person] = field(default_factory=dict)
    finished: list[Person] = field(default_factory=list)
    updates: dict[str, Person] = field(default_factory=dict)
    contacts: dict[bytes, Person] = field(default_factory=dict)
    next_update: int = 700_000_000

    async def begin(self, number: int) -> ParticipantKey:
        """Somebody comes, asks to be told of the next round, and answers a first question."""
        address = Address("telegram", str(7_300_000_000_000 + number))
        key = participant_key(address, self.stores.keyring.round_secret(ROUND))
        self.numbers[str(number)] = key
        await self._turn(key, a_draft(key))
        if number % 2:
            return key
        before = _contact_ids(self.folder)
        await self.stores.contacts.opt_in(
            Contact(f"telegram:{address.account}", a_draft().session.locale), TODAY
        )
        self.contacts.update(dict.fromkeys(_contact_ids(self.folder) - before, key))
        return key

    async def finish(self, number: int) -> None:
        """Somebody sends the answers: one that tells them apart, and a text."""
        key = ParticipantKey(self.numbers[str(number)])
        words = "".join(self.chance.choices(LETTERS, k=self.chance.randint(20, self.longest)))
        text = a_text(f"{number}|{words}")
        draft = a_sent_draft(key, choice=f"n{number}", texts=(text,), answers={"text": {"text": text.text}})
        await self._turn(key, draft)
        self.finished.append(key)

    async def _turn(self, key: ParticipantKey, draft: Draft) -> None:
        self.next_update += self.chance.randint(1, 40)
        self.updates[str(self.next_update)] = key
        outcome = Outcome(save=draft, speak=self.next_update % 2 == 0)
        update = UpdateId(str(self.next_update))
        await self.stores.conversations.take_turn(update, {ROUND: key}, TODAY, lambda _known: outcome)
        for parcel in await self.stores.outbox.waiting() if outcome.speak else ():
            await self.stores.outbox.said(parcel, f"message {self.next_update}")

    def seize(self) -> Seizure:
        """Take the files, for somebody who also knows all that Telegram knows."""
        return seize(self.folder)

    def witness(self) -> Witness:
        """Return what Telegram knows, and whose contact is whose."""
        return Witness(tuple(self.finished), dict(self.updates), dict(self.contacts))

    async def flush(self) -> None:
        """Put everybody who waits into boxes."""
        await self.stores.answers.flush(ROUND, FLUSH_AT)

    def truth(self, seizure: Seizure) -> dict[str, dict[Box, Person]]:
        """Open every box with the round's keys, and see by the answers whose it is."""
        keys = KeyFolder(self.folder)
        sheets, texts = keys.box_private(ROUND), keys.text_private(ROUND)
        image = seizure.newest
        of_sheet, of_text = {}, {}
        for cell in image.rows(SHEETS):
            number = open_sheet(sheets, _sealed(image.whole(cell))).answers[QuestionId("heard")][0][1:]
            of_sheet[clues.box_of(cell)] = self.numbers[number]
        for cell in image.rows(TEXTS):
            number = open_text(texts, _sealed(image.whole(cell))).text.split("|")[0]
            of_text[clues.box_of(cell)] = self.numbers[number]
        return {SHEETS: of_sheet, TEXTS: of_text}


def _sealed(values: tuple[Value, ...]) -> bytes:
    sealed = values[2]
    assert isinstance(sealed, bytes)
    return sealed


async def watch(folder: Path, seed: int, people: int = 300, longest: int = 250) -> Watched:
    """Let a crowd answer and be flushed, and take the files at every moment that matters."""
    stores = await open_stores(folder)
    stores.keyring.make_round(ROUND)
    crowd = Crowd(folder, stores, random.Random(seed), longest)
    watched = Watched()
    sizes = _flush_sizes(crowd.chance, people)
    sampled = {1, len(sizes) // 2, len(sizes) - 2}
    here: list[int] = []
    coming = iter(range(people))
    for index, size in enumerate(sizes):
        for done in range(size):
            while len(here) < AT_ONCE and (number := next(coming, None)) is not None:
                await crowd.begin(number)
                here.append(number)
            if index == len(sizes) // 2 and done == size // 2:
                watched.alone["while some wait"] = crowd.seize()
            await crowd.finish(here.pop(crowd.chance.randrange(len(here))))
        before = crowd.seize()
        if index == len(sizes) - 1:
            await _kill(crowd, watched, before)
        else:
            await crowd.flush()
        if index in sampled:
            watched.pairs.append((f"flush {index}", before, crowd.seize()))
            watched.alone["after a flush"] = crowd.seize()
    watched.alone["after the last flush"] = crowd.seize()
    await stores.close()
    return _known(watched, crowd)


async def _kill(crowd: Crowd, watched: Watched, before: Seizure) -> None:
    """Flush while a reader keeps the log from being emptied, and take what a kill would leave."""
    reader = sqlite3.connect(crowd.folder / DATABASE, isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM took_part").fetchone()
    await crowd.flush()
    after = crowd.seize()
    reader.close()
    kept = (len(before.frames) + len(after.frames)) / 2 / len(after.frames)
    watched.alone["killed in the commit"] = after.with_keys_of(before).with_log_cut(kept)
    watched.alone["killed after the commit"] = after.with_keys_of(before)
    await crowd.stores.conversations.forget_updates(TODAY)


def _known(watched: Watched, crowd: Crowd) -> Watched:
    witness = crowd.witness()
    watched.truth = crowd.truth(watched.alone["after the last flush"])
    watched.alone = {moment: seizure.known_to(witness) for moment, seizure in watched.alone.items()}
    watched.pairs = [(name, one.known_to(witness), two.known_to(witness)) for name, one, two in watched.pairs]
    return watched


def _flush_sizes(chance: random.Random, people: int) -> list[int]:
    """Cut a crowd into flushes of ten to twenty."""
    sizes: list[int] = []
    while (left := people - sum(sizes)) > 0:
        size = chance.randint(FLUSH_AT, 20)
        sizes.append(left if left - size < FLUSH_AT else size)
    return sizes


def _contact_ids(folder: Path) -> set[bytes]:
    connection = sqlite3.connect(folder / CONTACTS)
    try:
        return {id_ for (id_,) in connection.execute("SELECT id FROM contacts")}
    finally:
        connection.close()
