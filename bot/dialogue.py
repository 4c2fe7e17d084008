"""Somebody says something: it is heard, stored, and what is to be said next is put in the outbox."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

from bot.aloud import NotNow
from bot.desk import Desk
from bot.hearing import Address, Heard, Phone
from bot.i18n.folding import folded
from bot.identity import participant_key
from bot.inviting import invitation
from bot.notices import TELL
from bot.rendering import LONGEST_LABEL
from bot.screens import Screen
from bot.turn import Turn
from conversations.errors import Conflict, StorageError
from conversations.identifiers import ParticipantKey, RoundId, UpdateId, base_of
from conversations.moves import Asked, Pressed, Reply, Typed, Wish
from conversations.numerals import plain_digits
from conversations.ports import Contact, Known, Notice, Outcome
from conversations.wording import say

CODE_LENGTH = 16  # digits of a withdrawal code
WRONG_CODE = 1.0  # seconds to pause after a wrong code


class Dialogue:
    """Hears replies from any channel; nothing is said unless it was saved first."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._trying = asyncio.Lock()

    async def hear(
        self, address: Address, update: UpdateId | None, reply: Reply, phone: Phone, mark: str = ""
    ) -> Heard:
        """Take one reply.

        Raises:
            StorageError: nothing was stored.
        """
        if isinstance(reply, Pressed) and reply.token == "n.start":
            reply = Asked(Wish.START)
        if isinstance(reply, Pressed) and reply.token == TELL[0][0]:
            return await self.notice(address, update, "tell", phone)
        if isinstance(reply, Typed) and address.returns:
            topic = (
                "hide" if self.means(reply, "word.hide") else await self._typed_news(address, reply, phone)
            )
            if topic is not None:
                return await self.notice(address, update, topic, phone)
        heard = await self._turn(address, update, phone, lambda turn, known: turn.hear(known, reply, mark))
        if heard.wrong:
            await self._desk.pause(WRONG_CODE)
        if heard.listens is not None:
            return await self._listen(address, phone, heard, heard.listens, isinstance(reply, Typed))
        return heard

    async def look(self, address: Address, phone: Phone) -> Heard:
        """Return what this address would see now, changing nothing."""
        return await self._turn(address, None, phone, lambda turn, known: turn.look(known))

    async def join(self, address: Address, update: UpdateId | None, round_id: RoundId, phone: Phone) -> Heard:
        """Begin, or go on, in one of several open rounds."""
        return await self._turn(address, update, phone, lambda turn, known: turn.join(known, round_id))

    async def notice(self, address: Address, update: UpdateId | None, topic: str, phone: Phone) -> Heard:
        """Say something outside the questionnaire."""
        if topic.startswith("withdraw"):
            topic = await self._withdraw_topic(topic.removeprefix("withdraw"), address)
        if topic == "news_no" or (topic == "news_yes" and address.returns):
            await self._news(topic, address, phone)
        return await self._turn(address, update, phone, lambda turn, known: turn.tell(known, topic))

    async def invitation(self, asked: str) -> Screen:
        """Return an invitation for a group; nothing is kept."""
        return await invitation(self._desk, asked, self._desk.now())

    async def left(self, address: Address) -> None:
        """Forget somebody who blocked us: their open answers, and that they wanted to be written to."""
        for round_id in await self._desk.programme.open_now(self._desk.now()):
            await self._desk.conversations.forget_address(self._key(address, round_id))
        await self._desk.contacts.opt_out(str(address))

    def sorry(self, phone: Phone) -> str:
        """Return a kind sentence for a moment at which nothing can be stored; needs no storage itself."""
        catalogues = self._desk.catalogues
        return catalogues.voice(catalogues.match(phone.languages, catalogues.tags)).say(
            say("trouble.not_kept")
        )

    async def turn(
        self,
        address: Address,
        update: UpdateId | None,
        phone: Phone,
        act: Callable[[Turn, Known], Outcome],
    ) -> Heard:
        """Run one turn that is none of the above."""
        return await self._turn(address, update, phone, act)

    async def keys(self, address: Address) -> list[ParticipantKey]:
        """Return the pseudonyms of an address in the rounds that are open now."""
        rounds = await self._desk.programme.open_now(self._desk.now())
        return [self._key(address, round_id) for round_id in rounds]

    def _key(self, address: Address, round_id: RoundId) -> ParticipantKey:
        return participant_key(address, self._desk.keyring.round_secret(round_id))

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
            self._desk.programme.forget()
            return await self._turn_once(address, update, phone, act)

    async def _listen(
        self, address: Address, phone: Phone, heard: Heard, notice: Notice, typed: bool
    ) -> Heard:
        """Make the sound of a question and put it into the outbox; else say that it cannot be heard now.

        The update that asked for it is stored: a crash meanwhile loses the wish, and nothing else. Words that
        asked get an answer in words, since a short one shows after a pressed button only.
        """
        sorry = "aloud.not_now"
        if not await self._can_be_heard(notice):
            if not typed:
                said = self._desk.catalogues.voice(notice.locale).say(say(sorry))
                return replace(heard, toast=said)
            notice = replace(notice, key=sorry, values={})
        with suppress(StorageError, Conflict):
            put = Outcome(notices=(notice,), value=heard)
            await self._turn(address, None, phone, lambda _turn, _known: put)
        return heard

    async def _can_be_heard(self, notice: Notice) -> bool:
        """Make the sound of a question, to be at hand when it is sent; say whether there is one."""
        aloud, values = self._desk.aloud, notice.values
        instrument = self._desk.programme.known(RoundId(str(values["round"])))
        if aloud is None or instrument is None:
            return False
        reading = aloud.reading(instrument, str(values["question"]), notice.locale)
        try:
            return reading is not None and bool(await aloud.sound(reading))
        except NotNow:
            return False

    async def _turn_once(
        self, address: Address, update: UpdateId | None, phone: Phone, act: Callable[[Turn, Known], Outcome]
    ) -> Heard:
        """Run one turn with the rounds that are open now."""
        now = self._desk.now()
        instruments = await self._desk.programme.open_now(now)
        await self._desk.relays.refresh(now)
        asking = [one for one in instruments.values() if not one.conduct.listening]
        upcoming = None if asking else await self._desk.programme.next_opening(now)
        keys = {round_id: self._key(address, round_id) for round_id in instruments}
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

    async def withdraw(self, code: str, address: Address | None = None) -> bool:
        """Take out the answers kept under a code, in whichever open round; say whether there were any.

        One try at a time for everybody together, and a pause after a wrong one: nobody is counted, and
        nobody tries many. Where one round cannot be tried, the others are. Who asks through an `address`
        may answer again there.

        Raises:
            StorageError: a round could not be tried, and no other had such a code.
        """
        digits, failures = digits_of(code), []
        if len(digits) != CODE_LENGTH:
            return False
        async with self._trying:
            for round_id in await self._desk.programme.open_now(self._desk.now()):
                try:
                    key = None if address is None else self._key(address, round_id)
                    if await self._desk.answers.withdraw(round_id, digits, key):
                        return True
                except StorageError as error:
                    failures.append(error)
            if failures:
                raise failures[0]
            await self._desk.pause(WRONG_CODE)
        return False

    async def _withdraw_topic(self, words: str, address: Address) -> str:
        """Return what to say to somebody who wrote a code, or asked how it is done."""
        if not words.strip():
            return "withdraw_how"
        return "withdrawn" if await self.withdraw(words, address) else "withdraw_unknown"

    async def _typed_news(self, address: Address, reply: Typed, phone: Phone) -> str | None:
        """Return what typed words say to the question about news, if it was asked and nothing else is."""
        for topic in ("news_yes", "news_no"):
            if self.means(reply, f"notice.{topic}_button"):
                seen = await self.look(address, phone)
                return topic if seen.screen is not None and seen.screen.name == "thanks" else None
        return None

    def means(self, reply: Typed, key: str) -> bool:
        """Say whether typed words are those under a key, in any language."""
        if len(reply.text) > LONGEST_LABEL:
            return False
        voices = [self._desk.catalogues.voice(tag) for tag in self._desk.catalogues.tags]
        return any(folded(reply.text, one.tag) == folded(one.say(say(key)), one.tag) for one in voices)

    async def _news(self, topic: str, address: Address, phone: Phone) -> None:
        """Keep or forget a contact, before the turn's transaction and idempotently."""
        if topic == "news_no":
            await self._desk.contacts.opt_out(str(address))
            return
        seen = await self.look(address, phone)
        locale = base_of(seen.screen.tag if seen.screen else "en")
        await self._desk.contacts.opt_in(Contact(str(address), locale), self._desk.now().date())


def digits_of(code: str) -> str:
    """Return the digits of a typed code, of whatever script, as 0 to 9."""
    return "".join(sign for sign in plain_digits(code) if sign.isdecimal())
