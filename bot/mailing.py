"""Letters to those who asked for them: invitations, reminders, the city's answers; handed out bit by bit."""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta

from bot.answering import Answered, answer_notice, answered
from bot.hearing import Address
from bot.i18n import LANGUAGES
from bot.identity import participant_key
from bot.notices import Notices
from bot.registry import Registry
from conversations.conduct import MOST_REMINDERS
from conversations.errors import AppError
from conversations.identifiers import Locale, ParticipantKey, RoundId
from conversations.letters import WEEK, answer, as_letter, invitation, reminder
from conversations.ports import Contact, Notice
from conversations.reminders import conduct_of, due_rung, is_within, local_day, rung_ends_at
from conversations.rounds import Round, RoundState
from conversations.session import Status

log = logging.getLogger(__name__)

MOST_WAITING = 500  # letters in the outbox: twenty seconds' worth, so that little is out when hours end
TOGETHER = 100  # addresses in one transaction, so that nobody's turn waits long behind it
READ_AGAIN = timedelta(minutes=5)  # until everybody is looked through again, for those who came meanwhile
ANSWER_DUE = timedelta(days=60)
"""So long after a city's answer was written it is sent to those whom the cap kept from it."""


@dataclass(frozen=True, slots=True)
class Mailing:
    """Letters of one cause: `due_on` is the day that the plan gives them, `rung` that of a reminder."""

    cause: str
    round_: Round
    due_on: date
    ends_at: datetime
    rung: int = 0
    answered: Answered | None = None

    def needs_none(self, standing: Status | None) -> bool:
        """Say whether somebody needs no letter: an invitation is for who has not begun, a reminder for who
        has not sent; what the city answered is for everybody.
        """
        if self.answered is not None:
            return False
        return standing is Status.SENT or (self.rung == 0 and standing is not None)


@dataclass(slots=True)
class Queue:
    """Contacts who are still to be told, in random order, and when that was read."""

    read_at: datetime
    contacts: list[Contact] = field(default_factory=list, repr=False)


class Mailings:
    """Hands due letters to the outbox, a few at a time; safe to call as often as one likes, by anybody.

    Who was told what is decided in the store, in the transaction that puts the letter.
    """

    def __init__(self, registry: Registry, now: Callable[[], datetime]) -> None:
        self.registry = registry
        self._now = now
        self._queues: dict[str, Queue] = {}
        self._tidied: tuple[date, frozenset[str]] | None = None

    async def go_on(self) -> int:
        """Hand out what is due, as far as the outbox has room; return how many were told, letter or not."""
        mailings = await self.due()
        self._queues = {one.cause: self._queues[one.cause] for one in mailings if one.cause in self._queues}
        told = 0
        for mailing in mailings:
            try:
                told += await self._hand_out(mailing)
            except AppError as error:
                log.warning("letters of %s wait: %s", mailing.cause, type(error).__name__)
        return told

    async def due(self) -> Sequence[Mailing]:
        """Return what may be handed out at this hour, invitations first, then reminders, then answers.

        After a restore nothing that was due before is sent again, and nobody is written to for a week: what
        was told after the backup was made is not known.
        """
        now, restored = self._now(), await self.registry.told.restored_on()
        if restored is not None and now.date() < restored + WEEK:
            return []
        found: list[Mailing] = []
        for round_ in await self._rounds():
            if not is_within(conduct_of(round_).hours, round_.timezone, now):
                continue
            try:
                found += await self.of_round(round_)
            except AppError as error:
                log.warning("letters of round %s wait: %s", round_.id, type(error).__name__)
        fresh = [one for one in found if restored is None or one.due_on > restored]
        return sorted(fresh, key=lambda one: (one.answered is not None, one.rung))

    async def of_round(self, round_: Round) -> Sequence[Mailing]:
        """Return the mailings of one round that are due, whatever the hour."""
        now, mailings = self._now(), []
        opened = round_.opens_at.astimezone(UTC).date()
        is_open = round_.state is RoundState.OPEN and round_.opens_at <= now < round_.closes_at
        if is_open and not round_.is_listening:
            mailings.append(Mailing(invitation(round_.id), round_, opened, round_.closes_at))
            if rung := due_rung(round_, now):
                planned = opened + timedelta(days=conduct_of(round_).remind_after[rung - 1])
                cause = reminder(round_.id, rung)
                mailings.append(Mailing(cause, round_, planned, rung_ends_at(round_, rung), rung))
        written_on = (await self.registry.city_answers.all()).get(round_.id)
        if written_on is not None and now < (ends := _sent_until(written_on)):
            found = await answered(self.registry, round_.id)
            mailings.append(Mailing(answer(round_.id), round_, written_on, ends, answered=found))
        return mailings

    async def tidy(self) -> None:
        """Forget who was told what of rounds that are over, and answers that are not sent any more."""
        now = self._now()
        kept: set[str] = set()
        for round_ in await self._rounds():
            if round_.state in (RoundState.PLANNED, RoundState.OPEN):
                rungs = range(1, MOST_REMINDERS + 1)
                kept |= {invitation(round_.id), *(reminder(round_.id, rung) for rung in rungs)}
        for round_id, written_on in (await self.registry.city_answers.all()).items():
            if now < _sent_until(written_on) + WEEK:  # clocks are set back, too
                kept.add(answer(round_id))
        wanted = (now.date(), frozenset(kept))
        if wanted != self._tidied:
            await self.registry.told.keep_only(kept, now.date())
            self._tidied = wanted

    async def _rounds(self) -> Sequence[Round]:
        """Return all rounds of real people; those of demonstrations have nobody to write to."""
        return [round_ for round_ in await self.registry.rounds.all() if not round_.demonstration]

    async def _hand_out(self, mailing: Mailing) -> int:
        """Tell as many contacts of one mailing as the outbox has room for, and return how many."""
        told, room = 0, MOST_WAITING - await self.registry.told.waiting()
        queue = await self._queue(mailing)
        while room > 0 and queue.contacts:
            chosen, queue.contacts = queue.contacts[:room][:TOGETHER], queue.contacts[min(room, TOGETHER) :]
            room -= len(chosen)
            told += await self._tell(mailing, chosen)
        return told

    async def _queue(self, mailing: Mailing) -> Queue:
        """Return who is to be told, looked through anew from time to time, and on a new day."""
        now, today, queue = self._now(), self._today(mailing), self._queues.get(mailing.cause)
        is_new_day = queue is not None and local_day(mailing.round_.timezone, queue.read_at) != today
        if queue is None or is_new_day or (not queue.contacts and now - queue.read_at >= READ_AGAIN):
            contacts = await self.registry.contacts.all()
            addresses = [contact.address for contact in contacts]
            free = await self.registry.told.due(mailing.cause, addresses, today)
            queue = Queue(now, [one for one in contacts if free.get(one.address, date.max) <= today])
            self._queues[mailing.cause] = queue
        return queue

    async def _tell(self, mailing: Mailing, chosen: Sequence[Contact]) -> int:
        """Tell contacts in one transaction; who left meanwhile is passed over, or forgotten after it.

        Contacts stand in another file: whoever leaves while this works had nothing to be taken back yet.
        """
        known = await self.registry.contacts.known([contact.address for contact in chosen])
        chosen = [contact for contact in chosen if contact.address in known]
        keys = {} if mailing.answered is not None else self._keys(mailing.round_.id, chosen)
        standing = await self.registry.conversations.standing(keys.values())
        letters = {
            contact.address: self._letter(mailing, contact, keys.get(contact.address), standing)
            for contact in chosen
        }
        told = await self.registry.told.tell(mailing.cause, letters, self._today(mailing))
        for address in letters.keys() - await self.registry.contacts.known(list(letters)):
            await self.registry.told.forget(address)
        return told

    def _today(self, mailing: Mailing) -> date:
        """Return the day that it is where a round is held: weeks are counted in those."""
        return local_day(mailing.round_.timezone, self._now())

    def _keys(self, round_id: RoundId, chosen: Sequence[Contact]) -> dict[str, ParticipantKey]:
        """Compute the pseudonyms of contacts in a round, forwards from their addresses; they are not kept."""
        secret = self.registry.keyring.round_secret(round_id)
        return {one.address: participant_key(address_of(one), secret) for one in chosen}

    def _letter(
        self,
        mailing: Mailing,
        contact: Contact,
        key: ParticipantKey | None,
        standing: Mapping[ParticipantKey, Status],
    ) -> Notice | None:
        """Write a contact's letter, or None for somebody who needs none."""
        if mailing.needs_none(standing.get(key) if key else None):
            return None
        conduct, zone = conduct_of(mailing.round_), mailing.round_.timezone
        return as_letter(self._words(mailing, contact, key), conduct.hours, zone, mailing.ends_at)

    def _words(self, mailing: Mailing, contact: Contact, key: ParticipantKey | None) -> Notice:
        round_, catalogues = mailing.round_, self.registry.catalogues
        locale = language_of(self.registry, contact, round_)
        if mailing.answered is not None:
            return answer_notice(mailing.answered, catalogues, contact.address, locale)
        kinds = ("invitation", "reminder", "last_reminder")
        closes_on = local_day(round_.timezone, round_.closes_at)
        written = Notices(catalogues, contact.address, locale).letter(
            kinds[mailing.rung], round_.id, closes_on
        )
        return replace(written, session=key)  # if there is a draft, "hide" takes the letter off the phone


def _sent_until(written_on: date) -> datetime:
    return datetime.combine(written_on, time(), UTC) + ANSWER_DUE


def language_of(registry: Registry, contact: Contact, round_: Round) -> Locale:
    """Return the language in which a contact is written to of a round: their own, if the round offers it,
    else the one that stands in for it, else the round's first.
    """
    own = LANGUAGES.get(contact.locale)
    wanted = [contact.locale, *([own.fallback] if own is not None and own.fallback else [])]
    return Locale(registry.catalogues.match(wanted, round_.languages))


def address_of(contact: Contact) -> Address:
    """Return a contact's address in its parts."""
    channel, account, person = contact.address.split(":")
    return Address(channel, account, int(person))
