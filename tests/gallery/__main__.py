"""Makes the gallery and its pictures: `python -m tests.gallery docs`."""

import argparse
import asyncio
import json
import sys
from pathlib import Path
from typing import Any

from bot.i18n import LANGUAGES, OFFERABLE
from bot.web.releases import Format
from reports.render.picture import png_of
from tests.conftest import CHROMIUM
from tests.gallery import languages
from tests.gallery.camera import Camera, camera, printed_page
from tests.gallery.shelving import shelved
from tests.gallery.telling import WEIGHED, page_of
from tests.gallery.workbook import as_page, name_of
from tests.reports.population import released, voice

PEOPLE, SEED = 300, 1
TAGS = ("en", "fr", "ar")
PHONE, DESKTOP, TABLE = (360, 640), (1280, 800), (1280, 640)
SHEET = 1  # of the workbook, counted from 0
ROUND = "demo"
MOST = 3_000_000  # bytes of all pictures together


async def make(out: Path) -> dict[str, int]:
    """Make every picture and the page, and return the pictures' sizes in bytes."""
    release = released(PEOPLE, SEED)
    here = await shelved({ROUND: {"tables": release.content}})
    forms: dict[tuple[Format, str], bytes] = {}
    for tag in TAGS:
        for form in WEIGHED:
            content = await here.publisher.content(ROUND, form, tag)
            assert content is not None, f"there is no {form} in {tag}"
            forms[form, tag] = content
    factor, question = shown_part(release.document)
    async with camera(CHROMIUM) as lens:
        pictures = await taken(lens, forms, factor, f"q-{question}")
        chart = png_of(release, question, voice("en"))
        pictures["release-chart.png"] = await lens.smaller(chart)
        pictures |= await languages.taken(lens)
    (out / "images").mkdir(parents=True, exist_ok=True)
    for name, picture in pictures.items():
        (out / "images" / name).write_bytes(picture)
    said = {"people": PEOPLE, "seed": SEED, "sheet": name_of(forms["xlsx", "en"], SHEET)}
    said["offered"] = ", ".join(LANGUAGES[tag].own_name for tag in OFFERABLE)
    (out / "gallery.md").write_text(page_of(release, forms, factor, question, **said), "utf-8")
    return {name: len(picture) for name, picture in pictures.items()}


async def taken(
    lens: Camera, forms: dict[tuple[Format, str], bytes], factor: str, question: str
) -> dict[str, bytes]:
    """Take the pictures of pages, printed pages, and a sheet; a phone goes down to the bars at once."""
    pictures = {}
    pages = {tag: forms["html", tag].decode() for tag in TAGS}
    for part, at, below in (("top", None, None), ("factor", factor, question)):
        strip = [await lens.look(pages[tag], *PHONE, at=below) for tag in TAGS]
        pictures[f"release-phone-{part}.jpg"] = await lens.beside(strip)
        for tag in TAGS:
            wide = await lens.look(pages[tag], *DESKTOP, at=at)
            pictures[f"release-desktop-{part}-{tag}.jpg"] = await lens.beside([wide])
    for tag in TAGS:
        printed = [printed_page(forms["pdf", tag], page) for page in (1, 2)]
        pictures[f"release-pdf-{tag}.jpg"] = await lens.beside(printed)
    sheet = await lens.look(as_page(forms["xlsx", "en"], SHEET), *TABLE)
    pictures["release-xlsx.jpg"] = await lens.beside([sheet])
    return pictures


def shown_part(document: dict[str, Any]) -> tuple[str, str]:
    """Return the key factor and question that are shown: where sides differ most clearly, else the first."""
    asked = {question["id"]: question["key_factor"] for question in document["questions"]}
    marked = [found for found in document.get("differences", []) if asked.get(found["question"])]
    if marked:
        clearest = max(marked, key=lambda found: min(abs(found["low"]), abs(found["high"])))
        return asked[clearest["question"]], clearest["question"]
    question = next(table["question"] for table in document["tables"] if table["key_factor"])
    return asked[question], question


def main() -> int:
    """Make the gallery; say how heavy it is, and refuse one that is too heavy."""
    reader = argparse.ArgumentParser(prog="python -m tests.gallery", description=__doc__)
    reader.add_argument("out", type=Path, help="the folder of the page; pictures go into images/ below it")
    out = reader.parse_args().out
    sizes = asyncio.run(make(out))
    print(json.dumps(sizes, indent=1))
    print(f"{out / 'gallery.md'}: {len(sizes)} pictures, {sum(sizes.values()) / 1e6:.2f} MB together")
    return 0 if sum(sizes.values()) < MOST else 1


if __name__ == "__main__":
    sys.exit(main())
