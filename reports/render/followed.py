"""A series of rounds, question by question, in words and figures ready to be shown."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from conversations.wording import Words, say
from reports.render.reading import Reading
from reports.trends import Followed, Line, Point, Trends, Wave

STEP, HEIGHT, EDGE = 64, 60, 6
"""A drawn line's measures: from wave to wave, from 0 to 100 %, and the space around."""


@dataclass(frozen=True, slots=True)
class Head:
    """One wave over its column: its name, its last day, and why the line is broken before it, if it is."""

    name: str
    day: date
    asked: bool
    broken: Words | None


@dataclass(frozen=True, slots=True)
class Stroke:
    """A straight part of a drawn line."""

    x1: float
    y1: float
    x2: float
    y2: float


@dataclass(frozen=True, slots=True)
class Drawn:
    """A line as it is drawn: from point to point, the intervals upright, dashes where it is broken."""

    width: float
    height: float
    way: tuple[Stroke, ...]
    intervals: tuple[Stroke, ...]
    breaks: tuple[Stroke, ...]
    dots: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class FollowedLine:
    """One answer through the waves: its shares, each None or a point, and the line drawn."""

    label: Words
    points: tuple[Point | None, ...]
    drawn: Drawn


@dataclass(frozen=True, slots=True)
class FollowedSide:
    """One side's answers through the waves, and the changes that are clear."""

    code: str
    title: Words
    lines: tuple[FollowedLine, ...]
    changes: tuple[Words, ...]


@dataclass(frozen=True, slots=True)
class FollowedQuestion:
    """One question through the waves. `alone` says that nothing earlier stands beside the newest wave."""

    id: str
    label: Words
    heads: tuple[Head, ...]
    sides: tuple[FollowedSide, ...]
    alone: bool


@dataclass(frozen=True, slots=True)
class Series:
    """A whole series: what is to be known when it is read, its releases, and each question by id."""

    notes: tuple[Words, ...]
    waves: tuple[Wave, ...]
    questions: Mapping[str, FollowedQuestion]


def followed(reading: Reading, trends: Trends) -> Series:
    """Return a series in words; `reading` is the newest release's."""
    notes = (
        say("trend.same", n=len(trends.waves)),
        say(f"trend.same_{trends.same_people}"),
        say("trend.marked", n=trends.looked_at),
        say("trend.bars"),
        *(() if trends.same_people == "yes" else (say("trend.others"),)),
        *((say("trend.resting", n=len(trends.resting)),) if trends.resting else ()),
    )
    questions = {found.question: _question(reading, trends, found) for found in trends.questions}
    return Series(notes, trends.waves, questions)


def _question(reading: Reading, trends: Trends, found: Followed) -> FollowedQuestion:
    broken = {one.before: say(f"trend.{one.reason}") for one in found.breaks}
    heads = tuple(
        Head(wave.name, wave.closed_on, asked, broken.get(place))
        for place, (wave, asked) in enumerate(zip(trends.waves, found.asked, strict=True))
    )
    sides = dict.fromkeys(line.side for line in found.lines)
    last = len(heads) - 1
    return FollowedQuestion(
        found.question,
        reading.label(found.question),
        heads,
        tuple(_side(reading, trends, found, side) for side in sides),
        alone=last in broken or not any(found.asked[:last]),
    )


def _side(reading: Reading, trends: Trends, found: Followed, side: str) -> FollowedSide:
    lines = [line for line in found.lines if line.side == side]
    places = [one.before for one in found.breaks]
    return FollowedSide(
        side or "all",
        say(f"side.{side}") if side else say("release.all"),
        tuple(
            FollowedLine(reading.answer(found.question, line.code), line.points, _drawn(line, places))
            for line in lines
        ),
        tuple(
            change
            for line in lines
            for change in _changes(reading.answer(found.question, line.code), line, trends)
        ),
    )


def _changes(answer: Words, line: Line, trends: Trends) -> list[Words]:
    """Return the clear changes of a line as sentences."""
    said = []
    for change in line.changes:
        old, new = line.points[change.since], line.points[change.until]
        if old is not None and new is not None:
            before, after = (trends.waves[place].name for place in (change.since, change.until))
            said.append(
                say("trend.change", answer=answer, before=before, after=after, old=old.share, new=new.share)
            )
    return said


def _drawn(line: Line, breaks: list[int]) -> Drawn:
    """Draw a line: never across a break, nor across a wave without a figure."""
    points = line.points
    way, intervals, dots = [], [], []
    for place, point in enumerate(points):
        if point is None:
            continue
        x, y = _x(place), _y(point.share)
        dots.append((x, y))
        intervals.append(Stroke(x, _y(point.low), x, _y(point.high)))
        before = points[place - 1] if place and place not in breaks else None
        if before is not None:
            way.append(Stroke(_x(place - 1), _y(before.share), x, y))
    cuts = tuple(Stroke(_x(place - 0.5), 0, _x(place - 0.5), HEIGHT + 2 * EDGE) for place in breaks)
    size = (len(points) * STEP, HEIGHT + 2 * EDGE)
    return Drawn(*size, tuple(way), tuple(intervals), cuts, tuple(dots))


def _x(place: float) -> float:
    return STEP * (place + 0.5)


def _y(share: float) -> float:
    return round(EDGE + HEIGHT * (1 - share), 1)
