"""Coarse steps of how many people have answered an open round, over all, by side and by relay."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
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
    """Return the steps of everybody, each side and each relay, counted anew; `sheets` are read once.

    Where the steps of all sides, or of all relays, add up to nearly as many as everybody can be, they say
    too well how many each has. Then those stay as they were, until more people have come.
    """
    came = Counter((frame.side_of(sheet), sheet.relay) for sheet in sheets)
    sides = {
        str(side): sum(number for (one, _), number in came.items() if one == side) for side in frame.sides
    }
    by_relay = {
        BY_RELAY + relay: sum(number for (_, one), number in came.items() if one == relay) for relay in relays
    }
    known = list(before)
    (whole,) = _moved({EVERYBODY: came.total()}, known, counted_on)
    parts = [_kept_apart(whole, _moved(people, known, counted_on), known) for people in (sides, by_relay)]
    return (whole, *parts[0], *parts[1])


def _kept_apart(whole: Step, parts: Sequence[Step], before: Sequence[Step]) -> Sequence[Step]:
    """Return steps of parts of everybody, or those of before where there is little room left beside them."""
    most = next((step for step in STEPS if step > whole.step), None)
    least = sum(part.step + 1 for part in parts if part.step)
    if most is None or most - least >= MORE or not least:
        return parts
    names = {part.side for part in parts}
    return [step for step in before if step.side in names]


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
