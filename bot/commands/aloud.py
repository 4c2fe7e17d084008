"""Commands about reading aloud: what is covered, and which words are to be recorded."""

import asyncio
from dataclasses import asdict
from typing import Annotated

import typer

from bot.aloud import Synthesiser
from bot.aloud.coverage import Coverage, Covered
from bot.aloud.recordings import Recordings, file_name
from bot.app import LOCALES, SHIPPED
from bot.commands.rounds import Form, ListForm
from bot.commands.running import out, out_json, settings_at_the_door
from bot.definitions import Definitions
from bot.i18n import LANGUAGES, Catalogues
from conversations.errors import SettingsError

audio_app = typer.Typer(no_args_is_help=True, help="Questions read aloud: what is covered, what to record.")

COLUMNS = ("recorded", "stale", "machine", "silent", "questions")


@audio_app.command(epilog="Example: portevoix audio status")
def status(form: ListForm = Form.TABLE) -> None:
    """Show in which languages questions can be heard, and every recording that is not played."""
    coverage, catalogues = _coverage()
    synthesiser = Synthesiser()
    asyncio.run(synthesiser.prepare())
    rows = [coverage.covered(tag, synthesiser) for tag in catalogues.tags]
    findings = coverage.findings()
    if form is Form.JSON:
        out_json({"languages": [asdict(row) for row in rows], "findings": findings})
    else:
        _print(rows, findings)
    if findings:
        raise typer.Exit(1)


@audio_app.command("list", epilog="Example: portevoix audio list ar")
def list_(
    tag: Annotated[str, typer.Argument(help="The language, as `portevoix audio status` names it.")],
    form: ListForm = Form.TABLE,
) -> None:
    """Print the words to be read aloud in a language, each under the name of its recording."""
    coverage, catalogues = _coverage()
    if tag not in catalogues.tags:
        raise SettingsError(f"{tag[:40]!r} is no language here; there are: {', '.join(catalogues.tags)}")
    words = coverage.words(tag)
    if form is Form.JSON:
        out_json([{"file": file_name(one), "question": one.key, "text": one.text} for one in words])
        return
    folder = f"locales/{LANGUAGES[tag].folder}/audio/"
    out(f"Read each text aloud, and put the recording into {folder} under the name above it.")
    for one in words:
        out(f"\n{file_name(one)}\n{one.text}")


def _coverage() -> tuple[Coverage, Catalogues]:
    settings = settings_at_the_door()
    catalogues = Catalogues.read(LOCALES)
    return Coverage(Definitions(SHIPPED, settings.data_dir), catalogues, Recordings.read(LOCALES)), catalogues


def _print(rows: list[Covered], findings: list[str]) -> None:
    out(f"{'language':14}" + "".join(f"{name:>10}" for name in COLUMNS))
    for row in rows:
        out(f"{row.tag:14}" + "".join(f"{getattr(row, name):>10}" for name in COLUMNS))
    out("recorded: a person reads; stale: a recording of other words, not played;")
    out("machine: a computer voice reads (espeak-ng); silent: nobody reads")
    for line in findings:
        out(line)
