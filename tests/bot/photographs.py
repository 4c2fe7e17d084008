"""Printed pages seen as a camera sees them: how light each point is, and what the squares on them say."""

import struct
from pathlib import Path
from tempfile import TemporaryDirectory
from zlib import decompress

import numpy
import segno
import typst
import zxingcpp

A4, A6 = (210, 297), (105, 148.5)  # millimetres; Source: ISO 216
MARGIN = 4
"""Points of light around a square. Source: ISO/IEC 18004, quiet zone."""
SAME_ROW = 20  # points of a photograph: squares that begin no further apart stand side by side
INK = 128
"""A point darker than this, of 255, is black where a printer knows no grey."""


def photographs(pdf, pages, dots_per_inch=100, paper=A4):
    """Pages of a PDF, counted from 1, as arrays of lightness; of a smaller paper, their first corner."""
    with TemporaryDirectory() as folder:
        place = Path(folder)
        (place / "sheet.pdf").write_bytes(pdf)
        asked = "#pagebreak()\n".join(
            f'#place(image("sheet.pdf", page: {page}, width: {A4[0]}mm, height: {A4[1]}mm))' for page in pages
        )
        wide, high = paper
        (place / "pages.typ").write_text(
            f"#set page(width: {wide}mm, height: {high}mm, margin: 0pt)\n{asked}", "utf-8"
        )
        taken = typst.compile(place / "pages.typ", format="png", ppi=float(dots_per_inch))
    return [lightness(picture) for picture in ([taken] if isinstance(taken, bytes) else taken)]


def lightness(picture):
    """How light every point of a grey PNG is. Source: PNG (third edition), 9.2, filter types."""
    width, height, _depth, kind = struct.unpack_from(">IIBB", picture, 16)
    step = {2: 3, 6: 4}[kind]
    packed, at = b"", 8
    while at < len(picture):
        length, name = struct.unpack_from(">I4s", picture, at)
        packed += picture[at + 8 : at + 8 + length] if name == b"IDAT" else b""
        at += length + 12
    rows = numpy.frombuffer(decompress(packed), numpy.uint8).reshape(height, 1 + width * step)
    before, found = numpy.zeros(width, numpy.uint8), []
    for row in rows:
        before = _unfiltered(row[0], row[1::step], before)
        found.append(before)
    return numpy.array(found)


def _unfiltered(kind, line, above):
    match kind:
        case 0:
            return line
        case 1:
            return numpy.cumsum(line, dtype=numpy.uint8)
        case 2:
            return line + above
    left, corner, made = 0, 0, bytearray(len(line))
    for place, (raw, up) in enumerate(zip(line.tolist(), above.tolist(), strict=True)):
        guess = (left + up) // 2 if kind == 3 else _nearest(left, up, corner)
        made[place] = left = (raw + guess) & 255
        corner = up
    return numpy.frombuffer(bytes(made), numpy.uint8)


def _nearest(left, up, corner):
    near_left, near_up, near_corner = abs(up - corner), abs(left - corner), abs(left + up - 2 * corner)
    if near_left <= near_up and near_left <= near_corner:
        return left
    return up if near_up <= near_corner else corner


def one_bit(photograph):
    """A photograph as a printer without grey prints it."""
    return numpy.where(photograph < INK, 0, 255).astype(numpy.uint8)


def addresses(photograph):
    """What the squares on a page say, row by row, each from left to right."""
    rows = []
    for code in sorted(_squares(photograph), key=lambda code: code.position.top_left.y):
        at = code.position.top_left
        if not rows or at.y - rows[-1][0][0] > SAME_ROW:
            rows.append([])
        rows[-1].append((at.y, at.x, code.text))
    return [text for row in rows for _, _, text in sorted(row, key=lambda one: one[1])]


def sides(photograph, wide=A4[0]):
    """How wide the squares on a page are, in millimetres, without their light margin."""
    points = [(code.position.top_left, code.position.top_right) for code in _squares(photograph)]
    return [(right.x - left.x) * wide / photograph.shape[1] for left, right in points]


def margins(photograph):
    """What stands above, below, left and right of each square, as wide as four of its points."""
    for code in _squares(photograph):
        start, end = code.position.top_left, code.position.bottom_right
        room = round((end.x - start.x) * MARGIN / modules(code.text)) - 1
        yield photograph[start.y - room : start.y - 1, start.x : end.x]
        yield photograph[end.y + 2 : end.y + room, start.x : end.x]
        yield photograph[start.y : end.y, start.x - room : start.x - 1]
        yield photograph[start.y : end.y, end.x + 2 : end.x + room]


def modules(text):
    """How many points wide a square with this text is."""
    return len(segno.make(text, error="m", micro=False).matrix)


def _squares(photograph):
    return zxingcpp.read_barcodes(photograph, formats=zxingcpp.BarcodeFormat.QRCode)


def edge(photograph):
    """How far from the edge of the paper the first ink stands, in millimetres: left, top, right, bottom."""
    rows, columns = numpy.nonzero(photograph < INK)
    high, wide = photograph.shape
    per_row, per_column = A4[1] / high, A4[0] / wide
    return (
        columns.min() * per_column,
        rows.min() * per_row,
        (wide - 1 - columns.max()) * per_column,
        (high - 1 - rows.max()) * per_row,
    )
