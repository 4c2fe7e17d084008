"""Carries letters to their channels: paced, again and again, until each was said or nobody can hear it."""

import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from bot.letters import Letter, SpeakingChannel
from bot.pacing import Clock, Pace, Rates, Sleep
from conversations.errors import ChannelBusy, ChannelDown, ParticipantLeft, PromptRefused

Fresh = Callable[[], Awaitable[Letter | None]]
"""Writes a letter again: while it waited, there may be something newer to say, or nothing any more."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Carried:
    """What became of a letter: `note` finds what was said, None if the channel did not take it."""

    letter: Letter
    note: str | None = None
    has_left: bool = False

    @property
    def is_news(self) -> bool:
        """Whether something stands elsewhere than before, or was taken away: to be kept in mind."""
        return self.note != self.letter.shown or bool(self.letter.clears)


class Carrier:
    """Carries letters, each channel at its own pace; `calling` names those on their way right now."""

    def __init__(
        self,
        channels: Mapping[str, SpeakingChannel],
        clock: Clock,
        sleep: Sleep,
        rates: Rates | None = None,
    ) -> None:
        self._channels = channels
        self._clock = clock
        self._paces = {name: Pace(clock, sleep, rates) for name in channels}
        self.calling: set[str] = set()

    async def carry(self, name: str, letter: Letter | None, fresh: Fresh) -> Carried | None:
        """Try until a letter is said or nobody can hear it; None if there was nothing to say any more."""
        while letter is not None:
            pace = self._paces[letter.channel]
            if await pace.turn(letter.chat):
                letter = await fresh()
            if letter is None or not pace.is_open:
                continue
            self.calling.add(name)
            try:
                return Carried(letter, await self._call(letter, pace))
            except (ChannelBusy, ChannelDown):
                self.calling.discard(name)
            except ParticipantLeft:
                return Carried(letter, has_left=True)
            except PromptRefused as caught:
                log.error("refused by the channel", extra={"action": "say", "error": type(caught).__name__})
                return Carried(letter)
        return None

    async def tidy(self, carried: Carried) -> bool:
        """Take away what a letter took the place of; False where the channel wants to be left alone."""
        letter, note = carried.letter, carried.note
        if note is None or note == letter.shown:
            return True
        pace = self._paces[letter.channel]
        if not pace.is_open:
            return False
        try:
            await self._channels[letter.channel].take_away(letter.account, letter.shown, note)
        except ChannelBusy as caught:
            pace.busy(caught.wait)
            return False
        return True

    async def tidy_later(self, carried: Carried) -> None:
        """Do the same as soon as the channel takes calls again."""
        is_tidy = False
        while not is_tidy:
            await self._paces[carried.letter.channel].opened()
            is_tidy = await self.tidy(carried)

    async def _call(self, letter: Letter, pace: Pace) -> str:
        """Call the channel once and let its pace know what came of it."""
        began, channel = self._clock(), self._channels[letter.channel]
        try:
            if letter.clears:
                await channel.clear(letter.account, letter.clears)
            note = await channel.show(
                letter.account, letter.screen, letter.shown, lambda: pace.another(letter.chat)
            )
        except ChannelBusy as caught:
            pace.busy(caught.wait)
            raise
        except ChannelDown as caught:
            if not pace.is_down:
                words = f"{letter.channel} cannot be reached; trying again until it can"
                log.error(words, extra={"action": "say", "error": type(caught).__name__})
            pace.down(began)
            raise
        finally:
            pace.spoke(letter.chat)
        if pace.is_down:
            log.warning("%s can be reached again", letter.channel, extra={"action": "say"})
        pace.up()
        return note
