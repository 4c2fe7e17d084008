"""Commands about monitoring rounds: plan, open, close, release, cancel, list, progress."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer

from bot.app import House, escrow_of
from bot.commands.passphrases import PassphraseFile, new_passphrase, passphrase_of
from bot.commands.running import out, out_json, settings_at_the_door, stamp, with_house
from bot.local_times import add_local, both_ways, read_duration, read_local, read_zone
from bot.planning import Wish, chosen_city, wanted_round
from conversations.identifiers import RoundId
from conversations.rounds import LOWEST_K, K, Round, RoundState

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
) -> None:
    """Plan a round. Local times are converted once, and shown both ways."""
    _check_plan(every, k)
    passphrase = new_passphrase(passphrase_file) if staff_key else None
    tags = tuple(tag.strip() for tag in drafts.split(",") if tag.strip())
    facts = {"benchmark": benchmark, "name": name, "city": city, "series": series, "purpose": purpose}

    async def act(house: House) -> Round:
        zone, opens_at, closes_at = _times(house, city, timezone, opens, open_for)
        wish = Wish(opens_at=opens_at, closes_at=closes_at, zone=zone, drafts=tags, k=k, **facts)
        round_, left_out = wanted_round(wish, house.definitions, house.catalogues)
        if left_out:
            out(f"left out, nobody has reviewed them yet: {', '.join(left_out)} (--drafts offers them)")
        return await house.campaigns.plan(round_, passphrase)

    _say_planned(with_house(act))


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


def _say_planned(round_: Round) -> None:
    """Say what was planned, its times both ways."""
    zone = read_zone(round_.timezone)
    out(f"planned {round_.id}: opens {both_ways(round_.opens_at, zone)}")
    out(f"closes {both_ways(round_.closes_at, zone)}")
    out(f"languages: {', '.join(round_.languages)}")
    if round_.staff_key:
        out("its answers open with the passphrase alone: if that is lost, so are they")


@rounds_app.command("open", epilog="Example: portevoix round open language-learning-2027-01")
def open_(round_id: RoundName) -> None:
    """Open a planned round now; its questions are frozen from here on."""
    round_ = with_house(lambda house: house.campaigns.open(RoundId(round_id)))
    out(f"{round_.id} is open until {both_ways(round_.closes_at, read_zone(round_.timezone))}")


@rounds_app.command(epilog="Example: portevoix round close language-learning-2027-01")
def close(round_id: RoundName, passphrase_file: PassphraseFile = "") -> None:
    """Close an open round now and release it: no more answers, unfinished ones erased, tables made."""

    async def act(house: House) -> tuple[Round, str]:
        passphrase = await _held(house, round_id, passphrase_file)
        round_ = await house.campaigns.close(RoundId(round_id))
        return round_, await house.campaigns.release(RoundId(round_id), passphrase)

    round_, sha256 = with_house(act)
    out(f"{round_.id} is closed and released, SHA-256 {sha256}")
    out(f"see it: portevoix release show {round_.id}")
    _remind_of_escrow(round_.id)


@rounds_app.command(epilog="Example: portevoix round release language-learning-2027-01")
def release(round_id: RoundName, passphrase_file: PassphraseFile = "") -> None:
    """Release a closed round whose release is still to be made; doing it again changes nothing."""

    async def act(house: House) -> str:
        return await house.campaigns.release(RoundId(round_id), await _held(house, round_id, passphrase_file))

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
    """Say in coarse steps how many people have answered an open round; nothing by question."""
    step = with_house(lambda house: house.progress(RoundId(round_id)))
    if form is Form.JSON:
        out_json({"id": round_id, "state": RoundState.OPEN.value, "more_than": step})
    else:
        out(f"{round_id}: more than {step} people" if step else f"{round_id}: 10 people or fewer")
