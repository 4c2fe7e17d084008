"""Commands about what must not be lost, and what must go: backup, restore, keys in escrow, forget."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from bot.app import House, backups, escrow_of, restore_backup
from bot.campaigns import FLUSH_AT
from bot.commands.passphrases import PassphraseFile, content_of, hidden, new_passphrase, passphrase_of
from bot.commands.running import out, settings_at_the_door, with_house
from bot.dialogue import CODE_LENGTH, digits_of
from conversations.errors import SettingsError
from conversations.rounds import RoundState

keys_app = typer.Typer(no_args_is_help=True, help="Keys of open rounds: put in escrow, recover.")

Target = Annotated[Path, typer.Option("--to", help="The file to write.")]
Source = Annotated[Path, typer.Argument(help="The file that was written.")]
Force = Annotated[bool, typer.Option("--force", help="Write over the file if it is there.")]


def backup(to: Target, passphrase_file: PassphraseFile = "", force: Force = False) -> None:
    """Back up both databases, without keys, sealed to a passphrase; also while `serve` runs."""
    passphrase = new_passphrase(passphrase_file)

    async def act(house: House) -> list[str]:
        taken = await backups(house.settings).take(
            to, passphrase, house.campaigns.tidy, FLUSH_AT, house.campaigns.now().date(), force
        )
        return list(taken.rounds)

    rounds = with_house(act)
    out(f"backed up to {to}, read back and found whole: rounds {', '.join(rounds) or 'none yet'}")
    out("without keys: answers of open rounds open only with this machine's key folder, or an escrow of it")


def restore(
    file: Source,
    passphrase_file: PassphraseFile = "",
    replace: Annotated[
        bool, typer.Option("--replace", help="Put the databases that are there aside.")
    ] = False,
) -> None:
    """Restore a backup; what was withdrawn since, and who opted out since, does not come back."""
    settings = settings_at_the_door()
    done = restore_backup(settings, file, passphrase_of(passphrase_file), replace)
    rounds = ", ".join(f"{round_id} ({state})" for round_id, state in done.rounds.items())
    out(f"restored {file}, made on {done.made_on.isoformat()}: {rounds or 'no rounds'}")
    if done.contacts_left_out:
        out(
            "contacts were left out: they were sealed with another key folder's key, which is not here;"
            " people are asked again after their next round"
        )
    for round_id in done.without_keys:
        out(
            f"round {round_id} lacks its keys and cannot go on or be released: if they were put in escrow,"
            " bring them back now with `portevoix keys recover FILE`"
        )
    if done.put_aside is not None:
        out(f"the former databases lie in {done.put_aside}; delete that folder once you do not need it")


@keys_app.command(epilog="Example: portevoix keys escrow --to /media/safe/round.keys")
def escrow(to: Target, passphrase_file: PassphraseFile = "", force: Force = False) -> None:
    """Seal the keys of unreleased rounds into a file, under a passphrase of its own."""
    passphrase = new_passphrase(passphrase_file)

    async def act(house: House) -> list[str]:
        waiting = (RoundState.OPEN, RoundState.CLOSED)
        wanted = [round_.id for round_ in await house.stores.rounds.all() if round_.state in waiting]
        return list(escrow_of(house.settings).write(to, passphrase, wanted, force))

    rounds = with_house(act)
    out(f"keys written to {to}, read back and found whole: rounds {', '.join(rounds)}")
    out("whoever has this file, its passphrase and a backup reads those answers; keep it away from both,")
    out("and destroy it after the release")


@keys_app.command(epilog="Example: portevoix keys recover /media/safe/round.keys")
def recover(file: Source, passphrase_file: PassphraseFile = "") -> None:
    """Bring keys back from escrow, where they are missing, for rounds that are not released."""
    settings = settings_at_the_door()
    done = asyncio.run(escrow_of(settings).recover(file, passphrase_of(passphrase_file)))
    out(f"keys are back for: {', '.join(done.rounds) or 'no round'}")
    if done.left_out:
        out(f"left out, released or not in this database: {', '.join(done.left_out)}")


def forget(
    code_file: Annotated[
        Path | None, typer.Option("--code-file", help="Read the withdrawal code from this file.")
    ] = None,
) -> None:
    """Withdraw the answers of a participant who asks staff, by their code; it is asked for, and not shown."""
    words = hidden("Withdrawal code", "--code-file") if code_file is None else content_of(code_file)
    code = digits_of(words)
    if len(code) != CODE_LENGTH:
        raise SettingsError(f"a withdrawal code has {CODE_LENGTH} digits; this one has {len(code)}")

    if not with_house(lambda house: house.dialogue.withdraw(code)):
        out("no answers are kept under this code: it may be mistyped, or its round is over")
        raise typer.Exit(1)
    out("the answers kept under this code are destroyed; nobody can bring them back")
