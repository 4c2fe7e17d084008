"""A thousand people come by on both channels; afterwards no byte anywhere tells one of them."""

import asyncio
import json
from pathlib import Path

import pytest

from storage.opening import open_stores
from tests.canaries.carrying import Carried, carried_by
from tests.canaries.crowd import Somebody, crowd, scanner_for
from tests.canaries.forms import of_digests, of_text
from tests.canaries.program import Program
from tests.canaries.visits import all_on_the_web, on_telegram
from tests.fake_bot_api import FakeBotApi

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]

SIMULATED = 12
PASSPHRASE = b"correct horse battery staple\ncorrect horse battery staple\n"
LOOKS = 3  # at the disk while people come by
FORMATS = ("table", "json", "csv", "html")


class Evening:
    """The crowd comes by while the program serves; the disk is looked at again and again."""

    def __init__(self, program: Program, api: FakeBotApi, people: list[Somebody]) -> None:
        self.program, self.api, self.people = program, api, people
        self.files: list[tuple[str, bytes]] = []
        self.carried = Carried()

    @property
    def on_telegram(self) -> list[Somebody]:
        return [person for place, person in enumerate(self.people) if place % 4]

    @property
    def on_the_web(self) -> list[Somebody]:
        return self.people[::4]

    async def go(self) -> dict:
        """Open a round, let everybody come by, close and release it; return the release."""
        await self.program.run("simulate", "--people", str(SIMULATED), "--seed", "3")
        (round_,) = await self.program.rounds()
        self.carried = await carried_by(self.program)
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
        return round_

    async def _telegram(self) -> None:
        link = self.carried.start
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
        await asyncio.gather(
            *(self.program.run(*words, form, "--out", str(out / f"release.{form}")) for form in FORMATS)
        )
        await self.program.run(*words, "json")

    async def _back_up(self) -> None:
        """Take a backup of the open round, and restore it elsewhere: a sealed file alone shows nothing."""
        file, unlocked = str(self.program.exports / "evening.backup"), ("--passphrase-file", "-")
        await self.program.run("backup", "--to", file, *unlocked, given=PASSPHRASE)
        elsewhere = {**self.program.environment, "PORTEVOIX_DATA_DIR": str(self.program.folder / "restored")}
        await self.program.run("restore", file, *unlocked, given=PASSPHRASE, environment=elsewhere)

    def look(self, moment: str) -> None:
        """Keep every byte of this moment."""
        self.files += self.program.snapshot(moment)


@pytest.fixture
async def api():
    async with FakeBotApi() as api:
        yield api


def installation(folder: Path, api: FakeBotApi, door: str = "bot") -> Program:
    settings = {"TELEGRAM_TOKEN": api.token, "TELEGRAM_API_URL": api.url}
    return Program(folder / "installation", door=door, **settings)


async def test_of_a_thousand_people_nothing_is_found_on_the_disk(tmp_path, api):
    people = crowd(1_000, finish=80, seed=20)
    evening = Evening(installation(tmp_path, api), api, people)
    await evening.go()

    scanner = scanner_for(people)
    for secret in evening.carried.secrets:
        scanner.plant("secret", of_text(secret))
        scanner.plant("secret", of_digests([secret.encode()]))
    hits = scanner.scan_all(evening.files)

    assert hits == set()
    assert evening.program.written_elsewhere() == set()
    await check_that_all_came_by(evening)


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


async def test_without_sealing_the_same_scan_finds_them(tmp_path, api):
    people = crowd(40, finish=16, seed=21)
    evening = Evening(installation(tmp_path, api, door="tests.canaries.unsealed"), api, people)
    await evening.go()

    hits = scanner_for(people).scan_all(evening.files)

    # Cookies and what proxies tell are not kept even inside of what is sealed.
    assert {hit.kind for hit in hits} == {"account", "display name", "phone number", "text", "answers"}
    assert any(hit.kind == "answers" and hit.where.endswith("(zlib)") for hit in hits)
    assert any("contacts.db" in hit.where for hit in hits)
    places = {hit.where.partition(": ")[2].split("/")[0].partition(" (")[0] for hit in hits}
    assert places == {"data", "restored"}
