"""Who answered, beside a city's own margins: shares side by side, groups hardly reached, weighted figures."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from conversations.errors import ReleaseError
from conversations.identifiers import SPECIAL_CODES
from reports.disclosure import Publishable
from reports.figures import Figure, Figures
from reports.intervals import STEP, share_interval
from reports.margins import Margins
from reports.planned import SIDE
from reports.raking import Weights, rake

HARDLY, FEWER, MORE = 0.5, 0.8, 1.2
"""A group's share of those who answered over its share of residents: fewer below 0.8, more above 1.2.

Source: the participation-to-prevalence ratio, of which 0.8 to 1.2 counts as alike: P. E. Scott and others
(2018), "Participation of women in clinical trials supporting FDA approval of cardiovascular drugs", Journal
of the American College of Cardiology 71, 1960-1969. Half (hardly reached) is our own, stricter step of it.
"""
SHARES_FROM = 20
"""People from which shares are shown. Source: ANONYMITY.md, "Releases" 4."""


SLIGHT = 0.02
"""Levels that are not shown are left out of weights if so few residents live in them all: a share moves by
at most two points for it. Where they are more, there are no weights."""


class Reached(StrEnum):
    """How a group's share of those who answered stands to its share of residents, chance left aside."""

    HARDLY = "hardly"
    FEWER = "fewer"
    ALIKE = "alike"
    MORE = "more"


@dataclass(frozen=True, slots=True)
class Level:
    """One level that is compared: its share of residents and of those who answered, both of what is compared.

    `people` is as it was published; `low` and `high` are the interval of `share`.
    """

    code: str
    residents: float
    people: int
    share: float
    low: float
    high: float
    reached: Reached


@dataclass(frozen=True, slots=True)
class Comparison:
    """One group beside its margins, over all (side "") or of one side.

    Only levels that the release shows are compared, each share being one of the people in these levels: so
    nothing follows about the others. `left_out` are levels that the release withholds, or that fewer
    residents than k live in; `rest` is their joint share of residents, None where it would be that of one.
    """

    group: str
    side: str
    levels: tuple[Level, ...]
    left_out: tuple[str, ...]
    rest: float | None


@dataclass(frozen=True, slots=True)
class Weighted:
    """One answer: its share as it was published, and after weighting."""

    code: str
    share: float
    weighted: float


@dataclass(frozen=True, slots=True)
class Raked:
    """One question, over all (side "") or of one side, weighted to the city's margins.

    `missing` groups of its table are not shown: too many residents live in their levels where there are no
    weights, and then no answers either.
    """

    question: str
    side: str
    missing: int
    weights: Weights | None
    answers: tuple[Weighted, ...]


@dataclass(frozen=True, slots=True)
class Representation:
    """Who answered beside who lives in the city. `by` is the group that answers are weighted by, or ""."""

    source: str
    k: int
    comparisons: tuple[Comparison, ...]
    by: str
    sides_too: bool
    raked: tuple[Raked, ...]


def represent(release: Publishable, margins: Margins, by: str = "") -> Representation:
    """Return who answered beside the margins; with `by`, each question weighted by that group as well.

    Raises:
        ReleaseError: the margins know nothing of `by`, or the plan has no tables by it.
    """
    figures = Figures(release)
    compared = tuple(_compare(figures, margins, group, side) for group, side in margins.levels)
    raked = tuple(_raked(figures, margins, by)) if by else ()
    sides_too = bool(by and _of_sides(figures, margins))
    return Representation(margins.source, figures.document["k"], compared, by, sides_too, raked)


def _compare(figures: Figures, margins: Margins, group: str, side: str) -> Comparison:
    """Return one group beside its margin."""
    who = figures.who(group, side)
    residents = margins.of(group, side)
    few = {code for code in residents if margins.counted and residents[code] < figures.document["k"]}
    listed = [code for code in figures.levels(group) if code in residents]
    published = who.counts if who is not None else {}
    shown = [code for code in listed if code not in few and published.get(code) is not None]
    levels = _levels({code: published[code] or 0 for code in shown}, residents)
    compared = {level.code for level in levels}
    left_out = tuple(code for code in listed if code not in compared)
    rest = sum(residents[code] for code in left_out) / sum(residents.values())
    return Comparison(group, side, levels, left_out, rest if len(left_out) > 1 else None)


def _levels(counts: Mapping[str, int], residents: Mapping[str, float]) -> tuple[Level, ...]:
    """Return the levels with these counts, their shares those of the people in all of them together."""
    people, live = sum(counts.values()), sum(residents[code] for code in counts)
    if len(counts) < 2 or people < SHARES_FROM or not live:
        return ()
    slack = STEP // 2 * (len(counts) - 1)
    found = []
    for code, count in counts.items():
        # Each of the counts in the sum was rounded: the interval holds for every sum that may be meant.
        low = share_interval(count, people + slack)[0]
        high = share_interval(count, max(count, people - slack))[1]
        share = residents[code] / live
        found.append(Level(code, share, count, count / people, low, high, _reached(low, high, share)))
    return tuple(found)


def _reached(low: float, high: float, residents: float) -> Reached:
    """Return how a group was reached: the whole interval must lie on one side, so that chance is no gap."""
    if high < HARDLY * residents:
        return Reached.HARDLY
    if high < FEWER * residents:
        return Reached.FEWER
    return Reached.MORE if low > MORE * residents else Reached.ALIKE


def _raked(figures: Figures, margins: Margins, by: str) -> Iterator[Raked]:
    """Give every question weighted by a group: over all, and of each side that has margins of its own."""
    if by not in figures.plan["groups"]:
        known = ", ".join(figures.plan["groups"]) or "none"
        raise ReleaseError(f"the release has no tables by '{by[:40]}'; answers can be weighted by: {known}")
    wanted = [side for side in ("", *figures.sides) if margins.of(by, side)]
    if not wanted:
        raise ReleaseError(f"the margins say nothing of '{by}'; add its lines to {margins.source}")
    for question in figures.plan["questions"]:
        asked = [side for side in figures.sides if figures.figure(question, side=side) is not None]
        for side in wanted:
            if side in asked or (not side and len(asked) == len(figures.sides)):
                yield _weighted(figures, margins, by, question, side)


def _weighted(figures: Figures, margins: Margins, by: str, question: str, side: str) -> Raked:
    """Return one question weighted, or how many groups are missing for that."""
    known = {level: number for level, number in margins.of(by, side).items() if number}
    sides = (side,) if side else figures.sides
    cells = {
        (one, level): found
        for one in sides
        for level in known
        if _is_whole(found := figures.figure(question, side=one, **{by: level}))
    }
    margin = {level: known[level] for level in known if all((one, level) in cells for one in sides)}
    missing = len(sides) * len(known) - len(cells)
    whole = figures.figure(question, **({SIDE: side} if side else {}))
    if whole is None or sum(margin.values()) < (1 - SLIGHT) * sum(known.values()):
        return Raked(question, side, missing, None, ())
    kept = {place: found for place, found in cells.items() if found and place[1] in margin}
    people = {place: found.people or 0 for place, found in kept.items()}
    weights = rake(people, margin, {} if side else _of_sides(figures, margins))
    return Raked(question, side, missing, weights, tuple(_answers(whole, kept, weights)))


def _of_sides(figures: Figures, margins: Margins) -> Mapping[str, float]:
    """Return the margin of the sides, if the city knows how many residents each of them has; else nothing."""
    known = margins.of(SIDE)
    return {side: known[side] for side in figures.sides} if all(map(known.get, figures.sides)) else {}


def _is_whole(found: Figure | None) -> bool:
    """Say whether a group's people and all of its answers were published."""
    return (
        found is not None and bool(found.people) and all(count is not None for count in found.counts.values())
    )


def _answers(whole: Figure, cells: Mapping[tuple[str, str], Figure], weights: Weights) -> Iterator[Weighted]:
    """Give each answer's published share, and the one in which every group counts with its weight."""
    people = sum(weights.of[place] * (found.people or 0) for place, found in cells.items())
    for code, share in whole.shares.items():
        if share is not None and code not in SPECIAL_CODES:
            given = sum(weights.of[place] * (found.counts[code] or 0) for place, found in cells.items())
            yield Weighted(code, share, min(1.0, round(given / people, 2)))
