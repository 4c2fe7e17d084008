"""A release as plain text for a terminal: key factor by key factor, each side's shares and counts."""

from collections.abc import Iterator

from conversations.wording import say
from reports.disclosure import Publishable
from reports.render.chart import Chart, chart
from reports.render.quoting import written
from reports.render.reading import Reading
from reports.render.since import since, since_lines
from reports.render.voice import Voice, dashed

LABEL = 44
"""Columns of a terminal for an answer's words, so that a line fits into 80."""


def table_of(release: Publishable, voice: Voice) -> bytes:
    """Return a release as plain text in UTF-8."""
    return ("\n".join(_lines(Reading(release), voice)) + "\n").encode()


def texts_of(release: Publishable, texts: Publishable, voice: Voice) -> bytes:
    """Return what people wrote as plain text in UTF-8: key factor by key factor, side by side."""
    reading, tell = Reading(release), voice.say
    quoted = written(reading, texts)
    lines = [dashed(voice, tell(reading.city()), reading.round["name"]), tell(quoted.said)]
    for number, factor in enumerate(reading.benchmark["key_factors"], 1):
        if found := quoted.of(factor["key"]):
            lines += ["", f"{voice.number(number)}  {tell(reading.of_factor(factor, 'name'))}"]
        for quotes in found:
            lines += [f"   {tell(quotes.side)}", *(f"     – {_plain(one.text)}" for one in quotes.texts)]
    lines += ["", f"SHA-256 {texts.sha256}"]
    return ("\n".join(lines) + "\n").encode()


def _plain(text: str) -> str:
    """Return a text that can do nothing to a terminal: no control characters, on one line."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())


def _lines(reading: Reading, voice: Voice) -> Iterator[str]:
    tell = voice.say
    if reading.round["demonstration"]:
        yield tell(say("release.demonstration"))
    yield dashed(voice, tell(reading.city()), reading.round["name"])
    yield tell(reading.of_benchmark("theme"))
    yield tell(say("release.dates", opened=reading.opened_on, closed=reading.closed_on))
    yield _people(reading.whole.people, voice)
    if reading.manifest["fallback"]:
        yield tell(say("release.manifest.fallback"))
    yield from since_lines(since(reading, voice), voice)
    for number, factor in enumerate(reading.benchmark["key_factors"], 1):
        yield ""
        yield f"{voice.number(number)}  {tell(reading.of_factor(factor, 'name'))}"
        for question in reading.asked_for(factor["key"]):
            yield from _chart(chart(reading, question), voice)
    yield ""
    yield tell(say("release.reading.rounded", base=reading.manifest["base"]))
    yield f"SHA-256 {reading.sha256}"


def _chart(shown: Chart, voice: Voice) -> Iterator[str]:
    """Yield one question: each side under its name."""
    yield f"   {voice.say(shown.label)}"
    for column in shown.columns:
        people = "" if column.group.people is None else _people(column.group.people, voice)
        notes = [voice.say(note) for note in column.notes]
        yield f"     {voice.say(column.title)}: {'; '.join(part for part in (people, *notes) if part)}"
        if column.is_empty:
            continue
        for row in shown.rows:
            answer = column.group.answer(row.code)
            share = "" if answer.share is None else voice.percent(answer.share)
            if answer.count is None and answer.share is not None:
                share = voice.say(say("release.or_more", share=share))
            count = "–" if answer.count is None else voice.number(answer.count)
            yield f"       {voice.say(row.label):{LABEL}} {share:>6} {count:>6}"


def _people(people: int | None, voice: Voice) -> str:
    if people is None:
        return voice.say(say("release.not_shown"))
    return voice.say(say("release.people_answered", people=people))
