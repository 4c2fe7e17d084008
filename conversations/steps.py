"""One step of a session: what it is afterwards, what happened, and what is to be said."""

from dataclasses import dataclass
from typing import Any

from conversations.errors import NotWaiting
from conversations.events import Event
from conversations.prompts import Prompt
from conversations.session import ALLOWED, Session, Status


@dataclass(frozen=True, slots=True)
class Step:
    """The session afterwards, what happened, and what to say."""

    session: Session
    events: tuple[Event, ...]
    prompts: tuple[Prompt, ...]


def ended(session: Session, status: Status, event: Event) -> Step:
    """End a session without keeping anything that was said in it."""
    if status not in ALLOWED[session.status]:
        raise NotWaiting
    empty: dict[str, Any] = {"answers": {}, "marks": (), "sheet": None, "texts": (), "turn": session.turn + 1}
    return Step(session.model_copy(update={"status": status, **empty}), (event,), ())
