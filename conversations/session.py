"""One participant's way through one questionnaire in one round, as a document."""

from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from conversations.identifiers import (
    Code,
    FactorKey,
    Fingerprint,
    Locale,
    ParticipantKey,
    QuestionId,
    RelayId,
    RoundId,
)

FORMAT = 1
"""The version of a stored session; older ones are lifted by pure upgraders when they are read."""


class Status(StrEnum):
    """Where a session stands."""

    WAITING = "waiting"
    SENT = "sent"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


ALLOWED = MappingProxyType(
    {
        Status.WAITING: frozenset({Status.SENT, Status.EXPIRED, Status.WITHDRAWN}),
        Status.SENT: frozenset[Status](),
        Status.EXPIRED: frozenset[Status](),
        Status.WITHDRAWN: frozenset[Status](),
    }
)
"""The moves between statuses. A sent session is deleted by the flush; a withdrawal code finds its box."""


class Place(StrEnum):
    """Where in the conversation a session waits."""

    LANGUAGE = "language"
    INTRO = "intro"
    CONSENT = "consent"
    CODE = "code"
    QUESTION = "question"
    REVIEW = "review"
    THANKS = "thanks"


Aside = Literal["why", "language", "languages", "pause", "stop", "change"]
"""Something said beside the way, from which the first button leads back to it."""


class Document(BaseModel):
    """A part of the session's document; its `repr` hides what was said so that logs stay clean."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    def __repr__(self) -> str:
        return f"{type(self).__name__}(…)"

    __str__ = __repr__


class Answer(Document):
    """What was answered: codes, a whole number or a text; none of them means skipped (a note: read)."""

    codes: tuple[Code, ...] = ()
    number: int | None = None
    text: str | None = None

    @property
    def skipped(self) -> bool:
        """Whether the question was passed over."""
        return not self.codes and self.number is None and self.text is None


LONGEST_TEXT = 2_000  # characters; staff read these


class WrittenText(Document):
    """A free text with nothing but what a release may say of it: side, key factor and language.

    `language` is the one the person answered in; empty where it was not kept: then it counts as a rare one.
    """

    side: Code
    key_factor: FactorKey
    question: QuestionId
    text: Annotated[str, Field(max_length=LONGEST_TEXT)]
    language: Locale = Locale("")


class Sheet(Document):
    """A finished set of answers as it goes into a box: no person, no order, no time, no language.

    `answers` maps question ids to codes; an integer answer is its digits as one code. `relay` is the id of
    the relay that the person came by, empty for none; `came_by` is its kind, empty where it was not kept.
    """

    side: Code
    answers: dict[QuestionId, tuple[Code, ...]]
    relay: RelayId = RelayId("")
    came_by: Code = Code("")
    assisted: bool = False


class Session(Document):
    """One way through one questionnaire in one round.

    `turn` counts changes and names the prompt a button belongs to; `mark` is a random word that tells one
    person's open sessions apart in button data; `focus` is highest in the session that typed words go to;
    `withdrawal_code` is sixteen digits, used only if `wants_code`; `marking_since` is the first turn whose
    marks still count (ticking several choices quickly presses buttons of earlier turns).
    `relay` and `came_by` say how the person came, `assisted` whether a facilitator sits beside; `code` is the
    one-use code that sending will spend, `receipt` the code that a receipt would carry; both may be empty.
    """

    format: int = FORMAT
    key: ParticipantKey
    round: RoundId
    fingerprint: Fingerprint
    mark: str
    withdrawal_code: str
    status: Status = Status.WAITING
    turn: int = 1
    focus: int = 0
    locale: Locale
    place: Place = Place.LANGUAGE
    question: QuestionId | None = None
    aside: Aside | None = None
    notice: str | None = None
    marks: tuple[Code, ...] = ()
    marking_since: int = 0
    answers: dict[QuestionId, Answer] = Field(default_factory=dict)
    wants_code: bool = False
    touched_on: date
    sheet: Sheet | None = None
    texts: tuple[WrittenText, ...] = ()
    relay: RelayId = RelayId("")
    came_by: Code = Code("directly")
    assisted: bool = False
    code: str = ""
    receipt: str = ""


def read_session(document: str | bytes) -> Session:
    """Read a stored session of this or an earlier format."""
    return Session.model_validate_json(document)
