"""Commands about releases: list them, show a part in any form, write all forms into a folder."""

import sys
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Annotated

import typer

from bot.app import House
from bot.bars import bar
from bot.commands.rounds import Form, ListForm, RoundName
from bot.commands.running import out, out_json, with_house
from bot.publishing import Files
from conversations.errors import ReleaseError, RoundError
from conversations.identifiers import RoundId
from conversations.ports import TABLES
from reports.render import schema_of

releases_app = typer.Typer(no_args_is_help=True, help="Releases: what staff and everybody may see.")

TEXTS, PACKAGE, CSV, HXL = "texts", "datapackage", "csv", "hxl"
NOT_FOR_TERMINALS = ("xlsx", "pdf", "png")
ReleaseForm = Annotated[
    str,
    typer.Option(
        "--format", help="table, json, csv, html, xlsx, pdf, datapackage, or svg, png of a question."
    ),
]
Language = Annotated[str, typer.Option(help="Language of the words: en, fr, ar.")]


@releases_app.command("list", epilog="Example: portevoix release list --format json")
def list_(form: ListForm = Form.TABLE) -> None:
    """List every part of every release with its SHA-256."""

    async def act(house: House) -> Sequence[tuple[RoundId, str, str]]:
        return await house.stores.releases.all()

    releases = with_house(act)
    if form is Form.JSON:
        out_json([{"round": id_, "part": part, "sha256": sha256} for id_, part, sha256 in releases])
        return
    if not releases:
        out("nothing has been released yet")
    for round_id, part, sha256 in releases:
        out(f"{round_id}  {part}  SHA-256 {sha256}")


@releases_app.command(
    epilog="Example: portevoix release show language-learning-2027-01 --format html --lang fr"
    " --out release.html"
)
def show(
    round_id: RoundName,
    form: ReleaseForm = "table",
    lang: Language = "en",
    part: Annotated[str, typer.Option(help="Which part: tables, texts, tables-2.")] = TABLES,
    question: Annotated[str, typer.Option(help="The id of the question to draw.")] = "",
    hxl: Annotated[bool, typer.Option("--hxl", help="A row of HXL hashtags in the CSV.")] = False,
    out_path: Annotated[
        Path | None, typer.Option("--out", help="Write into this file; into this folder for datapackage.")
    ] = None,
) -> None:
    """Show a part of a release."""
    if hxl and form != CSV:
        raise RoundError(f"--hxl goes with csv alone, not with {form}")
    if form == PACKAGE:
        if out_path is None:
            raise RoundError("a data package is several files: name a folder with --out")
        files = with_house(lambda house: house.publisher.package(RoundId(round_id), lang, part))
        _write_all(out_path, [lambda: files])
        return
    if out_path is None and form in NOT_FOR_TERMINALS and sys.stdout.isatty():
        raise RoundError(f"{form} is nothing for a terminal: name a file with --out")
    wanted = HXL if hxl else form
    content = with_house(
        lambda house: house.publisher.show(RoundId(round_id), wanted, lang, part=part, question=question)
    )
    if out_path is None:
        typer.echo(content, nl=False)
        return
    _write(out_path, content)
    out(f"written to {out_path}")


@releases_app.command(
    epilog="Example: portevoix release files language-learning-2027-01 --out results --lang fr"
)
def files(
    round_id: RoundName,
    out_path: Annotated[Path, typer.Option("--out", help="The folder to write into.")],
    lang: Language = "en",
) -> None:
    """Write a release in all forms into a folder: pages, tables, charts, a description of every column."""
    _write_all(out_path, with_house(lambda house: house.publisher.files(RoundId(round_id), lang)))


@releases_app.command(epilog="Example: portevoix release schema > release.schema.json")
def schema(part: Annotated[str, typer.Option(help="Of which part: tables or texts.")] = TABLES) -> None:
    """Print the JSON Schema that the frozen JSON of every release keeps to."""
    if part not in (TABLES, TEXTS):
        raise RoundError(f"there is no schema of '{part}'; there are {TABLES} and {TEXTS}")
    typer.echo(schema_of(texts=part == TEXTS), nl=False)


def _write_all(folder: Path, making: Sequence[Files]) -> None:
    """Make files and write them into a folder; whoever waits at a terminal sees how far it is."""
    waits: AbstractContextManager[Callable[..., None]] = nullcontext(_nothing)
    if sys.stderr.isatty():
        waits = bar("writing", len(making))
    written = 0
    with waits as done:
        for make in making:
            for name, content in make().items():
                _write(folder / name, content)
                written += 1
            done()
    out(f"{written} files written to {folder}")


def _write(path: Path, content: bytes) -> None:
    """Write a file, and the folders that it stands in."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    except OSError as error:
        raise ReleaseError(f"{path} cannot be written: {error.strerror}; choose another place") from None


def _nothing() -> None:
    """Show nothing: nobody waits."""
