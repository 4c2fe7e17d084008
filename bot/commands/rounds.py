"""Commands that move monitoring rounds on: open, close, release."""

from enum import StrEnum
from typing import Annotated

import typer

from bot.app import House, escrow_of
from bot.bars import watch_boxes
from bot.commands.passphrases import PassphraseFile, passphrase_of
from bot.commands.running import out, settings_at_the_door, with_house
from bot.local_times import both_ways, read_zone
from conversations.identifiers import RoundId
from conversations.rounds import Round, RoundState

rounds_app = typer.Typer(no_args_is_help=True, help="Monitoring rounds: plan, open, close, release, list.")


class Form(StrEnum):
    """How a list is written."""

    TABLE = "table"
    JSON = "json"


RoundName = Annotated[str, typer.Argument(help="The round's id, as `portevoix round list` shows it.")]
ListForm = Annotated[Form, typer.Option("--format", help="A table for people, JSON for programs.")]


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
