"""How fast answers come from one place on the network: a bucket in memory for each, and no address."""

import asyncio
import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from ipaddress import IPv4Address, IPv6Address, ip_address
from math import ceil

from starlette.requests import Request

AT_ONCE = 30  # answers: a class of a school, or an evening in a library, behind one address
EVERY = 20.0  # seconds until one more
ONE = 1 - 1e-6  # answer, but for what is lost in counting with fractions
RENEWED = 3600.0  # seconds; then the key and every bucket are thrown away
MOST_PLACES = 100_000  # buckets; more can only be an attack from everywhere, which no bucket stops
PREFIX_4, PREFIX_6 = 3, 6  # bytes of an address that make a place: /24 and /48


def later_here(seconds: float, do: Callable[[], None]) -> None:
    """Do something in the running loop after so many seconds."""
    asyncio.get_running_loop().call_later(seconds, do)


@dataclass(slots=True)
class Bucket:
    """What one place may still send, as of a moment; `bought` counts the puzzles that were solved there."""

    left: float
    bought: float
    at: float


class Pace:
    """Lets so many answers through at once from each place, then one at a time; `clock` counts seconds.

    A place is known by a keyed hash of the first part of its address, under a random key that is thrown away
    every hour, also where nobody comes again: `later` does something after so many seconds. Nothing is
    written anywhere.
    """

    def __init__(
        self,
        clock: Callable[[], float],
        later: Callable[[float, Callable[[], None]], None] = later_here,
    ) -> None:
        self._clock = clock
        self._later = later
        self._buckets: dict[bytes, Bucket] = {}
        self._renew()

    def wait(self, request: Request) -> int:
        """Return after how many whole seconds an answer may come from where a request comes; 0 for now."""
        bucket = self._bucket(request)
        return 0 if bucket is None or bucket.left >= ONE else ceil((ONE - bucket.left) * EVERY)

    def take(self, request: Request) -> bool:
        """Let one answer through, if there is room for it; say whether there was."""
        bucket = self._bucket(request)
        if bucket is None:
            return True
        if bucket.left < ONE:
            return False
        bucket.left -= 1
        return True

    def buy(self, request: Request) -> None:
        """Let one answer through for a puzzle that was solved."""
        if (bucket := self._bucket(request)) is not None:
            bucket.bought += 1

    def price(self, request: Request) -> int:
        """Return how often puzzles are doubled there: once for each `AT_ONCE` that were solved lately."""
        bucket = self._bucket(request)
        return 0 if bucket is None else int(bucket.bought / AT_ONCE)

    def _bucket(self, request: Request) -> Bucket | None:
        """Return the bucket of a place as it is now, or None where nobody is held up."""
        place = place_of(request)
        if place is None:
            return None
        now = self._clock()
        if not self._buckets or self._is_old() or len(self._buckets) >= MOST_PLACES:
            self._renew()
            self._later(RENEWED, self._renew_old)
        name = hmac.digest(self._key, place, sha256)
        bucket = self._buckets.setdefault(name, Bucket(AT_ONCE, 0, now))
        passed = (now - bucket.at) / EVERY
        bucket.left = min(AT_ONCE, bucket.left + passed)
        bucket.bought = max(0.0, bucket.bought - passed)
        bucket.at = now
        return bucket

    def _is_old(self) -> bool:
        return self._clock() - self._renewed_at >= RENEWED

    def _renew_old(self) -> None:
        """Throw away what is an hour old; after an earlier renewal that has a moment of its own."""
        if self._is_old():
            self._renew()

    def _renew(self) -> None:
        """Throw the key and every bucket away."""
        self._key = secrets.token_bytes(32)
        self._buckets.clear()
        self._renewed_at = self._clock()


def place_of(request: Request) -> bytes | None:
    """Return the place on the network that a request comes from, or None where it comes from this machine.

    What a proxy says of it counts only if the proxy is on this machine; its own word is the last one.
    """
    address = _address(request.client.host if request.client else "")
    if address is not None and address.is_loopback:
        said = ",".join(request.headers.getlist("x-forwarded-for"))
        address = _address(said.rpartition(",")[2].strip())
    if address is None or address.is_loopback:
        return None
    return b"6" + address.packed[:PREFIX_6] if address.version == 6 else b"4" + address.packed[:PREFIX_4]


def _address(text: str) -> IPv4Address | IPv6Address | None:
    """Return an address that was written, an IPv4 one as itself where it is written as an IPv6 one."""
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address
