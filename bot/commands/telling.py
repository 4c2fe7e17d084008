"""Commands about what is always open: people tell something in their own words; on, off, how it stands."""

from typing import Annotated

import typer

from bot.always_open import NAME, AlwaysOpen, Listens
from bot.app import House
from bot.commands.running import out, with_house
from bot.local_times import both_ways, read_duration, read_zone
from bot.planning import chosen_city
from conversations.identifiers import RoundId
from conversations.schedule import Schedule

tell_app = typer.Typer(
    no_args_is_help=True, help="“Tell us”: free texts about key factors, always open: on, off, status."
)

Benchmark = Annotated[str, typer.Option(help="The benchmark whose key factors people write about.")]
City = Annotated[str, typer.Option(help="The city's key; needed only if there are several.")]


@tell_app.command(epilog="Example: portevoix tell on --benchmark language-learning --every 1month")
def on(
    benchmark: Benchmark,
    every: Annotated[
        str, typer.Option(help="How long one listening round lasts; each person writes once in it: 1month.")
    ] = "1month",
    timezone: Annotated[str, typer.Option(help="Time zone of the clock (default: the city's).")] = "",
    city: City = "",
    name: Annotated[str, typer.Option(help="What staff and readers call it.")] = NAME,
    drafts: Annotated[str, typer.Option(help="Unreviewed languages to offer all the same: fr,ar.")] = "",
) -> None:
    """Let people write in their own words, from now on, until it is switched off."""
    tags = tuple(tag.strip() for tag in drafts.split(",") if tag.strip())

    async def act(house: House) -> Listens:
        own = chosen_city(city, house.definitions).timezone or house.settings.timezone
        return await always_open(house).begin(
            benchmark, read_duration(every), read_zone(timezone or own), city=city, name=name, drafts=tags
        )

    begun = with_house(act)
    out(f"people can tell about {begun.schedule.benchmark} in {begun.schedule.city}: /tell, on both channels")
    _say_open(begun)
    out("a person has to read every text: portevoix texts review ROUND, after each round has closed")


@tell_app.command(epilog="Example: portevoix tell off --benchmark language-learning")
def off(benchmark: Benchmark, city: City = "") -> None:
    """Take no more texts: no further rounds, and the one that is open closes now."""

    async def act(house: House) -> tuple[Schedule, RoundId | None]:
        return await always_open(house).end(benchmark, city)

    schedule, closed = with_house(act)
    out(f"nobody can tell about {schedule.benchmark} in {schedule.city} any more")
    if closed is not None:
        out(f"{closed} is closed; read what was written: portevoix texts review {closed}")


@tell_app.command(epilog="Example: portevoix tell status")
def status() -> None:
    """Say where people can tell something in their own words, and until when this round lasts."""

    async def act(house: House) -> list[Listens]:
        return list(await always_open(house).going())

    found = with_house(act)
    if not found:
        out("off: nobody can write outside rounds; switch it on: portevoix tell on --benchmark BENCHMARK")
    for one in found:
        schedule = one.schedule
        out(f"on: {schedule.benchmark} in {schedule.city}, a new round every {schedule.every}")
        _say_open(one)


def always_open(house: House) -> AlwaysOpen:
    """Return what switches listening on and off in a house."""
    return AlwaysOpen(house.registry, house.campaigns)


def _say_open(one: Listens) -> None:
    """Say which round is open and until when."""
    if one.open_now is None:
        out("    no round of it is open now; the next one opens by itself while portevoix serves")
        return
    zone = read_zone(one.open_now.timezone)
    out(f"    {one.open_now.id} is open until {both_ways(one.open_now.closes_at, zone)}")
    out(f"    languages: {', '.join(one.open_now.languages)}")
