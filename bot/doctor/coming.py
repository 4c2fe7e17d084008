"""What is coming: the next round and what it waits for, and whether the links of relays lead to it."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.app import House
from bot.doctor.finding import Found, Verdict
from bot.gates import waits_for
from bot.local_times import both_ways
from bot.relaying import astray
from bot.series import next_opening
from conversations.relays import Relay
from conversations.rounds import Round, RoundState

SOON = timedelta(days=30)
"""So long before a relay's links end somebody should hear of it."""


async def rounds(house: House) -> AsyncIterator[Found]:
    """Look which rounds are open, which is next, and what it waits for."""
    rounds = await house.stores.rounds.all()
    for round_ in rounds:
        if round_.state is RoundState.OPEN:
            until = both_ways(round_.closes_at, ZoneInfo(round_.timezone))
            yield Found("open round", Verdict.GOOD, f"{round_.id}, until {until}")
        if round_.state is RoundState.CLOSED:
            yield Found(
                "round",
                Verdict.LOOK,
                f"{round_.id} is closed and has no release",
                f"portevoix round release {round_.id}",
            )
    planned = [one for one in rounds if one.state is RoundState.PLANNED and not one.is_listening]
    if not planned:
        yield await _of_series(house, rounds)
        return
    following = min(planned, key=lambda round_: round_.opens_at)
    says = f"{following.id} opens {both_ways(following.opens_at, ZoneInfo(following.timezone))}"
    if waits := await waits_for(house.registry, following):
        yield Found("next round", Verdict.LOOK, f"{says}; it waits for: {waits}", _cure(following))
    else:
        yield Found("next round", Verdict.GOOD, says)


async def _of_series(house: House, rounds: Sequence[Round]) -> Found:
    """Say when a series goes on of which no round is planned yet; the program that serves plans it."""
    going = [one for one in await house.campaigns.series.all() if not one.conduct.get("listening")]
    found = [(at, one) for one in going if (at := next_opening(one, rounds)) is not None]
    if not found:
        return Found("next round", Verdict.LOOK, "none is planned", "portevoix round plan --help")
    opens_at, series = min(found, key=lambda pair: pair[0])
    says = f"of {series.series} opens {both_ways(opens_at, series.zone)}; `portevoix serve` plans it"
    return Found("next round", Verdict.GOOD, says)


def _cure(round_: Round) -> str:
    return f"portevoix round prepare {round_.id} --help, portevoix answer write --help"


async def relays(house: House) -> AsyncIterator[Found]:
    """Look whether the links of relays still lead somewhere."""
    relays = [relay for relay in await house.stores.relays.all() if not relay.revoked]
    if not relays:
        yield Found("relays", Verdict.OFF, "no association carries links", "portevoix relay add --help")
        return
    rounds, series = await house.stores.rounds.all(), await house.campaigns.series.all()
    alive = 0
    for relay in relays:
        trouble = _trouble(relay, astray(relay, rounds, series), house.campaigns.now())
        alive += trouble is None
        if trouble is not None:
            yield trouble
    if alive:
        yield Found("relays", Verdict.GOOD, f"the links of {alive} of {len(relays)} are alive")


def _trouble(relay: Relay, stray: str, now: datetime) -> Found | None:
    """Return what is wrong with the links of one relay, if anything is."""
    today = now.date()
    anew = f"portevoix relay revoke '{relay.name}', and add it anew under another name"
    if relay.ends_on < today:
        return Found("relays", Verdict.WRONG, f"the links of {relay.name} ended on {relay.ends_on}", anew)
    if stray:
        cure = "plan a round, sign or name the languages (--drafts), or revoke the relay"
        return Found("relays", Verdict.LOOK, f"the links of {relay.name}: {stray}", cure)
    if relay.ends_on < today + SOON:
        return Found("relays", Verdict.LOOK, f"the links of {relay.name} end on {relay.ends_on}", anew)
    return None
