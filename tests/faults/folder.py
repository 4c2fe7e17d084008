"""A data folder in the middle of everything, and what it holds, without anything that is random."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from conversations.city_answers import CityAnswer
from conversations.codes import Bundle
from conversations.conduct import Hours
from conversations.facilitating import Evening
from conversations.identifiers import Locale, RelayId, RoundId
from conversations.letters import as_letter, invitation, reminder
from conversations.ports import Contact, Notice, Outcome
from conversations.progress import Step
from conversations.relays import Relay
from conversations.rounds import RoundState
from conversations.schedule import Schedule, Span
from storage.erasures import FILE
from storage.opening import DATABASE, Stores, open_stores
from tests.storage.people import (
    ADDRESS,
    KEY,
    OTHER_KEY,
    OTHER_ROUND,
    ROUND,
    TODAY,
    YESTERDAY,
    a_draft,
    a_notice,
    a_round,
    a_sent_draft,
    key_of,
    save,
)

BOXED, WAITING = 10, 2
"""So many have answered and are boxed; so many have sent and wait for the flush."""
LONG_AGO = TODAY - timedelta(days=3)
PLANNED = RoundId("2027-spring")
KEYLESS = key_of(99)
"""Somebody whose draft has lost its key."""
IDLE = key_of(98)
LEAVER = key_of(97)
SOMEBODY = Contact(ADDRESS, Locale("fr"))
SOMEBODY_ELSE = Contact("telegram:7300099666666", Locale("ar"))
WRITTEN_AT = datetime(2026, 4, 2, 9, tzinfo=UTC)
WOMEN = Relay(
    id=RelayId("r0001"),
    number=1,
    name="House of Women",
    kind="association",
    city="demo",
    series="language",
    languages=(Locale("ar"), Locale("fr")),
    ends_on=date(2028, 12, 31),
)
BUNDLE = Bundle(WOMEN.series, WOMEN.id)
UNSPENT = ("000000000001", "000000000002", "000000000003")
EVENING = Evening(chat=ADDRESS, relay=WOMEN.id, person=11, leaving=0, began_on=TODAY, proof="ab" * 8)
LAST_EVENING = replace(EVENING, chat="telegram:7300099123457", leaving=None, began_on=LONG_AGO)
TOLD = invitation(ROUND)
FORGOTTEN = reminder(OTHER_ROUND, 1)
"""A cause whose round is over."""
SERIES = Schedule(
    id="demo-language",
    city="demo",
    series="language",
    benchmark="language-learning",
    name="Spring",
    timezone="Europe/Berlin",
    first=datetime.fromisoformat("2027-03-01T09:00"),
    open_for=Span(3, "week"),
    every=Span(3, "month"),
)
PEOPLE = (KEY, OTHER_KEY, KEYLESS, IDLE, LEAVER, *map(key_of, range(30)))


def code_of(number: int) -> str:
    return f"{number:016}"


async def fill(folder: Path) -> None:
    """Put into a new folder some of everything."""
    stores = await open_stores(folder)
    for id_ in (ROUND, OTHER_ROUND):
        await stores.rounds.add(a_round(id_, state=RoundState.OPEN))
        stores.keyring.make_round(id_)
    await stores.rounds.add(a_round(PLANNED))
    await _answer(stores, range(BOXED))
    await stores.answers.flush(ROUND, 10)
    await _answer(stores, range(BOXED, BOXED + WAITING))
    await save(stores, a_draft(), speak=True)
    for key, touched_on in ((OTHER_KEY, TODAY), (LEAVER, TODAY), (KEYLESS, TODAY), (IDLE, LONG_AGO)):
        await save(stores, a_draft(key, touched_on=touched_on))
    await stores.progress.keep(OTHER_ROUND, [Step("", 25, 30, LONG_AGO)])
    await stores.contacts.opt_in(SOMEBODY, LONG_AGO)
    await stores.contacts.opt_in(SOMEBODY_ELSE, TODAY)
    notice = replace(a_notice(), session=OTHER_KEY, heard="message 13")
    await stores.conversations.take_turn(None, {ROUND: KEY}, YESTERDAY, lambda _: Outcome(notices=(notice,)))
    for number, day in enumerate((LONG_AGO, TODAY - timedelta(days=2), YESTERDAY)):
        await stores.conversations.take_turn(f"old:{number}", {ROUND: KEY}, day, lambda _: Outcome())  # type: ignore[arg-type]
    await _fill_for_relays(stores)
    await stores.close()
    _lose_key_of(folder, KEYLESS)


async def _fill_for_relays(stores: Stores) -> None:
    """Put in what carries a round to people, and what comes back to them."""
    await stores.relays.add(WOMEN)
    await stores.codes.add(UNSPENT, BUNDLE)
    await stores.receipts.redeem("a receipt", WOMEN.id, "2026-W09")
    await stores.facilitating.keep(EVENING)
    await stores.facilitating.keep(LAST_EVENING)
    await stores.schedules.add(SERIES)
    await stores.city_answers.keep(an_answer("We did."), WRITTEN_AT)
    await stores.told.tell(FORGOTTEN, {SOMEBODY_ELSE.address: None}, TODAY - timedelta(days=30))
    await stores.told.tell(TOLD, {SOMEBODY.address: a_letter(SOMEBODY.address)}, LONG_AGO)


def a_letter(address: str) -> Notice:
    """Return a letter to somebody."""
    return as_letter(Notice(address, Locale("fr"), "letter.invitation"), Hours(), "UTC", WRITTEN_AT)


def an_answer(did: str) -> CityAnswer:
    """Return what the city answered."""
    one = {"factor": "L1", "said": {"en": "You said."}, "did": {"en": did}}
    return CityAnswer.model_validate({"round": OTHER_ROUND, "answer": (one,)})


async def _answer(stores: Stores, people: range) -> None:
    for number in people:
        draft = a_sent_draft(
            key_of(number),
            choice=f"choice-{number}",
            wants_code=True,
            withdrawal_code=code_of(number),
            receipt=f"receipt {number}",
        )
        await save(stores, draft)


def _lose_key_of(folder: Path, key: str) -> None:
    with closing(sqlite3.connect(folder / DATABASE)) as database:
        (name,) = database.execute("SELECT draft_key_id FROM open_sessions WHERE key = ?", (key,)).fetchone()
    (folder / "keys" / "drafts" / name).unlink()


def plain(thing: Any) -> str:
    """Write something with all that its `repr` hides."""
    return _writer(type(thing)).dump_json(thing).decode()


@cache
def _writer(kind: type) -> TypeAdapter[Any]:
    """Return what writes things of one kind; it takes longer to make than to use."""
    return TypeAdapter(kind)


async def contents(stores: Stores, folder: Path) -> dict[str, Any]:
    """Return all that stores keep, sorted, without random names, and without files of keys."""
    boxes = {}
    for round_ in (ROUND, OTHER_ROUND):
        try:
            boxes[round_] = (
                sorted(map(plain, await stores.answers.open_boxes(round_))),
                sorted(map(plain, await stores.answers.open_texts(round_))),
                sorted(map(plain, (await stores.texts.open_all(round_)).reviewed.values())),
            )
        except Exception as caught:
            boxes[round_] = type(caught).__name__
    with closing(sqlite3.connect(folder / DATABASE)) as database:
        tables = {
            statement: sorted(map(repr, database.execute(statement).fetchall()))
            for statement in (
                "SELECT key, round, turn, state, touched_on FROM open_sessions",
                "SELECT seen FROM seen_even UNION ALL SELECT seen FROM seen_odd",
                "SELECT * FROM seen_days",
                "SELECT * FROM took_part",
                "SELECT * FROM definitions",
                "SELECT * FROM progress",
                "SELECT * FROM told",
                "SELECT * FROM codes",
                "SELECT * FROM receipts",
                "SELECT * FROM redeemed",
                "SELECT round, change, made_by, reason FROM audit",
                "SELECT began_on FROM facilitating",
                "SELECT round, withdrawal FROM boxes UNION ALL SELECT round, withdrawal FROM text_boxes",
                "SELECT day FROM outbox",
            )
        }
    drafts = {key: await stores.conversations.draft(key) for key in PEOPLE}
    return {
        **tables,
        "boxes": boxes,
        "drafts": {key: plain(draft) for key, draft in drafts.items() if draft is not None},
        "outbox": sorted(plain(replace(parcel, id="")) for parcel in await stores.outbox.waiting()),
        "contacts": sorted(map(plain, await stores.contacts.all())),
        "rounds": await stores.rounds.all(),
        "releases": await stores.releases.all(),
        "relays": await stores.relays.all(),
        "evenings": sorted(map(plain, await stores.facilitating.all())),
        "schedules": await stores.schedules.all(),
        "answer": plain(await stores.city_answers.get(OTHER_ROUND)),
        "heard": stores.last_heard.at(),
        "erasures": (folder / FILE).read_bytes() if (folder / FILE).exists() else b"",
    }


def names_of_keys(folder: Path) -> set[str]:
    return {path.name for path in (folder / "keys" / "drafts").iterdir()}


def names_of_drafts(folder: Path) -> set[str]:
    with closing(sqlite3.connect(folder / DATABASE)) as database:
        return {name for (name,) in database.execute("SELECT draft_key_id FROM open_sessions")}
