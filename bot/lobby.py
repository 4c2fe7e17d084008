"""What one participant can see: open sessions, rounds to choose from, and the words and screens for them."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from bot.desk import Desk
from bot.hearing import Address, Phone
from bot.notices import ROUND, TELL, Notices
from bot.rendering import render, render_notice, typed_token
from bot.screens import Screen, ScreenButton
from conversations.identifiers import RoundId
from conversations.instrument import Instrument
from conversations.ports import Draft, Known, Notice
from conversations.prompting import prompt_of
from conversations.prompts import ButtonKind
from conversations.relays import NOWHERE, Arrival, Stranger
from conversations.session import Status
from conversations.wording import say

WITHOUT = (("n.start", "notice.link_without"),)
"""The way on for somebody whose link leads nowhere now."""


class Lobby:
    """What there is for one participant, in one turn; changes nothing."""

    def __init__(
        self,
        desk: Desk,
        address: Address,
        phone: Phone,
        instruments: Mapping[RoundId, Instrument],
        now: datetime,
        opens: datetime | None,
    ) -> None:
        self._desk = desk
        self._address = address
        self._phone = phone
        self._instruments = instruments
        self._opens = opens
        self._came = desk.relays.arrival(phone.arrival, now, address.channel)

    def which(self, known: Known) -> Notice:
        """Ask which round, or say why there is none to answer."""
        if (said := self._of_link(known)) is not None:
            return said
        notices = self.notices(known)
        free = self.free(known)
        if free:
            return notices.which_round(free, numbered=not self.waiting(known))
        ways = TELL if self.may_tell(known) else ()
        asking = [one for one in self._instruments.values() if not one.conduct.listening]
        if asking:
            return notices.on_day("already", asking[0].closes_on, ways)
        if self._opens is not None:
            return notices.on_day("next_opens", self._opens.date(), ways)
        return notices.plain("none_open", ways)

    def _of_link(self, known: Known) -> Notice | None:
        """Say why the link that somebody opened leads to no round now, or None where there is none to say."""
        notices, free = self.notices(known), self.free(known)
        ways = WITHOUT if free else ()
        if isinstance(self._came, Stranger):
            return notices.plain("link_strange", ways) if free else None
        if not self._came.series or self.led_to(known):
            return None
        here = [one for one in self._instruments.values() if self._leads_to(one)]
        if here:
            return notices.on_day("already", here[0].closes_on, ways)
        day = self._desk.programme.next_day_of(self._came.city, self._came.series)
        return notices.on_day("link_later", day, ways) if day else notices.plain("link_unplanned", ways)

    def _leads_to(self, instrument: Instrument) -> bool:
        """Say whether the way that somebody came leads to a round."""
        came = self._came
        asks = not instrument.conduct.listening
        return asks and isinstance(came, Arrival) and came.leads_to(instrument.city.key, instrument.series)

    def led_to(self, known: Known) -> list[Instrument]:
        """Return the rounds that can be begun now: the one that a link leads to, else all that are free."""
        free = [instrument for instrument in self.free(known) if self._leads_to(instrument)]
        if self._came == NOWHERE:
            return free
        begun = {draft.session.round for draft in self.waiting(known)}
        return [instrument for instrument in free if instrument.round not in begun][:1]

    def may_choose(self, known: Known) -> bool:
        """Say whether somebody who has begun may turn to another round: by a link, or among several."""
        return len(self.free(known)) > 1 if self._came == NOWHERE else bool(self.led_to(known))

    def arrival_in(self, instrument: Instrument) -> Arrival:
        """Return how somebody came to the round that they begin in."""
        return self._came if isinstance(self._came, Arrival) and self._leads_to(instrument) else NOWHERE

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages to speak, best first: that of the link, then those of the phone."""
        locale = self._came.locale if isinstance(self._came, Arrival) else None
        return (locale, *self._phone.languages) if locale else self._phone.languages

    def here(self) -> Instrument | None:
        """Return whose words say where somebody is: an open round's, else those of the last one, if any."""
        return next(iter(self._instruments.values()), self._desk.programme.newest())

    def tell(self, known: Known) -> Notice:
        """Say where help is to be found, and how one can write in one's own words, or why not now."""
        listening = self.listening()
        if listening is None:
            return self.notices(known).tell("tell_off", self.here())
        if not self.may_tell(known):
            return self.notices(known).tell("tell_already", listening)
        return self.notices(known).tell("tell_ask", listening, TELL)

    def typed_round(self, known: Known, text: str) -> RoundId | None:
        """Return the round that typed words choose, where there are several to choose from."""
        if len(self.free(known)) < 2:
            return None
        token = typed_token(self.notice_screen(self.which(known)), text)
        return None if token is None else RoundId(token.removeprefix(ROUND))

    def free(self, known: Known) -> list[Instrument]:
        """Return the open monitoring rounds in which this person has not yet sent answers."""
        return [instrument for instrument in self.open_to(known) if not instrument.conduct.listening]

    def open_to(self, known: Known) -> list[Instrument]:
        """Return all open rounds in which this person has not yet sent anything, listening ones too."""
        sent = {d.session.round for d in known.drafts if d.session.status is Status.SENT}
        done = sent | known.took_part
        return [instrument for round_id, instrument in self._instruments.items() if round_id not in done]

    def listening(self) -> Instrument | None:
        """Return the open listening round, if this is switched on."""
        return next((one for one in self._instruments.values() if one.conduct.listening), None)

    def may_tell(self, known: Known) -> bool:
        """Say whether this person can write in the open listening round: once in each."""
        return any(instrument.conduct.listening for instrument in self.open_to(known))

    def on_view(self, known: Known) -> list[Draft]:
        """Return what to show first: open sessions, else what was sent, the newest first.

        What was written in a listening round never stands before a round that can be answered.
        """
        here = sorted(filter(self.is_here, known.drafts), key=lambda draft: -draft.session.focus)
        if self.free(known):
            here = [draft for draft in here if not self._instruments[draft.session.round].conduct.listening]
        return self.waiting(known) or here

    def waiting(self, known: Known) -> list[Draft]:
        """Return the open sessions, the one that typed words go to first."""
        waiting = [
            draft for draft in known.drafts if draft.session.status is Status.WAITING and self.is_here(draft)
        ]
        return sorted(waiting, key=lambda draft: -draft.session.focus)

    def is_here(self, draft: Draft) -> bool:
        """Say whether a draft's round is open."""
        return draft.session.round in self._instruments

    def focus(self, known: Known) -> int:
        """Return a number above that of every open session."""
        return 1 + max((draft.session.focus for draft in known.drafts), default=0)

    def notices(self, known: Known, draft: Draft | None = None) -> Notices:
        """Return the maker of notices, in the language in use."""
        using = draft or next(iter(self.waiting(known) or known.drafts), None)
        if using is not None:
            return Notices(self._desk.catalogues, self._address, using.session.locale)
        offered = next((i.languages for i in self._instruments.values()), self._desk.catalogues.tags)
        return Notices(
            self._desk.catalogues, self._address, self._desk.catalogues.match(self.languages, offered)
        )

    def screen(self, draft: Draft) -> Screen:
        """Return what a draft's session says, in its language."""
        instrument = self._instruments[draft.session.round]
        voice = self._desk.catalogues.voice(draft.session.locale, instrument.city.host_language)
        screen = render(prompt_of(instrument, draft.session), voice, draft.session.mark)
        if self._address.returns or self._desk.aloud is None or screen.button("h") is None:
            return screen
        reading = self._desk.aloud.reading(instrument, screen.question or "", draft.session.locale)
        return replace(screen, reading=reading)

    def with_ways_on(self, draft: Draft, known: Known) -> Screen:
        """Return a draft's screen; a page that cannot be written to later names other rounds after thanks."""
        screen = self.screen(draft)
        if self._address.returns or draft.session.status is not Status.SENT:
            return screen
        others = [other for other in self.free(known) if other.round != draft.session.round]
        ways = [ScreenButton(f"{ROUND}{other.round}", other.name, ButtonKind.ANSWER) for other in others]
        listened = self._instruments[draft.session.round].conduct.listening
        if self.may_tell(known) and not listened and not draft.session.assisted:
            voice = self._desk.catalogues.voice(draft.session.locale)
            ways += [ScreenButton(token, voice.say(say(key)), ButtonKind.ANSWER) for token, key in TELL]
        return replace(screen, buttons=(*screen.buttons, *ways))

    def notice_screen(self, notice: Notice) -> Screen:
        """Return a notice in words."""
        return render_notice(notice, self._desk.catalogues.voice(notice.locale))
