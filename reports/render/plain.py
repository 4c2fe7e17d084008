"""What stands beside a release, as plain text for a terminal: residents, earlier rounds, another city."""

from collections.abc import Iterator
from functools import partial

from conversations.wording import Value, say
from reports.comparing import Brief
from reports.disclosure import Publishable
from reports.render.brief import LearningBrief, learning_brief
from reports.render.chart import Chart
from reports.render.followed import FollowedQuestion, Series, followed
from reports.render.measured import Measured, measured
from reports.render.reading import Reading
from reports.render.voice import Voice, dashed
from reports.representativity import Representation
from reports.trends import Trends

LABEL = 44
"""Columns of a terminal for an answer's words, so that a line fits into 80."""

SMALLEST = 0.01
"""A share of residents below which no percent is said."""


def beside_table_of(release: Publishable, found: Representation, voice: Voice) -> bytes:
    """Return who answered beside who lives in the city, as plain text in UTF-8."""
    return _text(_measured(measured(Reading(release), found), release, _Teller(voice)))


def trends_table_of(release: Publishable, trends: Trends, voice: Voice) -> bytes:
    """Return the newest release of a series beside the earlier ones, as plain text in UTF-8."""
    return _text(_series(followed(Reading(release), trends), _Teller(voice)))


def brief_table_of(found: Brief, voice: Voice) -> bytes:
    """Return a learning brief as plain text in UTF-8."""
    return _text(_brief(learning_brief(found, voice), _Teller(voice)))


class _Teller:
    """Says words and figures for a line of text."""

    def __init__(self, voice: Voice) -> None:
        self.say, self.percent, self.number, self.day = voice.say, voice.percent, voice.number, voice.day
        self.dashed = partial(dashed, voice)

    def key(self, key: str, **values: Value) -> str:
        return self.say(say(key, **values))

    def residents(self, share: float) -> str:
        """Say a share of residents; one that is too small for whole percents as under one."""
        return self.percent(share) if share >= SMALLEST else self.key("beside.under", share=SMALLEST)

    def between(self, low: float, high: float) -> str:
        return self.key("sure.between", low=low, high=high)


def _text(lines: Iterator[str]) -> bytes:
    return ("\n".join(lines) + "\n").encode()


def _measured(told: Measured, release: Publishable, tell: _Teller) -> Iterator[str]:
    """Yield who answered beside who lives in the city, group by group."""
    yield tell.key("beside.title")
    yield from map(tell.say, (*told.lead, *told.how, *told.said))
    for group in told.groups:
        yield ""
        yield tell.dashed(*(tell.say(words) for words in (group.title, group.side) if words))
        for row in group.rows:
            mark = f" ({tell.say(row.mark)})" if row.mark else ""
            yield f"  {tell.say(row.label)}{mark}"
            yield f"    {tell.key('beside.residents'):12} {tell.residents(row.residents):>6}"
            share = f"{tell.percent(row.share):>6}  {tell.between(row.low, row.high)}"
            yield f"    {tell.key('beside.answered'):12} {share}"
        yield from (f"  {tell.say(words)}" for words in group.notes)
    yield from _weighted(told, tell)
    yield ""
    yield f"SHA-256 {release.sha256}"


def _weighted(told: Measured, tell: _Teller) -> Iterator[str]:
    """Yield each question as answered and weighted."""
    if told.weighted_lead:
        yield ""
        yield tell.key("beside.weighted.title")
        yield from map(tell.say, told.weighted_lead)
    for asked in told.weighted:
        yield ""
        yield tell.dashed(tell.say(asked.label), tell.say(asked.side))
        yield from (f"  {tell.say(words)}" for words in asked.notes)
        for label, share, weighted in asked.rows:
            named = (tell.key("beside.weighted.plain"), tell.key("beside.weighted.weighted"))
            figures = f"{named[0]} {tell.percent(share)}, {named[1]} {tell.percent(weighted)}"
            yield f"  {tell.say(label):{LABEL}} {figures}"


def _series(series: Series, tell: _Teller) -> Iterator[str]:
    """Yield a series, question by question."""
    yield tell.key("trend.title")
    yield from map(tell.say, series.notes)
    for wave in series.waves:
        yield f"  {tell.dashed(wave.name, tell.day(wave.closed_on), f'SHA-256 {wave.sha256}')}"
    for question in series.questions.values():
        yield from _followed(question, tell)


def _followed(question: FollowedQuestion, tell: _Teller) -> Iterator[str]:
    """Yield one question through the waves; a line of strokes stands where it is broken."""
    yield ""
    yield tell.say(question.label)
    if question.alone:
        yield f"  {tell.key('trend.only_now')}"
    for side in question.sides:
        yield f"  {tell.say(side.title)}"
        for line in side.lines:
            yield f"    {tell.say(line.label)}"
            for head, point in zip(question.heads, line.points, strict=True):
                if head.broken:
                    yield f"      ----- {tell.say(head.broken)}"
                told = tell.key("trend.not_shown" if head.asked else "trend.not_asked")
                if point is not None:
                    told = f"{tell.percent(point.share):>6}  {tell.between(point.low, point.high)}"
                yield f"      {head.name[:20]:20} {told}"
        yield from (f"    {tell.say(change)}" for change in side.changes)


def _brief(brief: LearningBrief, tell: _Teller) -> Iterator[str]:
    """Yield a learning brief: contextual factors first, then key factor by key factor."""
    names = {"mentor": brief.mentor.name, "learner": brief.learner.name}
    yield tell.key("brief.title", **names)
    yield tell.say(brief.theme)
    yield tell.key("brief.what", **names)
    yield tell.key("brief.no_order")
    yield ""
    yield tell.key("brief.context")
    yield from (f"  - {tell.say(words)}" for words in brief.context)
    for city in (brief.mentor, brief.learner):
        yield ""
        yield tell.say(city.role)
        days = tell.key("release.dates", opened=city.opened_on, closed=city.closed_on)
        yield f"  {tell.dashed(city.round_name, days, tell.say(city.people))}"
        yield f"  SHA-256 {city.sha256}"
    for visit in brief.visits:
        factor = visit.factor
        yield ""
        yield f"{tell.number(factor.number)}  {tell.say(factor.name)}"
        yield f"   {tell.say(factor.statement)}"
        for asked in visit.asked:
            for shown in asked.charts:
                yield from _chart(shown, tell)
            if asked.note:
                yield f"     {tell.say(asked.note)}"
        yield f"   {tell.key('brief.evidence', city=brief.mentor.name)}"
        yield from (f"     - {tell.say(words)}" for words, _ in factor.evidence)
        yield f"   {tell.key('brief.guides')}"
        yield from (f"     - {tell.say(words)}" for words in factor.guides)


def _chart(shown: Chart, tell: _Teller) -> Iterator[str]:
    """Yield one question: the share of each answer in each column."""
    yield f"   {tell.say(shown.label)}"
    for column in shown.columns:
        notes = "; ".join(tell.say(note) for note in column.notes)
        yield f"     {tell.say(column.title)}{': ' if notes else ''}{notes}"
        for row in shown.rows if not column.is_empty else ():
            answer = column.group.answer(row.code)
            share = "–" if answer.share is None else tell.percent(answer.share)
            if answer.count is None and answer.share is not None:
                share = tell.key("release.or_more", share=answer.share)
            yield f"       {tell.say(row.label):{LABEL}} {share:>6}"
