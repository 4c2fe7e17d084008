"""One turn of one participant: what is heard, kept and said between BEGIN and COMMIT."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from bot.codes import by_card, looked_up, tried
from bot.desk import Desk
from bot.hearing import Address, Heard, Phone
from bot.i18n.names import meant
from bot.lobby import Lobby
from bot.notices import TELL
from bot.receipts import new_receipt, within_pool
from bot.rendering import typed_token
from bot.traces import has_older, notes_of, traced
from conversations.engine import Beginning, Step, refocus, resume, start
from conversations.errors import NotWaiting, StaleReply
from conversations.events import Listened
from conversations.identifiers import Locale, ParticipantKey, RoundId
from conversations.instrument import Instrument
from conversations.moves import Asked, Handed, Marked, Pressed, Reply, Typed, Unreadable, Wish
from conversations.ports import (
    Draft,
    Known,
    Notice,
    Outcome,
)
from conversations.prompting import is_choosing, languages
from conversations.question_types import MAX_MESSAGE
from conversations.session import Place, Status
from conversations.wording import say

NOBODY = Known((), frozenset())
"""What is known of somebody who was never here."""


class Turn:
    """One turn: everything in it happens between BEGIN and COMMIT, without await."""

    def __init__(
        self,
        desk: Desk,
        address: Address,
        phone: Phone,
        instruments: Mapping[RoundId, Instrument],
        keys: Mapping[RoundId, ParticipantKey],
        now: datetime,
        opens: datetime | None,
    ) -> None:
        self._desk = desk
        self._address = address
        self._phone = phone
        self._instruments = instruments
        self._keys = keys
        self._now = now
        self._lobby = Lobby(desk, address, phone, instruments, now, opens)

    def hear(self, known: Known, reply: Reply, mark: str) -> Outcome:
        """Take a reply in the session it belongs to, or begin one."""
        waiting = self._lobby.waiting(known)
        if isinstance(reply, Typed) and len(reply.text) > MAX_MESSAGE:
            reply = Unreadable("too_long")
        if isinstance(reply, Typed) and (chosen := self._lobby.typed_round(known, reply.text)) is not None:
            return self.join(known, chosen)
        if isinstance(reply, Pressed | Marked) and mark:
            found = next((draft for draft in waiting if draft.session.mark == mark), None)
            if found is None:
                return self._toast("session.moved_on" if waiting else "session.lost", known)
            return self._resume(found, reply, known)
        if waiting and not (reply == Asked(Wish.START) and self._lobby.may_choose(known)):
            return self._resume(waiting[0], reply, known)
        return self._begin(known, reply)

    def look(self, known: Known) -> Outcome:
        """Show what there is to see: the open session, the thanks, which round, or a beginning."""
        drafts = self._lobby.on_view(known)
        if drafts:
            return Outcome(value=Heard(lambda: self._lobby.with_ways_on(drafts[0], known)))
        led = self._lobby.led_to(known)
        if len(led) == 1:
            draft, _ = self._fresh(led[0], known)
            # Nothing is kept by looking, so the first press finds no session with this mark: it names none.
            return Outcome(value=Heard(lambda: replace(self._lobby.screen(draft), mark="")))
        lobby = self._lobby.which(known)
        return Outcome(value=Heard(lambda: self._lobby.notice_screen(lobby)))

    def join(self, known: Known, round_id: RoundId) -> Outcome:
        """Go on, or begin, in the round that was named."""
        for draft in self._lobby.waiting(known):
            if draft.session.round == round_id:
                step = refocus(
                    self._instruments[round_id], draft.session, self._lobby.focus(known), self._now
                )
                return self._keep(draft, step, known)
        for instrument in self._lobby.open_to(known):
            if instrument.round == round_id:
                draft, step = self._fresh(instrument, known)
                return self._keep(draft, step, known)
        return self._say(self._lobby.which(known), known)

    def tell(self, known: Known, topic: str) -> Outcome:
        """Say something beside any session, which stays as it is."""
        waiting = self._lobby.waiting(known)
        if topic == "unreadable" and waiting:
            return self._resume(waiting[0], Unreadable("unreadable"), known)
        if topic == "hide":
            return self._hide(known)
        if topic == "tell" and self._lobby.may_tell(known) and (listening := self._lobby.listening()):
            return self.join(known, listening.round)
        if topic in ("tell", "tell_ask"):
            return self._say(self._lobby.tell(known), known)
        notices = self._lobby.notices(known)
        instrument = self._lobby.here()
        if topic == "privacy":
            return self._say(notices.privacy(instrument), known)
        if topic == "help":
            return self._say(notices.help(instrument), known)
        if topic == "news_yes" and not self._address.returns:
            return self._say(notices.plain("news_none"), known)
        return self._say(notices.plain(topic), known)

    def _hide(self, known: Known) -> Outcome:
        """Take everything that we know of off the phone; open answers stay, and go on at the next word."""
        using = next(iter(self._lobby.waiting(known) or known.drafts), None)
        clears = tuple(note for draft in known.drafts for note in notes_of(draft))
        older = using is None or any(has_older(draft, self._now.date()) for draft in known.drafts)
        notice = self._lobby.notices(known).plain("hidden_older" if older else "hidden")
        said = replace(notice, clears=(*clears, self._phone.trace))
        outcome = self._say(said, known)
        if using is None:
            return outcome
        turn = using.session.turn + 1  # no button from before counts, and nothing is read aloud any more
        turned = using.session.model_copy(update={"turn": turn, "marking_since": turn})
        return replace(outcome, save=Draft(turned, using.address))

    def _begin(self, known: Known, reply: Reply) -> Outcome:
        """Begin a session where exactly one round is free; otherwise ask which, or say why not."""
        led = self._lobby.led_to(known)
        if reply == Asked(Wish.STOP):
            sent = any(draft.session.status is Status.SENT for draft in known.drafts) or known.took_part
            notices = self._lobby.notices(known)
            return self._say(notices.plain("sent_before") if sent else notices.again("erased"), known)
        if len(led) != 1:
            return self._say(self._lobby.which(known), known)
        draft, step = self._fresh(led[0], known)
        if isinstance(reply, Pressed | Marked) or (isinstance(reply, Typed) and not self._address.returns):
            return self._resume(draft, reply, known)
        return self._keep(draft, step, known)

    def _resume(self, draft: Draft, reply: Reply, known: Known) -> Outcome:
        """Let the engine take a reply; typed labels and numbers press their button."""
        instrument = self._instruments[draft.session.round]
        if isinstance(reply, Typed):
            token = typed_token(self._lobby.screen(draft), reply.text)
            if token is None and is_choosing(draft.session):
                token = _named_language(languages(instrument, draft.session), reply.text)
            if token is not None:
                reply = Pressed(token, draft.session.turn)
        reply = looked_up(known, self._desk.relays, instrument, draft.session, reply, self._phone)
        try:
            step = resume(instrument, draft.session, reply, self._now)
        except (StaleReply, NotWaiting):
            return self._toast("session.moved_on", known)
        if any(isinstance(event, Listened) for event in step.events):
            return self._listen(draft, known)
        outcome = self._keep(draft, within_pool(step, known, instrument), known)
        return tried(outcome) if reply == Handed(None) else outcome

    def _listen(self, draft: Draft, known: Known) -> Outcome:
        """Have a question read aloud, where the channel can write: nothing of the session changes."""
        session = draft.session
        wanted = {"round": session.round, "question": session.question or "", "turn": session.turn}
        notice = Notice(
            str(self._address),
            session.locale,
            "aloud.machine",
            wanted,
            session=session.key,
            heard=self._phone.trace if self._phone.trace != draft.shown else "",
        )
        listens = notice if self._address.returns else None
        return Outcome(value=Heard(lambda: self._lobby.with_ways_on(draft, known), listens=listens))

    def _keep(self, draft: Draft, step: Step, known: Known) -> Outcome:
        """Store a step, and say its prompt; of what was stopped nothing is kept."""
        if step.session.status is Status.WITHDRAWN:
            refused = draft.session.place in (Place.LANGUAGE, Place.INTRO, Place.CONSENT)
            key = "declined" if refused else "erased"
            older = "_older" if self._address.returns and has_older(draft, self._now.date()) else ""
            notice = self._lobby.notices(known, draft).again(f"{key}{older}")
            clears = notes_of(traced(replace(draft, shown=""), self._phone, self._now.date()))
            if (
                step.session.assisted
            ):  # the next person reads it: in no language of this one, and nothing stays
                notice = self._lobby.notices(NOBODY).between("assisted_next")
                others = (other for other in known.drafts if other.session.key != draft.session.key)
                clears += tuple(note for other in others for note in notes_of(other))
            said = replace(notice, shown=draft.shown, clears=clears)
            return replace(self._say(said, known, ended=True), erase=step.session.key)
        returns = self._address.returns
        address = str(self._address) if returns else ""
        kept = traced(replace(draft, session=step.session, address=address), self._phone, self._now.date())
        notices: tuple[Notice, ...] = ()
        listening = self._instruments[step.session.round].conduct.listening
        if step.session.status is Status.SENT and returns and not listening and not step.session.assisted:
            asked = self._lobby.notices(known, kept).news_ask(TELL if self._lobby.may_tell(known) else ())
            notices = (replace(asked, session=kept.session.key),)
        heard = Heard(lambda: self._lobby.with_ways_on(kept, known))
        spend = draft.session.code if step.session.status is Status.SENT else ""
        return Outcome(save=kept, speak=returns, notices=notices, value=heard, spend=spend)

    def _fresh(self, instrument: Instrument, known: Known) -> tuple[Draft, Step]:
        """Make a session that has only just begun."""
        way = self._lobby.arrival_in(instrument)
        beginning = Beginning(
            key=self._keys[instrument.round],
            mark=self._desk.chance.mark(),
            withdrawal_code=self._desk.chance.withdrawal_code(),
            locale=Locale(self._desk.catalogues.match(self._lobby.languages, instrument.languages)),
            focus=self._lobby.focus(known),
            arrival=by_card(known, self._desk.relays, instrument, way, self._now.date()),
            receipt=new_receipt(self._desk.keyring, instrument, self._desk.chance),
        )
        step = start(instrument, beginning, self._now)
        return Draft(step.session, str(self._address) if self._address.returns else ""), step

    def _say(self, notice: Notice, known: Known, ended: bool = False) -> Outcome:
        """Say a notice: into the outbox where the channel can write, else on the page."""
        shown = notice
        heard = Heard(lambda: self._lobby.notice_screen(shown), ended=ended)
        using = next(iter(self._lobby.waiting(known) or known.drafts), None)
        if using is not None and not ended and not notice.clears:
            notice = replace(notice, heard=self._phone.trace, session=using.session.key)
        return Outcome(notices=(notice,) if self._address.returns else (), value=heard)

    def _toast(self, key: str, known: Known) -> Outcome:
        """Answer an old button with a short word; on a page, beside what is now to be seen."""
        locale = self._lobby.waiting(known)[0].session.locale if self._lobby.waiting(known) else None
        tag = locale or self._desk.catalogues.match(self._phone.languages, self._desk.catalogues.tags)
        shows = None if self._address.returns else self.look(known).value.shows
        return Outcome(value=Heard(shows, toast=self._desk.catalogues.voice(tag).say(say(key))))


def _named_language(offer: Sequence[Locale], text: str) -> str | None:
    """Return the token of the language on offer whose name was written, in whatever language and script."""
    named = meant(text, offer)
    return None if named is None else f"l{offer.index(Locale(named))}"
