"""Trends: one round beside earlier ones of its series, question by question, published figures alone."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from conversations.errors import ReleaseError
from conversations.identifiers import SPECIAL_CODES
from reports.disclosure import Publishable
from reports.figures import Figures
from reports.intervals import difference_interval, share_interval
from reports.planned import SIDE


@dataclass(frozen=True, slots=True)
class Wave:
    """One round of the series: when it was, and the hash of its release."""

    round_id: str
    name: str
    opened_on: date
    closed_on: date
    sha256: str


@dataclass(frozen=True, slots=True)
class Point:
    """One published share with its interval."""

    count: int
    people: int
    share: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Change:
    """A share that clearly differs from the one before: from which wave to which, and the interval of it."""

    since: int
    until: int
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Line:
    """One answer of one side (all: "") through the waves; None where its share is not shown or not asked."""

    side: str
    code: str
    points: tuple[Point | None, ...]
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Break:
    """Where a line is broken: before which wave, and why: wording, answers, sides; or the question is new."""

    before: int
    reason: str


@dataclass(frozen=True, slots=True)
class Followed:
    """One question of the newest round, followed back. Nothing before a break is compared with what follows.

    `asked` says in which waves it was asked.
    """

    question: str
    asked: tuple[bool, ...]
    breaks: tuple[Break, ...]
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Trends:
    """A series, oldest wave first. `looked_at` is how many changes were looked at, which widens intervals.

    `same_people` says whether the same people may have answered two of its rounds: yes, no or may.
    `resting` are questions of earlier waves that the newest did not ask, as where modules rotate; each with
    the place of the wave that asked it last, where its line is to be read.
    """

    waves: tuple[Wave, ...]
    questions: tuple[Followed, ...]
    looked_at: int
    same_people: str
    resting: tuple[tuple[str, int], ...] = ()

    def of(self, question: str) -> Followed | None:
        """Return what is known of one question."""
        return next((found for found in self.questions if found.question == question), None)


class _Step(NamedTuple):
    """One change to look at: a line's figures in two waves."""

    since: int
    until: int
    before: tuple[int, int]
    after: tuple[int, int]


def trends(releases: Sequence[Publishable]) -> Trends:
    """Return the newest of these releases beside the earlier ones.

    Raises:
        ReleaseError: they are not of one series, city and benchmark, or there is only one.
    """
    found = sorted((Figures(release) for release in releases), key=_closed)
    _check(found)
    newest = found[-1]
    traced = {question: _trace(found, question) for question in newest.plan["questions"]}
    looked_at = sum(len(steps) for _, lines in traced.values() for _, _, _, steps in lines)
    return Trends(
        tuple(map(_wave, found)),
        tuple(
            Followed(
                question,
                tuple(question in figures.plan["questions"] for figures in found),
                breaks,
                tuple(_line(*line, looked_at) for line in lines),
            )
            for question, (breaks, lines) in traced.items()
        ),
        looked_at,
        newest.plan.get("same_people", "may"),
        tuple(_resting(found)),
    )


def _resting(found: Sequence[Figures]) -> Iterator[tuple[str, int]]:
    """Give the questions that the newest wave did not ask, with the last wave that did."""
    last = {question: place for place, one in enumerate(found) for question in one.plan["questions"]}
    yield from ((question, place) for question, place in last.items() if place < len(found) - 1)


def _closed(figures: Figures) -> str:
    closed: str = figures.document["round"]["closed_on"]
    return closed


def _check(found: Sequence[Figures]) -> None:
    """Refuse rounds that are not of one series."""
    if len(found) < 2:
        raise ReleaseError("there is no earlier released round of this series; a trend needs two rounds")
    series = {_series(figures) for figures in found}
    if len(series) > 1:
        named = ["/".join(one) for one in sorted(series)]
        raise ReleaseError(f"these rounds are not of one series, city and benchmark: {', '.join(named)}")


def _series(figures: Figures) -> tuple[str, str, str]:
    of_round: dict[str, str] = figures.document["round"]
    return of_round["city"], of_round["series"], figures.document["benchmark"]["key"]


def _wave(figures: Figures) -> Wave:
    of_round = figures.document["round"]
    opened, closed = (date.fromisoformat(of_round[day]) for day in ("opened_on", "closed_on"))
    return Wave(of_round["id"], of_round["name"], opened, closed, figures.sha256)


_Traced = tuple[str, str, tuple[Point | None, ...], list[_Step]]


def _trace(found: Sequence[Figures], question: str) -> tuple[tuple[Break, ...], list[_Traced]]:
    """Return where a question's lines break, and its lines with the changes to look at."""
    breaks = tuple(_breaks(found, question))
    newest = found[-1]
    sides = [side for side in newest.sides if newest.figure(question, side=side) is not None] or [""]
    codes = [
        part["code"] for part in newest.questions[question]["codes"] if part["code"] not in SPECIAL_CODES
    ]
    lines = []
    for side in sides:
        for code in codes:
            figures = [_shown(one, question, side, code) for one in found]
            lines.append((side, code, tuple(map(_point, figures)), list(_steps(figures, breaks))))
    return breaks, lines


def _breaks(found: Sequence[Figures], question: str) -> Iterator[Break]:
    """Give the breaks of a question: each wave is compared with the last one before it that asked it."""
    last: Figures | None = None
    for place, figures in enumerate(found):
        if question not in figures.plan["questions"]:
            continue
        if last is not None and (reason := _changed(last, figures, question)):
            yield Break(place, reason)
        last = figures


def _changed(before: Figures, after: Figures, question: str) -> str:
    """Return what changed between two waves in how a question was asked, "" if nothing did."""
    old, new = before.questions[question], after.questions[question]
    if any(old[part] != new[part] for part in ("label", "since", "type")):
        return "wording"
    if any(old[part] != new[part] for part in ("scale", "codes")):
        return "answers"
    same = (before.sides, _merging(before)) == (after.sides, _merging(after))
    return "" if same and old["audience"] == new["audience"] else "sides"


def _merging(figures: Figures) -> Any:
    return figures.plan.get("merge_both_into_migrant", True)


def _shown(figures: Figures, question: str, side: str, code: str) -> tuple[int, int] | None:
    """Return a published count and its group's people, where a share is published."""
    if question not in figures.plan["questions"]:
        return None
    group = figures.figure(question, **({SIDE: side} if side else {}))
    return None if group is None else group.shown(code)


def _point(shown: tuple[int, int] | None) -> Point | None:
    if shown is None:
        return None
    count, people = shown
    return Point(count, people, min(1.0, round(count / people, 2)), *share_interval(count, people))


def _steps(figures: Sequence[tuple[int, int] | None], breaks: Sequence[Break]) -> Iterator[_Step]:
    """Give the pairs of waves to compare: each shown figure with the last one before it, across no break."""
    broken = {found.before for found in breaks}
    since, before = -1, None
    for until, after in enumerate(figures):
        if until in broken:
            before = None
        if after is not None:
            if before is not None:
                yield _Step(since, until, before, after)
            since, before = until, after


def _line(
    side: str, code: str, points: tuple[Point | None, ...], steps: Sequence[_Step], looked_at: int
) -> Line:
    """Return a line with the changes that are clear: their corrected interval leaves out zero."""
    changes = []
    for step in steps:
        low, high = difference_interval(*step.after, *step.before, looked_at)
        if low > 0 or high < 0:
            changes.append(Change(step.since, step.until, low, high))
    return Line(side, code, points, tuple(changes))
