"""The command that prints a relay's posters and hand cards."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from bot.app import House
from bot.commands.relays import RelayName, channels_of, insist_on_links, strays
from bot.commands.running import out, with_house
from bot.posters import Poster, poster_of, sheets
from conversations.errors import RelayError


def sheet(
    name: RelayName,
    file: Annotated[Path, typer.Option("--out", help="The PDF to write.")],
    languages: Annotated[str, typer.Option(help="Some of its languages: ar,fr (default: all).")] = "",
) -> None:
    """Write a relay's posters (A4) and hand cards (A6, four to a page), for each language, as one PDF."""
    wanted = tuple(dict.fromkeys(tag.strip() for tag in languages.split(",") if tag.strip()))

    async def act(house: House) -> tuple[Poster, bytes, list[str]]:
        return await _made(house, name, wanted)

    poster, content, notes = with_house(act)
    try:
        file.write_bytes(content)
    except OSError as error:
        raise RelayError(f"{file} cannot be written: {error.strerror}; choose another place") from None
    out(f"written to {file}: {2 * len(poster.languages)} pages, in {', '.join(poster.languages)}")
    for line in notes:
        out(line)
    out("print it at 100 %, on white paper; colour is not needed")


async def _made(house: House, name: str, languages: Sequence[str]) -> tuple[Poster, bytes, list[str]]:
    """Return a relay's posters, the PDF, and what staff should know before they print it."""
    relay = await house.relaying.find(name)
    insist_on_links(relay, house)
    username, notes = await channels_of(house)
    links = house.relays.links(relay, username)
    typed = house.settings.public_url or f"https://t.me/{username}"
    poster = await poster_of(house.registry, relay, links, typed, languages)
    drafts = [tag for tag in poster.languages if house.catalogues.voice(tag).is_draft]
    if drafts:
        notes.append(f"nobody has signed all words in {', '.join(drafts)}; the sheets say so")
    notes += await strays(house, relay)
    return poster, sheets(poster, house.catalogues), notes
