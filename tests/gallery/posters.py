"""Makes the pictures of posters and hand cards: `python -m tests.gallery.posters docs/images`."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import typst

from bot.i18n import OFFERABLE
from tests.bot.test_posters import printed

SIDE_BY_SIDE, HANDS = ("fr", "ar"), "bn"
PAPER, GAP = 230, 8  # points: how wide a page is, and how far apart pages stand
SMALL = 130  # points: how wide a page is where all of them stand together
MOST = 900_000  # bytes of all pictures together


def make(out: Path) -> dict[str, int]:
    """Make every picture, and return their sizes in bytes."""
    sheets, place = printed(), {tag: 2 * at + 1 for at, tag in enumerate(OFFERABLE)}
    pages = [*(place[tag] for tag in SIDE_BY_SIDE), place[HANDS] + 1]
    pictures = {
        "poster-few.png": beside(sheets, pages, PAPER, ppi=110, columns=len(pages)),
        "poster-all.png": beside(sheets, list(place.values()), SMALL, ppi=72, columns=8),
    }
    for name, picture in pictures.items():
        (out / name).write_bytes(picture)
    return {name: len(picture) for name, picture in pictures.items()}


def beside(pdf: bytes, pages: Sequence[int], wide: int, *, ppi: float, columns: int) -> bytes:
    """Return pages of a PDF, counted from 1, side by side as one PNG."""
    shown = ", ".join(
        f'box(stroke: .5pt + luma(140), image("sheet.pdf", page: {page}, width: {wide}pt))' for page in pages
    )
    grid = f"grid(columns: {min(columns, len(pages))}, gutter: {GAP}pt, {shown})"
    with TemporaryDirectory() as folder:
        place = Path(folder)
        (place / "sheet.pdf").write_bytes(pdf)
        (place / "pages.typ").write_text(
            f"#set page(width: auto, height: auto, margin: {GAP}pt, fill: white)\n#{grid}", "utf-8"
        )
        picture = typst.compile(place / "pages.typ", format="png", ppi=ppi)
    assert isinstance(picture, bytes)
    return picture


def main() -> int:
    """Make the pictures; say how heavy they are, and refuse ones that are too heavy."""
    reader = argparse.ArgumentParser(prog="python -m tests.gallery.posters", description=__doc__)
    reader.add_argument("out", type=Path, help="the folder of the pictures")
    sizes = make(reader.parse_args().out)
    print(*(f"{name}: {size:,} bytes" for name, size in sizes.items()), sep="\n")
    return 0 if sum(sizes.values()) < MOST else 1


if __name__ == "__main__":
    sys.exit(main())
