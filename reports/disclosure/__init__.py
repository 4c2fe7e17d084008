"""The only maker of what is published: releases, and coarse steps of progress."""

from collections.abc import Iterable

from conversations.errors import ReleaseError
from conversations.session import Sheet
from reports.disclosure.document import Asked, document
from reports.disclosure.publishable import Publishable, publishable
from reports.disclosure.tables import fall_back, protect
from reports.disclosure.verification import reopen
from reports.planned import Frame
from reports.tabulate import count

__all__ = ["Asked", "Publishable", "progress_step", "release", "reopen"]

STEPS = (10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000)
"""Steps of progress while a round is open. Source: ANONYMITY.md, "Releases" 8."""


def release(sheets: Iterable[Sheet], asked: Asked) -> Publishable:
    """Tabulate the planned tables, protect them, make the release; the order of sheets changes nothing.

    Where the protected tables do not verify, the plan's fallback stands in: the overall tables alone.

    Raises:
        ReleaseError: not even the fallback verifies.
    """
    frame = Frame(asked.plan, asked.questionnaire, asked.city)
    counts = count(sheets, frame)
    try:
        return reopen(publishable(document(asked, protect(counts, frame), fallback=False)).content)
    except ReleaseError:
        return reopen(publishable(document(asked, fall_back(counts, frame), fallback=True)).content)


def progress_step(people: int) -> int:
    """Return the largest step that has been passed ("more than 25"), 0 if none."""
    return max((step for step in STEPS if people > step), default=0)
