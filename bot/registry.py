"""Everything that rounds are kept and made with."""

from dataclasses import dataclass

from bot.definitions import Definitions
from bot.i18n import Catalogues
from bot.programme import Programme
from conversations.city_answers import CityAnswerStore
from conversations.facilitating import FacilitatingStore
from conversations.keys import Keyring
from conversations.letters import ToldStore
from conversations.life import ScheduleStore
from conversations.ports import (
    AnswerStore,
    ContactStore,
    ConversationStore,
    Outbox,
    ReleaseStore,
    RoundStore,
)
from conversations.progress import ProgressStore
from conversations.relays import RelayStore
from conversations.texts import TextStore


@dataclass(frozen=True, slots=True)
class Registry:
    """Everything that rounds are kept and made with."""

    rounds: RoundStore
    schedules: ScheduleStore
    conversations: ConversationStore
    answers: AnswerStore
    texts: TextStore
    releases: ReleaseStore
    progress: ProgressStore
    contacts: ContactStore
    told: ToldStore
    relays: RelayStore
    facilitating: FacilitatingStore
    outbox: Outbox
    keyring: Keyring
    programme: Programme
    definitions: Definitions
    catalogues: Catalogues
    city_answers: CityAnswerStore
    version: str
