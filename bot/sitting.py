"""One sitting of a reviewer: the texts of a round one at a time, each decision kept at once."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.registry import Registry
from conversations.errors import ReleaseError
from conversations.identifiers import Locale
from conversations.instrument import Instrument
from conversations.session import LONGEST_TEXT, WrittenText
from conversations.texts import ReviewedText, TextId
from conversations.wording import say
from reports.disclosure.texts import AnyText, Writers, writers
from reports.planned import Frame
from reports.reviewing import Mark, capitalised, marks, plain

ANOTHER_LANGUAGE = "another language"
"""What the reviewer is told in place of a language that few of its side wrote in."""


@dataclass(frozen=True, slots=True)
class Shown:
    """One text as its reviewer sees it: key factor and side, never who, when, or a rare language.

    `rare`: it may enter in the reviewer's own words only.
    """

    id: TextId
    key_factor: str
    side: str
    language: str
    rare: bool
    text: str = field(repr=False)
    marks: tuple[Mark, ...] = field(repr=False)
    capitalised: tuple[str, ...] = field(repr=False)


class Sitting:
    """One sitting of one reviewer: texts in random order, each decision kept at once."""

    def __init__(
        self,
        registry: Registry,
        instrument: Instrument,
        frame: Frame,
        texts: dict[TextId, AnyText],
        publication: Locale,
        queue: Sequence[TextId],
    ) -> None:
        self.publication = publication
        self._registry = registry
        self._instrument = instrument
        self._frame = frame
        self._texts = texts
        self._queue = list(queue)

    def next(self) -> Shown | None:
        """Return the next text that wants a decision, or None at the end; what is put off comes next time."""
        counted = writers(self._texts.values(), self._frame)
        while self._queue:
            id_ = self._queue.pop()
            if _is_due(self._texts[id_], counted, self.publication):
                return self._shown(id_, counted)
        return None

    def _shown(self, id_: TextId, counted: Writers) -> Shown:
        text = self._texts[id_]
        words = plain(text.text)
        rare = not counted.is_common(text)
        return Shown(
            id=id_,
            key_factor=self._instrument.benchmark.factor(text.key_factor).name,
            side=self._registry.catalogues.voice("en").say(say(f"side.{counted.side_of(text)}")),
            language=ANOTHER_LANGUAGE if rare else text.language,
            rare=rare,
            text=words,
            marks=marks(words),
            capitalised=capitalised(words),
        )

    async def accept(self, shown: Shown, words: str) -> bool:
        """Let a text in with these words, its own or those left after redacting; say whether it was there.

        Raises:
            ReleaseError: its language is rare, or the words are empty or too long.
        """
        if shown.rare:
            raise ReleaseError("few people wrote in this language: it can enter in your own words only")
        before = self._texts[shown.id]
        return await self._keep(shown.id, _reviewed(before, words, before.language, paraphrase=False))

    async def paraphrase(self, shown: Shown, words: str) -> bool:
        """Let the reviewer's own words in, in the language of the publication; say whether it was there.

        Raises:
            ReleaseError: the words are empty or too long.
        """
        before = self._texts[shown.id]
        return await self._keep(shown.id, _reviewed(before, words, self.publication, paraphrase=True))

    async def refuse(self, shown: Shown) -> bool:
        """Destroy a text at once; say whether it was there."""
        round_id = self._instrument.round
        gone = await self._registry.texts.decide(round_id, shown.id, None)
        del self._texts[shown.id]
        return gone is not None

    async def _keep(self, id_: TextId, decision: ReviewedText) -> bool:
        new_id = await self._registry.texts.decide(self._instrument.round, id_, decision)
        del self._texts[id_]
        if new_id is not None:
            self._texts[new_id] = decision
        return new_id is not None


def _is_due(text: AnyText, counted: Writers, publication: Locale) -> bool:
    """Say whether a text wants a decision: nobody needs to read what can never enter.

    One that was let in is due again when others were refused since, so that its language became rare.
    """
    if not counted.has_company(text):
        return False
    return isinstance(text, WrittenText) or not counted.may_enter(text, publication)


def _reviewed(before: AnyText, words: str, language: Locale, *, paraphrase: bool) -> ReviewedText:
    """Return a decision about a text, its words without anything that acts on a screen."""
    text = plain(words)
    if not text:
        raise ReleaseError("no words are left; refuse the text, or put it in your own words")
    if len(text) > LONGEST_TEXT:
        raise ReleaseError(f"these are {len(text)} characters; take at most {LONGEST_TEXT}")
    return ReviewedText(
        side=before.side,
        key_factor=before.key_factor,
        language=before.language,
        text=text,
        text_language=language,
        paraphrase=paraphrase,
    )
