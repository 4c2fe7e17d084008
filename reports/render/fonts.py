"""The font files that printed pages and charts are set in: they come with the program, none is fetched."""

import struct
from functools import cache
from importlib.resources import files
from pathlib import Path

FAMILIES = {
    "Noto Sans": "fontpkg_noto_sans",
    "Noto Sans Arabic": "fontpkg_noto_sans_arabic",
    "Hind Siliguri": "fontpkg_hind_siliguri",
    "IBM Plex Sans Arabic": "fontpkg_ibm_plex_sans_arabic",
}
"""The families, in the order in which they are tried, and the package that brings each.

Sources: Noto fonts, Hind Siliguri and IBM Plex, SIL Open Font License 1.1. The first has Latin, Greek and
Cyrillic letters, the second all Arabic ones, the third Bengali ones. The last leads Arabic and Persian: it
draws a letter with its dots as one sign, so that words can be found and read aloud in a PDF; the second
draws the dots apart, and what reads a PDF loses its way.
"""
LEADING = {
    "IBM Plex Sans Arabic": ("ar", "fa"),
    "Noto Sans Arabic": ("ckb", "ps", "ur"),
    "Hind Siliguri": ("bn", "as"),
}
"""The languages whose own family is tried first: joiners and signs of theirs are cut off from the letters
beside them where another family draws them."""
SEGMENTED, BASIC = 12, 4
"""The formats of a font's table of letters that are read here: ranges over all of Unicode, or its first part.

Source: OpenType specification 1.9, "cmap - Character to Glyph Index Mapping Table".
"""
LAST_OF_THE_PLANE = 0xFFFE


@cache
def families(tag: str) -> tuple[str, ...]:
    """Return the families in the order in which they are tried for a language."""
    base = tag.split("-")[0].lower()
    first = [family for family, tags in LEADING.items() if base in tags]
    return tuple(dict.fromkeys((*first, *FAMILIES)))


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
        for first, last, _glyph in ranges(file.read_bytes())
        for point in range(first, last + 1)
    )


def tables(font: bytes) -> dict[bytes, int]:
    """Return where each table of a font file begins."""
    (count,) = struct.unpack_from(">H", font, 4)
    found = (struct.unpack_from(">4sIII", font, 12 + 16 * place) for place in range(count))
    return {tag: offset for tag, _checksum, offset, _length in found}


def ranges(font: bytes) -> list[tuple[int, int, int]]:
    """Return (first, last, glyph of the first) for each range of letters, from the widest table there is."""
    start = tables(font)[b"cmap"]
    (number,) = struct.unpack_from(">H", font, start + 2)
    offsets = [struct.unpack_from(">I", font, start + 8 + 8 * table)[0] for table in range(number)]
    found = {struct.unpack_from(">H", font, start + offset)[0]: start + offset for offset in offsets}
    if SEGMENTED in found:
        (groups,) = struct.unpack_from(">I", font, found[SEGMENTED] + 12)
        places = (found[SEGMENTED] + 16 + 12 * group for group in range(groups))
        return [struct.unpack_from(">III", font, place) for place in places]
    return _of_the_plane(font, found[BASIC]) if BASIC in found else []


def _of_the_plane(font: bytes, at: int) -> list[tuple[int, int, int]]:
    """Return the letters of a table of format 4, one by one."""
    segments = struct.unpack_from(">H", font, at + 6)[0] // 2
    ends, starts, deltas, offsets = (
        struct.unpack_from(f">{segments}H", font, at + 14 + part * 2 * segments + (2 if part else 0))
        for part in range(4)
    )
    found = []
    for segment in range(segments):
        for point in range(starts[segment], min(ends[segment], LAST_OF_THE_PLANE) + 1):
            glyph = point
            if offsets[segment]:
                place = (
                    at + 16 + 6 * segments + 2 * segment + offsets[segment] + 2 * (point - starts[segment])
                )
                (glyph,) = struct.unpack_from(">H", font, place)
            found.append((point, point, (glyph + deltas[segment]) % 65_536))
    return found
