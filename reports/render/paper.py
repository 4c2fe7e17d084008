"""What stands on a printed release: every word said, every figure written, ready to be set in type."""

from functools import partial
from typing import Any

from conversations.wording import Value, Words, say
from reports.disclosure import Publishable
from reports.render.besides import Besides
from reports.render.chart import Chart, Column, Cross, Row, notes
from reports.render.contents import Asked, Contents, Factor
from reports.render.explaining import Manifest
from reports.render.followed import Series
from reports.render.fonts import families
from reports.render.foreign import Told, printed
from reports.render.measured import Measured
from reports.render.quoting import Quotes
from reports.render.reading import Answer, Group, Reading, listed
from reports.render.since import since, since_paper
from reports.render.sureness import between, in_ten
from reports.render.voice import DASH, Voice, dashed, tongue

Paper = dict[str, Any]
"""Strings, numbers, lists and tables only, as JSON has them; `templates/release.typ` sets them."""
PAGE, PAGES = "\ue000", "\ue001"
"""Where the numbers of pages go, which only the typesetter knows. Source: Unicode, private use area."""
SHORT = 16
"""Hex digits of a fingerprint at the foot of a page: enough to find the release by, few enough to compare."""
WORDS = (
    "answers", "why", "cross.group", "cross.people", "no_question", "not_shown", "not_shown_sentence",
    "texts.title", "texts.paraphrase", "guide.title", "evidence.title", "interlocks",
)  # fmt: skip
"""Headings and short words that stand in many places, each under `release`."""


class Printing:
    """Puts a release into the words and digits of one language; what stands in another one says so."""

    def __init__(self, voice: Voice) -> None:
        self._voice = voice
        self._tell = partial(printed, voice)
        self._besides = Besides(voice)

    def paper(
        self, of: Contents, release: Publishable, beside: Measured | None, series: Series | None
    ) -> Paper:
        """Return everything that stands on the pages, from top to end."""
        return {
            **self._document(of, release),
            **self._first_page(of),
            "beside": self._besides.residents(beside) if beside else None,
            "since": since_paper(since(Reading(release), self._voice), self._voice),
            "factors": [self._factor(factor, series) for factor in of.factors],
            "context": self._part("context", of.context, lead=self._told("context.lead")),
            "method": self._part("method", of.method),
            "limits": self._part("limits", of.limits),
            "rounds": self._besides.rounds(series) if series else None,
            "manifest": self._manifest(of.manifest),
            "annex": self._annex(of),
        }

    def _told(self, key: str, /, **values: Value) -> Told:
        return self._tell(say(f"release.{key}", **values))

    def _said(self, words: Words | None) -> Told | None:
        return None if words is None else self._tell(words)

    def _document(self, of: Contents, release: Publishable) -> Paper:
        """Return what the whole document has: language, fonts, title, what stands on every page."""
        tell, top = self._voice.say, of.top
        city, theme = tell(top.city), tell(top.theme)
        return {
            "lang": tongue(self._voice.tag),
            "rtl": self._voice.direction == "rtl",
            "families": families(self._voice.tag),
            "digits": [self._voice.number(digit) for digit in range(10)],
            "title": f"{theme}{DASH}{city}",
            "author": tell(of.manifest.responsible),
            "description": tell(top.what),
            "keywords": [f"SHA-256 {release.sha256}"],
            "running": [dashed(self._voice, city, top.round_name), theme],
            "page": tell(say("paper.page", page=PAGE, pages=PAGES)),
            "short": tell(say("paper.short", start=f"{release.sha256[:SHORT]}…")),
            "words": {key.replace(".", "_"): self._told(key) for key in WORDS}
            | {"share_people": self._tell(say("paper.share_people"))},
        }

    def _first_page(self, of: Contents) -> Paper:
        """Return the head, who answered, the list of key factors and how to read the bars."""
        tell, top = self._tell, of.top
        lead = [words for words in (top.what, top.answered, top.stance, of.manifest.fallback) if words]
        return {
            "demonstration": self._said(top.demonstration),
            "draft": self._told("languages.draft") if self._voice.is_draft else None,
            "part": self._said(top.part),
            "city": tell(top.city),
            "theme": tell(top.theme),
            "dates": dashed(self._voice, top.round_name, self._voice.say(top.dates)),
            "lead": [tell(words) for words in lead],
            "who": {
                "title": self._told("who.title"),
                "lead": self._told("who.chose"),
                "charts": [self._chart(chart) for chart in of.who],
            },
            "listed": {
                "title": self._told("factors.title", n=len(of.factors)),
                "lead": self._told("factors.lead"),
                "differs": tell(say("paper.differs")),
            },
            "reading": self._part("reading", of.reading),
            "texts": tell(of.texts),
        }

    def _part(self, key: str, items: tuple[Words, ...], lead: Told | None = None) -> Paper:
        said = [self._tell(words) for words in items]
        return {"title": self._told(f"{key}.title"), "lead": lead, "items": said}

    def _factor(self, factor: Factor, series: Series | None) -> Paper:
        tell, number = self._tell, self._voice.number
        return {
            "key": factor.key,
            "number": number(factor.number),
            "name": tell(factor.name),
            "statement": tell(factor.statement),
            "why": tell(factor.why),
            "differs": factor.differs,
            "asked": [self._asked(asked, series) for asked in factor.asked],
            "quotes": [self._quotes(quotes) for quotes in factor.quotes],
            "guides": [tell(words) for words in factor.guides],
            "evidence": [[tell(words), tell(kind)] for words, kind in factor.evidence],
            "interlocks": [
                {"key": other.key, "number": number(other.number), "name": tell(other.name)}
                for other in factor.interlocks
            ],
        }

    def _asked(self, asked: Asked, series: Series | None) -> Paper:
        followed = series.questions.get(asked.chart.id) if series else None
        return {
            **self._chart(asked.chart),
            "differences": [self._tell(words) for words in asked.differences],
            "trend": self._besides.question(followed),
        }

    def _quotes(self, quotes: Quotes) -> Paper:
        return {
            "side": self._tell(quotes.side),
            "texts": [
                {
                    "text": quote.text,
                    "lang": tongue(quote.lang),
                    "families": families(quote.lang),
                    "paraphrase": quote.paraphrase,
                }
                for quote in quotes.texts
            ],
        }

    def _chart(self, chart: Chart) -> Paper:
        """Return one question: a bar for each side, and the table of its figures."""
        hints = [self._told("only", side=chart.only)] if chart.only else []
        hints += [self._told("several")] if chart.several else []
        return {
            "label": self._tell(chart.label),
            "hint": hints,
            "stacked": not chart.several and any(column.group.has_shares for column in chart.columns),
            "columns": [self._column(chart, column) for column in chart.columns],
            "rows": [] if chart.is_empty else [self._row(chart, row) for row in chart.rows],
        }

    def _column(self, chart: Chart, column: Column) -> Paper:
        people = column.group.people
        segments = () if chart.several else chart.segments(column)
        return {
            "kind": column.kind,
            "title": self._tell(column.title),
            "people": None if people is None else self._told("people_answered", people=people),
            "notes": [self._tell(note) for note in column.notes],
            "bar": [
                {
                    "width": segment.width,
                    "fill": _fill(segment.row),
                    "number": self._voice.number(segment.row.number),
                    "share": self._voice.percent(segment.share),
                }
                for segment in segments
            ],
        }

    def _row(self, chart: Chart, row: Row) -> Paper:
        return {
            "label": self._tell(row.label),
            "number": self._voice.number(row.number),
            "fill": _fill(row),
            "cells": [
                None if column.is_empty else self._cell(column.group.answer(row.code))
                for column in chart.columns
            ],
        }

    def _cell(self, answer: Answer) -> Paper:
        """Return what is known of one answer: share, in words, how many, how sure; None where it is not."""
        return {
            "value": answer.share,
            "share": self._share(answer),
            "about": self._said(in_ten(answer)),
            "people": self._people(answer),
            "between": self._said(between(answer)),
        }

    def _share(self, answer: Answer) -> Told | None:
        if answer.share is None:
            return None
        share = self._voice.percent(answer.share)
        return self._told("or_more", share=share) if answer.count is None else share

    def _people(self, answer: Answer) -> Told | None:
        if answer.count is None:
            return self._told("not_shown") if answer.share is None else None
        if answer.count == 0:
            return self._told("hardly_any") if answer.share is None else None
        return self._told("about", people=answer.count)

    def _manifest(self, of: Manifest) -> Paper:
        tell = self._tell
        said = [of.lead, of.groups, *((of.fallback,) if of.fallback else ())]
        rows = [
            (self._told("manifest.attack"), [tell(words) for words in of.attack], False),
            (self._told("manifest.languages"), tell(listed(of.languages)), False),
            (self._told("manifest.responsible"), tell(of.responsible), False),
            (self._told("manifest.software"), of.software, True),
            (self._told("manifest.sha256"), of.sha256, True),
            *((tell(name), value, True) for name, value in of.prints),
        ]
        return {
            "title": self._told("manifest.title"),
            "said": [tell(words) for words in said],
            "rules": [[tell(rule), self._voice.number(number)] for rule, number in of.rules],
            "rows": [{"name": name, "value": value, "code": code} for name, value, code in rows],
        }

    def _annex(self, of: Contents) -> Paper:
        parts = [
            {
                "number": self._voice.number(factor.number),
                "title": self._tell(asked.chart.label),
                "crosses": [self._cross(cross) for cross in asked.crosses],
            }
            for factor in of.factors
            for asked in factor.asked
            if asked.crosses
        ]
        return {"title": self._told("cross.annex"), "lead": self._told("cross.hint"), "parts": parts}

    def _cross(self, cross: Cross) -> Paper:
        tell = self._tell
        return {
            "label": tell(cross.label),
            "rows": [] if cross.is_empty else [tell(row.label) for row in cross.rows],
            "sides": [
                {
                    "title": tell(part.side),
                    "groups": [self._group(tell(label), group, cross.rows) for label, group in part.shown],
                    "hidden": tell(listed(part.hidden)) if part.hidden else None,
                }
                for part in cross.parts
            ],
        }

    def _group(self, label: Told, group: Group, rows: tuple[Row, ...]) -> Paper:
        number = self._voice.number
        answers = [group.answer(row.code) for row in rows]
        return {
            "label": label,
            "notes": [self._tell(note) for note in notes(group)],
            "people": number(group.people or 0),
            "cells": [
                {
                    "share": self._share(answer),
                    "people": None if answer.count is None else number(answer.count),
                }
                for answer in answers
            ],
        }


def _fill(row: Row) -> Paper:
    """Return how an answer is filled: a shade from light to dark, or a pattern for no opinion."""
    return {"shade": row.shade, "striped": row.striped, "quiet": row.code if row.quiet else None}
