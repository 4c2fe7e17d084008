"""Commands that converse: serve, play, simulate, check."""

import asyncio
import sys
from datetime import timedelta
from pathlib import Path
from secrets import token_hex
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from bot.app import House, memory_house, now, open_house
from bot.bars import bar
from bot.checking import problems
from bot.commands.running import out, settings_at_the_door, with_house
from bot.config import Settings
from bot.hearing import Phone
from bot.i18n import LANGUAGES, known
from bot.logs import tame_loop
from bot.people import Person, read_people, throw_people, write_people
from bot.planning import Wish, wanted_round
from bot.play import Play
from bot.simulate import check_demonstration, simulate
from conversations.errors import RoundError
from conversations.inspection import flow
from conversations.instrument import Instrument
from conversations.rounds import Round, RoundState


def serve(
    demo: Annotated[bool, typer.Option("--demo", help="Add marked demonstration rounds.")] = False,
) -> None:
    """Serve participants on the web, and on Telegram if a token is set, until Ctrl-C."""
    from bot.serving import Bell, serve_house  # the channels take a second to load; other commands need none

    settings = settings_at_the_door()
    bell = Bell()

    async def run() -> None:
        tame_loop(asyncio.get_running_loop())
        async with open_house(settings, wake=bell.ring) as house:
            await serve_house(house, bell, demo)

    with asyncio.Runner(loop_factory=_fast_loop()) as runner:
        runner.run(run())


def _fast_loop() -> "type[asyncio.AbstractEventLoop] | None":
    """Return uvloop's event loop where it is installed."""
    try:
        from uvloop import Loop
    except ImportError:
        return None
    return Loop


def play(
    benchmark: Annotated[str, typer.Option(help="Whose questionnaire to play.")] = "language-learning",
    city: Annotated[str, typer.Option(help="The city's key; needed only if there are several.")] = "",
    lang: Annotated[str, typer.Option(help="The language the phone would ask for.")] = "en",
) -> None:
    """Play a questionnaire in the terminal; nothing is kept. Type a number, a label or words."""
    settings = settings_at_the_door()
    if known(lang) is None:
        raise RoundError(f"'{lang}' is no language that there is a row for; there are {', '.join(LANGUAGES)}")

    def read() -> str | None:
        sys.stdout.write("> ")
        sys.stdout.flush()
        line = sys.stdin.readline()
        return line.rstrip("\n") if line else None

    async def run() -> None:
        tame_loop(asyncio.get_running_loop())
        async with memory_house(settings) as house:
            round_ = await _open_round(house, benchmark, city)
            await Play(house.dialogue, round_.id, Phone((lang,)), read, lambda text: out(text + "\n")).go()

    asyncio.run(run())


async def _open_round(house: House, benchmark: str, city: str) -> Round:
    """Plan and open a round that begins now, every language on offer."""
    moment = house.campaigns.now()
    wish = Wish(
        benchmark=benchmark,
        name=f"Demonstration of {benchmark}",
        opens_at=moment,
        closes_at=moment + timedelta(days=21),
        zone=ZoneInfo(house.settings.timezone),
        city=city,
        series="demonstration",
        drafts=house.catalogues.tags,
    )
    round_, _ = wanted_round(wish, house.definitions, house.catalogues)
    planned = await house.campaigns.plan(round_)
    return await house.campaigns.open(planned.id)


def check(
    flows: Annotated[bool, typer.Option("--flow", help="Also draw who is asked what.")] = False,
) -> None:
    """Check definitions, catalogues and settings; every finding with its place and what to do."""
    settings: Settings = settings_at_the_door()
    found, definitions = problems(settings)
    for line in found:
        out(line)
    if flows and not found:
        for name in definitions.packs():
            out(flow(definitions.pack(name)[1]))
    if found:
        raise typer.Exit(1)
    out("no findings: definitions, catalogues and settings are in order")


def simulate_people(
    people: Annotated[int, typer.Option(min=1, max=100_000, help="How many people to make of dice.")] = 300,
    seed: Annotated[int, typer.Option(help="The same seed makes the same people.")] = 1,
    round_id: Annotated[
        str, typer.Option("--round", help="Which demonstration round; needed if several.")
    ] = "",
    answers: Annotated[Path | None, typer.Option(help="Play the people of this CSV file instead.")] = None,
    write_answers: Annotated[Path | None, typer.Option(help="Write the people played as CSV.")] = None,
) -> None:
    """Play people through the real engine and stores, into an open demonstration round only."""

    async def act(house: House) -> tuple[Round, int]:
        round_ = await _demonstration(house, round_id)
        check_demonstration(round_)
        instrument = await house.programme.instrument(round_)
        crowd = _crowd(instrument, people, seed, answers)
        if write_answers is not None:
            _write(write_answers, write_people(instrument, crowd))
        with bar("people", len(crowd)) as advance:
            await simulate(house.dialogue, instrument, crowd, token_hex(4), seed, advance)
        await house.campaigns.tidy()
        return round_, len(crowd)

    round_, count = with_house(act)
    out(f"{count} people answered in {round_.id}")


def _crowd(instrument: Instrument, count: int, seed: int, file: Path | None) -> list[Person]:
    """Return the people to play: of a file, or of dice."""
    if file is None:
        return throw_people(instrument, count, seed)
    try:
        text = file.read_text("utf-8")
    except OSError as error:
        raise RoundError(f"{file} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise RoundError(f"{file} is not UTF-8 (byte {error.start}); save it as CSV in UTF-8") from None
    return read_people(instrument, text, file.name)


def _write(file: Path, text: str) -> None:
    try:
        file.write_text(text, "utf-8")
    except OSError as error:
        raise RoundError(f"{file} cannot be written: {error.strerror}; choose another place") from None


async def _demonstration(house: House, name: str) -> Round:
    """Return the round that is meant: the one named, the open demonstration, or a new one."""
    rounds = await house.stores.rounds.all()
    if name:
        for round_ in rounds:
            if round_.id == name:
                return round_
        raise RoundError(f"there is no round {name}; `portevoix round list` names them")
    moment = now()
    fit = [
        round_
        for round_ in rounds
        if round_.state is RoundState.OPEN and round_.demonstration and round_.closes_at > moment
    ]
    if len(fit) > 1:
        raise RoundError(
            f"several demonstration rounds are open; name one with --round: {', '.join(r.id for r in fit)}"
        )
    if fit:
        return fit[0]
    demonstrations = [key for key in house.definitions.cities() if house.definitions.city(key).demonstration]
    if not demonstrations:
        raise RoundError("there is no demonstration city; simulated people may only enter demonstrations")
    return await _open_round(house, "language-learning", demonstrations[0])
