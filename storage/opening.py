"""Opens every store of one data folder, or the same stores in memory."""

from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path

from conversations.city_answers import CityAnswerStore
from conversations.codes import CodeStore
from conversations.facilitating import FacilitatingStore
from conversations.keys import Keyring
from conversations.letters import ToldStore
from conversations.life import ScheduleStore
from conversations.ports import (
    AnswerStore,
    ContactStore,
    ConversationStore,
    LastHeard,
    Outbox,
    ReleaseStore,
    RoundStore,
)
from conversations.progress import ProgressStore
from conversations.receipts import ReceiptStore
from conversations.relays import RelayStore
from conversations.texts import TextStore
from storage.alive import AliveFile, RememberedMoment
from storage.answers import Answers
from storage.city_answers import CityAnswers
from storage.codes import Codes
from storage.contacts import Contacts
from storage.database import MIGRATIONS, Database, truncate_log
from storage.drafts import Drafts
from storage.erasures import Erasures
from storage.facilitating import Facilitating
from storage.files import Claim, check_writable, make_folder
from storage.keyring import KeyFolder
from storage.memory.answers import MemoryAnswers
from storage.memory.city_answers import MemoryCityAnswers
from storage.memory.codes import MemoryCodes, MemoryReceipts
from storage.memory.facilitating import MemoryFacilitating
from storage.memory.records import MemoryContacts, MemoryProgress, MemoryReleases
from storage.memory.relays import MemoryRelays
from storage.memory.rounds import MemoryRounds, MemorySchedules
from storage.memory.shared import Memory
from storage.memory.texts import MemoryTexts
from storage.memory.told import MemoryTold
from storage.memory.turns import MemoryConversations, MemoryOutbox
from storage.outbox import StoredOutbox
from storage.progress import Progress
from storage.receipts import Receipts
from storage.relays import Relays
from storage.releases import Releases
from storage.rounds import Rounds
from storage.schedules import Schedules
from storage.sessions import Conversations
from storage.texts import Texts
from storage.told import Told

DATABASE = "portevoix.db"
CONTACTS = "contacts.db"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stores:
    """Every keeper of what must last, of one installation."""

    conversations: ConversationStore
    outbox: Outbox
    answers: AnswerStore
    texts: TextStore
    rounds: RoundStore
    schedules: ScheduleStore
    releases: ReleaseStore
    progress: ProgressStore
    city_answers: CityAnswerStore
    contacts: ContactStore
    codes: CodeStore
    receipts: ReceiptStore
    told: ToldStore
    relays: RelayStore
    facilitating: FacilitatingStore
    keyring: Keyring
    last_heard: LastHeard
    claim: Claim | None = None
    closing: AsyncExitStack = field(default_factory=AsyncExitStack, repr=False)

    def claim_serving(self) -> None:
        """Take the right to serve this data folder; the command line does without.

        Raises:
            DatabaseUnusable: another `portevoix serve` has it.
        """
        if self.claim is not None:
            self.claim.take()

    def is_served(self) -> bool:
        """Say whether a program serves this data folder."""
        return self.claim is not None and self.claim.is_taken()

    async def close(self) -> None:
        """Close every file and give the right to serve back."""
        await self.closing.aclose()


async def open_stores(data_dir: Path) -> Stores:
    """Open, or make, every store of one data folder, and finish what a crash left half done.

    Raises:
        SchemaTooNew: a newer version of the program wrote the database.
        DatabaseUnusable: the folder or a file in it cannot be used; the words say what to do.
    """
    make_folder(data_dir)
    check_writable(data_dir)
    keys = KeyFolder(data_dir)
    erasures = Erasures(data_dir, keys)
    claim = Claim(data_dir)
    async with AsyncExitStack() as opened:
        opened.callback(claim.give_back)
        database = await Database.open(data_dir / DATABASE, MIGRATIONS)
        opened.push_async_callback(database.close)
        contacts = await Database.open(data_dir / CONTACTS, MIGRATIONS / "contacts")
        opened.push_async_callback(contacts.close)
        await _finish_erasing(database, keys)
        told = Told(database, keys, data_dir)
        return Stores(
            conversations=Conversations(database, keys),
            outbox=StoredOutbox(database, keys),
            answers=Answers(database, keys, erasures),
            texts=Texts(database, keys),
            rounds=Rounds(database),
            schedules=Schedules(database),
            releases=Releases(database),
            progress=Progress(database),
            city_answers=CityAnswers(database),
            contacts=Contacts(contacts, keys, erasures, told.forget),
            told=told,
            relays=Relays(database),
            facilitating=Facilitating(database, keys),
            codes=Codes(database, keys),
            receipts=Receipts(database, keys),
            keyring=keys,
            last_heard=AliveFile(data_dir),
            claim=claim,
            closing=opened.pop_all(),
        )


def memory_stores() -> Stores:
    """Return stores that keep everything in memory, until the program ends."""
    memory = Memory()
    told = MemoryTold(memory)
    return Stores(
        conversations=MemoryConversations(memory),
        outbox=MemoryOutbox(memory),
        answers=MemoryAnswers(memory),
        texts=MemoryTexts(memory),
        rounds=MemoryRounds(memory),
        schedules=MemorySchedules(memory),
        releases=MemoryReleases(),
        progress=MemoryProgress(),
        city_answers=MemoryCityAnswers(memory),
        contacts=MemoryContacts(told.forget),
        told=told,
        facilitating=MemoryFacilitating(),
        relays=MemoryRelays(),
        codes=MemoryCodes(memory),
        receipts=MemoryReceipts(),
        keyring=memory,
        last_heard=RememberedMoment(),
    )


async def _finish_erasing(database: Database, keys: KeyFolder) -> None:
    """Destroy keys whose drafts were deleted just before the program died; no draft can be made meanwhile."""
    await database.write(Drafts(keys).sweep, truncate_log)
