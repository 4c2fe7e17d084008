"""A PNG taken apart without a library: how light each of its pixels is."""

import struct
from zlib import decompress

INK = 200
"""A pixel darker than this, of 255, is part of a letter."""


def rows_of(image):
    """The lightness of every pixel, row by row. Source: PNG (third edition), 9.2, filter types."""
    width, height, _depth, kind = struct.unpack_from(">IIBB", image, 16)
    step = {2: 3, 6: 4}[kind]
    packed, at = b"", 8
    while at < len(image):
        length, name = struct.unpack_from(">I4s", image, at)
        packed += image[at + 8 : at + 8 + length] if name == b"IDAT" else b""
        at += length + 12
    flat, before, found = decompress(packed), bytes(width * step), []
    for row in range(height):
        start = row * (width * step + 1)
        before = _unfiltered(flat[start], flat[start + 1 : start + 1 + width * step], before, step)
        found.append([sum(before[x : x + 3]) // 3 for x in range(0, len(before), step)])
    return found


def inked(image):
    """The columns in which something stands: the first, and the one after the last."""
    dark = [x for row in rows_of(image) for x, light in enumerate(row) if light < INK]
    return min(dark), max(dark) + 1


def _unfiltered(kind, line, above, step):
    made = bytearray(line)
    for place in range(len(made)):
        left, up = made[place - step] if place >= step else 0, above[place]
        corner = above[place - step] if place >= step else 0
        made[place] = (made[place] + (0, left, up, (left + up) // 2, _nearest(left, up, corner))[kind]) & 255
    return bytes(made)


def _nearest(left, up, corner):
    guess = left + up - corner
    return min((left, up, corner), key=lambda one: abs(guess - one))
