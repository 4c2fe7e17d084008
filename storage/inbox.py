"""Updates that were seen: numbers alone, in two tables that alternate by day."""

from datetime import date, timedelta

from conversations.identifiers import UpdateId
from storage.database import Connection, load_queries

_queries = load_queries("inbox")
_EVEN, _ODD = 0, 1


class Seen:
    """Marks updates as seen, and remembers which day it has begun, so that it need not ask each time."""

    def __init__(self) -> None:
        self._begun: date | None = None

    def is_first(self, db: Connection, update: UpdateId, today: date) -> bool:
        """Mark an update as seen, and say whether it was not seen before."""
        parity = today.toordinal() % 2
        if self._begun != today:
            if _queries.day_of(db, parity=parity) != today.isoformat():
                forget_updates(db, today)
                _queries.begin_day(db, parity=parity, day=today.isoformat())
            self._begun = today
        mark = _queries.first_to_see_even if parity == _EVEN else _queries.first_to_see_odd
        return mark(db, seen=update) is not None

    def doubt(self) -> None:
        """Look again whether the day has begun: what said so may have been taken back."""
        self._begun = None


def forget_updates(db: Connection, today: date) -> None:
    """Forget what was seen before yesterday."""
    for parity in (_EVEN, _ODD):
        day = _queries.day_of(db, parity=parity)
        if day is not None and date.fromisoformat(day) < today - timedelta(days=1):
            _empty(db, parity)
            _queries.end_day(db, parity=parity)


def _empty(db: Connection, parity: int) -> None:
    forget = _queries.forget_even if parity == _EVEN else _queries.forget_odd
    forget(db)
