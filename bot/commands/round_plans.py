"""Commands that plan rounds: one, or a series of them; their notes, and the end of a series."""

from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from bot.app import House
from bot.commands.passphrases import PassphraseFile, content_of, new_passphrase
from bot.commands.round_notes import city_of, note_in, read_reason
from bot.commands.rounds import RoundName
from bot.commands.running import out, with_house
from bot.local_times import add_local, both_ways, read_duration, read_local, read_zone
from bot.planning import Wish, chosen_city, said_of_modules, wanted_round
from conversations.identifiers import RoundId
from conversations.rounds import LOWEST_K, K, Round
from conversations.schedule import Schedule
from reports.planned import Needed, Plan

SHOWN = 3  # openings of a series that are said when it is planned

Note = Annotated[
    str, typer.Option(help="What changed since last time: a text, or a .toml file with one per language.")
]
Reason = Annotated[
    str, typer.Option(help="Why it opens although the city has not answered the last round; published.")
]
Series = Annotated[str, typer.Option(help="The series it belongs to (default: the benchmark).")]
City = Annotated[str, typer.Option(help="The city's key; needed only if there are several.")]
Every = Annotated[str, typer.Option(help="Make a series: a round every 3months, 1year, 8weeks.")]
Rounds = Annotated[int, typer.Option(help="How many rounds the series has; 0: until it is ended.")]
Drafts = Annotated[str, typer.Option(help="Unreviewed languages to offer all the same: fr,ar.")]
StaffKey = Annotated[
    bool, typer.Option("--staff-key", help="Shut the answers with a passphrase that only staff know.")
]
Tables = Annotated[
    Path | None,
    typer.Option("--plan", help=r"A TOML file: tables of the release, \[conduct] of the round."),
]
Threshold = Annotated[int, typer.Option(min=LOWEST_K, help="People a group needs to be shown; 10 or more.")]


def plan_round(
    benchmark: Annotated[str, typer.Option(help="The benchmark to ask about.")],
    opens: Annotated[str, typer.Option(help="When it opens, local time: 2027-01-18T09:00.")],
    open_for: Annotated[str, typer.Option(help="How long it stays open: 3weeks, 10days, 12hours.")],
    name: Annotated[str, typer.Option(help="What people call it; in a series it may hold {number}.")],
    timezone: Annotated[str, typer.Option(help="Time zone of the local times.")] = "",
    city: City = "",
    series: Series = "",
    purpose: Annotated[str, typer.Option(help="monitor, draft, apply or revise.")] = "monitor",
    drafts: Drafts = "",
    k: Threshold = K,
    every: Every = "",
    rounds: Rounds = 0,
    note: Note = "",
    without_answer: Reason = "",
    staff_key: StaffKey = False,
    passphrase_file: PassphraseFile = "",
    tables: Tables = None,
) -> None:
    """Plan a round, or a series of them, and its release. Local times are shown both ways."""
    _check_plan(every, rounds, staff_key, k)
    plan = "" if tables is None else content_of(tables)
    passphrase = new_passphrase(passphrase_file) if staff_key else None
    tags = tuple(tag.strip() for tag in drafts.split(",") if tag.strip())
    facts = {"benchmark": benchmark, "name": name, "city": city, "series": series, "purpose": purpose}
    reason = read_reason(without_answer)

    async def act(house: House) -> None:
        zone = read_zone(timezone or chosen_city(city, house.definitions).timezone or house.settings.timezone)
        opens_at = read_local(opens, zone)
        closes_at = add_local(opens_at, read_duration(open_for), zone)
        wish = Wish(opens_at=opens_at, closes_at=closes_at, zone=zone, drafts=tags, k=k, **facts)
        wanted, left_out = wanted_round(wish, house.definitions, house.catalogues)
        wanted = replace(wanted, note=note_in(house, note, wanted.city), without_answer=reason)
        if every:
            schedule = _schedule(wish, wanted, (opens, open_for, every), rounds or None, plan)
            planned = await _plan_series(house, schedule, wanted)
        else:
            planned = await house.campaigns.plan(wanted, passphrase, plan or None)
        _say_planned(planned, house.campaigns.needed(planned))
        if left_out:
            out(f"left out, nobody has reviewed them yet: {', '.join(left_out)} (--drafts offers them)")

    with_house(act)


def _check_plan(every: str, rounds: int, staff_key: bool, k: int) -> None:
    """Refuse what cannot be planned."""
    if k < K:
        raise typer.BadParameter(f"the threshold can only be raised above {K}, never lowered")
    if rounds < 0 or (rounds and not every):
        raise typer.BadParameter("--rounds is how many rounds a series has: give --every, and 1 or more")
    if every and staff_key:
        raise typer.BadParameter(
            "a series makes its rounds by itself, but a staff-held key needs a passphrase typed for each:"
            " plan its rounds one by one, or leave --staff-key out"
        )


def _schedule(
    wish: Wish, wanted: Round, said: tuple[str, str, str], rounds: int | None, plan: str
) -> Schedule:
    """Return the schedule that is wished for: its first opening, how long, and how often."""
    opens, open_for, every = said
    return Schedule(
        id="",
        city=wanted.city,
        series=wanted.series,
        benchmark=wanted.benchmark,
        purpose=wanted.purpose,
        name=wanted.name,
        timezone=wanted.timezone,
        first=datetime.fromisoformat(opens),
        open_for=read_duration(open_for),
        every=read_duration(every),
        count=rounds,
        drafts=wish.drafts,
        k=wanted.k,
        plan=plan,
    )


async def _plan_series(house: House, wanted: Schedule, first: Round) -> Round:
    """Plan a series, say when its first rounds open, and return the first one."""
    schedule, planned = await house.campaigns.series.plan(wanted, first.note, first.without_answer)
    how_many = "until it is ended" if schedule.count is None else f"{schedule.count} rounds"
    out(f"series {schedule.series}: every {schedule.every}, {how_many}")
    nth = schedule.next_after(-1)
    for _ in range(SHOWN):
        if nth is not None:
            opens, closes = both_ways(schedule.opening(nth), schedule.zone), schedule.closing(nth)
            out(f"    {schedule.name_of(nth)}: opens {opens}, closes {both_ways(closes, schedule.zone)}")
            nth = schedule.next_after(nth)
    out("from the second round on each waits for two things:")
    out("    what changed since last time: portevoix round prepare ROUND --note TEXT")
    out("    the city's answer to the round before: portevoix answer template ROUND_BEFORE")
    return planned


def _say_planned(round_: Round, needed: Needed) -> None:
    """Say what was planned, its times both ways, and how many people its release needs to be of use."""
    zone = read_zone(round_.timezone)
    out(f"planned {round_.id}: opens {both_ways(round_.opens_at, zone)}")
    out(f"closes {both_ways(round_.closes_at, zone)}")
    out(f"languages: {', '.join(round_.languages)}")
    _say_tables(Plan.model_validate(round_.plan), needed)
    for line in said_of_modules(round_):
        out(line)
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


def prepare_round(round_id: RoundName, note: Note = "", without_answer: Reason = "") -> None:
    """Give a planned round its note, or the reason why it opens without an answer of the city."""
    if not note and not without_answer:
        raise typer.BadParameter("say what changed since last time (--note), or a reason (--without-answer)")
    reason = read_reason(without_answer)

    async def act(house: House) -> tuple[Round, str]:
        texts = note_in(house, note, await city_of(house, round_id))
        prepared = await house.campaigns.prepare(RoundId(round_id), texts or None, reason or None)
        return prepared, await house.campaigns.waits_for(prepared)

    round_, waits = with_house(act)
    out(f"{round_.id} has a note in {', '.join(round_.note) or 'no language'}")
    if round_.without_answer:
        out(f"it opens without an answer of the city, and says why: {round_.without_answer}")
    out(
        f"waiting for: {waits}"
        if waits
        else f"it opens {both_ways(round_.opens_at, read_zone(round_.timezone))}"
    )


def end_series(
    series: Annotated[str, typer.Argument(help="The series, as `portevoix round series` shows it.")],
    city: City = "",
) -> None:
    """End a series: what is planned of it is cancelled, and no more rounds come."""
    cancelled = with_house(lambda house: house.campaigns.end(series, city))
    out(f"the series {series} is ended; a round that is open stays open until its end")
    for round_ in cancelled:
        out(f"    cancelled {round_.id}")


def cancel_round(
    round_id: RoundName,
    reason: Annotated[str, typer.Option(help="Why, for its history; nothing about a person.")] = "",
) -> None:
    """Cancel a round that has not opened."""
    round_ = with_house(lambda house: house.campaigns.cancel(RoundId(round_id), read_reason(reason)))
    out(f"{round_.id} is {round_.state.value}")
    if round_.schedule:
        out("the next round of its series is planned by itself; portevoix round end ends the series")
