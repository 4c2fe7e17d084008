"""Pictures of one screen in all sixteen languages: the first one, and one question with a scale."""

import asyncio
import tempfile
from dataclasses import replace
from pathlib import Path

from bot.app import memory_house
from bot.commands.preview import planned_instrument
from bot.config import Settings
from bot.i18n import OFFERABLE
from bot.preview import pages_of, site_of
from bot.scenes import Scene, scenes
from conversations.identifiers import Locale
from tests.gallery.camera import Camera

SCREENS = {"first": ("language", 640), "scale": ("question-talk_together", 1080)}
"""Pictures by name: the scene that each shows, and how many pixels of it from the top."""
ACROSS = 4
WIDTH = 360  # pixels of a phone


async def every_language() -> dict[str, list[str]]:
    """Return the pages of each picture, one for each language, in the order of the table."""
    found: dict[str, list[str]] = {name: [] for name in SCREENS}
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(_env_file=None, data_dir=Path(folder))
        async with memory_house(settings) as house:
            site = await site_of(house)
            once = await planned_instrument(house, "language-learning", "port-saule", "en")
            instrument = replace(once, languages=tuple(Locale(tag) for tag in OFFERABLE))
            for tag in OFFERABLE:
                shown = {scene.name: scene for scene in scenes(instrument, house.catalogues, tag)}
                chosen: list[Scene] = [shown[scene] for scene, _ in SCREENS.values()]
                pages = pages_of(chosen, house.catalogues, site)
                for name, page in zip(SCREENS, pages, strict=True):
                    found[name].append(page)
    return found


async def taken(lens: Camera) -> dict[str, bytes]:
    """Take the pictures: four screens a row, one picture for each row."""
    pictures = {}
    for name, pages in (await every_language()).items():
        screens = [await lens.look(page, WIDTH, SCREENS[name][1]) for page in pages]
        for row in range(0, len(screens), ACROSS):
            number = row // ACROSS + 1
            pictures[f"languages-{name}-{number}.jpg"] = await lens.beside(screens[row : row + ACROSS])
            await asyncio.sleep(0)
    return pictures
