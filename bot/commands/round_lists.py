"""Commands that show rounds: all of them, series, the life of one, and how far one has come."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from bot.app import House
from bot.commands.rounds import Form, ListForm, RoundName
from bot.commands.running import out, out_json, stamp, with_house
from bot.counting import Seen
from bot.local_times import both_ways, read_zone
from bot.series import next_opening
from conversations.errors import RoundError
from conversations.identifiers import RoundId
from conversations.life import Change
from conversations.progress import EVERYBODY
from conversations.rounds import Round, RoundState
from conversations.schedule import Schedule


def list_rounds(form: ListForm = Form.TABLE) -> None:
    """List all rounds, newest first, and what planned ones wait for."""

    async def act(house: House) -> Sequence[tuple[Round, str, bool]]:
        life = house.campaigns
        rounds = await house.stores.rounds.all()
        return [(one, await life.waits_for(one), await life.names_nobody(one)) for one in rounds]

    rounds = with_house(act)
    if form is Form.JSON:
        out_json([_as_json(round_, waits) for round_, waits, _ in rounds])
        return
    if not rounds:
        out("no rounds yet; plan one: portevoix round plan --help")
    for round_, waits, names_nobody in rounds:
        _say_round(round_, waits)
        if names_nobody:
            out("    no part by association: nobody answered, or beside the rest it would tell too much")


def _say_round(round_: Round, waits: str) -> None:
    """Say what a round is, when it is open, and what it waits for."""
    zone = read_zone(round_.timezone)
    place = f"  number {round_.number} of {round_.series}" if round_.number else ""
    out(f"{round_.id}  {round_.state.value}  “{round_.name}”{place}")
    out(f"    opens   {both_ways(round_.opens_at, zone)}")
    if round_.closed_at is None:
        out(f"    closes  {both_ways(round_.closes_at, zone)}")
    else:
        out(f"    closed  {both_ways(round_.closed_at, zone)}")
    if round_.note:
        out(f"    note    in {', '.join(round_.note)}")
    if round_.without_answer:
        out(f"    without an answer of the city: {round_.without_answer}")
    if waits:
        out(f"    waiting for: {waits}")


def list_series(form: ListForm = Form.TABLE) -> None:
    """List all series: how often, how long, and when the next round opens."""

    async def act(house: House) -> Sequence[tuple[Schedule, datetime | None]]:
        rounds = await house.stores.rounds.all()
        return [(each, next_opening(each, rounds)) for each in await house.campaigns.series.all()]

    schedules = with_house(act)
    if form is Form.JSON:
        out_json([_series_as_json(schedule, opens_at) for schedule, opens_at in schedules])
        return
    if not schedules:
        out("no series yet; plan one: portevoix round plan --every 3months, see --help")
    for schedule, opens_at in schedules:
        how_many = "no end" if schedule.count is None else f"{schedule.count} rounds"
        state = "ended" if schedule.ended else "going on"
        out(f"{schedule.series}  {state}  {schedule.city}  “{schedule.name}”")
        out(f"    every {schedule.every}, open for {schedule.open_for}, {how_many}")
        out(f"    first   {both_ways(schedule.opening(0), schedule.zone)}")
        if opens_at is not None:
            out(f"    next    {both_ways(opens_at, schedule.zone)}")


def _series_as_json(schedule: Schedule, opens_at: datetime | None) -> dict[str, Any]:
    """Return a series for programs."""
    return {
        "id": schedule.id,
        "series": schedule.series,
        "city": schedule.city,
        "benchmark": schedule.benchmark,
        "name": schedule.name,
        "timezone": schedule.timezone,
        "first_opens_at": stamp(schedule.opening(0)),
        "next_opens_at": stamp(opens_at),
        "open_for": str(schedule.open_for),
        "every": str(schedule.every),
        "rounds": schedule.count,
        "ended": schedule.ended,
    }


def round_history(round_id: RoundName, form: ListForm = Form.TABLE) -> None:
    """Show the life of a round, change by change: when, by whom, and why."""

    async def act(house: House) -> tuple[Round | None, Sequence[Change]]:
        rounds = house.stores.rounds
        return await rounds.get(RoundId(round_id)), await rounds.history(RoundId(round_id))

    round_, changes = with_house(act)
    if round_ is None:
        raise RoundError(f"there is no round {round_id}; `portevoix round list` names them")
    if form is Form.JSON:
        out_json([asdict(change) | {"at": stamp(change.at)} for change in changes])
        return
    if not changes:
        out(f"{round_id}: it was planned by a version that kept no history")
    for change in changes:
        reason = f": {change.reason}" if change.reason else ""
        out(f"{both_ways(change.at, read_zone(round_.timezone))}  {change.change} by {change.by}{reason}")


def _as_json(round_: Round, waits: str) -> dict[str, Any]:
    """Return a round for programs; all times UTC, ISO 8601."""
    return {
        "id": round_.id,
        "name": round_.name,
        "state": round_.state.value,
        "city": round_.city,
        "series": round_.series,
        "number": round_.number or None,
        "purpose": round_.purpose,
        "benchmark": round_.benchmark,
        "timezone": round_.timezone,
        "languages": list(round_.languages),
        "draft_languages": list(round_.draft_languages),
        "k": round_.k,
        "demonstration": round_.demonstration,
        "staff_key": round_.staff_key,
        "note": dict(round_.note),
        "without_answer": round_.without_answer,
        "waits_for": waits,
        "opens_at": stamp(round_.opens_at),
        "closes_at": stamp(round_.closes_at),
        "opened_at": stamp(round_.opened_at),
        "closed_at": stamp(round_.closed_at),
        "released_at": stamp(round_.released_at),
    }


def round_progress(round_id: RoundName, form: ListForm = Form.TABLE) -> None:
    """Say in coarse steps how many people had answered at the last weekly count; nothing by question."""
    seen = with_house(lambda house: house.campaigns.progress(RoundId(round_id)))
    if form is Form.JSON:
        out_json(_seen_as_json(round_id, seen))
        return
    for step in seen.steps:
        name = f"    {step.side}" if step.side else f"{round_id}, counted on {_day(step.counted_on)}"
        out(f"{name}: more than {step.step} people" if step.step else f"{name}: 10 people or fewer")
    if not seen.steps:
        out(f"{round_id}: nobody has been counted yet")
    nth = "next" if seen.steps else "first"
    out(
        f"the {nth} count comes on {_day(seen.next_at)}"
        if seen.next_at
        else f"it closes before the {nth} count"
    )
    if not seen.by_side:
        out("sides are not counted: the answers are shut with a passphrase that staff hold")


def _day(day: date) -> str:
    return f"{day:%A} {day:%Y-%m-%d}"


def _seen_as_json(round_id: str, seen: Seen) -> dict[str, Any]:
    """Return what may be seen of an open round for programs; null before the first count."""
    steps = {step.side: step.step for step in seen.steps}
    return {
        "id": round_id,
        "state": RoundState.OPEN.value,
        "more_than": steps.pop(EVERYBODY, None),
        "sides": steps,
        "counted_on": seen.steps[0].counted_on.isoformat() if seen.steps else None,
        "next_count_at": stamp(seen.next_at),
    }
