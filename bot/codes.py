"""One-use codes: made for cards, and looked up when one is written or spent."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from bot.desk import Chance
from bot.hearing import Phone
from bot.relays import Relays, arrival_by
from conversations.codes import CARD, LENGTH, Bundle, one_use_code
from conversations.errors import RelayError
from conversations.instrument import Instrument
from conversations.lettering import with_check
from conversations.moves import Asked, Handed, Pressed, Reply, Typed, Wish
from conversations.ports import Known, Outcome
from conversations.relays import NOWHERE, Arrival, Relay
from conversations.session import Place, Session

MOST = 5_000
"""Codes of one bundle: 500 pages of cards; more are made as another bundle."""
SENDING = frozenset({"y", "z"})
"""What is pressed at the review to send."""


def new_codes(chance: Chance, count: int) -> Sequence[str]:
    """Return so many different new codes.

    Raises:
        RelayError: so many are not made at once.
    """
    if not 1 <= count <= MOST:
        raise RelayError(f"--count {count}: make 1 to {MOST} codes at once; more are made as another bundle")
    codes: set[str] = set()
    while len(codes) < count:
        codes.add(with_check(chance.letters(LENGTH - 1)))
    return sorted(codes)


def bundle_for(relay: Relay) -> Bundle:
    """Return what codes of a relay are printed for."""
    return Bundle(relay.series, relay.id)


def looked_up(
    known: Known, relays: Relays, instrument: Instrument, session: Session, reply: Reply, phone: Phone
) -> Reply:
    """Look up the one-use code that was written, scanned or is to be spent; else leave a reply as it is."""
    if not instrument.conduct.codes or session.aside is not None:
        return reply
    if session.place is Place.CODE and (code := _shown(reply, phone)):
        return Handed(_arrival(known, relays, instrument, code))
    if session.place is Place.REVIEW and _sends(reply, session) and session.code:
        is_good = _arrival(known, relays, instrument, session.code) is not None
        return reply if is_good else Handed(None)
    return reply


def by_card(known: Known, relays: Relays, instrument: Instrument, arrival: Arrival, today: date) -> Arrival:
    """Return how somebody came whose link carried a one-use code; the code stays only if it is asked for.

    A code that was used, or whose relay's time is over, shows no way: the round asks for another one.
    """
    if not arrival.code:
        return arrival
    found = _arrival(known, relays, instrument, arrival.code, today)
    if found is None:
        return NOWHERE
    return found if instrument.conduct.codes else replace(found, code="")


def tried(outcome: Outcome) -> Outcome:
    """Return what came of a code that is none: whoever tried it hears of it after a pause."""
    return replace(outcome, value=replace(outcome.value, wrong=True))


def _shown(reply: Reply, phone: Phone) -> str | None:
    """Return the code that was written, or that stands in the link of a card scanned in the middle."""
    if isinstance(reply, Typed):
        return one_use_code(reply.text)
    if reply == Asked(Wish.START) and phone.arrival.startswith(CARD):
        return one_use_code(phone.arrival.removeprefix(CARD))
    return None


def _sends(reply: Reply, session: Session) -> bool:
    return isinstance(reply, Pressed) and reply.token in SENDING and reply.turn == session.turn


def _arrival(
    known: Known, relays: Relays, instrument: Instrument, code: str, today: date | None = None
) -> Arrival | None:
    """Return how somebody with an unspent code comes, or None; with `today`, within the relay's time only."""
    bundle = known.bundle_of(code)
    relay = None if bundle is None else relays.named(bundle.relay)
    if bundle is None or relay is None or relay.revoked or bundle.series != relay.series:
        return None
    if not relay.carries(instrument.city.key, instrument.series) or (today and today > relay.ends_on):
        return None
    return replace(arrival_by(relay), code=code)
