"""Makes a dump of the newest schema in mid-round: `python -m tests.storage.released.make FOLDER`.

Run it at the commit that released a schema, before the next migration is added. For schema 0001 it ran with
this folder copied into a work tree of commit 3dd8f37 (drafts had steps of 1,024 bytes then).
"""

import asyncio
import json
import re
import sqlite3
import sys
import tempfile
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from bot.hearing import Address, Phone
from bot.identity import participant_key
from conversations.identifiers import Locale, RoundId, UpdateId
from conversations.moves import Asked, Pressed, Wish
from conversations.ports import Contact
from storage.drafts import STEP
from storage.sealing import seal, unseal
from tests.conftest import NOON
from tests.journeys.household import a_round, household, on_disk, open_round
from tests.storage.released.keys import derived, write_draft_key, write_installation_key, write_round_keys

OPEN, RELEASED = RoundId("spring"), RoundId("winter")
STEPS = (0, 1, 2, 3, 5, 9)
"""So many presses of their first button did the people whose sessions are open."""
BOXED, WAITING = 10, 3
PHONE = Phone(("en",))


class Clock:
    """A clock that is set."""

    at = NOON

    def __call__(self) -> Any:
        return self.at


class Crowd:
    """People who press the first button."""

    def __init__(self, house: Any) -> None:
        self._house = house
        self._updates = 0

    async def hear(self, account: int, reply: Any, mark: str = "") -> Any:
        self._updates += 1
        update = UpdateId(f"telegram:{self._updates}")
        address = Address("telegram", str(account))
        return await self._house.dialogue.hear(address, update, reply, PHONE, mark)

    async def walk(self, account: int, steps: int | None, code: bool = False) -> None:
        """Begin, and press the first button so often, or until all was sent, with or without a code."""
        heard = await self.hear(account, Asked(Wish.START))
        while steps is None or steps > 0:
            screen = heard.screen
            coded = [button for button in screen.buttons if code and "code" in button.label.lower()]
            button = (*coded, *screen.buttons)[0]
            heard = await self.hear(account, Pressed(button.token, screen.turn), screen.mark)
            steps = None if steps is None else steps - 1
            if heard.screen.name == "thanks":
                return

    async def found(self, account: int) -> dict[str, Any]:
        """Return where somebody stands, and what they have answered."""
        address = Address("telegram", str(account))
        screen = (await self._house.dialogue.look(address, PHONE)).screen
        session = (await self._draft(account)).session
        answers = session.model_dump(mode="json", exclude_defaults=True).get("answers", {})
        return {"turn": screen.turn, "answers": answers}

    async def code_of(self, account: int) -> str:
        """Return the withdrawal code that somebody asked for."""
        draft = await self._draft(account)
        assert draft.session.wants_code
        return str(draft.session.withdrawal_code)

    async def _draft(self, account: int) -> Any:
        secret = self._house.stores.keyring.round_secret(OPEN)
        key = participant_key(Address("telegram", str(account)), secret)
        return await self._house.stores.conversations.draft(key)


async def say_all(stores: Any, but: int = 0) -> None:
    for parcel in list(await stores.outbox.waiting())[but:]:
        await stores.outbox.said(parcel, "12")


async def fill(folder: Path) -> dict[str, Any]:
    """Live through one released round and half an open one, and return what there is to be found."""
    write_installation_key(folder)
    for round_id in (OPEN, RELEASED):
        write_round_keys(folder, round_id)
    clock = Clock()
    async with household(on_disk(folder), clock=clock) as house:
        crowd = Crowd(house)
        clock.at = NOON - timedelta(days=60)
        await open_round(
            house,
            replace(
                a_round(RELEASED),
                opens_at=clock.at - timedelta(days=1),
                closes_at=clock.at + timedelta(days=9),
            ),
        )
        for account in range(500, 512):
            await crowd.walk(account, None)
        await say_all(house.stores)
        await house.campaigns.close(RELEASED)
        released = await house.campaigns.release(RELEASED)
        clock.at = NOON
        await open_round(house, a_round(OPEN))
        for account in range(100, 100 + BOXED):
            await crowd.walk(account, None, code=True)
        code = await crowd.code_of(100)
        await say_all(house.stores)
        assert await house.stores.answers.flush(OPEN, BOXED) == BOXED
        for account in range(200, 200 + WAITING):
            await crowd.walk(account, None)
        await say_all(house.stores)
        for number, steps in enumerate(STEPS):
            await crowd.walk(300 + number, steps)
        await house.dialogue.notice(Address("telegram", "300"), UpdateId("telegram:9000"), "help", PHONE)
        await house.stores.contacts.opt_in(Contact("telegram:300:0", Locale("fr")), NOON.date())
        people = {str(300 + number): await crowd.found(300 + number) for number in range(len(STEPS))}
        waiting = len(await house.stores.outbox.waiting())
    return {
        "released": released,
        "code": code,
        "boxed": BOXED,
        "waiting": WAITING,
        "outbox": waiting,
        "contacts": [["telegram:300:0", "fr"]],
        "people": people,
    }


def reseal(folder: Path) -> None:
    """Seal every draft again under a key that is derived from its name."""
    with closing(sqlite3.connect(folder / "portevoix.db")) as database, database:
        for name, sealed in database.execute("SELECT draft_key_id, sealed FROM open_sessions").fetchall():
            content = unseal((folder / "keys" / "drafts" / name).read_bytes(), sealed)
            again = seal(derived(f"draft {name}"), content, STEP)
            database.execute("UPDATE open_sessions SET sealed = ? WHERE draft_key_id = ?", (again, name))
            write_draft_key(folder, name)


def readable(script: str) -> str:
    """Write bytes that are JSON as what they say."""

    def written(found: re.Match[str]) -> str:
        content = bytes.fromhex(found[1])
        if not content.startswith(b"{"):
            return found[0]
        quoted = content.decode().replace("'", "''")
        return f"CAST('{quoted}' AS BLOB)"

    return re.sub(r"X'([0-9A-F]*)'", written, script)


def dump(folder: Path, name: str, place: Path) -> int:
    """Write one database as text, and return the number of its schema."""
    with closing(sqlite3.connect(folder / f"{name}.db")) as database:
        version = int(database.execute("SELECT max(version) FROM migrations").fetchone()[0])
        script = "\n".join(database.iterdump()) + "\n"
    (place / f"{name}-{version:04}.sql").write_text(readable(script), "utf-8")
    return version


def main(place: Path) -> None:
    """Write the dump and what is to be found in it."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "data"
        folder.mkdir()
        found = asyncio.run(fill(folder))
        reseal(folder)
        versions = {name: dump(folder, name, place) for name in ("portevoix", "contacts")}
        found["contacts_schema"] = versions["contacts"]
        text = json.dumps(found, indent=1, ensure_ascii=False) + "\n"
        (place / f"portevoix-{versions['portevoix']:04}.json").write_text(text, "utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
