"""What a browser carries while somebody helps with it: which relay, since which hour; signed."""

import base64
import hmac
import re
import struct
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from hashlib import sha256

from conversations.relays import Relay

MARKER = "f"
"""Begins a marker."""
LASTS = timedelta(hours=12)
MAC = 13  # bytes: 104 bits
_LAYOUT = struct.Struct(">II")  # number of the relay, hours since 1970
_WHOLE = re.compile(rf"{MARKER}[A-Za-z0-9_-]{{28}}")
"""21 bytes are exactly 28 signs: there is no other way to write the same marker."""


def write_marker(key: bytes, relay: Relay, now: datetime) -> str:
    """Return the marker of an evening that begins now: 29 characters."""
    said = _LAYOUT.pack(relay.number, _hour(now))
    return MARKER + base64.urlsafe_b64encode(said + _signed(key, said, relay)).decode()


def read_marker(key: bytes, marker: str, relays: Iterable[Relay], now: datetime) -> Relay | None:
    """Return the relay that somebody helps for; any text may come in.

    None where the marker is forged or twelve hours old, or where its facilitator code counts no more.
    """
    if not _WHOLE.fullmatch(marker):
        return None
    content = base64.urlsafe_b64decode(marker.removeprefix(MARKER))
    said, signature = content[:-MAC], content[-MAC:]
    number, hour = _LAYOUT.unpack(said)
    relay = next((relay for relay in relays if relay.number == number), None)
    if relay is None or not hmac.compare_digest(signature, _signed(key, said, relay)):
        return None
    is_fresh = 0 <= _hour(now) - hour < LASTS // timedelta(hours=1)
    return relay if is_fresh and may_help(relay, now.date()) else None


def may_help(relay: Relay, today: date) -> bool:
    """Say whether somebody may help people for this relay today."""
    return not relay.revoked and relay.facilitator is not None and today <= relay.ends_on


def _hour(now: datetime) -> int:
    return int(now.timestamp()) // 3600


def _signed(key: bytes, said: bytes, relay: Relay) -> bytes:
    """Return the proof of a marker: with the code that it was begun with, so that a renewed one ends it."""
    return hmac.digest(key, b"marker\0" + said + (relay.facilitator or b""), sha256)[:MAC]
