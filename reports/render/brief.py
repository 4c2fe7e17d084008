"""A learning brief for two cities as one page: contextual factors first, then key factor by key factor."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from conversations.identifiers import SPECIAL_CODES
from conversations.wording import Words, say
from reports.comparing import BothAsked, Brief
from reports.render.chart import Chart, chart, who
from reports.render.contents import Factor, contents
from reports.render.page import PAGES, spoken
from reports.render.reading import Reading
from reports.render.voice import Voice

LEVELS_SHOWN = ("gender", "age", "years_here")
"""Who answered is shown by these beside the side: regions and districts are each city's own list."""

MARKS = "sure.key_differs"
"""What explains marks of clear differences has no place here: nothing is marked between cities."""


@dataclass(frozen=True, slots=True)
class City:
    """One of the two cities: who asked, when, and how many answered."""

    name: str
    role: Words
    office: str
    round_name: str
    opened_on: date
    closed_on: date
    people: Words
    languages: tuple[Words, ...]
    demonstration: bool
    sha256: str


@dataclass(frozen=True, slots=True)
class Beside:
    """One question: a chart of both cities, or one of each where they asked in different words."""

    id: str
    charts: tuple[Chart, ...]
    note: Words | None


@dataclass(frozen=True, slots=True)
class Visit:
    """One key factor with what people said in both cities."""

    factor: Factor
    asked: tuple[Beside, ...]


@dataclass(frozen=True, slots=True)
class LearningBrief:
    """Everything a learning brief tells, from top to end; the mentor stands before the learner throughout."""

    mentor: City
    learner: City
    theme: Words
    context: tuple[Words, ...]
    who: tuple[Chart, ...]
    reading: tuple[Words, ...]
    visits: tuple[Visit, ...]


def learning_brief(found: Brief, voice: Voice) -> LearningBrief:
    """Return a learning brief in words; cities' own names are taken from their releases, in the language."""
    readings = Reading(found.mentor), Reading(found.learner)
    names = [_local(reading, "city_name", voice.tag) for reading in readings]
    told = contents(found.mentor)
    factors = {factor.key: factor for factor in told.factors}
    return LearningBrief(
        _city(readings[0], "mentor", voice),
        _city(readings[1], "learner", voice),
        told.top.theme,
        told.context,
        tuple(_who(readings, names)),
        tuple(words for words in told.reading if words.key != MARKS),
        tuple(
            Visit(
                factors[shared.factor],
                tuple(_beside(asked, readings, names) for asked in shared.asked),
            )
            for shared in found.factors
        ),
    )


def brief_html_of(found: Brief, voice: Voice) -> bytes:
    """Return a learning brief as one self-contained HTML page: no script, nothing from elsewhere."""
    page = PAGES.get_template("brief.html.jinja").render(
        brief=learning_brief(found, voice),
        **spoken(voice),
    )
    return page.encode()


def _local(reading: Reading, part: str, tag: str) -> str:
    """Return a city's own words from its release, in a language or in English."""
    words = reading.round[part]
    return str(words.get(tag) or words.get("en") or next(iter(words.values())))


def _city(reading: Reading, role: str, voice: Voice) -> City:
    people = reading.whole.people
    name = _local(reading, "city_name", voice.tag)
    return City(
        name,
        say(f"brief.{role}", city=name),
        _local(reading, "responsible", voice.tag),
        reading.round["name"],
        reading.opened_on,
        reading.closed_on,
        say("release.people_answered", people=people) if people else say("release.people_hidden"),
        tuple(say("language.name", tag=one["tag"]) for one in reading.manifest["languages_offered"]),
        reading.round["demonstration"],
        reading.sha256,
    )


def _who(readings: tuple[Reading, Reading], names: list[str]) -> Iterator[Chart]:
    """Give who answered in both cities, by side and by the groups that mean the same in both."""
    for reading, name in zip(readings, names, strict=True):
        for one in who(reading):
            if one.id == reading.side_question or one.id in LEVELS_SHOWN:
                (column,) = one.columns
                yield replace(one, columns=(replace(column, title=Words("", name)),))


def _beside(asked: BothAsked, readings: tuple[Reading, Reading], names: list[str]) -> Beside:
    """Return one question as both cities asked it."""
    has = (asked.by_mentor, asked.by_learner)
    both = zip(readings, names, has, strict=True)
    charts = [_named(chart(reading, asked.question), name) for reading, name, asks in both if asks]
    if len(charts) == 1:
        return Beside(asked.question, tuple(charts), say("brief.only_one", city=names[has.index(True)]))
    if not asked.alike:
        return Beside(asked.question, tuple(charts), say("brief.other_words"))
    return Beside(asked.question, (_joined(*charts),), None)


def _named(one: Chart, city: str) -> Chart:
    """Return a chart whose columns name the city."""
    columns = (
        replace(column, title=say("brief.column", city=city, side=column.title)) for column in one.columns
    )
    return replace(one, columns=tuple(columns))


def _joined(one: Chart, other: Chart) -> Chart:
    """Return the chart of both cities: each side's columns together, the mentor's before the learner's.

    The order is fixed by side and role; no figure has any part in it.
    """
    kinds = list(dict.fromkeys(column.kind for column in (*one.columns, *other.columns)))
    columns = sorted((*one.columns, *other.columns), key=lambda column: kinds.index(column.kind))
    rows = {row.code: row for row in (*one.rows, *other.rows)}
    order = [code for code in rows if code not in SPECIAL_CODES]
    order += [code for code in SPECIAL_CODES if code in rows]
    numbered = (replace(rows[code], number=place) for place, code in enumerate(order, 1))
    return replace(one, columns=tuple(columns), rows=tuple(numbered))
