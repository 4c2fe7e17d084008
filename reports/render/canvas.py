"""A sheet to draw on, in either direction of reading, and how it becomes an SVG or a PNG, offline."""

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from html import escape
from itertools import groupby
from pathlib import Path
from struct import pack
from tempfile import TemporaryDirectory
from typing import Any, Literal
from zlib import crc32

from reports.render.fonts import families, font_folders
from reports.render.shades import INK, PAPER
from reports.render.typesetting import typeset
from reports.render.voice import tongue

FONT, ARABIC_FONT, BENGALI_FONT = (", ".join((*families(tag), "sans-serif")) for tag in ("en", "ar", "bn"))
"""For lines with Arabic or Bengali letters: the first family draws them, and Latin ones too."""
BOLD = 0.035  # parts of the size: how wide the edge of bold letters is; no bold file comes with the program
FONT_LIST = "FONTCONFIG_FILE"
"""Names the list of font folders to whoever draws, at the first drawing. Source: fonts.conf(5)."""
VEGA_LITE = "6.4"
"""The version of Vega-Lite that Altair 6 writes for, one of those that vl-convert carries with it."""
ARABIC = r"\u0600-\u06ff\u0750-\u077f\ufb50-\ufdff\ufe70-\ufeff"
RIGHT_TO_LEFT = re.compile(f"[{ARABIC}]")
BENGALI = re.compile(r"[\u0980-\u09ff]")
APART = r"\u2066-\u2069"
WESTERN = re.compile(rf"([^\W\d_{ARABIC}](?:[^{ARABIC}{APART}]*[^\W_{ARABIC}])?)")
"""Words within an Arabic line that run from left to right, up to where a mark sets others apart."""
MARK = "\u200f"
"""Right-to-left mark: what stands between two of them runs to the left, points and signs included."""
ISOLATES = re.compile(f"[{APART}]")
"""Marks around a value in a sentence; the Arabic family has no picture of them, not even an empty one."""
SIDES = {"ltr": {"start": "left", "end": "right"}, "rtl": {"start": "right", "end": "left"}}
FINE = 2  # pixels of a PNG on a point
HATCH = 6  # points between the lines of a hatched bar: seen apart on paper, too

Anchor = Literal["start", "middle", "end"]


@dataclass(slots=True)
class Canvas:
    """A sheet `width` points wide that grows downwards; 0 is where the language starts its lines."""

    width: float
    direction: Literal["ltr", "rtl"]
    bars: list[dict[str, Any]] = field(default_factory=list)
    lines: list[dict[str, Any]] = field(default_factory=list)
    grounds: list[dict[str, Any]] = field(default_factory=list)
    texts: list[dict[str, Any]] = field(default_factory=list)

    def bar(self, x: float, y: float, width: float, height: float, fill: str, hatch: str = "") -> None:
        """Draw a bar; with upright lines of the colour `hatch`, so that it is known without its own."""
        start, end = sorted((self._across(x), self._across(x + width)))
        self.bars.append({"x": start, "x2": end, "y": y, "y2": y + height, "fill": fill})
        for step in range(1, int(width // HATCH) + 1 if hatch else 0):
            self.line(x + step * HATCH - HATCH / 2, y, x + step * HATCH - HATCH / 2, y + height, hatch)

    def ground(self, x: float, y: float, width: float, height: float, fill: str) -> None:
        """Draw a plain ground for words, over bars and lines."""
        start, end = sorted((self._across(x), self._across(x + width)))
        self.grounds.append({"x": start, "x2": end, "y": y, "y2": y + height, "fill": fill})

    def line(self, x: float, y: float, x2: float, y2: float, colour: str) -> None:
        """Draw a thin line."""
        self.lines.append({"x": self._across(x), "x2": self._across(x2), "y": y, "y2": y2, "colour": colour})

    def text(
        self,
        x: float,
        y: float,
        words: str,
        *,
        size: int = 13,
        bold: bool = False,
        colour: str = INK,
        anchor: Anchor = "start",
    ) -> None:
        """Write one line of words, `y` being its middle."""
        align = SIDES[self.direction].get(anchor, "center")
        style = {"align": align, "size": size, "colour": colour, "bold": bold}
        self.texts.append({"x": self._across(x), "y": y, "words": words} | style)

    def _across(self, x: float) -> float:
        return x if self.direction == "ltr" else self.width - x


def from_the_left(words: str) -> str:
    """Return an Arabic line as it stands on paper, its parts from left to right.

    Whoever draws SVG takes every line for one that runs to the right, and only turns the Arabic parts.
    """
    if not RIGHT_TO_LEFT.search(words):
        return ISOLATES.sub("", words)
    parts = [part for part in (ISOLATES.sub("", part) for part in WESTERN.split(words)) if part]
    turned = [part if WESTERN.fullmatch(part) else f"{MARK}{part}{MARK}" for part in parts]
    return "".join(reversed(turned))


@dataclass(frozen=True, slots=True)
class Caption:
    """What a picture says of itself to whoever cannot see it, and to programs."""

    title: str
    description: str
    language: str
    sha256: str


def svg(canvas: Canvas, height: float, caption: Caption) -> bytes:
    """Return a sheet as SVG; its title, words and SHA-256 stand in it.

    No address is allowed, so no data and no font can be fetched.
    """
    from vl_convert import vegalite_to_svg

    _use_fonts()
    drawn = vegalite_to_svg(_chart(canvas, height), vl_version=VEGA_LITE, allowed_base_urls=[])
    opening, rest = drawn.split(">", 1)
    said = (
        f'{opening} role="img" xml:lang="{escape(caption.language)}">'
        f"<title>{escape(caption.title)}</title><desc>{escape(caption.description)}</desc>"
        f"<metadata>{escape(f'portevoix-release/1 SHA-256 {caption.sha256}')}</metadata>"
    )
    return f"{said}{rest}\n".encode()


def png(canvas: Canvas, height: float, caption: Caption) -> bytes:
    """Return a sheet as PNG, twice as fine as a screen; title and SHA-256 stand in its text chunks.

    The typesetter draws it, not what draws SVG: that sets the second sign of a Bengali syllable over the
    next letter.
    """
    image = typeset("picture.typ", _placed(canvas, height, caption.language), "png", scale=FINE)
    header = 8 + 25  # signature, then the chunk that says how large the image is
    told = {"Title": caption.title, "Description": caption.description, "Release-SHA256": caption.sha256}
    chunks = b"".join(_chunk(key, text, caption.language) for key, text in told.items())
    return image[:header] + chunks + image[header:]


def _placed(canvas: Canvas, height: float, tag: str) -> dict[str, Any]:
    """Return everything on the sheet, as the typesetter's template takes it."""
    return {
        "width": canvas.width,
        "height": height,
        "rtl": canvas.direction == "rtl",
        "lang": tongue(tag),
        "families": families(tag),
        "paper": PAPER,
        "ink": INK,
        "bold": BOLD,
        **{part: getattr(canvas, part) for part in ("bars", "lines", "grounds", "texts")},
    }


def _chunk(key: str, text: str, language: str) -> bytes:
    """Return a text chunk of a PNG. Source: PNG (third edition), 11.3.3.4, iTXt."""
    body = b"iTXt" + b"\0".join((key.encode("latin-1"), b"\0\0" + language.encode(), b"", text.encode()))
    return pack(">I", len(body) - 4) + body + pack(">I", crc32(body))


@cache
def _use_fonts() -> None:
    """Make the fonts known that come with the program, and no others: a picture is the same everywhere."""
    from vl_convert import register_font_directory

    listed = "".join(f"<dir>{escape(folder)}</dir>" for folder in font_folders())
    with TemporaryDirectory() as folder:
        only = Path(folder) / "fonts.conf"
        only.write_text(f"<fontconfig>{listed}</fontconfig>", "utf-8")
        before = os.environ.get(FONT_LIST)
        os.environ[FONT_LIST] = str(only)
        try:
            for folder in font_folders():
                register_font_directory(folder)
        finally:
            os.environ.pop(FONT_LIST)
            if before is not None:
                os.environ[FONT_LIST] = before


def _chart(canvas: Canvas, height: float) -> dict[str, Any]:
    """Return the sheet as a Vega-Lite chart, in points from the upper left corner."""
    import altair as alt  # takes a second

    x = alt.X("x:Q", axis=None, scale=alt.Scale(domain=[0, canvas.width], nice=False, zero=False))
    y = alt.Y("y:Q", axis=None, scale=alt.Scale(domain=[height, 0], nice=False, zero=False))
    layers = []
    if canvas.bars:
        bars = alt.Chart(_listed(canvas.bars)).mark_rect(stroke=INK, strokeWidth=0.6)
        layers.append(bars.encode(x=x, x2="x2", y=y, y2="y2", color=alt.Color("fill:N", scale=None)))
    if canvas.lines:
        lines = alt.Chart(_listed(canvas.lines)).mark_rule(strokeWidth=1)
        layers.append(lines.encode(x=x, x2="x2", y=y, y2="y2", color=alt.Color("colour:N", scale=None)))
    if canvas.grounds:
        grounds = alt.Chart(_listed(canvas.grounds)).mark_rect()
        layers.append(grounds.encode(x=x, x2="x2", y=y, y2="y2", color=alt.Color("fill:N", scale=None)))
    for (align, size, colour, font, bold), texts in groupby(sorted(canvas.texts, key=_style), key=_style):
        values = [{"x": text["x"], "y": text["y"], "words": from_the_left(text["words"])} for text in texts]
        written = alt.Chart(_listed(values)).mark_text(
            align=align,
            baseline="middle",
            fontSize=size,
            font=font,
            color=colour,
            stroke=colour if bold else alt.Undefined,
            strokeWidth=size * BOLD,
        )
        layers.append(written.encode(x=x, y=y, text="words:N"))
    whole = alt.layer(*layers).properties(width=canvas.width, height=height, padding=0)
    whole = whole.configure(font=FONT, background=PAPER, aria=False).configure_view(stroke=None)
    chart: dict[str, Any] = whole.to_dict(validate=False)
    return chart


def _style(text: Mapping[str, Any]) -> tuple[Any, int, str, str, bool]:
    """Return what lines have in common that are written at once; each script is led by its own family."""
    words = text["words"]
    font = ARABIC_FONT if RIGHT_TO_LEFT.search(words) else BENGALI_FONT if BENGALI.search(words) else FONT
    return text["align"], text["size"], text["colour"], font, text["bold"]


def _listed(values: Sequence[Mapping[str, Any]]) -> Any:
    """Return what is drawn as data of a chart."""
    from altair import Data

    return Data(values=values)  # type: ignore[no-untyped-call]  # generated without types
