"""How answers are told apart in pictures and workbooks: by lightness and hatching, never by colour alone."""

from dataclasses import replace

from reports.render.chart import Chart, Row

SHADES = ("#ffffff", "#e3edf5", "#bfd5e6", "#8db4d2", "#5288b3", "#2a5f8c", "#10385c")
"""From no opinion (0) over light to dark: known apart by lightness alone, on a grey printer, too."""
DARK = 4  # the first shade on which words are written light
INK, PAPER, PALE, GREY = "#1a1a1a", "#ffffff", "#d0d0d0", "#5a5a5a"


def hatch(row: Row) -> str:
    """Return the colour of the lines in an answer's bars, empty if there are none.

    Hatched are answers without an opinion, and shades on their second turn.
    """
    if not (row.quiet or row.striped):
        return ""
    return PAPER if row.shade >= DARK else GREY


def on(row: Row) -> str:
    """Return the colour in which words are written on an answer's bars."""
    return PAPER if row.shade >= DARK else INK


def levelled(who: Chart) -> Chart:
    """Return a chart of who answered whose levels have the numbers and shades that answers have."""
    steps = max(sum(1 for row in who.rows if not row.quiet) - 1, 1)
    darkest = len(SHADES) - 1
    rows = (
        replace(
            row,
            number=place + 1,
            shade=0 if row.quiet else round(1 + min(place, steps) * (darkest - 1) / steps),
            striped=not row.quiet and steps >= darkest and place % 2 == 1,
        )
        for place, row in enumerate(who.rows)
    )
    return replace(who, rows=tuple(rows))
