"""What a relay's link carries: who shows the way, on which channel, in which language, until when; signed."""

import base64
import hmac
import re
import struct
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import sha256

from conversations.identifiers import Locale
from conversations.relays import Refusal, Relay, Stranger

LONGEST = 64  # characters; Source: Bot API, deep linking, parameter `start`
LINK = "r"
"""Begins the payload of a relay's link."""
PAYLOAD = re.compile(r"[A-Za-z0-9_-]{1,64}")
"""What Telegram, a cookie and an address carry as it is. Source: Bot API, deep linking."""
CHANNELS = ("web", "telegram")
VERSION = 1
MAC = 16  # bytes; Source: RFC 2104, section 5: no less than half of the hash
FIRST_DAY = date(2020, 1, 1)
_LAYOUT = struct.Struct(">B2sHBB7s4sH")
_WHOLE = re.compile(rf"{LINK}[A-Za-z0-9_-]{{48}}")
"""36 bytes are exactly 48 signs: there is no other way to write the same link."""


@dataclass(frozen=True, slots=True)
class Written:
    """What a link says, once its signature was found good."""

    number: int
    generation: int
    channel: str
    locale: Locale
    series: bytes
    ends_on: date


def write_link(key: bytes, relay: Relay, channel: str, locale: Locale) -> str:
    """Return the payload of a relay's link for one channel and language: 49 characters."""
    said = _LAYOUT.pack(
        VERSION,
        _print_of(key),
        relay.number,
        relay.generation,
        CHANNELS.index(channel),
        locale.encode("ascii"),
        series_tag(key, relay.city, relay.series),
        (relay.ends_on - FIRST_DAY).days,
    )
    return LINK + base64.urlsafe_b64encode(said + _signed(key, said)).decode()


def read_link(key: bytes, payload: str) -> Written | Stranger:
    """Return what a payload says, or why it says nothing; any text may come in."""
    if len(payload) > LONGEST:
        return Stranger(Refusal.TOO_LONG)
    if not _WHOLE.fullmatch(payload):
        return Stranger(Refusal.UNREADABLE)
    content = base64.urlsafe_b64decode(payload.removeprefix(LINK))
    said, signature = content[:-MAC], content[-MAC:]
    is_signed = hmac.compare_digest(signature, _signed(key, said))
    version, installation, number, generation, channel, tag, series, day = _LAYOUT.unpack(said)
    if not is_signed:
        ours = hmac.compare_digest(installation, _print_of(key))
        return Stranger(Refusal.FORGED if ours else Refusal.FOREIGN)
    if version != VERSION or channel >= len(CHANNELS):
        return Stranger(Refusal.UNREADABLE)  # a later version of the program wrote it
    locale = Locale(tag.rstrip(b"\0").decode("ascii"))
    ends_on = FIRST_DAY + timedelta(days=day)
    return Written(number, generation, CHANNELS[channel], locale, series, ends_on)


def series_tag(key: bytes, city: str, series: str) -> bytes:
    """Return four bytes that stand for a series of rounds in a city."""
    return hmac.digest(key, f"series\0{city}\0{series}".encode(), sha256)[:4]


def payload_in(text: str) -> str:
    """Return the payload of a whole address that somebody copied, or the text as it is."""
    return re.split(r"[=/]", text.strip())[-1]


def _print_of(key: bytes) -> bytes:
    """Return two bytes by which an installation knows its own links, even spoilt ones."""
    return hmac.digest(key, b"installation", sha256)[:2]


def _signed(key: bytes, said: bytes) -> bytes:
    return hmac.digest(key, b"link\0" + said, sha256)[:MAC]
