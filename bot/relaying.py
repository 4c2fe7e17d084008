"""What staff do with relays: add, renew and revoke them, give them a page, see how many came."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from bot.registry import Registry
from bot.relays import Relays
from conversations.errors import RelayError
from conversations.identifiers import Locale, RelayId
from conversations.progress import BY_RELAY, Step, next_count
from conversations.relays import KINDS, Relay, clean_name, is_same_name
from conversations.rounds import Round, RoundState
from conversations.schedule import Schedule

SECRET_LETTERS = 28  # of 32: 140 random bits, so that nobody finds a page by trying
MOST_RELAYS = 9_999
MOST_GENERATIONS = 255  # what a link has room for
LAST_END = date(2150, 12, 31)  # a link has room for some 179 years


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRelay:
    """What staff say when they add a relay; an empty series is that of the city's rounds."""

    name: str
    languages: Sequence[str]
    ends_on: date
    kind: str
    city: str
    series: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Came:
    """How many people came by a relay in the round that is open, in coarse steps.

    `round` is that round, None where none is open; `step` None before the first count; `next_at` the next
    count, None where the round closes before it. `opens_on` is the day on which the next round opens.
    """

    round: Round | None = None
    step: Step | None = None
    next_at: datetime | None = None
    opens_on: date | None = None

    @property
    def is_shut(self) -> bool:
        """Whether staff hold the key, so that nobody is counted by relay."""
        return self.round is not None and self.round.staff_key


def astray(relay: Relay, rounds: Sequence[Round], series: Sequence[Schedule]) -> str:
    """Return why a relay's links lead to no questions, or not in each of its languages; empty if they do."""
    coming = [
        one
        for one in rounds
        if relay.carries(one.city, one.series) and one.state in (RoundState.PLANNED, RoundState.OPEN)
    ]
    if not coming:
        going_on = any(relay.carries(one.city, one.series) and not one.ended for one in series)
        return "" if going_on else f"no round of {relay.series} is planned in {relay.city}"
    following = min(coming, key=lambda round_: round_.opens_at)
    missing = [tag for tag in relay.languages if tag not in following.languages]
    return f"{following.id} is not offered in {', '.join(missing)}" if missing else ""


class Relaying:
    """Does what staff ask of relays; `letters` are random ones, so many as asked for."""

    def __init__(
        self,
        registry: Registry,
        relays: Relays,
        now: Callable[[], datetime],
        letters: Callable[[int], str],
    ) -> None:
        self._registry = registry
        self._relays = relays
        self._now = now
        self._letters = letters

    async def add(self, wish: NewRelay) -> Relay:
        """Keep a new relay.

        Raises:
            RelayError: its name is taken, or something of it cannot be.
        """
        others = await self._registry.relays.all()
        number = 1 + max((relay.number for relay in others), default=0)
        if number > MOST_RELAYS:
            raise RelayError(f"there are {MOST_RELAYS} relays; there is no room for more")
        kind = next((kind for kind in KINDS if kind == wish.kind), None)
        if kind is None:
            raise RelayError(f"'{wish.kind}' is no kind of relay; choose {', '.join(KINDS)}")
        relay = Relay(
            id=RelayId(f"r{number:04}"),
            number=number,
            name=clean_name(wish.name),
            kind=kind,
            city=wish.city,
            series=wish.series or await self._only_series(wish.city),
            languages=self._languages(wish.languages),
            ends_on=self._end(wish.ends_on),
        )
        await self._registry.relays.add(relay)
        self._relays.forget()
        return relay

    def _languages(self, named: Sequence[str]) -> tuple[Locale, ...]:
        """Return the languages that a relay speaks, each once."""
        tags = tuple(dict.fromkeys(tag.strip() for tag in named if tag.strip()))
        known = self._registry.catalogues.tags
        if unknown := [tag for tag in tags if tag not in known]:
            raise RelayError(f"there are no words in {', '.join(unknown)}; there are {', '.join(known)}")
        if not tags:
            raise RelayError("name at least one language, for example --languages ar,fr")
        return tuple(Locale(tag) for tag in tags)

    def _end(self, ends_on: date) -> date:
        """Return the last day of a relay's links, if it is still to come."""
        today = self._now().date()
        if not today <= ends_on <= LAST_END:
            said = "is over" if ends_on < today else f"is later than {LAST_END}"
            raise RelayError(f"the last day of its links, {ends_on}, {said}; choose another --ends")
        return ends_on

    async def _only_series(self, city: str) -> str:
        """Return the series that a city's rounds belong to, where there is one only."""
        rounds = await self._registry.rounds.all()
        alive = [one for one in rounds if one.state is not RoundState.CANCELLED and not one.is_listening]
        found = sorted({one.series for one in alive if one.city == city})
        if len(found) == 1:
            return found[0]
        said = f"there are {', '.join(found)}" if found else f"no round is planned in {city} yet"
        raise RelayError(f"name the series of rounds with --series; {said}")

    async def find(self, name: str) -> Relay:
        """Return the relay of this name or id.

        Raises:
            RelayError: there is none.
        """
        relays = await self._registry.relays.all()
        found = next((one for one in relays if is_same_name(one.name, name) or one.id == name), None)
        if found is None:
            known = ", ".join(f"“{relay.name}”" for relay in relays) or "none yet"
            raise RelayError(f"there is no relay “{name}”; there are {known}")
        return found

    def is_over(self, relay: Relay) -> bool:
        """Say whether the last day of a relay's links has passed."""
        return self._now().date() > relay.ends_on

    async def renew(self, name: str) -> Relay:
        """Let the links that a relay had until now count no more, and return it with new ones."""
        relay = await self._alive(name)
        if relay.generation >= MOST_GENERATIONS:
            raise RelayError(f"the links of “{relay.name}” were renewed too often; add it under another name")
        return await self._changed(replace(relay, generation=relay.generation + 1))

    async def revoke(self, name: str) -> Relay:
        """Let a relay's links, its page and its facilitators' code count no more."""
        relay = await self.find(name)
        return await self._changed(replace(relay, revoked=True, page=None, facilitator=None))

    async def open_page(self, name: str, renew: bool = False) -> str:
        """Give a relay a page and return its secret, which is kept nowhere.

        Raises:
            RelayError: it has one already and it was not to be renewed, or the relay was revoked.
        """
        relay = await self._alive(name)
        if relay.page is not None and not renew:
            raise RelayError(
                f"“{relay.name}” has a page; its address is kept nowhere and cannot be shown again."
                " --renew makes a new address, and the old one leads nowhere"
            )
        secret = self._letters(SECRET_LETTERS)
        await self._changed(replace(relay, page=self._relays.page_print(secret)))
        return secret

    async def withdraw_page(self, name: str) -> Relay:
        """Take a relay's page away."""
        return await self._changed(replace(await self.find(name), page=None))

    async def let_help(self, name: str, kept: bytes, renew: bool = False) -> Relay:
        """Give the people who help for a relay a code, of which `kept` is the keyed hash.

        Raises:
            RelayError: there is one already and it was not to be renewed; the relay was revoked, or is over.
        """
        relay = await self._alive(name)
        if self.is_over(relay):
            raise RelayError(f"“{relay.name}” ended on {relay.ends_on}; add it anew under another name")
        if relay.facilitator is not None and not renew:
            raise RelayError(
                f"“{relay.name}” has a facilitator code; it is kept nowhere and cannot be shown again."
                " --renew makes a new one, and the old one opens nothing"
            )
        return await self._changed(replace(relay, facilitator=kept))

    async def withdraw_help(self, name: str) -> Relay:
        """Take the facilitators' code of a relay away; evenings end with the person who answers."""
        return await self._changed(replace(await self.find(name), facilitator=None))

    async def at_page(self, secret: str) -> Relay | None:
        """Return the relay whose page has this secret address."""
        await self._relays.refresh(self._now())
        return self._relays.at_page(secret)

    async def came(self, relay: Relay) -> Came:
        """Return how many people came by a relay, as they were counted last; nothing is counted for it."""
        now = self._now()
        rounds = [
            round_
            for round_ in await self._registry.rounds.all()
            if relay.carries(round_.city, round_.series)
        ]
        opened = next(
            (one for one in rounds if one.state is RoundState.OPEN and one.opens_at <= now < one.closes_at),
            None,
        )
        if opened is None:
            planned = [one for one in rounds if one.state is RoundState.PLANNED]
            days = [one.opens_at.astimezone(ZoneInfo(one.timezone)).date() for one in planned]
            return Came(opens_on=min(days, default=None))
        steps = await self._registry.progress.steps(opened.id)
        next_at = next_count(now, opened.timezone)
        return Came(
            round=opened,
            step=next((step for step in steps if step.side == BY_RELAY + relay.id), None),
            next_at=next_at if next_at < opened.closes_at and not opened.staff_key else None,
        )

    async def _alive(self, name: str) -> Relay:
        relay = await self.find(name)
        if relay.revoked:
            raise RelayError(f"“{relay.name}” was revoked; add it anew under another name")
        return relay

    async def _changed(self, relay: Relay) -> Relay:
        await self._registry.relays.change(relay)
        self._relays.forget()
        return relay
