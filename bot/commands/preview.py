"""The command that shows translators every screen of a questionnaire in their language."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from bot.app import House, memory_house, now
from bot.commands.running import out, settings_at_the_door
from bot.i18n import LANGUAGES
from bot.planning import Wish, chosen_city, wanted_round
from conversations.errors import RoundError
from conversations.identifiers import Locale
from conversations.instrument import Instrument


def preview(
    lang: Annotated[str, typer.Option(help="The language: its tag, such as fr or ar.")],
    out_folder: Annotated[Path, typer.Option("--out", help="The folder to write pages and pictures into.")],
    benchmark: Annotated[str, typer.Option(help="Whose questionnaire to show.")] = "language-learning",
    city: Annotated[str, typer.Option(help="The city's key; needed only if there are several.")] = "",
    only: Annotated[str, typer.Option(help="Only screens whose name holds this: question-relation.")] = "",
    html_only: Annotated[bool, typer.Option("--html", help="No pictures, even where Chromium is.")] = False,
) -> None:
    """Show every screen of a questionnaire as it will look on Telegram and on the web; for translators."""
    from bot.preview import browser, site_of  # the channels take a second to load
    from bot.preview import preview as make

    async def act() -> None:
        async with memory_house(settings_at_the_door()) as house:
            if not house.catalogues.has(lang):
                known = ", ".join(house.catalogues.voices)
                raise RoundError(f"there are no words in '{lang}'; there are {known}")
            instrument = await planned_instrument(house, benchmark, city, lang)
            chromium = None if html_only else browser()
            site = await site_of(house)
            made = await asyncio.to_thread(
                make, instrument, house.catalogues, site, lang, out_folder, chromium, only
            )
            out(f"{made.screens} screens in {LANGUAGES[lang].own_name}, on each channel")
            for page in made.pages:
                out(f"open in a browser: {page}")
            if made.pictures:
                out(f"pictures: {len(made.pictures)}, such as {made.pictures[0]}")
            elif not html_only:
                why = "is not installed here" if chromium is None else "took none"
                out(f"no pictures: Chromium {why}")

    asyncio.run(act())


async def planned_instrument(house: House, benchmark: str, city: str, tag: str) -> Instrument:
    """Return what would be asked, in a round that is planned in memory only."""
    key = city or ("port-saule" if "port-saule" in house.definitions.cities() else "")
    chosen = chosen_city(key, house.definitions)
    wish = Wish(
        benchmark=benchmark,
        name=chosen.name.get(tag) or chosen.name["en"],
        opens_at=now(),
        closes_at=now() + timedelta(days=21),
        zone=ZoneInfo(chosen.timezone),
        city=chosen.key,
        drafts=(),
    )
    round_, _ = wanted_round(wish, house.definitions, house.catalogues)
    planned = await house.campaigns.plan(replace(round_, demonstration=True))
    instrument = await house.programme.instrument(await house.campaigns.open(planned.id))
    offered = tuple(Locale(other) for other in house.catalogues.tags)
    return replace(instrument, languages=offered)
