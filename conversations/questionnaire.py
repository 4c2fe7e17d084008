"""Definitions of what is asked: frozen, checked whole, with a fingerprint."""

import hashlib
import json
from collections.abc import Mapping
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from conversations.identifiers import Code, FactorKey, Fingerprint, QuestionId

Key = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_]{0,39}$")]
PackName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,39}$")]
Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


class Part(BaseModel):
    """A part of a definition: frozen, and it refuses keys that it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    @property
    def fingerprint(self) -> Fingerprint:
        """The hash of the definition's content: new wording is a new fingerprint."""
        content = json.dumps(self.model_dump(mode="json"), sort_keys=True, ensure_ascii=False)
        return Fingerprint(hashlib.sha256(content.encode()).hexdigest()[:32])


class QuestionType(StrEnum):
    """XLSForm's names of what a question takes."""

    SELECT_ONE = "select_one"
    SELECT_MULTIPLE = "select_multiple"
    INTEGER = "integer"
    TEXT = "text"
    NOTE = "note"


class Role(StrEnum):
    """What a question is for: side, which path to take, a key factor, a group, or an open word."""

    SIDE = "side"
    PATH = "path"
    FACTOR = "factor"
    GROUP = "group"
    OPEN = "open"


class Sensitivity(StrEnum):
    """Whether an answer may hurt who gave it; sensitive distributions are guarded more strictly."""

    ORDINARY = "ordinary"
    SENSITIVE = "sensitive"


class Condition(Part):
    """A condition on earlier answers, as data: one test on a question, or all, any, none of several.

    A test reads `question` and exactly one of `any_of` (codes), `at_least`, `at_most` (integers) or
    `answered`. A test on a question without an answer does not hold.
    """

    question: QuestionId | None = None
    any_of: tuple[Code, ...] | None = None
    at_least: int | None = None
    at_most: int | None = None
    answered: bool | None = None
    all: tuple["Condition", ...] | None = None
    any: tuple["Condition", ...] | None = None
    none: tuple["Condition", ...] | None = None


class Constraint(Part):
    """What a typed answer must keep to: a whole number's range, or a text's length in characters."""

    at_least: int | None = None
    at_most: int | None = None
    max_length: int | None = Field(default=None, ge=1, le=2_000)


class Choice(Part):
    """One answer that is offered: its code is the same in every language."""

    code: Key
    label: Words


class Band(Part):
    """A step of whole numbers, both ends included, in which an integer answer is tabulated."""

    code: Key
    label: Words
    at_least: int
    at_most: int | None = None


class Scale(Part):
    """A fully labelled list of choices that several questions share, in one direction."""

    key: Key
    choices: tuple[Choice, ...]


class Question(Part):
    """One question; it speaks to one key factor, asks about the factor itself, or about a group."""

    id: QuestionId = Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")
    type: QuestionType
    role: Role = Role.FACTOR
    key_factor: FactorKey | None = None
    about_factor: bool = False
    audience: tuple[Key, ...] = ()
    scale: Key | None = None
    choices: tuple[Choice, ...] = ()
    city_list: Literal["regions", "districts"] | None = None
    bands: tuple[Band, ...] = ()
    sensitivity: Sensitivity = Sensitivity.ORDINARY
    since: int = Field(ge=1)
    label: Words
    hint: Words | None = None
    required: bool = False
    relevant: Condition | None = None
    constraint: Constraint | None = None
    side_of: dict[Key, Key] = Field(default_factory=dict)
    """For the roles side and path: which side, or which path, each code stands for."""


class Questionnaire(Part):
    """A whole questionnaire: what is asked, in which order, speaking to which factors."""

    key: PackName
    benchmark: PackName
    version: int = Field(ge=1)
    purposes: tuple[Literal["monitor", "draft", "apply", "revise"], ...] = ("monitor",)
    audiences: tuple[Key, ...] = ("migrant", "host")
    paths: dict[Key, Key] = Field(default_factory=dict)
    """Which audience's questions each side answers, where the side is not itself an audience."""
    scales: tuple[Scale, ...] = Field(default=(), alias="scale")
    questions: tuple[Question, ...] = Field(default=(), alias="question")

    def question(self, question_id: str) -> Question:
        """Return the question with this id; `KeyError` if there is none."""
        return self.by_id[question_id]

    def choices_of(self, question: Question) -> tuple[Choice, ...]:
        """Return what `question` offers, from its scale or its own list, in order."""
        return question.choices if question.scale is None else self.choices_by_scale[question.scale]

    def with_role(self, role: Role) -> tuple[Question, ...]:
        """Return the questions with this role, in order."""
        return self.by_role.get(role, ())

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """Return a copy, which works out anew what was worked out here."""
        copied = super().model_copy(update=update, deep=deep)
        for name in ("by_id", "by_role", "choices_by_scale", "choice_labels"):
            copied.__dict__.pop(name, None)
        return copied

    # Worked out once: each turn of each participant asks for them many times.

    @cached_property
    def by_id(self) -> Mapping[str, Question]:
        """The questions by their ids; where an id stands twice (a finding), the first."""
        return {question.id: question for question in reversed(self.questions)}

    @cached_property
    def by_role(self) -> Mapping[Role, tuple[Question, ...]]:
        """The questions by their roles, each in order."""
        return {role: tuple(q for q in self.questions if q.role is role) for role in Role}

    @cached_property
    def choices_by_scale(self) -> Mapping[str, tuple[Choice, ...]]:
        """What each scale offers; where a scale stands twice (a finding), the first."""
        return {scale.key: scale.choices for scale in reversed(self.scales)}

    @cached_property
    def choice_labels(self) -> Mapping[str, Mapping[str, str]]:
        """The label of each code that a question offers, by the question's id; of equal codes the first."""
        return {
            question.id: {choice.code: choice.label for choice in reversed(self.choices_of(question))}
            for question in self.questions
        }
