"""An evening on which invented people come by on both channels, and what of them lies on the disk then."""

import asyncio
import json
from pathlib import Path

from storage.opening import open_stores
from tests.canaries.carrying import Carried, carried_by
from tests.canaries.crowd import Somebody, scanner_for
from tests.canaries.forms import of_digests, of_text
from tests.canaries.program import Program
from tests.canaries.scanner import Hit
from tests.canaries.visits import all_on_the_web, on_telegram
from tests.fake_bot_api import FakeBotApi

SIMULATED = 12
PASSPHRASE = b"correct horse battery staple\ncorrect horse battery staple\n"
LOOKS = 3  # at the disk while people come by
FORMATS = ("table", "json", "csv", "html")


class Evening:
    """The crowd comes by while the program serves; the disk is looked at again and again."""

    def __init__(self, program: Program, api: FakeBotApi, people: list[Somebody]) -> None:
        self.program, self.api, self.people = program, api, people
        self.files: list[tuple[str, bytes]] = []
        self.carried: Carried | None = None

    @property
    def on_telegram(self) -> list[Somebody]:
        return [person for place, person in enumerate(self.people) if place % 4]

    @property
    def on_the_web(self) -> list[Somebody]:
        return self.people[::4]

    async def go(self, *, with_relay: bool = True) -> None:
        """Open a round, let everybody come by, some by a relay if there is one; close and release it."""
        _, listed = await self.program.run_all(
            ("simulate", "--people", str(SIMULATED), "--seed", "3"), ("round", "list", "--format", "json")
        )
        (round_,) = json.loads(listed)
        self.carried = await carried_by(self.program) if with_relay else None
        async with self.program.serving() as address:
            visits = asyncio.gather(self._telegram(), self._web(address))
            await self._looks_until(visits)
            await self.api.emptied(timeout=120)
            self.look("everybody has come by")
            await self._back_up()
            await self.program.run("round", "close", round_["id"])
            self.look("closed")
            await self.program.run("round", "release", round_["id"])
            self.look("released")
            await self._take_away(round_["id"])
        self.look("stopped")

    async def _telegram(self) -> None:
        link = self.carried.start if self.carried else ""
        await asyncio.gather(*(on_telegram(self.api, person, link) for person in self.on_telegram))

    async def _web(self, address: str) -> None:
        await all_on_the_web(address, self.on_the_web, self.carried)

    async def _looks_until(self, visits: asyncio.Future) -> None:
        """Look at the disk while drafts are open, some seconds apart."""
        for number in range(LOOKS):
            done, _ = await asyncio.wait([visits], timeout=5)
            if done:
                break
            self.look(f"in between, {number}")
        await visits

    async def _take_away(self, name: str) -> None:
        """Export the release in every form, to a file or not."""
        words = ("release", "show", name, "--format")
        out = self.program.exports
        files = [(*words, form, "--out", str(out / f"release.{form}")) for form in FORMATS]
        await self.program.run_all(*files, (*words, "json"))

    async def _back_up(self) -> None:
        """Take a backup of the open round, and restore it elsewhere: a sealed file alone shows nothing."""
        file, unlocked = str(self.program.exports / "evening.backup"), ("--passphrase-file", "-")
        await self.program.run("backup", "--to", file, *unlocked, given=PASSPHRASE)
        elsewhere = {**self.program.environment, "PORTEVOIX_DATA_DIR": str(self.program.folder / "restored")}
        await self.program.run("restore", file, *unlocked, given=PASSPHRASE, environment=elsewhere)

    def look(self, moment: str) -> None:
        """Keep every byte of this moment."""
        self.files += self.program.snapshot(moment)


def installation(folder: Path, api: FakeBotApi, door: str = "bot") -> Program:
    settings = {"TELEGRAM_TOKEN": api.token, "TELEGRAM_API_URL": api.url}
    return Program(folder / "installation", door=door, **settings)


def found_after(evening: Evening) -> set[Hit]:
    """What is found of anybody, or of what was given to a relay."""
    scanner = scanner_for(evening.people)
    for secret in evening.carried.secrets if evening.carried else ():
        scanner.plant("secret", of_text(secret))
        scanner.plant("secret", of_digests([secret.encode()]))
    return scanner.scan_all(evening.files)


async def check_that_all_came_by(evening: Evening) -> None:
    """Nothing found says little unless everybody was there, on both channels, up to the release."""
    release = json.loads((evening.program.exports / "release.json").read_bytes())
    finished = SIMULATED + sum(bool(person.steps) for person in evening.people)
    assert release["tables"][0]["groups"][0]["people"] == 5 * round(finished / 5)
    assert sum(bool(person.cookies) for person in evening.people) == len(evening.on_the_web)
    stores = await open_stores(evening.program.data)
    contacts = {contact.address for contact in await stores.contacts.all()}
    await stores.close()
    assert contacts == {f"telegram:{person.account}:0" for person in evening.on_telegram if person.steps}
    names = {Path(name.partition(": ")[2]).name for name, _ in evening.files}
    assert names >= {
        "portevoix.db",
        "portevoix.db-wal",
        "contacts.db",
        "log.txt",
        "release.csv",
        "evening.backup",
    }
