"""Relays, in memory."""

from collections.abc import Sequence

from conversations.identifiers import RelayId
from conversations.relays import Relay, check_new


class MemoryRelays:
    """Keeps relays."""

    def __init__(self) -> None:
        self._relays: dict[RelayId, Relay] = {}

    async def add(self, relay: Relay) -> None:
        """Keep a new relay, unless its id, number or name (upper and lower case alike) is taken."""
        check_new(relay, self._relays.values())
        self._relays[relay.id] = relay

    async def change(self, relay: Relay) -> None:
        """Keep a relay in place of the one with its id."""
        if relay.id in self._relays:
            self._relays[relay.id] = relay

    async def all(self) -> Sequence[Relay]:
        """Return every relay, by name, revoked ones too."""
        return sorted(self._relays.values(), key=lambda relay: (relay.name, relay.id))
