"""The command line: `portevoix`, or `python -m bot`; every error of the house is one line and exit code 1."""

import sys
from asyncio import CancelledError
from collections.abc import Sequence

import typer
from typer.main import get_command

from bot.app import program_version
from bot.commands.aloud import audio_app
from bot.commands.comparing import beside, compare, trends
from bot.commands.conversing import check, play, serve, simulate_people
from bot.commands.keeping import backup, forget, keys_app, restore
from bot.commands.locales import locales_app
from bot.commands.preview import preview
from bot.commands.release_parts import add_part, verify_parts
from bot.commands.releases import releases_app
from bot.commands.rounds import rounds_app
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
app.add_typer(keys_app, name="keys")
app.add_typer(rounds_app, name="round")
app.add_typer(releases_app, name="release")
app.add_typer(texts_app, name="texts")
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
