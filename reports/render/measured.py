"""Who answered beside who lives in the city, in words and figures ready to be shown."""

from collections.abc import Iterator
from dataclasses import dataclass

from conversations.wording import Words, say
from reports.raking import MOST
from reports.render.reading import Reading
from reports.representativity import FEWER, MORE, SLIGHT, Comparison, Raked, Reached, Representation


@dataclass(frozen=True, slots=True)
class MeasuredRow:
    """One level: its share of residents, its share of those who answered with its interval, and a mark."""

    label: Words
    residents: float
    share: float
    low: float
    high: float
    mark: Words | None


@dataclass(frozen=True, slots=True)
class MeasuredGroup:
    """One group beside the city's numbers; `side` where it is of one side alone."""

    id: str
    title: Words
    side: Words | None
    rows: tuple[MeasuredRow, ...]
    notes: tuple[Words, ...]


@dataclass(frozen=True, slots=True)
class WeightedQuestion:
    """One question without weights and with them: a row is an answer, its share, its weighted share."""

    id: str
    label: Words
    side: Words
    rows: tuple[tuple[Words, float, float], ...]
    notes: tuple[Words, ...]


@dataclass(frozen=True, slots=True)
class Measured:
    """Everything told about who answered beside who lives here; `said` are the groups that stand out."""

    lead: tuple[Words, ...]
    said: tuple[Words, ...]
    groups: tuple[MeasuredGroup, ...]
    how: tuple[Words, ...]
    weighted_lead: tuple[Words, ...]
    weighted: tuple[WeightedQuestion, ...]


def measured(reading: Reading, found: Representation) -> Measured:
    """Return who answered beside who lives in the city, in words."""
    said = tuple(_said(reading, found))
    return Measured(
        (say("beside.lead"), say("beside.lead_own", source=found.source)),
        said or (say("beside.none_said"),),
        tuple(_group(reading, compared) for compared in found.comparisons),
        (say("beside.compared"), say("beside.rule", fewer=FEWER, more=MORE)),
        tuple(_lead(reading, found)) if found.by else (),
        tuple(_weighted(reading, raked) for raked in found.raked),
    )


def _said(reading: Reading, found: Representation) -> Iterator[Words]:
    """Give a sentence for each group that has levels hardly reached, or answering less than their share."""
    for reached, key in ((Reached.HARDLY, "beside.hardly_said"), (Reached.FEWER, "beside.fewer_said")):
        for compared in found.comparisons:
            levels = tuple(
                reading.answer(_question(reading, compared.group), level.code)
                for level in compared.levels
                if level.reached is reached
            )
            if levels:
                yield say(key, group=_title(reading, compared.group), levels=levels)


def _question(reading: Reading, group: str) -> str:
    return reading.side_question if group == "side" else group


def _title(reading: Reading, group: str) -> Words:
    return say("release.who.side") if group == "side" else reading.label(group)


def _group(reading: Reading, compared: Comparison) -> MeasuredGroup:
    question = _question(reading, compared.group)
    rows = tuple(
        MeasuredRow(
            reading.answer(question, level.code),
            level.residents,
            level.share,
            level.low,
            level.high,
            None if level.reached is Reached.ALIKE else say(f"beside.{level.reached.value}"),
        )
        for level in compared.levels
    )
    notes = [] if rows else [say("beside.nothing")]
    if compared.left_out:
        levels = tuple(reading.answer(question, code) for code in compared.left_out)
        notes.append(say("beside.left_out", levels=levels))
    if compared.rest is not None:
        notes.append(say("beside.rest", share=compared.rest))
    side = say("beside.side", side=say(f"side.{compared.side}")) if compared.side else None
    named = "-".join(filter(None, (compared.group, compared.side)))
    return MeasuredGroup(named, _title(reading, compared.group), side, rows, tuple(notes))


def _lead(reading: Reading, found: Representation) -> Iterator[Words]:
    """Give what is to be known before weighted figures are read."""
    yield say("beside.weighted.lead", group=_title(reading, found.by))
    if found.sides_too:
        yield say("beside.weighted.lead_sides")
    yield say("beside.weighted.cap", most=round(MOST))
    yield say("beside.weighted.limits")
    if not found.raked:
        yield say("beside.weighted.none")


def _weighted(reading: Reading, raked: Raked) -> WeightedQuestion:
    rows = tuple((reading.answer(raked.question, one.code), one.share, one.weighted) for one in raked.answers)
    notes = []
    if raked.weights is None:
        notes.append(say("beside.weighted.missing", n=raked.missing))
    elif raked.missing:
        notes.append(say("beside.weighted.slight", n=raked.missing, share=SLIGHT))
    if raked.weights is not None and raked.weights.capped:
        notes.append(say("beside.weighted.capped"))
    side = say(f"side.{raked.side}") if raked.side else say("release.all")
    named = "-".join(filter(None, (raked.question, raked.side)))
    return WeightedQuestion(named, reading.label(raked.question), side, rows, tuple(notes))
