"""Everything a release says, in order, as words and figures from which the page and the paper are made."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from conversations.wording import Words, say
from reports.disclosure import Publishable
from reports.render.chart import Chart, Cross, chart, crosses, who
from reports.render.explaining import Manifest, how_to_read, limits, manifest, method
from reports.render.followed import Series, followed
from reports.render.measured import Measured, measured
from reports.render.quoting import Quotes, Written, written
from reports.render.reading import Reading
from reports.render.sureness import told
from reports.representativity import Representation
from reports.trends import Trends


@dataclass(frozen=True, slots=True)
class Top:
    """What was asked, when, of whom, and how many answered. `demonstration` stands over invented people."""

    demonstration: Words | None
    city: Words
    theme: Words
    round_name: str
    dates: Words
    what: Words
    answered: Words
    stance: Words
    part: Words | None


@dataclass(frozen=True, slots=True)
class Asked:
    """One question: its bars, where the sides differ clearly, its tables by group."""

    chart: Chart
    differences: tuple[Words, ...]
    crosses: tuple[Cross, ...]


@dataclass(frozen=True, slots=True)
class Interlock:
    """Another key factor that this one depends on."""

    key: str
    number: int
    name: Words


@dataclass(frozen=True, slots=True)
class Factor:
    """One key factor: what it says, what people said about it, and what to look into next.

    `evidence` are pairs: what to look for, and of which kind it is.
    """

    key: str
    number: int
    name: Words
    statement: Words
    why: Words
    basis: Words
    asked: tuple[Asked, ...]
    quotes: tuple[Quotes, ...]
    interlocks: tuple[Interlock, ...]
    guides: tuple[Words, ...]
    evidence: tuple[tuple[Words, Words], ...]

    @property
    def differs(self) -> bool:
        """Whether the sides differ clearly on any of its questions."""
        return any(asked.differences for asked in self.asked)


@dataclass(frozen=True, slots=True)
class Contents:
    """A whole release as it is told, from top to end; headings are the keys under `release`.

    `sides` are the sides of the round, code and title; `texts` says whether written answers are there or
    will follow; `beside` stands after who answered, `trends` within each question.
    """

    top: Top
    who: tuple[Chart, ...]
    beside: Measured | None
    trends: Series | None
    sides: tuple[tuple[str, Words], ...]
    reading: tuple[Words, ...]
    texts: Words
    factors: tuple[Factor, ...]
    context: tuple[Words, ...]
    method: tuple[Words, ...]
    limits: tuple[Words, ...]
    manifest: Manifest


def contents(
    release: Publishable,
    *,
    texts: Publishable | None = None,
    beside: Representation | None = None,
    trends: Trends | None = None,
) -> Contents:
    """Return everything a release says, with what was written, measured beside it and asked before."""
    reading = Reading(release)
    quoted = written(reading, texts)
    return Contents(
        top=_top(reading),
        who=tuple(who(reading)),
        beside=measured(reading, beside) if beside else None,
        trends=followed(reading, trends) if trends else None,
        sides=tuple((side, say(f"side.{side}")) for side in reading.sides),
        reading=how_to_read(reading),
        texts=quoted.said,
        factors=_factors(reading, quoted),
        context=tuple(reading.context()),
        method=method(reading, quoted),
        limits=limits(reading),
        manifest=manifest(reading, texts),
    )


def _top(reading: Reading) -> Top:
    theme, city = reading.of_benchmark("theme"), reading.city()
    people = reading.whole.people
    days = {"opened": reading.opened_on, "closed": reading.closed_on}
    part = reading.document.get("part", 1)
    return Top(
        demonstration=say("release.demonstration") if reading.round["demonstration"] else None,
        city=city,
        theme=theme,
        round_name=reading.round["name"],
        dates=say("release.dates", **days),
        what=say("release.what", city=city, theme=theme, **days),
        answered=say("release.people_answered", people=people) if people else say("release.people_hidden"),
        stance=say("release.for_what"),
        part=say("release.part", number=part) if part > 1 else None,
    )


def _factors(reading: Reading, quoted: Written) -> tuple[Factor, ...]:
    """Return the key factors in the benchmark's order, numbered."""
    listed: list[Mapping[str, Any]] = reading.benchmark["key_factors"]
    known = {
        factor["key"]: Interlock(factor["key"], number, reading.of_factor(factor, "name"))
        for number, factor in enumerate(listed, 1)
    }
    return tuple(_factor(reading, factor, known, quoted) for factor in listed)


def _factor(
    reading: Reading, factor: Mapping[str, Any], known: Mapping[str, Interlock], quoted: Written
) -> Factor:
    key = factor["key"]
    return Factor(
        key=key,
        number=known[key].number,
        name=known[key].name,
        statement=reading.of_factor(factor, "statement"),
        why=reading.of_factor(factor, "why"),
        basis=reading.of_factor(factor, "basis"),
        asked=tuple(_asked(reading, question) for question in reading.asked_for(key)),
        quotes=quoted.of(key),
        interlocks=tuple(known[other] for other in factor["interlocks"] if other in known),
        guides=tuple(words for words, _ in reading.listed(factor, "guide")),
        evidence=tuple(
            (words, say(f"release.evidence.{kind}")) for words, kind in reading.listed(factor, "evidence")
        ),
    )


def _asked(reading: Reading, question: str) -> Asked:
    sentences = (told(reading, question, one) for one in reading.differences.get(question, ()))
    return Asked(
        chart(reading, question),
        tuple(sentence for sentence in sentences if sentence is not None),
        tuple(crosses(reading, question)),
    )
