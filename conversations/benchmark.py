"""A benchmark: one theme, its key factors with reasons, guide questions and evidence, and its context."""

from typing import Literal

from pydantic import Field

from conversations.identifiers import FactorKey
from conversations.questionnaire import Key, PackName, Part, Words


class GuideQuestion(Part):
    """A question that visitors from another city ask about a key factor."""

    key: Key
    text: Words


class Evidence(Part):
    """Something that can show whether a key factor is at work: a figure, a document, a practice."""

    key: Key
    text: Words
    kind: Literal["figure", "document", "practice"]


class KeyFactor(Part):
    """Something people do that makes integration work, with the reason why it matters."""

    key: FactorKey = Field(pattern=r"^[A-Z][0-9]{1,2}$")
    name: Words
    topic: Words | None = None
    """What a participant would call it, where somebody chooses what to write about; none for the name."""
    statement: Words
    why: Words
    basis: Words
    interlocks: tuple[FactorKey, ...] = ()
    guide_questions: tuple[GuideQuestion, ...] = Field(default=(), alias="guide_question")
    evidence: tuple[Evidence, ...] = ()


class ContextualFactor(Part):
    """A condition outside the city's power that shapes what it can reach."""

    key: Key
    text: Words


class Benchmark(Part):
    """One theme, 8 to 12 mostly qualitative key factors, and the context; never an index."""

    key: PackName
    version: int = Field(ge=1)
    theme: Words
    purpose: Words
    status: Words
    key_factors: tuple[KeyFactor, ...] = Field(default=(), alias="key_factor")
    contextual_factors: tuple[ContextualFactor, ...] = Field(default=(), alias="contextual_factor")

    def factor(self, key: str) -> KeyFactor:
        """Return the key factor with this key; `KeyError` if there is none."""
        for factor in self.key_factors:
            if factor.key == key:
                return factor
        raise KeyError(key)
