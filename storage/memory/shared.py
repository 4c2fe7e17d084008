"""What the stores of one installation share in memory, and its keyring."""

from dataclasses import dataclass, field
from datetime import date

from conversations.codes import Bundle
from conversations.errors import KeyHeld, StorageError
from conversations.identifiers import ParticipantKey, RoundId, UpdateId
from conversations.life import Change
from conversations.ports import Draft, Parcel
from conversations.rounds import Round
from conversations.schedule import Schedule
from conversations.session import Sheet, Status, WrittenText
from conversations.texts import ReviewedText, TextId
from storage.drafts import read_draft
from storage.sealing import new_key


@dataclass(frozen=True, slots=True, repr=False)
class Box:
    """Finished answers of one person in memory."""

    sheet: Sheet
    texts: tuple[WrittenText, ...]
    code: str | None


KeptText = tuple[WrittenText | ReviewedText, str | None]
"""A text, as written or as reviewed, and the withdrawal code it is kept under."""


@dataclass(slots=True, repr=False)
class Memory:
    """What the stores of one installation share; also its keyring."""

    drafts: dict[ParticipantKey, bytes] = field(default_factory=dict)
    rounds: dict[RoundId, Round] = field(default_factory=dict)
    schedules: dict[str, Schedule] = field(default_factory=dict)
    audit: dict[RoundId, list[Change]] = field(default_factory=dict)
    outbox: dict[str, tuple[Parcel, date]] = field(default_factory=dict)
    seen: dict[UpdateId, date] = field(default_factory=dict)
    boxes: dict[RoundId, list[Box]] = field(default_factory=dict)
    texts: dict[RoundId, dict[TextId, KeptText]] = field(default_factory=dict)
    took_part: dict[ParticipantKey, RoundId] = field(default_factory=dict)
    codes: dict[str, Bundle] = field(default_factory=dict)
    given: dict[RoundId, int] = field(default_factory=dict)
    withdrawn: set[tuple[RoundId, str]] = field(default_factory=set)
    secrets: dict[RoundId, bytes] = field(default_factory=dict)
    held: dict[RoundId, str] = field(default_factory=dict)
    unlocked: dict[RoundId, str] = field(default_factory=dict)
    _installation: bytes = field(default_factory=new_key)
    own_secret: bytes = field(default_factory=new_key)

    def make_round(self, round_id: RoundId) -> None:
        """Make a round's keys (pseudonyms, sealing pair, text pair), if they do not exist."""
        self.secrets.setdefault(round_id, new_key())

    def hold_round(self, round_id: RoundId, passphrase: str) -> None:
        """Make a round's keys, the private halves sealed to a passphrase that only staff know."""
        self.held[round_id] = passphrase
        self.make_round(round_id)

    def unlock(self, round_id: RoundId, passphrase: str) -> None:
        """Open the private keys that staff hold."""
        if self.held.get(round_id, passphrase) != passphrase:
            raise StorageError("it is another passphrase; try again")
        if round_id in self.held:
            self.unlocked[round_id] = self.held.pop(round_id)

    def check_open(self, round_id: RoundId) -> None:
        """Refuse to open what staff hold the key of."""
        if round_id in self.held:
            raise KeyHeld(f"the answers of round {round_id} are shut with a passphrase that staff hold")

    def round_secret(self, round_id: RoundId) -> bytes:
        """Return the secret behind a round's pseudonyms: 32 bytes."""
        if round_id not in self.secrets:
            raise StorageError(f"the keys of round {round_id} are gone: it was released")
        return self.secrets[round_id]

    def installation(self) -> bytes:
        """Return this installation's own secret."""
        return self.own_secret

    def shut(self, round_id: RoundId) -> None:
        """Forget what `unlock` opened."""
        if round_id in self.unlocked:
            self.held[round_id] = self.unlocked.pop(round_id)

    def destroy_pseudonyms(self, round_id: RoundId) -> None:
        """Destroy a round's pseudonym secret alone; its boxes can still be opened."""
        self.secrets.pop(round_id, None)

    def destroy_round(self, round_id: RoundId) -> None:
        """Destroy a round's pseudonym secret and sealing pair; the text pair stays for the texts' review."""
        self.destroy_pseudonyms(round_id)
        self.held.pop(round_id, None)
        self.unlocked.pop(round_id, None)

    def destroy_texts(self, round_id: RoundId) -> None:
        """Destroy a round's text pair: its texts are shut for good."""
        self.texts.pop(round_id, None)

    def draft(self, key: ParticipantKey) -> Draft | None:
        """Return the draft under `key`, or None."""
        return read_draft(self.drafts[key]) if key in self.drafts else None

    def in_state(self, status: Status) -> list[Draft]:
        """Return all drafts in one state."""
        drafts = [read_draft(content) for content in self.drafts.values()]
        return [draft for draft in drafts if draft.session.status is status]

    def erase(self, key: ParticipantKey) -> None:
        """Erase a draft, and what its session still had to say."""
        self.drafts.pop(key, None)
        self.strike_turns(key)

    def strike_turns(self, key: ParticipantKey) -> None:
        """Strike out what a session still had to say."""
        self.outbox = {id_: kept for id_, kept in self.outbox.items() if kept[0].key != key}
