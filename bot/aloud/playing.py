"""Plays questions of open rounds to anybody who asks: they are no secret, and nobody's answers."""

from collections.abc import Callable
from datetime import datetime

from bot.aloud.reader import Aloud
from bot.programme import Programme
from bot.screens import Reading


class Player:
    """Finds what an address names, among the questions that are asked now; `now` is the clock."""

    def __init__(self, programme: Programme, aloud: Aloud, now: Callable[[], datetime]) -> None:
        self._programme = programme
        self._aloud = aloud
        self._now = now

    async def play(self, tag: str, question: str, fingerprint: str) -> bytes | None:
        """Return a sound as Opus in OGG, or None where no open round asks these words.

        Raises:
            NotNow: it cannot be read aloud right now.
        """
        reading = await self._named(tag, question, fingerprint)
        return None if reading is None else await self._aloud.sound(reading)

    async def _named(self, tag: str, question: str, fingerprint: str) -> Reading | None:
        for instrument in (await self._programme.open_now(self._now())).values():
            if (tag, question) in instrument.heard:
                reading = self._aloud.reading(instrument, question, tag)
                if reading is not None and reading.fingerprint == fingerprint:
                    return reading
        return None
