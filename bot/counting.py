"""How far an open round has come: counted weekly at a fixed hour, told in coarse steps alone."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.registry import Registry
from conversations.errors import RoundError
from conversations.progress import BY_RELAY, Step, last_count, next_count
from conversations.rounds import Round, RoundState
from reports.disclosure import progress_over_all, progress_steps
from reports.planned import Frame, Plan


@dataclass(frozen=True, slots=True)
class Seen:
    """What staff may see of an open round: its steps, none before the first count, and the next count.

    `next_at` is None where the round closes before it. `by_side` is whether sides are counted at all.
    """

    steps: Sequence[Step]
    next_at: datetime | None
    by_side: bool


async def count_weekly(registry: Registry, round_: Round, now: datetime) -> None:
    """Count an open round, if the hour of a count has passed since it was counted last."""
    due = last_count(now, round_.timezone)
    before = await registry.progress.steps(round_.id)
    opened_at = round_.opened_at or round_.opens_at
    if due < opened_at or (before and before[0].counted_on >= due.date()):
        return
    today = now.astimezone(ZoneInfo(round_.timezone)).date()
    if round_.staff_key:
        people = await registry.answers.boxed(round_.id)
        steps = progress_over_all(people, before, today)
    else:
        instrument = await registry.programme.instrument(round_)
        frame = Frame(Plan.model_validate(round_.plan), instrument.in_release, instrument.city)
        boxes = await registry.answers.open_boxes(round_.id)
        relays = [one.id for one in await registry.relays.all() if one.carries(round_.city, round_.series)]
        steps = await asyncio.to_thread(progress_steps, boxes, frame, before, today, relays)
    await registry.progress.keep(round_.id, steps)


async def seen(registry: Registry, round_: Round, now: datetime) -> Seen:
    """Return what staff may see of an open round; nothing is counted for it.

    Raises:
        RoundError: the round is not open.
    """
    if round_.state is not RoundState.OPEN:
        raise RoundError(f"round {round_.id} is not open; `portevoix round list` names those that are")
    next_at = next_count(now, round_.timezone)
    kept = await registry.progress.steps(round_.id)
    steps = [step for step in kept if not step.side.startswith(BY_RELAY)]
    return Seen(steps, next_at if next_at < round_.closes_at else None, by_side=not round_.staff_key)
