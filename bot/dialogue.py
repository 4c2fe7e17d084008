"""Somebody says something: it is heard, stored, and what is to be said next is put in the outbox."""

from collections.abc import Callable

from bot.hearing import Address, Heard, Phone
from bot.identity import participant_key
from bot.rendering import folded
from bot.turn import Desk, Turn
from conversations.errors import Conflict
from conversations.identifiers import Locale, RoundId, UpdateId
from conversations.moves import Asked, Pressed, Reply, Typed, Wish
from conversations.ports import Contact, Known, Outcome
from conversations.wording import say


class Dialogue:
    """Hears replies from any channel; nothing is said unless it was saved first."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def hear(
        self, address: Address, update: UpdateId | None, reply: Reply, phone: Phone, mark: str = ""
    ) -> Heard:
        """Take one reply.

        Raises:
            StorageError: nothing was stored.
        """
        if isinstance(reply, Pressed) and reply.token == "n.start":
            reply = Asked(Wish.START)
        if isinstance(reply, Typed) and (topic := await self._typed_news(address, reply, phone)):
            return await self.notice(address, update, topic, phone)
        return await self._turn(address, update, phone, lambda turn, known: turn.hear(known, reply, mark))

    async def look(self, address: Address, phone: Phone) -> Heard:
        """Return what this address would see now, changing nothing."""
        return await self._turn(address, None, phone, lambda turn, known: turn.look(known))

    async def join(self, address: Address, update: UpdateId | None, round_id: RoundId, phone: Phone) -> Heard:
        """Begin, or go on, in one of several open rounds."""
        return await self._turn(address, update, phone, lambda turn, known: turn.join(known, round_id))

    async def notice(self, address: Address, update: UpdateId | None, topic: str, phone: Phone) -> Heard:
        """Say something outside the questionnaire."""
        if topic.startswith("withdraw"):
            topic = await self._withdraw(topic.removeprefix("withdraw"))
        if topic == "news_no" or (topic == "news_yes" and address.returns):
            await self._news(topic, address, phone)
        return await self._turn(address, update, phone, lambda turn, known: turn.tell(known, topic))

    async def _turn(
        self,
        address: Address,
        update: UpdateId | None,
        phone: Phone,
        act: Callable[[Turn, Known], Outcome],
    ) -> Heard:
        """Run one turn as one transaction; afterwards wake delivery.

        Where a round closed, or another reply came first, between looking and storing, look once more.
        """
        try:
            return await self._turn_once(address, update, phone, act)
        except Conflict:
            return await self._turn_once(address, update, phone, act)

    async def _turn_once(
        self, address: Address, update: UpdateId | None, phone: Phone, act: Callable[[Turn, Known], Outcome]
    ) -> Heard:
        """Run one turn with the rounds that are open now."""
        now = self._desk.now()
        instruments = await self._desk.programme.open_now(now)
        upcoming = None if instruments else await self._desk.programme.next_opening(now)
        keys = {
            round_id: participant_key(address, self._desk.keyring.round_secret(round_id))
            for round_id in instruments
        }
        opens = upcoming.opens_at if upcoming else None
        turn = Turn(self._desk, address, phone, instruments, keys, now, opens)
        outcome = await self._desk.conversations.take_turn(
            update, keys, now.date(), lambda known: act(turn, known)
        )
        if outcome is None:
            return Heard(fresh=False)
        if outcome.speak or outcome.notices:
            self._desk.wake()
        assert isinstance(outcome.value, Heard)
        return outcome.value

    async def _withdraw(self, words: str) -> str:
        """Take out the answers kept under a code, in whichever open round; return what to say."""
        digits = "".join(str(int(sign)) for sign in words if sign.isdecimal())
        if not words.strip():
            return "withdraw_how"
        if len(digits) != 16:
            return "withdraw_unknown"
        for round_id in await self._desk.programme.open_now(self._desk.now()):
            if await self._desk.answers.withdraw(round_id, digits):
                return "withdrawn"
        return "withdraw_unknown"

    async def _typed_news(self, address: Address, reply: Typed, phone: Phone) -> str | None:
        """Return what typed words say to the question about news, if it was asked and nothing else is."""
        wanted = folded(reply.text)
        voices = [self._desk.catalogues.voice(tag) for tag in self._desk.catalogues.tags]
        for topic in ("news_yes", "news_no"):
            if wanted in {folded(voice.say(say(f"notice.{topic}_button"))) for voice in voices}:
                seen = await self.look(address, phone)
                asked = address.returns and seen.screen is not None and seen.screen.name == "thanks"
                return topic if asked else None
        return None

    async def _news(self, topic: str, address: Address, phone: Phone) -> None:
        """Keep or forget a contact, before the turn's transaction and idempotently."""
        if topic == "news_no":
            await self._desk.contacts.opt_out(str(address))
            return
        seen = await self.look(address, phone)
        locale = Locale(seen.screen.tag if seen.screen else "en")
        await self._desk.contacts.opt_in(Contact(str(address), locale), self._desk.now().date())
