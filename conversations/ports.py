"""What hosts must bring: keepers of conversations, answers, rounds, releases and contacts."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence, Sized
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Protocol

from conversations.codes import Bundle
from conversations.identifiers import Locale, ParticipantKey, RoundId, UpdateId
from conversations.life import RoundStore as RoundStore
from conversations.session import Session, Sheet, Status, WrittenText


@dataclass(frozen=True, slots=True)
class Trace:
    """Something that lies on a phone, in the channel's own note, and the day on which it came there."""

    on: date
    note: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Draft:
    """A session in its envelope: `address` is where to answer (empty: nowhere), `shown` a channel's note.

    `traces` are what else lies on the phone, so that it can be taken away. All are opaque here and are
    sealed together with the session; none ever stands in a column.
    """

    session: Session
    address: str = field(default="", repr=False)
    shown: str = field(default="", repr=False)
    traces: tuple[Trace, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class NoticeButton:
    """A button under a notice: its token begins with "n", its label is a message key with plain values."""

    token: str
    key: str
    values: Mapping[str, str | int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Notice:
    """Something to say outside a session: to an address, a message key with plain values, in one language.

    `shown` is the channel's note of what the notice takes the place of, empty if of nothing; `clears` are
    notes of what is taken off the phone with it. Once said, the notice and `heard` (what asked for it)
    become traces in the draft under `session`, if there is one.
    """

    address: str = field(repr=False)
    locale: Locale
    key: str
    values: Mapping[str, str | int] = field(default_factory=dict)
    buttons: tuple[NoticeButton, ...] = ()
    shown: str = field(default="", repr=False)
    clears: tuple[str, ...] = field(default=(), repr=False)
    session: ParticipantKey | None = field(default=None, repr=False)
    heard: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Known:
    """What a turn finds: the drafts behind the given keys (waiting or sent), and rounds taken part in.

    `bundle_of` says what an unspent one-use code was printed for, `receipts_given` how many receipts were
    given in a round, as of its last flush; both look while the turn decides, so that nothing comes between.
    """

    drafts: tuple[Draft, ...]
    took_part: frozenset[RoundId]
    bundle_of: Callable[[str], Bundle | None] = lambda _code: None
    receipts_given: Callable[[RoundId], int] = lambda _round: 0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a turn leaves behind; all of it is stored in one transaction, or none.

    `save` replaces the draft of its session (an error if a later turn was saved meanwhile); `speak` puts
    the saved session's turn into the outbox; `erase` destroys a draft; `notices` go to the outbox sealed;
    `value` is handed back to whoever called. `spend` is a one-use code that is gone with this turn.
    """

    save: Draft | None = None
    speak: bool = False
    erase: ParticipantKey | None = None
    notices: tuple[Notice, ...] = ()
    value: Any = None
    spend: str = field(default="", repr=False)


Decide = Callable[[Known], Outcome]
"""What a turn does with what it finds: a function without await, so that no lock waits for anybody."""


class ConversationStore(Protocol):
    """Keeps drafts between messages, sealed, each with its own key."""

    async def take_turn(
        self, update: UpdateId | None, keys: Mapping[RoundId, ParticipantKey], today: date, decide: Decide
    ) -> Outcome | None:
        """Run one turn as one transaction: mark `update` as seen, load, decide, store.

        Returns None, having called nothing and stored nothing, if `update` was seen before. `update` None
        means that the channel has no update ids. An exception of `decide` leaves everything as it was.

        Raises:
            Conflict: somebody saved the same or a later turn of the session in the meantime.
            StorageError: nothing was stored.
        """

    async def draft(self, key: ParticipantKey) -> Draft | None:
        """Return the draft under `key`, waiting or sent, or None."""

    async def drafts_of(self, keys: Collection[ParticipantKey]) -> Mapping[ParticipantKey, Draft]:
        """Return the drafts that there are under these keys, waiting or sent."""

    async def standing(self, keys: Collection[ParticipantKey]) -> Mapping[ParticipantKey, Status]:
        """Return which of these keys are in the middle of a round, and which have sent."""

    async def prompt_again(self, since: date, today: date) -> Sequence[Draft]:
        """Put the present turn of waiting sessions into the outbox again, and return them, in no order.

        Only of those touched on the day `since` or later that have an address and nothing left to say: after
        an outage their button presses are lost. All in one transaction.
        """

    async def forget_idle(self, before: date) -> int:
        """Erase waiting drafts last touched before that day, and return how many."""

    async def forget_address(self, key: ParticipantKey) -> None:
        """Forget somebody who left: a waiting draft is erased, one that was sent only loses its address."""

    async def erase_round(self, round_id: RoundId) -> int:
        """Erase the waiting drafts of a round that has closed, and return how many."""

    async def forget_updates(self, today: date) -> None:
        """Forget seen updates older than two days."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """One thing to say: either a session's turn, or a notice. `id` names it in the outbox."""

    id: str
    key: ParticipantKey | None = None
    turn: int | None = None
    notice: Notice | None = None


class Outbox(Protocol):
    """Keeps what is to be said until it was said, or 48 hours have passed."""

    async def waiting(self) -> Sequence[Parcel]:
        """Return everything to be said, in no particular order but each session's turns in theirs."""

    async def said(self, parcel: Parcel, shown: str | None = None) -> None:
        """Strike out a parcel; `shown` is the channel's note of where it was said.

        In the same transaction it becomes the note of its draft or, for a notice, one of its traces. Once
        the thanks were said, a draft has no traces any more.
        """

    async def drop_old(self, today: date) -> int:
        """Strike out what could not be said for two days, and return how much."""


class Boxes(Sized, Iterable[Sheet], Protocol):
    """The boxes of a round, in random order; each is opened only when it is its turn, in memory."""


class AnswerStore(Protocol):
    """Keeps finished answers in boxes without participant, order or time."""

    async def flush(self, round_id: RoundId, at_least: int) -> int:
        """Turn the sent drafts of a round into boxes, if at least `at_least` wait, and return how many.

        The only transaction that touches people and answers together: boxes, text boxes and took-part rows
        are rewritten in random order, sent drafts deleted, then their keys destroyed and the log truncated.
        """

    async def count(self, round_id: RoundId) -> int:
        """Return how many people have sent their answers, boxed or still waiting for the flush."""

    async def boxed(self, round_id: RoundId) -> int:
        """Return how many boxes there are: it grows by a whole flush at a time."""

    async def open_boxes(self, round_id: RoundId) -> Boxes:
        """Return all boxes of a round, to be opened one at a time; needs the round's sealing key."""

    async def open_texts(self, round_id: RoundId) -> Sequence[WrittenText]:
        """Open the text boxes of a round that nobody has reviewed, in random order; needs its text key."""

    async def withdraw(self, round_id: RoundId, code: str, key: ParticipantKey | None = None) -> bool:
        """Destroy the answers and texts kept under a withdrawal code, and say whether there were any.

        Whoever asked under `key` may then answer again. Asking once more changes nothing, and still says yes:
        a crash may have come between the destruction and the word of it.
        """

    async def destroy(self, round_id: RoundId, *, keep_boxes: bool = False) -> None:
        """Delete the boxes, took-part rows and last drafts of a round (not its texts); truncate the log.

        Boxes that are kept lose their withdrawal codes.
        """

    async def destroy_texts(self, round_id: RoundId) -> None:
        """Delete the text boxes of a round and truncate the log."""


TABLES = "tables"
"""The first part of every release."""


class ReleaseStore(Protocol):
    """Keeps the parts of releases for ever, as the bytes they were frozen as."""

    async def freeze(self, round_id: RoundId, content: bytes, part: str = TABLES) -> str:
        """Keep a part's bytes, once, and return their SHA-256 in hex; later calls return the first's."""

    async def read(self, round_id: RoundId, part: str = TABLES) -> bytes | None:
        """Return the bytes of a part after checking their hash, or None.

        Raises:
            ReleaseError: the stored bytes are not what was frozen.
        """

    async def parts(self, round_id: RoundId) -> Sequence[tuple[str, str]]:
        """Return (part, SHA-256) of every part of a round's release, in the order they were frozen in."""

    async def all(self) -> Sequence[tuple[RoundId, str, str]]:
        """Return (round, part, SHA-256) of every part of every release."""


@dataclass(frozen=True, slots=True)
class Contact:
    """Somebody who asked to be told of the next round: where, and in which language."""

    address: str = field(repr=False)
    locale: Locale


class ContactStore(Protocol):
    """Keeps who may be written to, in a file of its own, addresses sealed."""

    async def opt_in(self, contact: Contact, today: date) -> None:
        """Keep a contact; doing it again changes the language only."""

    async def opt_out(self, address: str) -> bool:
        """Forget a contact with all letters to it, and say whether it was there."""

    async def all(self) -> Sequence[Contact]:
        """Return every contact, in random order."""

    async def known(self, addresses: Collection[str]) -> frozenset[str]:
        """Return which of these addresses are contacts."""

    async def forget_unused(self, before: date) -> int:
        """Forget contacts not used since before that day, and what was kept for them; return how many."""


class LastHeard(Protocol):
    """Keeps one moment: when the program last heard from outside; it says nothing of any person."""

    def at(self) -> datetime | None:
        """Return the moment that was marked last, aware, UTC, or None if never."""

    def mark(self, now: datetime) -> None:
        """Mark a moment in place of the one before, which stays if this cannot be kept."""
