"""Coarse steps of how many people have answered an open round, over all, by side and by relay."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date

from conversations.identifiers import RelayId
from conversations.progress import BY_RELAY, EVERYBODY, Step
from conversations.session import Sheet
from reports.planned import Frame

STEPS = (10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000)
"""Steps of progress while a round is open. Source: ANONYMITY.md, "Releases" 8."""
MORE = 10
"""So many more people change a step. Source: ANONYMITY.md, "Releases" 8."""


def progress_step(people: int) -> int:
    """Return the largest step that has been passed ("more than 25"), 0 if none."""
    return max((step for step in STEPS if people > step), default=0)


def progress_over_all(people: int, before: Iterable[Step], counted_on: date) -> tuple[Step, ...]:
    """Return the step of everybody, counted anew; `before` are the steps of the last count."""
    return _moved({EVERYBODY: people}, before, counted_on)


def progress_steps(
    sheets: Iterable[Sheet],
    frame: Frame,
    before: Iterable[Step],
    counted_on: date,
    relays: Iterable[RelayId] = (),
) -> tuple[Step, ...]:
    """Return the steps of everybody, each side and each relay, counted anew; `sheets` are read once."""
    came = Counter((frame.side_of(sheet), sheet.relay) for sheet in sheets)
    people = {EVERYBODY: came.total()}
    for side in frame.sides:
        people[side] = sum(number for (one, _), number in came.items() if one == side)
    for relay in relays:
        people[BY_RELAY + relay] = sum(number for (_, one), number in came.items() if one == relay)
    return _moved(people, before, counted_on)


def _moved(people: Mapping[str, int], before: Iterable[Step], counted_on: date) -> tuple[Step, ...]:
    """Move each step on, where enough people have come since it last moved."""
    known = {step.side: step for step in before}
    return tuple(
        _moved_on(known.get(side, Step(side, 0, 0, counted_on)), number, counted_on)
        for side, number in people.items()
    )


def _moved_on(before: Step, people: int, counted_on: date) -> Step:
    if people < before.people + MORE:
        return replace(before, counted_on=counted_on)
    return Step(before.side, progress_step(people), -(-people // MORE) * MORE, counted_on)
