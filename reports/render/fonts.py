"""The font files that printed pages and charts are set in: they come with the program, none is fetched."""

import struct
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from pathlib import Path

FAMILIES = {
    "Noto Sans": "fontpkg_noto_sans",
    "Noto Sans Arabic": "fontpkg_noto_sans_arabic",
}
"""The families, in the order in which they are tried, and the package that brings each.

Source: Noto fonts, SIL Open Font License 1.1; the first has Latin, Greek and Cyrillic letters.
"""
SEGMENTED = 12
"""The format of a font's table of letters that is read here: ranges over all of Unicode.

Source: OpenType specification 1.9, "cmap - Character to Glyph Index Mapping Table".
"""


@cache
def font_folders() -> tuple[str, ...]:
    """Return the folders that hold the font files."""
    return tuple(str(Path(str(files(package))) / "files") for package in FAMILIES.values())


@cache
def letters() -> frozenset[int]:
    """Return every code point that one of the families has a picture for."""
    return frozenset(
        point
        for folder in font_folders()
        for file in sorted(Path(folder).glob("*.ttf"))
        if "Italic" not in file.name
        for first, last in _ranges(file.read_bytes())
        for point in range(first, last + 1)
    )


def _ranges(font: bytes) -> Iterator[tuple[int, int]]:
    """Yield the first and last code points of each range in a font's table of letters."""
    (tables,) = struct.unpack_from(">H", font, 4)
    listed = (struct.unpack_from(">4sIII", font, 12 + 16 * table) for table in range(tables))
    start = next(offset for tag, _checksum, offset, _length in listed if tag == b"cmap")
    (number,) = struct.unpack_from(">H", font, start + 2)
    for table in range(number):
        (offset,) = struct.unpack_from(">I", font, start + 8 + 8 * table)
        (kind,) = struct.unpack_from(">H", font, start + offset)
        if kind == SEGMENTED:
            (groups,) = struct.unpack_from(">I", font, start + offset + 12)
            for group in range(groups):
                yield struct.unpack_from(">II", font, start + offset + 16 + 12 * group)
            return
