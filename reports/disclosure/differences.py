"""How sure published shares are, and where two sides differ clearly: from rounded counts alone."""

from collections.abc import Sequence
from functools import lru_cache
from itertools import combinations
from typing import Any

from conversations.identifiers import SPECIAL_CODES, Code
from reports.disclosure.rules import SHARES_FROM, Shown
from reports.disclosure.sights import Table
from reports.intervals import difference_interval, share_interval
from reports.planned import NOT_STATED, SIDE, Frame

Compared = tuple[str, Code, str, Shown, str, Shown]
"""A question, one of its answers, and two sides with what is shown of each."""


def interval(shown: Shown, code: Code) -> tuple[float | None, float | None]:
    """Return the interval of a published share, ends rounded outwards; none where there is no share."""
    count = shown.counts.get(code)
    if shown.people is None or count is None or shown.shares.get(code) is None:
        return None, None
    return _interval(count, shown.people)


@lru_cache(maxsize=20_000)
def _interval(count: int, people: int) -> tuple[float, float]:
    low, high = share_interval(count, people)
    return outwards(low, high)


def outwards(low: float, high: float) -> tuple[float, float]:
    """Return the ends of an interval in whole hundredths that still hold it."""
    return int(low * 100 // 1) / 100, -int(-high * 100 // 1) / 100


def differences(frame: Frame, tables: Sequence[Table]) -> tuple[list[dict[str, Any]], int]:
    """Return the answers in which two sides differ clearly, and how many answers were looked at.

    Marked only where the interval of the difference, corrected for how many were looked at, excludes zero.
    """
    found = [compared for table in tables for compared in _compared(frame, table)]
    marked = []
    for question, code, one, first, another, second in found:
        low, high = outwards(*_difference(first, second, code, len(found)))
        if low > 0 or high < 0:
            marked.append(
                {"question": question, "code": code, "sides": [one, another], "low": low, "high": high}
            )
    return marked, len(found)


def _difference(first: Shown, second: Shown, code: Code, looked_at: int) -> tuple[float, float]:
    counts = first.counts[code], second.counts[code]
    assert first.people is not None
    assert second.people is not None
    return difference_interval(counts[0] or 0, first.people, counts[1] or 0, second.people, looked_at)


def _compared(frame: Frame, table: Table) -> list[Compared]:
    """Return what can be compared in a table by side: answers that both sides show with shares."""
    planned = table.planned
    if planned.who or planned.by != (SIDE,):
        return []
    sides = [
        (values[SIDE], shown)
        for values, shown in table.groups
        if values[SIDE] != NOT_STATED and (shown.people or 0) >= SHARES_FROM
    ]
    return [
        (planned.question, code, one, first, another, second)
        for (one, first), (another, second) in combinations(sides, 2)
        for code in frame.codes(planned.question)
        if code not in SPECIAL_CODES
        and first.counts.get(code) is not None
        and second.counts.get(code) is not None
    ]
