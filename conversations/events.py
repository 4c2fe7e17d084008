"""Facts that a step produces, in the past tense."""

from dataclasses import dataclass

from conversations.identifiers import Locale, QuestionId, RoundId


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened in a session."""


@dataclass(frozen=True, slots=True)
class Started(Event):
    """A session began in a round."""

    round: RoundId


@dataclass(frozen=True, slots=True)
class LanguageChosen(Event):
    """A language was chosen or changed."""

    locale: Locale


@dataclass(frozen=True, slots=True)
class Consented(Event):
    """Somebody said that they are old enough and want to answer."""


@dataclass(frozen=True, slots=True)
class Answered(Event):
    """A question was answered; the answer itself stands in the session only."""

    question: QuestionId


@dataclass(frozen=True, slots=True)
class Listened(Event):
    """Somebody wants to hear a question; nothing else changes."""

    question: QuestionId


@dataclass(frozen=True, slots=True)
class Removed(Event):
    """An answer was removed because its question is no longer on the path."""

    question: QuestionId


@dataclass(frozen=True, slots=True)
class Completed(Event):
    """All answers were reviewed and sent."""


@dataclass(frozen=True, slots=True)
class Withdrawn(Event):
    """Somebody refused or stopped; everything is erased."""


@dataclass(frozen=True, slots=True)
class Expired(Event):
    """A session lay idle too long, or its round closed; everything is erased."""
