"""The command that looks at everything an installation needs, and says what to do."""

from pathlib import Path
from typing import Annotated

import typer

from bot.app import House, keys_seen
from bot.commands.rounds import Form, ListForm
from bot.commands.running import out, out_json, settings_at_the_door, with_house


def doctor(
    backups: Annotated[Path | None, typer.Option(help="The folder in which your backups lie.")] = None,
    form: ListForm = Form.TABLE,
) -> None:
    """Look at token, clock, keys, backups, languages, rounds and relays: a line each, with what to do."""
    from bot.doctor import Found, Verdict, examine  # the channels take a second to load

    keys = keys_seen(settings_at_the_door())

    async def act(house: House) -> list[Found]:
        return await examine(house, keys, backups)

    found = with_house(act)
    if form is Form.JSON:
        out_json([{"about": f.about, "verdict": f.verdict, "says": f.says, "do": f.do} for f in found])
    else:
        for each in found:
            out(str(each))
    if any(each.verdict is Verdict.WRONG for each in found):
        raise typer.Exit(1)
