"""Everything that rounds are kept and made with."""

from dataclasses import dataclass

from bot.definitions import Definitions
from bot.i18n import Catalogues
from bot.programme import Programme
from conversations.keys import Keyring
from conversations.ports import (
    AnswerStore,
    ContactStore,
    ConversationStore,
    Outbox,
    ProgressStore,
    ReleaseStore,
    RoundStore,
)
from conversations.texts import TextStore


@dataclass(frozen=True, slots=True)
class Registry:
    """Everything that rounds are kept and made with."""

    rounds: RoundStore
    conversations: ConversationStore
    answers: AnswerStore
    texts: TextStore
    releases: ReleaseStore
    progress: ProgressStore
    contacts: ContactStore
    outbox: Outbox
    keyring: Keyring
    programme: Programme
    definitions: Definitions
    catalogues: Catalogues
    version: str
