"""A new round is kept with its release plan and how it is conducted, beside those that are planned."""

import asyncio
from collections.abc import Collection
from dataclasses import replace
from itertools import chain, count

from bot.registry import Registry
from conversations.circumstances import with_circumstances
from conversations.conduct import read_conduct, split_plan
from conversations.errors import RoundError
from conversations.identifiers import RoundId
from conversations.instrument import for_city
from conversations.life import Deed
from conversations.modules import check_modules, put_to_people
from conversations.rounds import Round, check_alone, check_name, check_times
from conversations.schedule import Schedule
from reports.cutting import cut, of_texts
from reports.planned import Frame, Needed, Plan, people_needed, read_plan

LONGEST_ID = 64
"""Characters of a round's id."""


async def arrange(
    registry: Registry, wanted: Round, passphrase: str | None, plan: str | None, deed: Deed
) -> Round:
    """Keep a new round with its plan and, if its id is taken, a number behind it.

    Raises:
        RoundError: the times stand the wrong way round or are over, another round overlaps, or the plan does
            not fit.
        DefinitionError: the benchmark or city is faulty.
    """
    check_name(wanted.name)
    check_times(wanted.opens_at, wanted.closes_at)
    if wanted.closes_at <= deed.at:
        raise RoundError(
            f"the round would be over by now: it would close {wanted.closes_at:%Y-%m-%d %H:%M} UTC;"
            " give a later --opens or a longer --open-for"
        )
    others = await registry.rounds.all()
    fitting = fitted(registry, wanted, plan, staff_key=passphrase is not None)
    round_ = replace(fitting, id=free_id(wanted.id, {other.id for other in others}))
    check_alone(round_, others)
    for schedule in await registry.schedules.all():
        check_outside(round_, schedule)
    if passphrase is not None:
        round_ = replace(round_, staff_key=True)
        await asyncio.to_thread(registry.keyring.hold_round, round_.id, passphrase)
    await registry.rounds.add(round_, deed)
    return round_


def fitted(registry: Registry, wanted: Round, plan: str | None, *, staff_key: bool = False) -> Round:
    """Return a round with its release plan, and with how it is conducted: what it says itself comes first.

    Of a plan over a whole questionnaire, a round with modules keeps the questions that it asks.

    Raises:
        RoundError: the plan or its modules do not fit.
        DefinitionError: the benchmark or city is faulty.
    """
    text = plan or registry.definitions.plan_text(wanted.benchmark) or ""
    said, conduct = split_plan(text)
    conduct = read_conduct(conduct.model_dump(mode="json", exclude_defaults=True) | dict(wanted.conduct))
    placed = replace(wanted, conduct=conduct.model_dump(mode="json", exclude_defaults=True))
    benchmark, whole = registry.definitions.pack(wanted.benchmark)
    check_modules(whole, conduct)
    asked = put_to_people(whole, benchmark, conduct, wanted.number)
    city = registry.definitions.city(wanted.city)
    said = {} if conduct.listening else said
    tables = read_plan(said, with_circumstances(for_city(whole, city)), wanted.k)
    if tables.keep_months and not staff_key:
        raise RoundError("keep_months of the plan needs a staff-held key: add --staff-key, or take it out")
    tables = of_texts(tables) if conduct.listening else cut(tables, asked)
    return replace(placed, k=tables.k, plan=tables.model_dump(mode="json"))


def free_id(wanted: RoundId, taken: Collection[RoundId]) -> RoundId:
    """Return an id, with a number behind it if it is taken.

    Raises:
        RoundError: it is too long.
    """
    names = chain([wanted], (RoundId(f"{wanted}-{number}") for number in count(2)))
    free = next(name for name in names if name not in taken)
    if len(free) > LONGEST_ID:
        raise RoundError(
            f"the round's id {free} is longer than {LONGEST_ID} characters; shorten the benchmark"
        )
    return free


def check_outside(round_: Round, schedule: Schedule) -> None:
    """Refuse a round during a later round of a series that asks the same questionnaire in the same city.

    Raises:
        RoundError: they overlap, named with its times.
    """
    listens = bool(schedule.conduct.get("listening"))
    same = (schedule.city, schedule.benchmark, listens) == (
        round_.city,
        round_.benchmark,
        round_.is_listening,
    )
    if schedule.ended or not same:
        return
    for opens_at, closes_at in schedule.times(round_.opens_at, round_.closes_at):
        raise RoundError(
            f"the series {schedule.series} asks the same questionnaire in {schedule.city}"
            f" from {opens_at:%Y-%m-%d %H:%M} to {closes_at:%Y-%m-%d %H:%M} UTC; choose other times, or end"
            f" it: portevoix round end {schedule.series}"
        )


def needed(registry: Registry, round_: Round) -> Needed:
    """Return how many people the release of a planned round needs to be of use."""
    _, asked = registry.definitions.asked(round_)
    city = registry.definitions.city(round_.city)
    return people_needed(
        Frame(Plan.model_validate(round_.plan), with_circumstances(for_city(asked, city)), city)
    )
