"""Reads questions aloud: from a recording of these very words, else by a machine voice, else not at all."""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Iterator
from pathlib import Path
from weakref import WeakValueDictionary

from bot.aloud.opus import NotOpus
from bot.aloud.recordings import Recordings, content_of
from bot.aloud.spoken import Spoken, spoken
from bot.aloud.synthesis import LONGEST, Synthesiser, SynthesisError
from bot.i18n import Catalogues
from bot.screens import Reading
from conversations.errors import AppError
from conversations.identifiers import Locale, QuestionId
from conversations.instrument import Instrument

log = logging.getLogger(__name__)

AT_ONCE = 2  # voices at work: as many as a small machine has cores
IN_LINE = 8  # wishes that wait for a voice; who comes then is told at once that it is too much now
PATIENCE = 10.0  # seconds in that line; one question takes about 2.5 to be encoded (measured)
ROOM, MOST = 48_000_000, 400  # bytes, and sounds, in memory: 21 questions in sixteen languages, once each
WORDS_KEPT = 5_000  # questions whose words are known by their fingerprint; some hundred bytes each


def key_of(reading: Reading) -> str:
    """Return the message key that says who reads: a person, or a machine."""
    return "aloud.person" if reading.by_person else "aloud.machine"


class NotNow(AppError):
    """It cannot be read aloud right now."""


class Aloud:
    """What can be heard in this installation; silent until `prepare` has looked.

    Sounds that a machine made are kept in memory alone, never on disk: they hold our own words, and nobody's
    answers.
    """

    def __init__(
        self,
        catalogues: Catalogues,
        locales: Path,
        synthesiser: Synthesiser | None = None,
        patience: float = PATIENCE,
    ) -> None:
        """Prepare; recordings lie under `locales`, `patience` (seconds) is how long a wish waits in line."""
        self._catalogues = catalogues
        self._locales = locales
        self._synthesiser = synthesiser or Synthesiser()
        self._patience = patience
        self._recordings = Recordings()
        self._words: OrderedDict[str, Spoken] = OrderedDict()
        self._sounds: OrderedDict[str, bytes] = OrderedDict()
        self._lanes: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._gate = asyncio.Semaphore(AT_ONCE)
        self._in_line = 0

    async def prepare(self) -> None:
        """Look for recordings, and for a synthesiser and its languages."""
        self._recordings = await asyncio.to_thread(Recordings.read, self._locales)
        await self._synthesiser.prepare()

    def heard(self, instrument: Instrument) -> frozenset[tuple[Locale, QuestionId]]:
        """Return which questions can be heard in which of the languages that they are asked in."""
        return frozenset(self._heard(instrument))

    def _heard(self, instrument: Instrument) -> Iterator[tuple[Locale, QuestionId]]:
        recorded = {recording.tag for recording in self._recordings.all}
        for tag in (*instrument.languages, *sorted(instrument.variants)):
            if not self._synthesiser.speaks(tag) and not recorded:
                continue
            for question in instrument.questionnaire.questions:
                if self.reading(instrument, question.id, tag) is not None:
                    yield tag, question.id

    def reading(self, instrument: Instrument, question: str, tag: str) -> Reading | None:
        """Return how a question is read aloud in a language, or None if it is not."""
        asked = instrument.questionnaire.by_id.get(question)
        if asked is None:
            return None
        words = spoken(instrument, asked, self._catalogues.voice(tag, instrument.city.host_language))
        by_person = self._recordings.of(words) is not None
        if not by_person and not (self._synthesiser.speaks(tag) and len(words.text) <= LONGEST):
            return None
        self._words[words.fingerprint] = words
        self._words.move_to_end(words.fingerprint)
        while len(self._words) > WORDS_KEPT:
            self._words.popitem(last=False)
        return Reading(tag, question, words.fingerprint, by_person)

    async def sound(self, reading: Reading) -> bytes:
        """Return a sound as Opus in OGG.

        Raises:
            NotNow: too many ask at once, or what should read fails.
        """
        words = self._words.get(reading.fingerprint)
        if words is None:
            raise NotNow("these words are not known any more")
        if (recording := self._recordings.of(words)) is not None:
            try:
                return await asyncio.to_thread(content_of, recording.file)
            except NotOpus as caught:
                log.warning("a recording cannot be played", extra={"action": "read_aloud"})
                raise NotNow("the recording cannot be played") from caught
        async with self._lanes.setdefault(words.fingerprint, asyncio.Lock()):  # each is made once
            kept = self._sounds.get(words.fingerprint)
            if kept is None:
                kept = await self._made(words)
                self._keep(words.fingerprint, kept)
            self._sounds.move_to_end(words.fingerprint)
            return kept

    async def _made(self, words: Spoken) -> bytes:
        """Let the machine speak, few at once."""
        if self._in_line >= IN_LINE:
            raise NotNow("too many ask at once")
        self._in_line += 1
        try:
            async with asyncio.timeout(self._patience):
                await self._gate.acquire()
        except TimeoutError:
            raise NotNow("too many ask at once") from None
        finally:
            self._in_line -= 1
        try:
            return await self._synthesiser.speak(words.lines, words.tag)
        except SynthesisError as caught:
            log.warning("the machine voice failed", extra={"action": "read_aloud"})
            raise NotNow("the machine voice failed") from caught
        finally:
            self._gate.release()

    def _keep(self, fingerprint: str, sound: bytes) -> None:
        """Keep a sound while there is room; what was asked for longest ago goes first."""
        self._sounds[fingerprint] = sound
        while len(self._sounds) > MOST or (
            len(self._sounds) > 1 and sum(map(len, self._sounds.values())) > ROOM
        ):
            self._sounds.popitem(last=False)
