"""How wide words are, in pixels, measured with the font files that come with the program."""

import struct
from bisect import bisect_right
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from reports.render.fonts import font_folders, ranges, tables

UNKNOWN = 0.6  # of the size: a letter that none of the fonts has


@dataclass(frozen=True, slots=True)
class Face:
    """One font: code point ranges with the first glyph of each, and the advance of each glyph, in ems."""

    starts: tuple[int, ...]
    ranges: tuple[tuple[int, int, int], ...]
    advances: tuple[float, ...]

    def advance(self, point: int) -> float | None:
        """Return how far a letter moves on, in ems; None if the font lacks it."""
        place = bisect_right(self.starts, point) - 1
        if place < 0 or point > self.ranges[place][1]:
            return None
        first, _last, glyph = self.ranges[place]
        return self.advances[min(glyph + point - first, len(self.advances) - 1)]


def width_of(text: str, size: float) -> float:
    """Return the width of a line in pixels, at a font size in pixels.

    Letters are added up as they stand alone: joined Arabic ones are narrower, Bengali ones up to a thirtieth
    wider or a tenth narrower.
    """
    return size * sum(_advance(ord(sign)) for sign in text)


@cache
def _advance(point: int) -> float:
    found = (face.advance(point) for face in _faces())
    return next((width for width in found if width is not None), UNKNOWN)


@cache
def _faces() -> tuple[Face, ...]:
    """Return the regular cut of each family, in the order in which they are tried."""
    return tuple(_face(_regular(Path(folder)).read_bytes()) for folder in font_folders())


def _regular(folder: Path) -> Path:
    """Return the upright regular cut of a family; a variable font (its axes in brackets) begins with it."""
    upright = [file for file in sorted(folder.glob("*.ttf")) if "Italic" not in file.name]
    return next(file for file in upright if "Regular" in file.name or "[" in file.name)


def _face(font: bytes) -> Face:
    """Read what letters a font has, and how wide they are.

    Source: OpenType specification 1.9, tables "head", "hhea" and "hmtx".
    """
    found = tables(font)
    (per_em,) = struct.unpack_from(">H", font, found[b"head"] + 18)
    (metrics,) = struct.unpack_from(">H", font, found[b"hhea"] + 34)
    advances = struct.unpack_from(">" + "Hh" * metrics, font, found[b"hmtx"])[::2]
    letters = tuple(sorted(ranges(font)))
    return Face(tuple(first for first, _, _ in letters), letters, tuple(wide / per_em for wide in advances))
