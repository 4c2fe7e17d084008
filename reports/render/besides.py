"""What a printed release says beside its own figures: of who lives in the city, and of earlier rounds."""

from functools import partial
from typing import Any

from conversations.wording import say
from reports.render.followed import Drawn, FollowedLine, FollowedQuestion, FollowedSide, Head, Series, Stroke
from reports.render.foreign import Told, printed
from reports.render.measured import Measured, MeasuredGroup, WeightedQuestion
from reports.render.voice import Voice, dashed
from reports.trends import Point

Part = dict[str, Any]


class Besides:
    """Puts residents and earlier rounds into the words and digits of one language."""

    def __init__(self, voice: Voice) -> None:
        self._voice = voice
        self._tell = partial(printed, voice)

    def residents(self, found: Measured) -> Part:
        """Return who answered beside who lives in the city, and weighted shares where there are any."""
        tell = self._tell
        return {
            "title": self._key("beside.title"),
            "lead": [tell(words) for words in found.lead],
            "said": [tell(words) for words in found.said],
            "heads": [self._key(f"beside.{head}") for head in ("level", "residents", "answered")],
            "groups": [self._group(group) for group in found.groups],
            "items": [tell(words) for words in found.how],
            "weighted": {
                "title": self._key("beside.weighted.title"),
                "lead": [tell(words) for words in found.weighted_lead],
                "heads": [
                    self._key(key)
                    for key in ("trend.answer", "beside.weighted.plain", "beside.weighted.weighted")
                ],
                "asked": [self._weighted(asked) for asked in found.weighted],
            }
            if found.weighted_lead
            else None,
        }

    def rounds(self, found: Series) -> Part:
        """Return what is to be known of the series, and the hashes of its releases."""
        return {
            "title": self._key("trend.title"),
            "items": [self._tell(words) for words in found.notes],
            "waves": [
                {
                    "name": dashed(self._voice, wave.name, self._voice.day(wave.closed_on)),
                    "value": wave.sha256,
                }
                for wave in found.waves
            ],
        }

    def question(self, found: FollowedQuestion | None) -> Part | None:
        """Return one question through the rounds of its series."""
        if found is None:
            return None
        tell = self._tell
        return {
            "title": self._key("trend.title"),
            "breaks": [[head.name, tell(head.broken)] for head in found.heads if head.broken],
            "alone": self._key("trend.only_now") if found.alone else None,
            "heads": [self._key("trend.answer"), self._key("trend.line")],
            "waves": [
                {"name": head.name, "day": self._voice.day(head.day), "broken": head.broken is not None}
                for head in found.heads
            ],
            "sides": [self._side(side, found.heads) for side in found.sides],
        }

    def _key(self, key: str) -> Told:
        return self._tell(say(key))

    def _between(self, low: float, high: float) -> Told:
        return self._tell(say("sure.between", low=low, high=high))

    def _group(self, group: MeasuredGroup) -> Part:
        tell, percent = self._tell, self._voice.percent
        return {
            "title": tell(group.title),
            "side": tell(group.side) if group.side else None,
            "notes": [tell(words) for words in group.notes],
            "rows": [
                {
                    "label": tell(row.label),
                    "mark": tell(row.mark) if row.mark else None,
                    "residents": {"value": row.residents, "share": percent(row.residents)},
                    "answered": {"value": row.share, "share": percent(row.share)},
                    "between": self._between(row.low, row.high),
                }
                for row in group.rows
            ],
        }

    def _weighted(self, asked: WeightedQuestion) -> Part:
        tell, percent = self._tell, self._voice.percent
        return {
            "label": tell(asked.label),
            "side": tell(asked.side),
            "notes": [tell(words) for words in asked.notes],
            "rows": [
                [tell(label), percent(share), percent(weighted)] for label, share, weighted in asked.rows
            ],
        }

    def _side(self, side: FollowedSide, heads: tuple[Head, ...]) -> Part:
        return {
            "title": self._tell(side.title),
            "lines": [self._line(line, heads) for line in side.lines],
            "changes": [self._tell(change) for change in side.changes],
        }

    def _line(self, line: FollowedLine, heads: tuple[Head, ...]) -> Part:
        points = zip(line.points, heads, strict=True)
        return {
            "label": self._tell(line.label),
            "drawn": self._drawn(line.drawn),
            "points": [self._point(point, head) for point, head in points],
        }

    def _point(self, point: Point | None, head: Head) -> Part:
        if point is None:
            return {"share": None, "said": self._key("trend.not_shown" if head.asked else "trend.not_asked")}
        return {"share": self._voice.percent(point.share), "said": self._between(point.low, point.high)}

    def _drawn(self, drawn: Drawn) -> Part:
        """Return a drawn line; where one reads from the right, the oldest round stands there."""
        mirrored = self._voice.direction == "rtl"

        def across(x: float) -> float:
            return drawn.width - x if mirrored else x

        def strokes(of: tuple[Stroke, ...]) -> list[list[float]]:
            return [[across(one.x1), one.y1, across(one.x2), one.y2] for one in of]

        return {
            "width": drawn.width,
            "height": drawn.height,
            "way": strokes(drawn.way),
            "intervals": strokes(drawn.intervals),
            "breaks": strokes(drawn.breaks),
            "dots": [[across(x), y] for x, y in drawn.dots],
        }
