"""What can be wrong with a city's answer, by itself and beside the release that it answers."""

import unicodedata
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from conversations.city import Local
from conversations.city_answers import MAX_ANSWER, OWN, CityAnswer, FactorAnswer
from conversations.errors import Finding, Rule
from conversations.identifiers import RoundId
from conversations.inspecting_parts import numbered, repeated, too_long

DIRECTING = frozenset("\u202a\u202b\u202c\u202d\u202e")
"""Signs that turn the direction of everything behind them. Source: Unicode Standard Annex 9."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Against:
    """What an answer is held against: its round, the benchmark's key factors, those the release speaks of.

    `languages` are the tags that there are words of; `signs` names what in a text looks personal.
    """

    round: RoundId
    factors: Sequence[str]
    shown: Collection[str]
    languages: Collection[str]
    signs: Callable[[str], Sequence[str]]


def inspect_answer(answer: CityAnswer, where: str, against: Against) -> Iterator[Finding]:
    """Find everything that is wrong with a city's answer."""
    if answer.round != against.round:
        advice = f"is '{answer.round[:40]}', but it is to answer {against.round}; correct one of them"
        yield Finding(Rule.WRONG_VALUE, f"{where} round", advice)
    for place, tag in _named(answer, where):
        if tag not in against.languages:
            advice = f"'{tag[:40]}' is no language of the program; there are: {', '.join(against.languages)}"
            yield Finding(Rule.UNKNOWN_LANGUAGE, place, advice)
    if not answer.answers:
        yield Finding(Rule.MISSING_KEY, f"{where} answer", "answer at least one key factor: [[answer]]")
    yield from repeated([one.factor for one in answer.answers], partial(_factor_at, where), "factor")
    for index, one in enumerate(answer.answers):
        place = numbered(where, "answer", index, one.factor[:40] if one.factor.isprintable() else "")
        yield from _about(one, place, against)
        for part, words in one.parts():
            yield from _texts(words, f"{place}.{part}", answer.written_in, against)


def _named(answer: CityAnswer, where: str) -> Iterator[tuple[str, str]]:
    """Yield every language that the file names, but those of single texts, with its place."""
    yield f"{where} written_in", answer.written_in
    for index, tag in enumerate(answer.reviewed, 1):
        yield f"{where} reviewed[{index}]", tag


def _factor_at(where: str, index: int) -> str:
    return f"{numbered(where, 'answer', index)}.factor"


def _about(one: FactorAnswer, place: str, against: Against) -> Iterator[Finding]:
    """An answer is about a key factor of which the release shows something, and it says something."""
    if one.factor not in against.factors:
        advice = f"'{one.factor[:40]}' is no key factor here; there are: {', '.join(against.factors)}"
        yield Finding(Rule.UNKNOWN_FACTOR, f"{place}.factor", advice)
    elif one.factor not in against.shown:
        advice = (
            f"the release shows nothing about {one.factor}, so nobody can see what was said; leave it out"
        )
        yield Finding(Rule.NOTHING_SHOWN, f"{place}.factor", advice)
    if not one.did and not one.not_possible_because:
        advice = "says neither what the city did nor why it was not possible; add 'did', or the reason"
        yield Finding(Rule.NOT_ANSWERED, f"{place}.did", advice + " as 'not_possible_because'")


def _texts(words: Local, place: str, written_in: str, against: Against) -> Iterator[Finding]:
    """A text is there in the language it is written in, never blank, too long, hidden or personal."""
    if OWN not in words and written_in not in words:
        advice = f"'{written_in[:40]}' is missing, the language it is written in; add it"
        yield Finding(Rule.MISSING_KEY, f"{place}.{written_in[:40]}", advice)
    for tag, text in words.items():
        here = f"{place}.{tag[:40]}" if tag else place
        if tag and tag not in against.languages:
            advice = f"'{tag[:40]}' is no language of the program; there are: {', '.join(against.languages)}"
            yield Finding(Rule.UNKNOWN_LANGUAGE, here, advice)
        yield from _text(text, here, against)


def _text(text: str, place: str, against: Against) -> Iterator[Finding]:
    if not text:
        yield Finding(Rule.WRONG_VALUE, place, "is empty; write the words or remove it")
    yield from too_long(text, MAX_ANSWER, place)
    if any(unicodedata.category(sign) == "Cc" or sign in DIRECTING for sign in text):
        yield Finding(Rule.WRONG_VALUE, place, "holds a sign that cannot be seen; write the words anew")
    if signs := against.signs(text):
        advice = f"holds what looks like: {', '.join(signs)}; everybody can read it, so leave it out"
        yield Finding(Rule.LOOKS_PERSONAL, place, advice)
