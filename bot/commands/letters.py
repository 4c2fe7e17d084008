"""Commands about letters: how many a round would send, and to hand out now those that are due."""

import asyncio
from datetime import datetime
from typing import Annotated

import typer

from bot.app import House
from bot.bars import share
from bot.commands.rounds import RoundName
from bot.commands.running import out, with_house
from bot.local_times import both_ways, read_zone
from bot.outlook import OTHER, Outlook, hours_of, look_ahead
from conversations.conduct import Hours
from conversations.errors import RoundError
from conversations.identifiers import RoundId
from conversations.reminders import conduct_of, is_within, next_within
from conversations.rounds import Round, RoundState

WATCH_EVERY = 1.0  # seconds
UNNAMED = "other languages"


def invite(
    round_id: RoundName,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only say how many letters, in which languages, until when.")
    ] = False,
) -> None:
    """Hand out the letters of a round that are due: invitations, reminders, the city's answer.

    They go by themselves too, a few every ten seconds, as long as `portevoix serve` runs; this watches.
    """

    async def act(house: House) -> None:
        round_ = await _round(house, round_id)
        ahead = await look_ahead(house.registry, house.mailings, round_, house.campaigns.now())
        _say(round_, ahead)
        if dry_run:
            out("nothing was sent")
        elif ahead.people:
            await _hand_out(house, round_, ahead)

    with_house(act)


async def _round(house: House, round_id: str) -> Round:
    """Return the round whose letters are meant.

    Raises:
        RoundError: there is none, or it never has letters.
    """
    round_ = await house.stores.rounds.get(RoundId(round_id))
    if round_ is None:
        raise RoundError(f"there is no round {round_id}; `portevoix round list` names them")
    if round_.demonstration:
        raise RoundError(f"round {round_id} is a demonstration: nobody is written to about it")
    if round_.state is RoundState.CANCELLED:
        raise RoundError(f"round {round_id} was cancelled: nobody is written to about it")
    return round_


def _say(round_: Round, ahead: Outlook) -> None:
    """Say what is to be handed out, in steps of ten."""
    if not ahead.people or ahead.begins_at is None or ahead.ends_at is None:
        out(f"{round_.id}: no letters are due")
        return
    named = {"invite": "invitation", "remind": "reminder", "answer": "the city's answer"}
    kinds = [named[cause.split(":")[0]] for cause in ahead.causes]
    out(f"{round_.id}, {' and '.join(kinds)}: to {_about(ahead.people)}")
    if ahead.languages.keys() - {OTHER}:
        tongues = (f"{tag or UNNAMED} {_about(people)}" for tag, people in ahead.languages.items())
        out(f"    in {', '.join(tongues)}")
    zone = read_zone(round_.timezone)
    out(f"    from {both_ways(ahead.begins_at, zone)}")
    out(f"    until about {both_ways(ahead.ends_at, zone)}")
    out(f"    between {hours_of(round_)} only, at most one letter a week to each person")
    if ahead.ends_at > round_.closes_at and round_.state in (RoundState.PLANNED, RoundState.OPEN):
        out(f"    but the round closes {both_ways(round_.closes_at, zone)}: the rest is not sent")


def _about(people: int) -> str:
    return f"up to {people} people" if people > 10 else "10 people or fewer"


async def _hand_out(house: House, round_: Round, ahead: Outlook) -> None:
    """Hand letters to the program that serves, until none is left for now; stopping this stops no letter.

    Raises:
        RoundError: it is not open, it is not the hour, nobody serves, or no longer.
    """
    _check_now(house, round_)
    if not house.stores.is_served():
        raise RoundError(
            "no program serves, so nothing is sent; start `portevoix serve`: letters then go by themselves"
        )
    told, now = house.registry.told, house.campaigns.now
    before = await told.told(ahead.causes)
    left = await look_ahead(house.registry, house.mailings, round_, now())
    with share("handing out letters", left.people) as show:
        while is_within(_hours(round_), round_.timezone, now()):
            if not house.stores.is_served():
                raise RoundError(
                    "the program that serves has stopped; what was handed out waits in the outbox, and all "
                    "letters go on by themselves when `portevoix serve` runs again"
                )
            handed = await house.mailings.go_on()
            waiting = await told.waiting()
            show(await told.told(ahead.causes) - before)  # told, letter or not: how many sent shows nowhere
            if not handed and not waiting:
                show(left.people)
                out("all letters that are due were handed out")
                return
            await asyncio.sleep(WATCH_EVERY)
    zone = read_zone(round_.timezone)
    out(f"the hours are over; it goes on {both_ways(_begins(round_, now()), zone)}")


def _check_now(house: House, round_: Round) -> None:
    """Refuse to hand out letters where none may go now."""
    if round_.state is RoundState.PLANNED:
        raise RoundError(f"round {round_.id} is not open yet; --dry-run says what its invitations will be")
    now = house.campaigns.now()
    if not is_within(_hours(round_), round_.timezone, now):
        begins = both_ways(_begins(round_, now), read_zone(round_.timezone))
        raise RoundError(
            f"letters go out between {hours_of(round_)} only; they go by themselves from {begins} on"
        )


def _hours(round_: Round) -> Hours:
    return conduct_of(round_).hours


def _begins(round_: Round, now: datetime) -> datetime:
    return next_within(_hours(round_), round_.timezone, now)
