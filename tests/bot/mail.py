"""What tests of letters share: a house with contacts, rounds that remind, and a postman without a channel."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

from bot.hearing import Address
from bot.identity import participant_key
from conversations.identifiers import Locale
from conversations.letters import Timing, timing
from conversations.ports import Contact, Draft, Outcome
from conversations.rounds import Round
from tests.bot.houses import MovableClock
from tests.journeys.household import Household, a_round, household, in_memory, on_disk
from tests.storage.people import a_session, a_sheet

LANGUAGES = ("fr", "ar")
ZONE = "Europe/Brussels"


def address_of(number: int) -> str:
    return f"telegram:{2**41 + number}:0"


@asynccontextmanager
async def a_post_house(kind: str, folder, clock: MovableClock) -> AsyncIterator[Household]:
    opening = in_memory() if kind == "memory" else on_disk(folder)
    async with household(opening, clock=clock) as house:
        yield house


async def opt_in(house: Household, people: Iterable[int], locale: str = "en") -> None:
    today = house.campaigns.now().date()
    contacts = (Contact(address_of(number), Locale(locale)) for number in people)
    await asyncio.gather(*(house.stores.contacts.opt_in(contact, today) for contact in contacts))


async def an_open_round(house: Household, name: str = "spring", **changes) -> Round:
    """A round of real people that opens now, for three weeks, with reminders after one and two weeks."""
    now = house.campaigns.now()
    facts = {
        "opens_at": now,
        "closes_at": now + timedelta(days=21),
        "demonstration": False,
        "conduct": {"remind_after": [7, 14]},
        "without_answer": "the first of these tests",
        "note": {"en": "nothing"},
    }
    planned = await house.campaigns.plan(a_round(name, **(facts | changes)))
    return await house.campaigns.open(planned.id, LANGUAGES)


def key_in(house: Household, round_: Round, number: int):
    address = Address("telegram", str(2**41 + number))
    return participant_key(address, house.stores.keyring.round_secret(round_.id))


async def stand(house: Household, round_: Round, number: int, status: str) -> None:
    """Let somebody be in the middle of a round ("waiting"), or have sent their answers ("sent")."""
    sheet = a_sheet() if status == "sent" else None
    today = house.campaigns.now().date()
    key = key_in(house, round_, number)
    session = a_session(key, 3, round=round_.id, status=status, sheet=sheet, touched_on=today)
    kept = Outcome(save=Draft(session, address_of(number)))
    await house.stores.conversations.take_turn(None, {round_.id: key}, today, lambda _: kept)


class Postman:
    """Says what may be said at this hour, and remembers to whom; `blocked` have left for good."""

    def __init__(self, house: Household) -> None:
        self.house = house
        self.said: list[tuple[str, str, datetime]] = []  # address, key, moment
        self.blocked: set[str] = set()

    async def go_round(self) -> int:
        """Say everything once; return how much."""
        now, before = self.house.campaigns.now(), len(self.said)
        outbox = self.house.stores.outbox
        found = [(timing(one.notice, now), one) for one in await outbox.waiting() if one.notice is not None]
        due = [(when, parcel) for when, parcel in found if when is not Timing.WAITS]
        await asyncio.gather(*(outbox.said(parcel) for _, parcel in due))
        for when, parcel in due:
            notice = parcel.notice
            if when is Timing.NOW and notice.address not in self.blocked:
                self.said.append((notice.address, notice.key, now))
            elif when is Timing.NOW:
                await self.house.stores.contacts.opt_out(notice.address)
        return len(self.said) - before

    async def deliver(self) -> Counter:
        """Hand out and say all that is due now; return how often each kind was said."""
        before = len(self.said)
        for _ in range(200):
            handed = await self.house.mailings.go_on()
            if not await self.go_round() and not handed:
                break
        return Counter(key for _, key, _ in self.said[before:])

    def to(self, number: int) -> list[str]:
        return [key for address, key, _ in self.said if address == address_of(number)]
