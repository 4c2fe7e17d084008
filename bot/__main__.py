"""The command line: `portevoix`, or `python -m bot`; every error of the house is one line and exit code 1."""

import sys
from asyncio import CancelledError
from collections.abc import Sequence

import typer
from typer.main import get_command

from bot.app import program_version
from bot.commands.aloud import audio_app
from bot.commands.answers import answers_app
from bot.commands.codes import codes, receipts_app
from bot.commands.comparing import beside, compare, trends
from bot.commands.conversing import check, play, serve, simulate_people
from bot.commands.doctor import doctor
from bot.commands.facilitators import facilitator
from bot.commands.keeping import backup, forget, keys_app, restore
from bot.commands.letters import invite
from bot.commands.locales import locales_app
from bot.commands.posters import sheet
from bot.commands.preview import preview
from bot.commands.relays import relays_app
from bot.commands.release_parts import add_part, verify_parts
from bot.commands.releases import releases_app
from bot.commands.round_lists import list_rounds, list_series, round_history, round_progress
from bot.commands.round_plans import cancel_round, end_series, plan_round, prepare_round
from bot.commands.rounds import rounds_app
from bot.commands.telling import tell_app
from bot.commands.texts import texts_app
from bot.logs import mistake_of_ours, tame_failures
from conversations.errors import AppError

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Porte-voix: what migrants and host residents say about integration; nobody can tell who said it.",
)
app.command(epilog="Example: portevoix serve --demo")(serve)
app.command(epilog="Example: portevoix play --lang fr")(play)
app.command(epilog="Example: portevoix check --flow")(check)
app.command("simulate", epilog="Example: portevoix simulate --people 300 --seed 7")(simulate_people)
app.command(epilog="Example: portevoix preview --lang ar --out preview")(preview)
app.command(epilog="Example: portevoix backup --to /media/safe/monday.backup")(backup)
app.command(epilog="Example: portevoix restore /media/safe/monday.backup")(restore)
app.command(epilog="Example: portevoix forget")(forget)
app.command(epilog="Example: portevoix doctor --backups /media/safe")(doctor)
releases_app.command(
    "add", epilog="Example: portevoix release add language-learning-2027-01 --plan by-district.toml"
)(add_part)
releases_app.command("verify", epilog="Example: portevoix release verify")(verify_parts)
releases_app.command(
    epilog="Example: portevoix release beside language-learning-2027-01 --margins margins.csv --rake age"
)(beside)
releases_app.command(epilog="Example: portevoix release trends language-learning-2027-01 --lang fr")(trends)
releases_app.command(
    epilog="Example: portevoix release compare language-learning-2027-01 other-city.json --mentor b"
    " --format html --out brief.html"
)(compare)
rounds_app.command(
    "plan",
    epilog="Example: portevoix round plan --benchmark language-learning --opens 2027-01-18T09:00"
    " --open-for 3weeks --every 3months --timezone Europe/Brussels --name 'Round {number}'",
)(plan_round)
rounds_app.command(
    "prepare",
    epilog="Example: portevoix round prepare language-learning-2027-04 --note 'Evening courses began.'",
)(prepare_round)
rounds_app.command(
    "cancel", epilog="Example: portevoix round cancel language-learning-2027-04 --reason 'the school is shut'"
)(cancel_round)
rounds_app.command("series", epilog="Example: portevoix round series")(list_series)
rounds_app.command("end", epilog="Example: portevoix round end language-learning")(end_series)
rounds_app.command("history", epilog="Example: portevoix round history language-learning-2027-01")(
    round_history
)
rounds_app.command("list", epilog="Example: portevoix round list --format json")(list_rounds)
rounds_app.command("progress", epilog="Example: portevoix round progress language-learning-2027-01")(
    round_progress
)
relays_app.command(epilog='Example: portevoix relay sheet "House of Women" --out sheets.pdf')(sheet)
rounds_app.command(epilog="Example: portevoix round invite language-learning-2027-01 --dry-run")(invite)
app.add_typer(keys_app, name="keys")
app.add_typer(rounds_app, name="round")
relays_app.command(epilog='Example: portevoix relay facilitator "House of Women"')(facilitator)
relays_app.command(epilog='Example: portevoix relay codes "House of Women" --count 200 --out cards.pdf')(
    codes
)
app.add_typer(relays_app, name="relay")
app.add_typer(receipts_app, name="receipt")
app.add_typer(releases_app, name="release")
app.add_typer(texts_app, name="texts")
app.add_typer(tell_app, name="tell")
app.add_typer(answers_app, name="answer")
app.add_typer(audio_app, name="audio")
app.add_typer(locales_app, name="locales")


@app.command(epilog="Example: portevoix version")
def version() -> None:
    """Print the version of the program."""
    sys.stdout.write(f"{program_version()}\n")


def main(words: Sequence[str] | None = None) -> None:
    """Run the command line; errors of the house are said in one line, without a traceback.

    So are our own mistakes, without a word of what they say. `words` are what stands behind the program's
    name; None means those it was called with. Ends the program.
    """
    tame_failures()
    try:
        # Not `app(...)`: that puts Typer's own hook, which shows tracebacks, in the place of ours.
        get_command(app)(None if words is None else list(words), prog_name="portevoix")
    except AppError as error:
        sys.stderr.write(f"portevoix: {error}\n")
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(0)
    except (Exception, CancelledError) as error:
        sys.stderr.write(f"portevoix: {mistake_of_ours(error)}\n")
        sys.exit(1)


if __name__ == "__main__":
    main()
