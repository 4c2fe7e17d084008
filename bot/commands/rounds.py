"""Commands about monitoring rounds: plan, open, close, release, cancel, list, progress."""

from collections.abc import Sequence
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer

from bot.app import House, escrow_of
from bot.bars import watch_boxes
from bot.commands.passphrases import PassphraseFile, content_of, new_passphrase, passphrase_of
from bot.commands.running import out, out_json, settings_at_the_door, stamp, with_house
from bot.counting import Seen
from bot.local_times import add_local, both_ways, read_duration, read_local, read_zone
from bot.planning import Wish, chosen_city, wanted_round
from conversations.identifiers import RoundId
from conversations.progress import EVERYBODY
from conversations.rounds import LOWEST_K, K, Round, RoundState
from reports.planned import Needed, Plan

rounds_app = typer.Typer(no_args_is_help=True, help="Monitoring rounds: plan, open, close, release, list.")


class Form(StrEnum):
    """How a list is written."""

    TABLE = "table"
    JSON = "json"


RoundName = Annotated[str, typer.Argument(help="The round's id, as `portevoix round list` shows it.")]
ListForm = Annotated[Form, typer.Option("--format", help="A table for people, JSON for programs.")]


@rounds_app.command(
    epilog="Example: portevoix round plan --benchmark language-learning --opens 2027-01-18T09:00"
    " --open-for 3weeks --timezone Europe/Brussels --name 'Winter 2027'"
)
def plan(
    benchmark: Annotated[str, typer.Option(help="The benchmark to ask about.")],
    opens: Annotated[str, typer.Option(help="When it opens, local time: 2027-01-18T09:00.")],
    open_for: Annotated[str, typer.Option(help="How long it stays open: 3weeks, 10days, 12hours.")],
    name: Annotated[str, typer.Option(help="What staff and participants call it.")],
    timezone: Annotated[str, typer.Option(help="Time zone of the local times.")] = "",
    city: Annotated[str, typer.Option(help="The city's key; needed only if there are several.")] = "",
    series: Annotated[str, typer.Option(help="The series it belongs to (default: the benchmark).")] = "",
    purpose: Annotated[str, typer.Option(help="monitor, draft, apply or revise.")] = "monitor",
    drafts: Annotated[str, typer.Option(help="Unreviewed languages to offer all the same: fr,ar.")] = "",
    k: Annotated[int, typer.Option(min=LOWEST_K, help="People a group needs to be shown; 10 or more.")] = K,
    every: Annotated[str, typer.Option(help="Not there yet: series of rounds come later.")] = "",
    staff_key: Annotated[
        bool, typer.Option("--staff-key", help="Shut the answers with a passphrase that only staff know.")
    ] = False,
    passphrase_file: PassphraseFile = "",
    tables: Annotated[
        Path | None, typer.Option("--plan", help="A TOML file that says which tables the release has.")
    ] = None,
) -> None:
    """Plan a round and its release. Local times are converted once, and shown both ways."""
    _check_plan(every, k)
    release_plan = None if tables is None else content_of(tables)
    passphrase = new_passphrase(passphrase_file) if staff_key else None
    tags = tuple(tag.strip() for tag in drafts.split(",") if tag.strip())
    facts = {"benchmark": benchmark, "name": name, "city": city, "series": series, "purpose": purpose}

    async def act(house: House) -> tuple[Round, Needed]:
        zone, opens_at, closes_at = _times(house, city, timezone, opens, open_for)
        wish = Wish(opens_at=opens_at, closes_at=closes_at, zone=zone, drafts=tags, k=k, **facts)
        round_, left_out = wanted_round(wish, house.definitions, house.catalogues)
        if left_out:
            out(f"left out, nobody has reviewed them yet: {', '.join(left_out)} (--drafts offers them)")
        planned = await house.campaigns.plan(round_, passphrase, release_plan)
        return planned, house.campaigns.needed(planned)

    _say_planned(*with_house(act))


def _check_plan(every: str, k: int) -> None:
    """Refuse what cannot be planned."""
    if every:
        raise typer.BadParameter("series of rounds (--every) come in a later version; plan one round")
    if k < K:
        raise typer.BadParameter(f"the threshold can only be raised above {K}, never lowered")


def _times(
    house: House, city: str, timezone: str, opens: str, open_for: str
) -> tuple[ZoneInfo, datetime, datetime]:
    """Return the zone of a plan's local times, and when it opens and closes, aware, UTC."""
    zone = read_zone(timezone or chosen_city(city, house.definitions).timezone or house.settings.timezone)
    opens_at = read_local(opens, zone)
    return zone, opens_at, add_local(opens_at, read_duration(open_for), zone)


def _say_planned(round_: Round, needed: Needed) -> None:
    """Say what was planned, its times both ways, and how many people its release needs to be of use."""
    zone = read_zone(round_.timezone)
    out(f"planned {round_.id}: opens {both_ways(round_.opens_at, zone)}")
    out(f"closes {both_ways(round_.closes_at, zone)}")
    out(f"languages: {', '.join(round_.languages)}")
    _say_tables(Plan.model_validate(round_.plan), needed)
    if round_.staff_key:
        out("its answers open with the passphrase alone: if that is lost, so are they")


def _say_tables(plan: Plan, needed: Needed) -> None:
    """Say what the release will show, as it was planned, and from how many people."""
    out(f"its release: {len(plan.tables())} tables, groups of {plan.k} people or more")
    out(
        f"people it needs at the least: {needed.overall} over all, {needed.by_side} to see sides side by side"
    )
    for groups, people in needed.by_group.items():
        out(f"    {people} by side and {groups}")
    if needed.by_group:
        out("    if they stood evenly, which they never do: count on more for the smaller groups")
    if plan.keep_months:
        out(f"its answers stay shut for {plan.keep_months} months after closing, for further tables")


@rounds_app.command("open", epilog="Example: portevoix round open language-learning-2027-01")
def open_(
    round_id: RoundName,
    drafts: Annotated[str, typer.Option(help="Languages to offer although nobody signed them: lv,kmr.")] = "",
) -> None:
    """Open a planned round now; its questions are frozen from here on."""
    named = [tag.strip() for tag in drafts.split(",") if tag.strip()]
    round_ = with_house(lambda house: house.campaigns.open(RoundId(round_id), named))
    out(f"{round_.id} is open until {both_ways(round_.closes_at, read_zone(round_.timezone))}")


@rounds_app.command(epilog="Example: portevoix round close language-learning-2027-01")
def close(round_id: RoundName, passphrase_file: PassphraseFile = "") -> None:
    """Close an open round now and release it: no more answers, unfinished ones erased, tables made."""

    async def act(house: House) -> tuple[Round, str]:
        passphrase = await _held(house, round_id, passphrase_file)
        round_ = await house.campaigns.close(RoundId(round_id))
        return round_, await house.campaigns.release(RoundId(round_id), passphrase, watch_boxes)

    round_, sha256 = with_house(act)
    out(f"{round_.id} is closed and released, SHA-256 {sha256}")
    out(f"see it: portevoix release show {round_.id}")
    _remind_of_escrow(round_.id)


@rounds_app.command(epilog="Example: portevoix round release language-learning-2027-01")
def release(round_id: RoundName, passphrase_file: PassphraseFile = "") -> None:
    """Release a closed round whose release is still to be made; doing it again changes nothing."""

    async def act(house: House) -> str:
        passphrase = await _held(house, round_id, passphrase_file)
        return await house.campaigns.release(RoundId(round_id), passphrase, watch_boxes)

    sha256 = with_house(act)
    out(f"{round_id} is released, SHA-256 {sha256}; see it: portevoix release show {round_id}")
    _remind_of_escrow(round_id)


async def _held(house: House, round_id: str, passphrase_file: str) -> str | None:
    """Return the passphrase of a round whose answers it shuts, asked for; None for any other round."""
    round_ = await house.stores.rounds.get(RoundId(round_id))
    if round_ is None or not round_.staff_key or round_.state not in (RoundState.OPEN, RoundState.CLOSED):
        return None
    return passphrase_of(passphrase_file)


def _remind_of_escrow(round_id: str) -> None:
    """Say that copies of a released round's keys were made."""
    if escrow_of(settings_at_the_door()).escrowed(RoundId(round_id)):
        out("copies of its keys were put in escrow: destroy that file now")


@rounds_app.command(epilog="Example: portevoix round cancel language-learning-2027-01")
def cancel(round_id: RoundName) -> None:
    """Cancel a round that has not opened."""
    round_ = with_house(lambda house: house.campaigns.cancel(RoundId(round_id)))
    out(f"{round_.id} is {round_.state.value}")


@rounds_app.command("list", epilog="Example: portevoix round list --format json")
def list_(form: ListForm = Form.TABLE) -> None:
    """List all rounds, newest first."""

    async def act(house: House) -> Sequence[Round]:
        return await house.stores.rounds.all()

    rounds = with_house(act)
    if form is Form.JSON:
        out_json([_as_json(round_) for round_ in rounds])
        return
    if not rounds:
        out("no rounds yet; plan one: portevoix round plan --help")
    for round_ in rounds:
        zone = read_zone(round_.timezone)
        out(f"{round_.id}  {round_.state.value}  “{round_.name}”")
        out(f"    opens   {both_ways(round_.opens_at, zone)}")
        out(f"    closes  {both_ways(round_.closes_at, zone)}")


def _as_json(round_: Round) -> dict[str, Any]:
    """Return a round for programs; all times UTC, ISO 8601."""
    return {
        "id": round_.id,
        "name": round_.name,
        "state": round_.state.value,
        "city": round_.city,
        "series": round_.series,
        "purpose": round_.purpose,
        "benchmark": round_.benchmark,
        "timezone": round_.timezone,
        "languages": list(round_.languages),
        "draft_languages": list(round_.draft_languages),
        "k": round_.k,
        "demonstration": round_.demonstration,
        "staff_key": round_.staff_key,
        "opens_at": stamp(round_.opens_at),
        "closes_at": stamp(round_.closes_at),
        "opened_at": stamp(round_.opened_at),
        "closed_at": stamp(round_.closed_at),
        "released_at": stamp(round_.released_at),
    }


@rounds_app.command(epilog="Example: portevoix round progress language-learning-2027-01")
def progress(round_id: RoundName, form: ListForm = Form.TABLE) -> None:
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
