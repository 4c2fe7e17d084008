"""How words become an answer, or a rejection with a reason, for each type of question."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from conversations.numerals import whole_number
from conversations.questionnaire import Question, QuestionType
from conversations.session import Answer

MAX_TEXT = 2_000
"""Characters of a free text; a person reads them all."""

MAX_MESSAGE = 4_096
"""Characters of one message. Source: TELEGRAM.md, "The platform"."""


class Reason(StrEnum):
    """Why words are no answer; each has its sentence in every language."""

    NOT_A_CHOICE = "not_a_choice"
    NOT_A_NUMBER = "not_a_number"
    OUT_OF_RANGE = "out_of_range"
    EMPTY = "empty"
    TOO_LONG = "too_long"
    PRESS_A_BUTTON = "press_a_button"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class Rejection:
    """A reply that is no answer, and why."""

    reason: Reason


def read_words(question: Question, text: str) -> Answer | Rejection:
    """Read words as an answer to `question`; digits of every script count."""
    stripped = text.strip()
    if not stripped:
        return Rejection(Reason.EMPTY)
    return READERS[question.type](question, stripped)


def longest(question: Question) -> int:
    """Return how many characters an answer in words may have."""
    limit = question.constraint.max_length if question.constraint else None
    return min(limit or MAX_TEXT, MAX_TEXT)


def _text(question: Question, text: str) -> Answer | Rejection:
    """Any words, up to the question's length."""
    return Answer(text=text) if len(text) <= longest(question) else Rejection(Reason.TOO_LONG)


def _integer(question: Question, text: str) -> Answer | Rejection:
    """A whole number in the digits of any script, within the question's range."""
    if (number := whole_number(text)) is None:
        return Rejection(Reason.NOT_A_NUMBER)
    limits = question.constraint
    if limits and limits.at_least is not None and number < limits.at_least:
        return Rejection(Reason.OUT_OF_RANGE)
    if limits and limits.at_most is not None and number > limits.at_most:
        return Rejection(Reason.OUT_OF_RANGE)
    return Answer(number=number)


def _choice(question: Question, text: str) -> Answer | Rejection:
    """Words that match no label: labels and numbers were tried before."""
    return Rejection(Reason.NOT_A_CHOICE)


def _note(question: Question, text: str) -> Answer | Rejection:
    """A note takes no words."""
    return Rejection(Reason.PRESS_A_BUTTON)


READERS: Mapping[QuestionType, Callable[[Question, str], Answer | Rejection]] = MappingProxyType(
    {
        QuestionType.SELECT_ONE: _choice,
        QuestionType.SELECT_MULTIPLE: _choice,
        QuestionType.INTEGER: _integer,
        QuestionType.TEXT: _text,
        QuestionType.NOTE: _note,
    }
)
