"""What a city answers to what people said in a round, by key factor and language, and who keeps it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any, Protocol

from pydantic import BeforeValidator, Field
from pydantic_core import PydanticCustomError

from conversations.city import Local
from conversations.identifiers import FactorKey, RoundId, base_of
from conversations.questionnaire import Part
from conversations.rounds import Round, RoundState
from conversations.wording import Words, say

MAX_ANSWER = 600
"""Characters of one text: about a hundred words, so that the answers to a round stay one page on a phone."""
OWN = ""
"""Stands for the language that the answer is written in, where a text names none."""
PARTS = ("said", "did", "not_possible_because")
"""What is told of each key factor: you said, the city did, it was not possible because."""
HEADS = {"said": "answers.said", "did": "answers.did", "not_possible_because": "answers.not_possible"}
"""The key of what stands over each part."""
ENGLISH = "en"
ANSWERED, ANSWERED_AGAIN = "answered", "answered again"
"""The changes in the life of a round that an answer makes."""


def _by_language(value: Any) -> Any:
    """Take a plain text as one in the answer's own language; white space counts as one space each."""
    found = {OWN: value} if isinstance(value, str) else value
    if not isinstance(found, Mapping):
        raise PydanticCustomError(
            "texts", "must be words in quotation marks, or a table: one text per language"
        )
    return {tag: " ".join(text.split()) if isinstance(text, str) else text for tag, text in found.items()}


Texts = Annotated[Local, BeforeValidator(_by_language)]
"""One text per language tag; a file may also write a plain text, in the language it says it is written in."""


class FactorAnswer(Part):
    """What the city answers about one key factor: what it heard, what it did, what was not possible."""

    factor: FactorKey
    said: Texts
    did: Texts = Field(default_factory=dict)
    not_possible_because: Texts = Field(default_factory=dict)

    def parts(self) -> Iterator[tuple[str, Local]]:
        """Yield what is told, part by part, by language; parts that are not there are left out."""
        told = {"said": self.said, "did": self.did, "not_possible_because": self.not_possible_because}
        return ((part, told[part]) for part in PARTS if told[part])


class CityAnswer(Part):
    """What a city answers to what was said in one round.

    `written_in` is the language of the texts themselves. `reviewed` are those translations that somebody who
    grew up with the language has read; every other translation is shown as a draft.
    """

    round: RoundId
    written_in: str = ENGLISH
    reviewed: tuple[str, ...] = ()
    answers: tuple[FactorAnswer, ...] = Field(alias="answer")

    def texts(self) -> Iterator[Local]:
        """Yield every text, by language."""
        return (words for answer in self.answers for _, words in answer.parts())

    def languages(self) -> Sequence[str]:
        """Return the languages that any text is in, the one it is written in first."""
        return list(dict.fromkeys([self.written_in, *(tag for words in self.texts() for tag in words)]))

    def is_draft(self, tag: str) -> bool:
        """Say whether some of it is shown in this language without anybody having checked the translation."""
        shown = {told(words, tag, self.written_in).tag for words in self.texts()} & {tag, base_of(tag)}
        return bool(shown - {self.written_in, *self.reviewed})

    def stands_in(self, tag: str) -> Sequence[str]:
        """Return the languages that stand in where there is no translation into this one."""
        shown = (told(words, tag, self.written_in).tag for words in self.texts())
        return [other for other in dict.fromkeys(shown) if base_of(other) != base_of(tag)]


def cautions(answer: CityAnswer, tag: str) -> Iterator[Words]:
    """Yield what has to be said of an answer's words in a language: not checked, or in another one."""
    if answer.is_draft(tag):
        yield say("answers.draft")
    if others := answer.stands_in(tag):
        yield say("language.stands_in", language=tuple(say("language.name", tag=other) for other in others))


@dataclass(frozen=True, slots=True)
class Told:
    """A text, and the tag of the language in which it really stands; empty where nobody knows."""

    text: str
    tag: str


def told(words: Mapping[str, str], tag: str, written_in: str = ENGLISH) -> Told:
    """Return a text in a language, or in what stands in for it; nothing is ever blank."""
    for wanted in (tag, base_of(tag), written_in, ENGLISH, *words):
        if words.get(wanted):
            return Told(words[wanted], wanted)
    return Told("", "")


def settled(answer: CityAnswer) -> CityAnswer:
    """Return an answer whose plain texts stand under the language that it is written in."""
    answers = tuple(
        one.model_copy(update={part: _settled(words, answer.written_in) for part, words in one.parts()})
        for one in answer.answers
    )
    return answer.model_copy(update={"answers": answers})


def _settled(words: Local, written_in: str) -> Local:
    return {tag or written_in: text for tag, text in words.items()}


class SinceLast(Part):
    """What a release tells of the round before: what changed, what the city answered or why it did not.

    `factors` are English names of the key factors that are answered, under the keys of `benchmark`. `note`
    is by language. `without_answer` is the city's reason for having given no answer, empty for none.
    """

    round: RoundId
    name: str
    benchmark: str
    factors: dict[str, str] = Field(default_factory=dict)
    note: Local = Field(default_factory=dict)
    answer: CityAnswer | None = None
    without_answer: str = ""


def round_before(round_: Round, rounds: Iterable[Round]) -> Round | None:
    """Return the latest earlier round of the same series and city that was open, or None.

    Rounds in which people only tell what they want, without questions, have no figures to answer to.
    """
    earlier = [
        other
        for other in rounds
        if (other.city, other.series, other.demonstration)
        == (round_.city, round_.series, round_.demonstration)
        and other.id != round_.id
        and other.opens_at < round_.opens_at
        and other.state in (RoundState.OPEN, RoundState.CLOSED, RoundState.RELEASED)
        and not other.conduct.get("listening")
    ]
    return max(earlier, key=lambda other: (other.opens_at, other.id), default=None)


@dataclass(frozen=True, slots=True)
class Kept:
    """A city's answer as it is kept, and the day on which it was written first."""

    answer: CityAnswer
    written_on: date


class CityAnswerStore(Protocol):
    """Keeps what cities answered, one answer for each round."""

    async def keep(self, answer: CityAnswer, at: datetime) -> None:
        """Keep an answer in place of the one before, whose day stays: letters about it go out once.

        The same transaction puts the change into the round's history; `at` is aware, UTC.
        """

    async def get(self, round_id: RoundId) -> Kept | None:
        """Return the answer to a round, or None."""

    async def all(self) -> Mapping[RoundId, date]:
        """Return the rounds that are answered, each with the day on which that was written first."""
