"""What handing out the letters of a round would mean, before anybody does it: steps, never exact counts."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from bot.mailing import Mailing, Mailings, language_of
from bot.pacing import TELEGRAM_RATES
from bot.registry import Registry
from conversations.conduct import Hours
from conversations.identifiers import Locale
from conversations.letters import WEEK, invitation
from conversations.ports import Contact
from conversations.reminders import conduct_of, ends_at, next_within
from conversations.rounds import Round, RoundState

BASE = 10
"""People are told in steps of ten, upwards. Source: ANONYMITY.md, "Releases" 8: no live numbers."""
OTHER = ""
"""Stands for all languages with `BASE` people or fewer together: a rare language names its reader."""
SHORTEST = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Outlook:
    """Letters that are to be handed out: about how many, in which languages, from when until when.

    `people` and `languages` are rounded up to ten. `None` for `begins_at`: there is nobody to write to.
    """

    causes: tuple[str, ...]
    people: int
    languages: Mapping[str, int]
    begins_at: datetime | None
    ends_at: datetime | None


async def look_ahead(registry: Registry, mailings: Mailings, round_: Round, now: datetime) -> Outlook:
    """Return what is still to be handed out of a round's letters: those that are due or, before it opens,
    its invitations.
    """
    causes, contacts = await _causes(mailings, round_), await registry.contacts.all()
    hours, zone = conduct_of(round_).hours, round_.timezone
    days: Counter[date] = Counter()
    waits: Counter[str] = Counter()
    for address, (first, letters) in (await _waits(registry, causes, contacts, now.date())).items():
        days.update(first + WEEK * place for place in range(letters))
        waits[address] = letters
    if not days:
        return Outlook(causes, 0, {}, None, None)
    begins = next_within(hours, zone, max(now, round_.opens_at))
    tongues = Counter(language_of(registry, one, round_) for one in contacts if waits[one.address])
    return Outlook(causes, _up(len(waits)), _told(tongues), begins, finish(days, hours, zone, begins))


def finish(days: Mapping[date, int], hours: Hours, zone: str, begins: datetime) -> datetime:
    """Return when so many letters are out, by the first day on which each may go, at the channel's rate."""
    at = begins
    for day, letters in sorted(days.items()):
        at = next_within(hours, zone, max(at, datetime.combine(day, time(), UTC)))
        left = timedelta(seconds=letters / TELEGRAM_RATES.overall_rate)
        while left > (room := max(ends_at(hours, zone, at) - at, SHORTEST)):
            left, at = left - room, next_within(hours, zone, at + room)
        at += left
    return at


async def _causes(mailings: Mailings, round_: Round) -> tuple[str, ...]:
    """Return the causes of the letters of a round that are due, whatever the hour."""
    if round_.state is RoundState.PLANNED:
        return () if round_.is_listening else (invitation(round_.id),)
    found: Sequence[Mailing] = await mailings.of_round(round_)
    return tuple(mailing.cause for mailing in found)


async def _waits(
    registry: Registry, causes: Sequence[str], contacts: Sequence[Contact], today: date
) -> Mapping[str, tuple[date, int]]:
    """Return who is still to be written to: from which day on, and how many letters."""
    addresses = [contact.address for contact in contacts]
    waits: dict[str, tuple[date, int]] = {}
    for cause in causes:
        for address, day in (await registry.told.due(cause, addresses, today)).items():
            waits[address] = (day, waits.get(address, (day, 0))[1] + 1)
    return waits


def _told(tongues: Mapping[Locale, int]) -> dict[str, int]:
    """Return people by language, rounded up; small languages together."""
    shown = {str(tag): _up(people) for tag, people in sorted(tongues.items()) if people > BASE}
    others = sum(people for people in tongues.values() if people <= BASE)
    return shown | ({OTHER: _up(others)} if others else {})


def _up(people: int) -> int:
    return -(-people // BASE) * BASE


def hours_of(round_: Round) -> str:
    """Return the hours in which people may be written to, as staff write them."""
    hours = conduct_of(round_).hours
    return f"{hours.first:%H:%M} and {hours.last:%H:%M} {round_.timezone}"
