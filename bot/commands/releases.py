"""Commands about releases: list them, show one in any form."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from bot.app import House
from bot.commands.rounds import Form, ListForm, RoundName
from bot.commands.running import out, out_json, with_house
from conversations.errors import ReleaseError, RoundError
from conversations.identifiers import RoundId

releases_app = typer.Typer(no_args_is_help=True, help="Releases: what staff and everybody may see.")


class ReleaseForm(StrEnum):
    """The forms of a release; each is made of the frozen JSON alone."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"
    HTML = "html"
    XLSX = "xlsx"
    PDF = "pdf"


@releases_app.command("list", epilog="Example: portevoix release list --format json")
def list_(form: ListForm = Form.TABLE) -> None:
    """List all releases with their SHA-256, newest first."""

    async def act(house: House) -> list[tuple[str, str]]:
        return [(str(round_id), sha256) for round_id, sha256 in await house.stores.releases.all()]

    releases = with_house(act)
    if form is Form.JSON:
        out_json([{"round": round_id, "sha256": sha256} for round_id, sha256 in releases])
        return
    if not releases:
        out("nothing has been released yet")
    for round_id, sha256 in releases:
        out(f"{round_id}  SHA-256 {sha256}")


@releases_app.command(
    epilog="Example: portevoix release show language-learning-2027-01 --format html --lang fr"
    " --out release.html"
)
def show(
    round_id: RoundName,
    form: Annotated[ReleaseForm, typer.Option("--format", help="How to write it.")] = ReleaseForm.TABLE,
    lang: Annotated[str, typer.Option(help="Language of the words: en, fr, ar.")] = "en",
    out_file: Annotated[Path | None, typer.Option("--out", help="Write into this file.")] = None,
) -> None:
    """Show a release."""
    if form in (ReleaseForm.XLSX, ReleaseForm.PDF):
        raise RoundError(f"{form.value} comes in a later version; there are table, json, csv and html")
    content = with_house(lambda house: house.publisher.show(RoundId(round_id), form.value, lang))
    if out_file is None:
        typer.echo(content, nl=False)
        return
    try:
        out_file.write_bytes(content)
    except OSError as error:
        raise ReleaseError(f"{out_file} cannot be written: {error.strerror}; choose another place") from None
    out(f"written to {out_file}")
