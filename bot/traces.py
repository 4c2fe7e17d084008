"""What a conversation leaves on a phone, and what of it can still be taken away."""

from dataclasses import replace
from datetime import date, timedelta

from bot.hearing import Phone
from conversations.ports import Draft, Trace

ERASABLE_DAYS = 1
"""So many days back messages can surely be taken away: Telegram does for 48 hours, and we keep days only."""


def traced(draft: Draft, phone: Phone, today: date) -> Draft:
    """Return a draft that also knows what this reply left on the phone, if that is not its own prompt."""
    if not phone.trace or phone.trace == draft.shown:
        return draft
    return replace(draft, traces=(*draft.traces, Trace(today, phone.trace)))


def notes_of(draft: Draft) -> tuple[str, ...]:
    """Return the notes of everything that a draft knows of on the phone, oldest first."""
    return tuple(note for note in (*(trace.note for trace in draft.traces), draft.shown) if note)


def has_older(draft: Draft, today: date) -> bool:
    """Say whether something lies on the phone that may be too old to be taken away."""
    oldest = today - timedelta(days=ERASABLE_DAYS)
    return any(trace.on < oldest for trace in draft.traces) or bool(
        draft.shown and draft.session.touched_on < oldest
    )
