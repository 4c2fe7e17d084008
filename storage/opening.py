"""Opens every store of one data folder, or the same stores in memory."""

from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path

from conversations.keys import Keyring
from conversations.ports import (
    AnswerStore,
    ContactStore,
    ConversationStore,
    LastHeard,
    Outbox,
    ProgressStore,
    ReleaseStore,
    RoundStore,
)
from conversations.texts import TextStore
from storage.alive import AliveFile, RememberedMoment
from storage.answers import Answers
from storage.contacts import Contacts
from storage.database import MIGRATIONS, Database, truncate_log
from storage.drafts import Drafts
from storage.erasures import Erasures
from storage.files import Claim, check_writable, make_folder
from storage.keyring import KeyFolder
from storage.memory.answers import MemoryAnswers
from storage.memory.records import MemoryContacts, MemoryProgress, MemoryReleases, MemoryRounds
from storage.memory.shared import Memory
from storage.memory.texts import MemoryTexts
from storage.memory.turns import MemoryConversations, MemoryOutbox
from storage.outbox import StoredOutbox
from storage.progress import Progress
from storage.releases import Releases
from storage.rounds import Rounds
from storage.sessions import Conversations
from storage.texts import Texts

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
    releases: ReleaseStore
    progress: ProgressStore
    contacts: ContactStore
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
        return Stores(
            conversations=Conversations(database, keys),
            outbox=StoredOutbox(database, keys),
            answers=Answers(database, keys, erasures),
            texts=Texts(database, keys),
            rounds=Rounds(database),
            releases=Releases(database),
            progress=Progress(database),
            contacts=Contacts(contacts, keys, erasures),
            keyring=keys,
            last_heard=AliveFile(data_dir),
            claim=claim,
            closing=opened.pop_all(),
        )


def memory_stores() -> Stores:
    """Return stores that keep everything in memory, until the program ends."""
    memory = Memory()
    return Stores(
        conversations=MemoryConversations(memory),
        outbox=MemoryOutbox(memory),
        answers=MemoryAnswers(memory),
        texts=MemoryTexts(memory),
        rounds=MemoryRounds(memory),
        releases=MemoryReleases(),
        progress=MemoryProgress(),
        contacts=MemoryContacts(),
        keyring=memory,
        last_heard=RememberedMoment(),
    )


async def _finish_erasing(database: Database, keys: KeyFolder) -> None:
    """Destroy keys whose drafts were deleted just before the program died; no draft can be made meanwhile."""
    await database.write(Drafts(keys).sweep, truncate_log)
