"""A visit to the program with real files: what people do, and what then lies on the disk."""

import sqlite3
from contextlib import asynccontextmanager

from bot.hearing import Address, Phone
from bot.identity import participant_key
from conversations.identifiers import UpdateId
from conversations.moves import Asked, Pressed, Wish
from storage.opening import DATABASE
from tests.bot.houses import MovableClock
from tests.journeys.household import ROUND, a_round, household, on_disk, open_round
from tests.storage.disk import WAL

PHONE = Phone(("en",))
SOMEBODY = Address("telegram", "7300099123456")


class Visit:
    """People, the program, and the files it writes."""

    def __init__(self, house, folder, clock, pauses):
        self.house, self.folder, self.clock, self.pauses = house, folder, clock, pauses
        self.stores = house.stores
        self._updates = 0

    def key(self, address=SOMEBODY):
        return participant_key(address, self.stores.keyring.round_secret(ROUND))

    async def hear(self, reply, address=SOMEBODY, mark=""):
        self._updates += 1
        update = UpdateId(f"{address.channel}:{self._updates}")
        return await self.house.dialogue.hear(address, update, reply, PHONE, mark)

    async def tell(self, topic, address=SOMEBODY):
        self._updates += 1
        update = UpdateId(f"{address.channel}:{self._updates}")
        return await self.house.dialogue.notice(address, update, topic, PHONE)

    async def press(self, screen, address=SOMEBODY, label=None):
        wanted = [button for button in screen.buttons if label and label in button.label]
        button = (*wanted, *screen.buttons)[0]
        return (await self.hear(Pressed(button.token, screen.turn), address, screen.mark)).screen

    async def begin(self, address=SOMEBODY, presses=6):
        screen = (await self.hear(Asked(Wish.START), address)).screen
        for _ in range(presses):
            screen = await self.press(screen, address)
        return screen

    async def send(self, address=SOMEBODY, label="code"):
        """Answer everything with the first button, and send with a withdrawal code; return that."""
        screen = await self.begin(address, 0)
        while screen.name != "thanks":
            screen = await self.press(screen, address, label)
        return (await self.stores.conversations.draft(self.key(address))).session.withdrawal_code

    async def flush(self):
        for parcel in await self.stores.outbox.waiting():
            await self.stores.outbox.said(parcel, "12")
        return await self.stores.answers.flush(ROUND, 1)

    def bytes_of_database(self):
        return {name: (self.folder / name).read_bytes() for name in (DATABASE, WAL)}

    def places_of(self, content):
        return [name for name, found in self.bytes_of_database().items() if content in found]

    @asynccontextmanager
    async def reader(self):
        """Somebody who reads the database, and does not end."""
        connection = sqlite3.connect(self.folder / DATABASE, isolation_level=None)
        connection.execute("BEGIN")
        connection.execute("SELECT count(*) FROM open_sessions").fetchone()
        try:
            yield
        finally:
            connection.close()


@asynccontextmanager
async def a_visit(folder):
    clock, pauses = MovableClock(), []

    async def pause(seconds):
        pauses.append(seconds)

    async with household(on_disk(folder), clock=clock, pause=pause) as house:
        await open_round(house, a_round())
        yield Visit(house, folder, clock, pauses)
