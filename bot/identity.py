"""The one place where an address turns into a pseudonym."""

import hmac
from hashlib import sha256

from bot.hearing import Address
from conversations.identifiers import ParticipantKey


def participant_key(address: Address, round_secret: bytes) -> ParticipantKey:
    """Derive the pseudonym of `address` for one round: 64 hex digits of HMAC-SHA-256.

    Every round has its own secret, destroyed when the round is released; after that nobody can try all
    account ids one by one, or join two rounds. The parts are told apart by a byte that none of them holds.
    Source: RFC 2104; docs/adr/0005-pseudonyms-per-round.md.
    """
    message = "\0".join([address.channel, address.account, str(address.person)]).encode()
    return ParticipantKey(hmac.new(round_secret, message, sha256).hexdigest())
