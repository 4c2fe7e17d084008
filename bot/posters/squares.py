"""Squares that a phone's camera reads (QR codes), as drawings that stay sharp at any size."""

from collections.abc import Iterator
from itertools import groupby
from typing import Any

import segno

LEVEL = "m"
"""How much of a square may be dirty or torn: 15 %. Source: ISO/IEC 18004, error correction level M."""
MARGIN = 4
"""Light modules around a square, which cameras need. Source: ISO/IEC 18004, quiet zone."""


def square(address: str) -> dict[str, Any]:
    """Return a square that holds an address: an SVG, and how wide it and its margin are in modules.

    All dark modules are one shape, so that no hair lines stand between them.
    """
    code = segno.make(address, error=LEVEL, micro=False)
    size = len(code.matrix) + 2 * MARGIN
    shape = "".join(f"M{column} {row}h{wide}v1h-{wide}z" for row, column, wide in _runs(code))
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}">'
        f'<path fill="#fff" d="M0 0h{size}v{size}h-{size}z"/><path d="{shape}"/></svg>'
    )
    return {"svg": svg, "size": size, "margin": MARGIN}


def _runs(code: segno.QRCode) -> Iterator[tuple[int, int, int]]:
    """Yield the dark modules that stand side by side: their row, the first one's column, how many."""
    for row, modules in enumerate(code.matrix, start=MARGIN):
        column = MARGIN
        for is_dark, same in groupby(modules):
            wide = len(list(same))
            if is_dark:
                yield row, column, wide
            column += wide
