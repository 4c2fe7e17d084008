"""Texts on their way into a release: waiting, reviewed by a person, and the keeper of both."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, NewType, Protocol

from pydantic import Field

from conversations.identifiers import Code, FactorKey, Locale, RoundId
from conversations.session import LONGEST_TEXT, Document, WrittenText

TextId = NewType("TextId", bytes)
"""The random name of a text's box; it changes when somebody decides about the text."""


class ReviewedText(Document):
    """A text as a person lets it into the release.

    `language` is what its writer answered in, so that writers can still be counted; `text_language` is the
    language of the words as they stand now, another one if the reviewer put it in own words (`paraphrase`).
    """

    side: Code
    key_factor: FactorKey
    language: Locale = Locale("")
    text: Annotated[str, Field(min_length=1, max_length=LONGEST_TEXT)]
    text_language: Locale
    paraphrase: bool = False


@dataclass(frozen=True, slots=True)
class OpenedTexts:
    """All texts of a round at one moment, by the names of their boxes, in random order."""

    waiting: Mapping[TextId, WrittenText]
    reviewed: Mapping[TextId, ReviewedText]


class TextStore(Protocol):
    """Keeps the texts of a closed round until they are released, refused, or 90 days have passed."""

    async def waiting(self, round_id: RoundId) -> int:
        """Return how many texts nobody has reviewed; needs no key."""

    async def open_all(self, round_id: RoundId) -> OpenedTexts:
        """Open every text of a round, in memory, in random order.

        Raises:
            KeyHeld: the round's text key is shut with a passphrase that staff hold.
        """

    async def decide(self, round_id: RoundId, id_: TextId, decision: ReviewedText | None) -> TextId | None:
        """Put a decision in the place of a text, sealed under a new random name; None refuses the text.

        A refused text is gone at once. Returns the new name (for a refused text the old one), or None,
        having changed nothing, if the text is not there any more: withdrawn, released, or decided about by
        somebody else.
        """
