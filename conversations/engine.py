"""The engine: one reply, one step; start, resume, expire, withdraw."""

from dataclasses import dataclass
from datetime import datetime

from conversations.errors import NotWaiting
from conversations.events import Expired, Started, Withdrawn
from conversations.identifiers import Locale, ParticipantKey
from conversations.instrument import Instrument
from conversations.moves import Asked, Handed, Marked, Pressed, Reply, Typed, Unreadable, Wish
from conversations.moving import Move
from conversations.prompting import prompt_of
from conversations.question_types import Reason
from conversations.relays import NOWHERE, Arrival
from conversations.session import Session, Status
from conversations.steps import Step, ended

__all__ = ["Beginning", "Step", "expire", "refocus", "resume", "start", "withdraw"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Beginning:
    """What the engine cannot make itself: whose session it is, random words and codes, how they came."""

    key: ParticipantKey
    mark: str
    withdrawal_code: str
    locale: Locale
    focus: int = 0
    arrival: Arrival = NOWHERE
    receipt: str = ""


def start(instrument: Instrument, beginning: Beginning, now: datetime) -> Step:
    """Begin a session: it waits for the language."""
    session = Session(
        key=beginning.key,
        round=instrument.round,
        fingerprint=instrument.questionnaire.fingerprint,
        mark=beginning.mark,
        withdrawal_code=beginning.withdrawal_code,
        locale=beginning.locale,
        focus=beginning.focus,
        touched_on=now.date(),
        relay=beginning.arrival.relay,
        came_by=beginning.arrival.came_by,
        assisted=beginning.arrival.assisted,
        code=beginning.arrival.code,
        receipt=beginning.receipt,
    )
    return Step(session, (Started(instrument.round),), (prompt_of(instrument, session),))


def resume(instrument: Instrument, session: Session, reply: Reply, now: datetime) -> Step:
    """Take one reply.

    A reply that cannot be read leaves answers and place as they were and asks again, with a kind notice.

    Raises:
        NotWaiting: the session takes no more replies.
        StaleReply: the button belongs to an earlier turn, or to no prompt of this session.
    """
    if session.status is not Status.WAITING:
        raise NotWaiting
    move = Move(instrument, session, now.date())
    match reply:
        case Pressed(token=token, turn=turn, ticked=ticked):
            return move.ticking(ticked).press(token, turn)
        case Marked(tokens=tokens, turn=turn):
            return move.mark_all(tokens, turn)
        case Typed(text=text):
            return move.write(text)
        case Asked(wish=wish):
            return move.wish(wish)
        case Handed(arrival=arrival):
            return move.take_code(arrival)
        case Unreadable(reason=reason):
            return move.refuse(Reason(reason))


def expire(session: Session) -> Step:
    """End a session that lay idle too long, or whose round closed: everything is erased.

    Raises:
        NotWaiting: the session has ended before.
    """
    return ended(session, Status.EXPIRED, Expired())


def withdraw(session: Session) -> Step:
    """End a session at its participant's word: everything is erased.

    Raises:
        NotWaiting: the session has ended before.
    """
    return ended(session, Status.WITHDRAWN, Withdrawn())


def refocus(instrument: Instrument, session: Session, focus: int, now: datetime) -> Step:
    """Turn typed words to this session among several, and ask its question again."""
    changed = session.model_copy(update={"focus": focus})
    return Move(instrument, changed, now.date()).wish(Wish.START)
