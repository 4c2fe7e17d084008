"""A question's bars in a workbook, drawn by what opens it: readable without colour, in either direction."""

from typing import Any

from reports.render.chart import Chart, Row
from reports.render.shades import INK, PALE, SHADES, hatch, on
from reports.render.sheets import Block, Book, Sheet

PATTERNS = ("light_vertical", "light_horizontal", "light_upward_diagonal", "light_downward_diagonal")
"""What tells answers apart that have no shade of their own."""
WIDTH, HEIGHT = 680, 320  # points
NO_ZERO = "0%;;"


def bars(book: Book, sheet: Sheet, chart: Chart, block: Block) -> None:
    """Put a question's bars beside its table: divided ones, or one for each answer where several count."""
    drawn = book.workbook.add_chart(
        {"type": "bar", "subtype": _kind(chart)} if _kind(chart) else {"type": "bar"}
    )
    last = block.first + block.rows - 1
    if chart.several:
        answers = [sheet.name, block.first, 1, last, 1]
        for place in range(block.columns):
            look = _look(book, Row("", chart.label, quiet=False, shade=5 - 3 * (place % 2)), place)
            drawn.add_series(
                {
                    "name": [sheet.name, block.heads, 2 + place],
                    "categories": answers,
                    "values": [sheet.name, block.first, 2 + place, last, 2 + place],
                    **look,
                }
            )
    else:
        groups = [sheet.name, block.heads, 2, block.heads, 1 + block.columns]
        for place, row in enumerate(chart.rows):
            line = block.first + place
            drawn.add_series(
                {
                    "name": [sheet.name, line, 1],
                    "categories": groups,
                    "values": [sheet.name, line, 2, line, 1 + block.columns],
                    **_look(book, row, place),
                }
            )
    _frame(book, drawn, [sheet.name, block.top, 0])
    options = {"description": book.say(chart.label), "object_position": 1}
    sheet.sheet.insert_chart(block.top, 3 + 4 * block.columns, drawn, options)


def _kind(chart: Chart) -> str | None:
    """Return how bars are stacked: filled to the end, unless an answer is withheld; None: not at all."""
    if chart.several:
        return None
    withheld = any(
        answer.share is None
        for column in chart.columns
        if column.group.has_shares
        for answer in column.group.answers
    )
    return "stacked" if withheld else "percent_stacked"


def _look(book: Book, row: Row, place: int) -> dict[str, Any]:
    """Return how an answer's bars are filled and labelled."""
    shade = SHADES[row.shade]
    filled: dict[str, Any] = {"fill": {"color": shade}}
    if lines := hatch(row):
        pattern = PATTERNS[place % len(PATTERNS)]
        filled = {"pattern": {"pattern": pattern, "fg_color": lines, "bg_color": shade}}
    font = {"color": on(row), "bold": True}
    return {
        **filled,
        "border": {"color": INK, "width": 0.5},
        "gap": 45,
        "data_labels": {"value": True, "num_format": book.figures(NO_ZERO), "font": font},
    }


def _frame(book: Book, drawn: Any, title: list[Any]) -> None:
    """Give a chart its title, axes and size; in a language from right to left the bars grow to the left.

    The groups stand from top to bottom, and the scale below the last of them.
    """
    drawn.set_title({"name": title, "name_font": {"size": 11}})
    drawn.set_y_axis({"reverse": True, "crossing": "max"})
    drawn.set_x_axis(
        {
            "min": 0,
            "max": 1,
            "major_unit": 0.25,
            "num_format": book.figures("0%"),
            "reverse": book.voice.direction == "rtl",
            "major_gridlines": {"visible": True, "line": {"color": PALE}},
        }
    )
    drawn.set_legend({"position": "bottom"})
    drawn.set_size({"width": WIDTH, "height": HEIGHT})
