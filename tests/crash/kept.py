"""What is kept: a data folder made with an open round, looked into, and compared with what was planned."""

import json
import shutil
import sqlite3
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from bot.app import House, now, open_house
from bot.campaigns import Campaigns
from bot.config import Settings
from bot.i18n import Catalogues
from bot.planning import Wish, wanted_round
from bot.relaying import NewRelay
from conversations.identifiers import Locale, RoundId
from conversations.instrument import Instrument
from conversations.letters import invitation
from conversations.ports import Contact
from conversations.session import Sheet, WrittenText
from storage.opening import DATABASE, Stores, open_stores
from tests.crash.catalogues import read_once

LASTING = ("boxes", "took_part", "open_sessions", "receipts")
RECEIPTS = 50
GUESTS = tuple(2**41 + 2**40 + number for number in range(5))
"""Accounts of people who asked to be told of rounds, and were told of none yet."""
PLAN = """
questions = ["service_known", "encouragement", "talk_together"]
groups = []
who = ["gender"]
"""
"""A few tables that a dozen people can fill; larger ones take longer and reach nothing more."""
CONDUCT = {
    "by_association": True,
    "receipts": RECEIPTS,
    "hours": {"first": "00:00", "last": "23:59:59"},  # letters may go whenever this runs
}


@dataclass(frozen=True)
class Template:
    """A data folder in which a round is open and nobody has come yet."""

    folder: Path
    round: RoundId
    instrument: Instrument
    catalogues: Catalogues

    def copy(self, to: Path) -> Path:
        """Copy it to where one run works with it."""
        return Path(shutil.copytree(self.folder, to))


@asynccontextmanager
async def house_in(folder: Path) -> AsyncIterator[House]:
    """Open the real house over a data folder."""
    with read_once():
        async with open_house(Settings(_env_file=None, data_dir=folder)) as house:
            yield house


async def make_template(folder: Path) -> Template:
    """Plan and open a round of the demonstration city."""
    async with house_in(folder) as house:
        wish = Wish(
            benchmark="language-learning",
            name="Crash",
            opens_at=now(),
            closes_at=now() + timedelta(days=21),
            zone=ZoneInfo("Europe/Brussels"),
            city="port-saule",
            drafts=house.catalogues.tags,
        )
        await _fill(house)
        wanted = wanted_round(wish, house.definitions, house.catalogues)[0]
        wanted = replace(wanted, demonstration=False, conduct=CONDUCT)
        planned = await house.campaigns.plan(wanted, plan=PLAN)
        round_ = await house.campaigns.open(planned.id)
        return Template(folder, round_.id, await house.programme.instrument(round_), house.catalogues)


async def _fill(house: House) -> None:
    """Put in an association that carries the round, and people who wait for its invitation."""
    relay = NewRelay(
        name="House of Women",
        languages=("ar", "fr"),
        ends_on=now().date() + timedelta(days=90),
        kind="association",
        city="port-saule",
        series="language-learning",
    )
    await house.relaying.add(relay)
    for account in GUESTS:
        await house.stores.contacts.opt_in(Contact(f"telegram:{account}:0", Locale("fr")), now().date())


def rows(folder: Path, statement: str) -> list[tuple[Any, ...]]:
    """Ask the database something, beside whoever works with it."""
    with closing(sqlite3.connect(f"file:{folder / DATABASE}?mode=ro", uri=True, timeout=10)) as db:
        return db.execute(statement).fetchall()


def state_of(folder: Path) -> str:
    """Return the state of the only round."""
    return str(rows(folder, "SELECT state FROM rounds")[0][0])


async def faults_before_release(
    folder: Path,
    template: Template,
    sheets: Sequence[Sheet],
    texts: Sequence[WrittenText],
    withdrawn: int,
) -> list[str]:
    """Flush a copy of the folder, open its boxes, and say how they differ from what was planned.

    Who took answers back, out of a box or before it was made, has kept the receipt or not.
    """
    copy = Path(shutil.copytree(folder, folder.with_name(f"{folder.name}-opened")))
    stores: Stores = await open_stores(copy)
    try:
        faults = _stray_keys(copy)
        await stores.answers.flush(template.round, 1)
        boxes = await stores.answers.open_boxes(template.round)
        written = await stores.answers.open_texts(template.round)
    finally:
        await stores.close()
    faults += _difference("boxes", boxes, sheets) + _difference("texts", written, texts)
    took_part = rows(copy, "SELECT count(*) FROM took_part")[0][0]
    if took_part != len(sheets):
        faults.append(f"{took_part} took part, {len(sheets)} were to")
    given = rows(copy, "SELECT sum(given) FROM receipts")[0][0]
    if not len(sheets) <= given <= len(sheets) + withdrawn:
        faults.append(f"{given} receipts are counted as given to {len(sheets)} people")
    cause = invitation(template.round)
    told = rows(copy, f"SELECT count(*) FROM told WHERE cause = '{cause}'")[0][0]
    if told < len(GUESTS):
        faults.append(f"{told} people are noted as told, {len(GUESTS)} were to be")
    shutil.rmtree(copy)
    return faults


async def faults_after_release(
    folder: Path, template: Template, sheets: Sequence[Sheet], expected: dict[str, bytes | None]
) -> list[str]:
    """Say what is wrong with a release, and what should be gone but is not.

    `expected` keeps what is to be released, by the hour of closing: a release names the day, nothing finer.
    """
    faults = _stray_keys(folder)
    async with house_in(folder) as house:
        content = await house.stores.releases.read(template.round)
    hour = rows(folder, "SELECT substr(closed_at, 1, 13) FROM rounds")[0][0]
    if hour not in expected:
        expected[hour] = await _expected_release(folder, template.round, sheets)
    if content != expected[hour]:
        shown = [_people(one) for one in (content, expected[hour])]
        faults.append(f"the release is not what the answers make: people shown and expected are {shown}")
    if _people(content) is None:
        faults.append("the release shows nobody")
    for table in LASTING:
        if left := rows(folder, f"SELECT count(*) FROM {table}")[0][0]:
            faults.append(f"{left} rows are left in {table} after the release")
    keys = sorted(path.name for path in (folder / "keys" / "rounds" / template.round).iterdir())
    if keys != ["texts.key", "texts.pub"]:
        faults.append(f"the round's keys after the release: {keys}")
    return faults


async def _expected_release(folder: Path, round_id: RoundId, sheets: Sequence[Sheet]) -> bytes | None:
    """Return the bytes that the real program makes of these sheets, where nothing is released yet."""
    copy = Path(shutil.copytree(folder, folder.with_name(f"{folder.name}-expected")))
    with closing(sqlite3.connect(copy / DATABASE)) as db, db:
        db.execute("DELETE FROM releases")
        db.execute("UPDATE rounds SET state = 'closed', released_at = NULL")
    content: bytes | None
    async with house_in(copy) as house:
        house.stores.keyring.make_round(round_id)
        registry = replace(house.registry, answers=_Planned(sheets))  # type: ignore[arg-type]
        await Campaigns(registry, now).release(round_id)
        content = await house.stores.releases.read(round_id)
    shutil.rmtree(copy)
    return content


class _Planned:
    """Boxes in which lies what was planned."""

    def __init__(self, sheets: Sequence[Sheet]) -> None:
        self._sheets = sheets

    async def flush(self, round_id: RoundId, at_least: int) -> int:
        return 0

    async def open_boxes(self, *_: object, **__: object) -> Sequence[Sheet]:
        return self._sheets

    async def boxed(self, round_id: RoundId) -> int:
        return len(self._sheets)

    async def destroy(self, round_id: RoundId, *, keep_boxes: bool = False) -> None:
        return None


def _stray_keys(folder: Path) -> list[str]:
    """Say which keys have no draft and which drafts no key, in a folder whose program has started anew."""
    needed = {row[0] for row in rows(folder, "SELECT draft_key_id FROM open_sessions")}
    there = {path.name for path in (folder / "keys" / "drafts").iterdir()}
    faults = [f"{len(there - needed)} keys of drafts without a row"] if there - needed else []
    return faults + ([f"{len(needed - there)} rows of drafts without a key"] if needed - there else [])


def _difference(
    what: str, found: Iterable[Sheet | WrittenText], planned: Iterable[Sheet | WrittenText]
) -> list[str]:
    have, want = (Counter(map(_written, some)) for some in (found, planned))
    lost, more = (want - have).total(), (have - want).total()
    return [f"{what}: {lost} lost, {more} too many or not as answered"] if lost or more else []


def _people(content: bytes | None) -> object:
    if content is None:
        return None
    return json.loads(content)["tables"][0]["groups"][0]["people"]


def _written(one: Sheet | WrittenText) -> str:
    """Write what was answered, in one order; a kept text does not say which question it answers."""
    return json.dumps(one.model_dump(mode="json", exclude={"question"}), sort_keys=True)
