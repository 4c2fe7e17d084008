"""The directory of relays: which way a link shows, and the links that each relay has."""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from bot.links import CHANNELS, read_link, series_tag, write_link
from bot.markers import MARKER, read_marker, write_marker
from conversations.codes import CARD, one_use_code
from conversations.identifiers import Code, Locale, RelayId
from conversations.relays import NOWHERE, Arrival, Refusal, Relay, RelayStore, Stranger

LASTS = timedelta(seconds=1)  # so long what was read of the relays counts
START = {"web": "{public_url}/r/{payload}", "telegram": "https://t.me/{username}?start={payload}"}
"""The addresses that carry a payload. Source: Bot API, "Deep Linking"; bot/web/app.py."""


@dataclass(frozen=True, slots=True)
class Link:
    """One link of a relay, for one channel and language."""

    channel: str
    locale: Locale
    address: str


class Relays:
    """Knows every relay as it was within the last second; another process may add or revoke one.

    `key` is a subkey of the installation's secret, from which every other key of relays is made.
    """

    def __init__(self, store: RelayStore | None = None, key: bytes = b"", public_url: str = "") -> None:
        self._store = store
        self._public_url = public_url.rstrip("/")
        self._links = hmac.digest(key, b"links", sha256)
        self._pages = hmac.digest(key, b"pages", sha256)
        self._markers = hmac.digest(key, b"markers", sha256)
        self._known: Sequence[Relay] = ()
        self._read_at: datetime | None = None

    def forget(self) -> None:
        """Read the relays anew the next time: one of them was changed."""
        self._read_at = None

    async def refresh(self, now: datetime) -> None:
        """Read the relays, unless that was done within the last second."""
        if self._store is None or (
            self._read_at is not None and self._read_at <= now < self._read_at + LASTS
        ):
            return
        self._known, self._read_at = await self._store.all(), now

    @property
    def all(self) -> Sequence[Relay]:
        """Every relay as it was read last, by name, revoked ones too."""
        return self._known

    def named(self, relay: RelayId) -> Relay | None:
        """Return the relay with this id, if there is one."""
        return next((one for one in self._known if one.id == relay), None)

    def arrival(self, payload: str, now: datetime, channel: str = "") -> Arrival | Stranger:
        """Return how somebody came whose link carried this, or why it shows no way; any text may come in.

        On a channel that has links, one of another channel shows no way.
        """
        if not payload:
            return NOWHERE
        if payload.startswith(MARKER):
            relay = self.helper(payload, now)
            return Stranger(Refusal.EXPIRED) if relay is None else arrival_by(relay, assisted=True)
        if payload.startswith(CARD):  # whether it is unspent is looked up in the turn that begins
            code = one_use_code(payload.removeprefix(CARD))
            return Stranger(Refusal.UNREADABLE) if code is None else Arrival(code=code)
        return self._by_link(payload, now, channel)

    def _by_link(self, payload: str, now: datetime, channel: str) -> Arrival | Stranger:
        """Return the way that a relay's link shows."""
        said = read_link(self._links, payload)
        if isinstance(said, Stranger):
            return said
        if channel in CHANNELS and said.channel != channel:
            return Stranger(Refusal.OTHER_CHANNEL)
        relay = next((one for one in self._known if one.number == said.number), None)
        if relay is None or relay.revoked or relay.generation != said.generation:
            return Stranger(Refusal.REVOKED)
        if said.series != series_tag(self._links, relay.city, relay.series):
            return Stranger(Refusal.REVOKED)
        if now.date() > min(said.ends_on, relay.ends_on):
            return Stranger(Refusal.EXPIRED)
        return arrival_by(relay, said.locale)

    def marker(self, relay: Relay, now: datetime) -> str:
        """Return what a browser carries while somebody helps with it for a relay."""
        return write_marker(self._markers, relay, now)

    def helper(self, marker: str, now: datetime) -> Relay | None:
        """Return the relay that somebody helps for, or None where the marker counts no more."""
        return read_marker(self._markers, marker, self._known, now)

    def payload(self, relay: Relay, channel: str, locale: Locale) -> str:
        """Return what a relay's link carries."""
        return write_link(self._links, relay, channel, locale)

    def links(self, relay: Relay, username: str = "") -> Sequence[Link]:
        """Return a relay's links, by language: for the web where our address is known, and for the bot.

        None for a revoked relay. `username` is the bot's own, empty where it is not known.
        """
        known = {"web": bool(self._public_url), "telegram": bool(username)}
        return [
            Link(channel, locale, self._address(relay, channel, locale, username))
            for locale in relay.languages
            for channel in CHANNELS
            if known[channel] and not relay.revoked
        ]

    def _address(self, relay: Relay, channel: str, locale: Locale, username: str) -> str:
        payload = self.payload(relay, channel, locale)
        return START[channel].format(public_url=self._public_url, username=username, payload=payload)

    def page_print(self, secret: str) -> bytes:
        """Return what the table keeps of a page's secret address: its keyed hash."""
        return hmac.digest(self._pages, secret.encode(), sha256)

    def page_address(self, secret: str) -> str:
        """Return the address of a relay's page."""
        return f"{self._public_url}/relay/{secret}"

    def at_page(self, secret: str) -> Relay | None:
        """Return the relay whose page has this secret address; looks at all, however soon one is found."""
        wanted, found = self.page_print(secret), None
        for relay in self._known:
            is_it = hmac.compare_digest(relay.page or bytes(len(wanted)), wanted)
            found = relay if is_it and not relay.revoked else found
        return found


def arrival_by(relay: Relay, locale: Locale | None = None, *, assisted: bool = False) -> Arrival:
    """Return how somebody comes whom a relay shows the way."""
    return Arrival(
        series=relay.series,
        city=relay.city,
        relay=relay.id,
        came_by=Code(relay.kind),
        locale=locale,
        assisted=assisted,
    )
