"""Commands that set a release beside something else: who lives in the city, earlier rounds, another city."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from bot.app import House
from bot.commands.releases import Language
from bot.commands.rounds import RoundName
from bot.commands.running import out, with_house
from bot.i18n import Voice
from conversations.city import City
from conversations.errors import ReleaseError, RoundError
from conversations.identifiers import RoundId
from conversations.ports import TABLES
from conversations.rounds import Round, RoundState
from reports.comparing import brief
from reports.disclosure import Publishable, reopen
from reports.disclosure.texts import reopen_texts
from reports.margins import Margins, margins_of, read_margins
from reports.render import html_of
from reports.render.brief import brief_html_of
from reports.render.plain import beside_table_of, brief_table_of, trends_table_of
from reports.representativity import represent
from reports.trends import trends as follow

LARGEST_MARGINS, LARGEST_RELEASE = 1_000_000, 100_000_000
"""Bytes of a file that is read: many times what one takes; a larger one was named by mistake."""


class PageForm(StrEnum):
    """How a comparison is written."""

    TABLE = "table"
    HTML = "html"


class Mentor(StrEnum):
    """Which of the two cities is visited."""

    A = "a"
    B = "b"


Shape = Annotated[PageForm, typer.Option("--format", help="A table for terminals, or a page.")]
OutFile = Annotated[Path | None, typer.Option("--out", help="Write into this file.")]


@dataclass(frozen=True, slots=True)
class Shown:
    """A released round as a comparison takes it: its tables, its texts if released, its city, a voice."""

    tables: Publishable
    texts: Publishable | None
    city: City
    voice: Voice


def beside(
    round_id: RoundName,
    margins: Annotated[
        Path | None,
        typer.Option(help="CSV of residents by group (default: the margins in the city's own file)."),
    ] = None,
    rake: Annotated[str, typer.Option(help="Weight answers by this group as well, such as age.")] = "",
    form: Shape = PageForm.TABLE,
    lang: Language = "en",
    out_file: OutFile = None,
) -> None:
    """Show who answered beside who lives in the city."""
    found = with_house(lambda house: _shown(house, RoundId(round_id), lang))
    numbers = _margins(margins, found)
    compared = represent(found.tables, numbers, rake)
    if form is PageForm.HTML:
        _give(html_of(found.tables, found.voice, texts=found.texts, beside=compared), out_file)
    else:
        _give(beside_table_of(found.tables, compared, found.voice), out_file)


def trends(
    round_id: RoundName,
    form: Shape = PageForm.TABLE,
    lang: Language = "en",
    out_file: OutFile = None,
) -> None:
    """Show a round beside the earlier ones of its series."""

    async def act(house: House) -> tuple[Shown, Sequence[Publishable]]:
        shown = await _shown(house, RoundId(round_id), lang)
        return shown, await _earlier(house, RoundId(round_id))

    found, earlier = with_house(act)
    series = follow([*earlier, found.tables])
    if form is PageForm.HTML:
        _give(html_of(found.tables, found.voice, texts=found.texts, trends=series), out_file)
    else:
        _give(trends_table_of(found.tables, series, found.voice), out_file)


def compare(
    a: Annotated[str, typer.Argument(help="A round's id, or the frozen JSON file of a release.")],
    b: Annotated[str, typer.Argument(help="The same, of another city on the same benchmark.")],
    mentor: Annotated[Mentor, typer.Option(help="Which city is visited: a or b.")] = Mentor.A,
    form: Shape = PageForm.TABLE,
    lang: Language = "en",
    out_file: OutFile = None,
) -> None:
    """Write a learning brief for two cities on one benchmark; it sets neither above the other."""

    named = [(name, _filed(Path(name))) for name in (a, b)]

    async def act(house: House) -> tuple[list[Publishable], Voice]:
        opened = [file or (await _shown(house, RoundId(name), lang)).tables for name, file in named]
        return opened, _voice(house, lang, "en")

    pair, voice = with_house(act)
    found = brief(*(pair if mentor is Mentor.A else reversed(pair)))
    _give(brief_html_of(found, voice) if form is PageForm.HTML else brief_table_of(found, voice), out_file)


async def _shown(house: House, round_id: RoundId, tag: str) -> Shown:
    """Return a released round; say in one line why there is none."""
    tables = reopen(await house.publisher.show(round_id, "json", tag))
    written = await house.stores.releases.read(round_id, "texts")
    city = (await house.programme.instrument(await _round(house, round_id))).city
    texts = None if written is None else reopen_texts(written, tables)
    return Shown(tables, texts, city, _voice(house, tag, city.host_language))


async def _round(house: House, round_id: RoundId) -> Round:
    """Return a round that is known to be there."""
    found = await house.stores.rounds.get(round_id)
    if found is None:
        raise RoundError(f"there is no round {round_id}; `portevoix round list` names them")
    return found


def _voice(house: House, tag: str, host: str) -> Voice:
    """Return the voice of a language, if there are words in it."""
    if tag not in house.catalogues.tags:
        raise RoundError(f"there are no words in '{tag}'; there are {', '.join(house.catalogues.tags)}")
    return house.catalogues.voice(tag, host)


async def _earlier(house: House, round_id: RoundId) -> list[Publishable]:
    """Return the releases of the rounds of the same series that closed before this one, oldest first."""
    newest = await _round(house, round_id)
    rounds = [one for one in await house.stores.rounds.all() if _precedes(one, newest)]
    contents = [await house.stores.releases.read(one.id, TABLES) for one in sorted(rounds, key=_closed)]
    return [reopen(content) for content in contents if content is not None]


def _precedes(one: Round, newest: Round) -> bool:
    """Say whether a round is an earlier one of the same series, city and benchmark; both real, or neither."""
    same = (one.series, one.city, one.benchmark, one.demonstration) == (
        newest.series,
        newest.city,
        newest.benchmark,
        newest.demonstration,
    )
    is_released = one.state is RoundState.RELEASED
    return same and is_released and one.id != newest.id and _closed(one) <= _closed(newest)


def _closed(one: Round) -> str:
    return (one.closed_at or one.closes_at).isoformat()


def _filed(path: Path) -> Publishable | None:
    """Return the release in a file, checked; None where a name is no file's."""
    if path.suffix != ".json" and not path.is_file():
        return None
    content = _read(path, LARGEST_RELEASE)
    try:
        return reopen(content)
    except ReleaseError as fault:
        raise ReleaseError(f"{path}: {fault}") from None
    except (AttributeError, KeyError, TypeError, ValueError):
        raise ReleaseError(f"{path}: is no release of this program; ask the city for it anew") from None


def _margins(file: Path | None, found: Shown) -> Margins:
    """Return the margins of a file, or those of the city's own file."""
    if file is not None:
        return read_margins(_read(file, LARGEST_MARGINS), file.name, found.tables)
    if not found.city.margins:
        raise ReleaseError("the city's file has no margins; name a CSV file with --margins")
    return margins_of(found.city, found.tables)


def _read(path: Path, largest: int) -> bytes:
    """Return the bytes of a file, or say why not."""
    try:
        if path.stat().st_size > largest:
            raise ReleaseError(f"{path} is larger than {largest:,} bytes; it was named by mistake")
        return path.read_bytes()
    except OSError as error:
        raise ReleaseError(f"{path} cannot be read: {error.strerror}") from None


def _give(content: bytes, path: Path | None) -> None:
    """Write what was asked for into a file, or on standard output."""
    if path is None:
        typer.echo(content, nl=False)
        return
    try:
        path.write_bytes(content)
    except OSError as error:
        raise ReleaseError(f"{path} cannot be written: {error.strerror}; choose another place") from None
    out(f"written to {path}")
