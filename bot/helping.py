"""Somebody helps several people, one after another, in one chat: each has their own consent and session."""

from collections.abc import Collection
from dataclasses import replace

from bot.assisting import Assisting
from bot.desk import Desk
from bot.dialogue import Dialogue
from bot.hearing import Address, Heard, Phone
from bot.notices import Notices
from bot.screens import Screen
from bot.turn import Turn
from conversations.facilitating import Evening
from conversations.identifiers import ParticipantKey, RoundId, UpdateId
from conversations.moves import Asked, Pressed, Reply, Typed, Wish
from conversations.ports import Known, Notice, Outcome
from conversations.prompting import NEXT
from conversations.session import Status

TOPIC = "assist"
"""Begins what a facilitator writes: with a code an evening begins, without one it ends."""
TOPIC_NEXT, TOPIC_END = "assist_next", "assist_end"


class Helping:
    """Hears a chat for the dialogue: in an evening of helping each person is somebody else.

    One chat is heard in order. What leads from one person to the next is kept before it is done, so that
    after a crash it is done at the next word, and nobody comes to the words of who was there before.
    """

    def __init__(self, dialogue: Dialogue, desk: Desk, assisting: Assisting) -> None:
        self._dialogue = dialogue
        self._desk = desk
        self._assisting = assisting

    async def hear(
        self, address: Address, update: UpdateId | None, reply: Reply, phone: Phone, mark: str = ""
    ) -> Heard:
        """Take one reply of whoever answers now."""
        evening = await self._going_on(address, phone)
        if evening is None:
            return await self._dialogue.hear(address, update, reply, phone, mark)
        here, phone = await self._seat(evening, address, phone)
        if await self._is_over(here, phone):
            return await self._end(evening, here, update, phone, "assisted_over")
        if isinstance(reply, Pressed) and reply.token == NEXT and await self._is_theirs(here, mark):
            return await self._next(evening, here, update, phone)
        if isinstance(reply, Typed) and self._dialogue.means(reply, "assisted.next"):
            return await self._next(evening, here, update, phone)
        heard = await self._dialogue.hear(here, update, reply, phone, mark)
        if heard.ended:  # and the next one was called: see Turn
            following = await self._assisting.next(evening)
            await self._forget(here)
            await self._assisting.keep(replace(following, leaving=None))
        return heard

    async def look(self, address: Address, phone: Phone) -> Heard:
        """Return what whoever answers now would see, changing nothing."""
        evening = self._assisting.evening(address)
        if evening is None:
            return await self._dialogue.look(address, phone)
        return await self._dialogue.look(*await self._seat(evening, address, phone))

    async def join(self, address: Address, update: UpdateId | None, round_id: RoundId, phone: Phone) -> Heard:
        """Begin, or go on, in one of several open rounds."""
        evening = await self._going_on(address, phone)
        if evening is None:
            return await self._dialogue.join(address, update, round_id, phone)
        here, phone = await self._seat(evening, address, phone)
        if await self._is_over(here, phone):
            return await self._end(evening, here, update, phone, "assisted_over")
        return await self._dialogue.join(here, update, round_id, phone)

    async def notice(self, address: Address, update: UpdateId | None, topic: str, phone: Phone) -> Heard:
        """Say something outside the questionnaire; nobody is asked for news on another's phone."""
        evening = await self._going_on(address, phone)
        if evening is None:
            return await self._begin(address, update, topic, phone)
        here, phone = await self._seat(evening, address, phone)
        name, _, code = topic.partition(" ")
        if name == TOPIC and code and await self._is_over(here, phone):
            await self._end(evening, here, None, phone, "assisted_over")
            return await self._begin(address, update, topic, phone)
        if name == TOPIC_NEXT or (name == TOPIC and code):
            return await self._next(evening, here, update, phone)
        if name in (TOPIC, TOPIC_END):
            return await self._end_if_idle(evening, here, update, phone)
        if topic.startswith("news"):
            return Heard()
        return await self._dialogue.notice(here, update, topic, phone)

    async def invitation(self, asked: str) -> Screen:
        """Return an invitation for a group; nothing is kept."""
        return await self._dialogue.invitation(asked)

    async def left(self, address: Address) -> None:
        """Forget a chat that blocked us, and whoever answered in it."""
        evening = self._assisting.evening(address)
        if evening is not None:
            await self._dialogue.left(replace(address, person=evening.person))
            await self._assisting.end(evening)
        await self._dialogue.left(address)

    def sorry(self, phone: Phone) -> str:
        """Return a kind sentence for a moment at which nothing can be stored; needs no storage itself."""
        return self._dialogue.sorry(phone)

    async def _begin(self, address: Address, update: UpdateId | None, topic: str, phone: Phone) -> Heard:
        """Begin an evening with a right code; everything else is for the dialogue, or has nothing to end."""
        name, _, code = topic.partition(" ")
        if name not in (TOPIC, TOPIC_NEXT, TOPIC_END):
            return await self._dialogue.notice(address, update, topic, phone)
        relay = await self._assisting.admit(code) if code.strip() else None
        if relay is None:
            said = self._said(address, phone, "assisted_wrong" if code.strip() else "assisted_how")
            tidied = replace(said, clears=(phone.trace,) if phone.trace else ())
            return await self._dialogue.turn(address, update, phone, lambda turn, known: _only(tidied))
        evening = await self._assisting.begin(address, relay)
        return await self._take_off(evening, address, update, phone, "assisted_begun")

    async def _going_on(self, address: Address, phone: Phone) -> Evening | None:
        """Return the evening of a chat, after what a crash left to be done in it was done."""
        evening = self._assisting.evening(address)
        if evening is None or evening.leaving is None:
            return evening
        await self._take_off(evening, address, None, phone, "assisted_next")
        return self._assisting.evening(address)

    async def _seat(self, evening: Evening, address: Address, phone: Phone) -> tuple[Address, Phone]:
        """Return who answers now, and how they came."""
        relay = await self._assisting.relay_of(evening)
        arrival = self._assisting.marker(relay) if relay is not None else ""
        return replace(address, person=evening.person), replace(phone, arrival=arrival)

    async def _is_over(self, here: Address, phone: Phone) -> bool:
        """Say whether an evening is over, and nobody is in the middle of their answers."""
        return not phone.arrival and not await self._is_answering(here)

    async def _is_answering(self, here: Address) -> bool:
        """Say whether somebody has begun to answer, and has not sent."""
        return any(status is Status.WAITING for status, _ in await self._standing(here))

    async def _is_theirs(self, here: Address, mark: str) -> bool:
        """Say whether a button stands under the words of who answers now."""
        return any(mark == theirs for _, theirs in await self._standing(here))

    async def _standing(self, here: Address) -> list[tuple[Status, str]]:
        """Return how each session of who answers now stands, with its mark."""
        drafts = await self._desk.conversations.drafts_of(await self._keys(here))
        return [(draft.session.status, draft.session.mark) for draft in drafts.values()]

    async def _keys(self, here: Address) -> Collection[ParticipantKey]:
        return await self._dialogue.keys(here)

    async def _next(self, evening: Evening, here: Address, update: UpdateId | None, phone: Phone) -> Heard:
        """Take everything of this person off the phone; unsent answers only after they were asked."""
        if await self._is_answering(here):
            return await self._dialogue.hear(here, update, Asked(Wish.STOP), phone)
        following = await self._assisting.next(evening)
        return await self._take_off(following, here, update, phone, "assisted_next")

    async def _end_if_idle(
        self, evening: Evening, here: Address, update: UpdateId | None, phone: Phone
    ) -> Heard:
        """End the evening; unsent answers go only after they were asked."""
        if await self._is_answering(here):
            return await self._dialogue.hear(here, update, Asked(Wish.STOP), phone)
        return await self._end(evening, here, update, phone, "assisted_ended")

    async def _end(
        self, evening: Evening, here: Address, update: UpdateId | None, phone: Phone, key: str
    ) -> Heard:
        """End the evening: the last person is taken off the phone, too."""
        following = await self._assisting.next(evening)
        heard = await self._take_off(following, here, update, phone, key)
        await self._assisting.end(following)
        return heard

    async def _take_off(
        self, evening: Evening, address: Address, update: UpdateId | None, phone: Phone, key: str
    ) -> Heard:
        """Take what one person left off the phone, erase what they did not send, and say what comes now."""
        gone = replace(address, person=evening.leaving or 0)
        notice = self._said(gone, phone, key)
        heard = await self._dialogue.turn(
            gone, update, phone, lambda turn, known: _farewell(turn, known, notice)
        )
        if gone.person:
            await self._forget(gone)
        await self._assisting.keep(replace(evening, leaving=None))
        return heard

    async def _forget(self, gone: Address) -> None:
        """Erase what somebody did not send; nothing is written to them any more."""
        for key in await self._keys(gone):
            await self._desk.conversations.forget_address(key)

    def _said(self, address: Address, phone: Phone, key: str) -> Notice:
        """Return a notice in the language of the phone, which is no participant's."""
        catalogues = self._desk.catalogues
        notices = Notices(catalogues, address, catalogues.match(phone.languages, catalogues.tags))
        return notices.between(key)


def _only(notice: Notice) -> Outcome:
    """Say one thing."""
    return Outcome(notices=(notice,), value=Heard())


def _farewell(turn: Turn, known: Known, notice: Notice) -> Outcome:
    """Hide everything, as at the quick word, and say something else."""
    hidden = turn.tell(known, "hide")
    clears = tuple(note for said in hidden.notices for note in said.clears if note)
    return replace(hidden, notices=(replace(notice, clears=clears),), value=Heard())
