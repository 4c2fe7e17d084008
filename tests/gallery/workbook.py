"""One sheet of the workbook as a table: what its cells say, read back as a spreadsheet would."""

import html
from io import BytesIO

from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

STYLE = (
    "body{margin:0;font:13px/1.35 'Noto Sans','Noto Sans Arabic',sans-serif;background:#fff;color:#222}"
    "table{border-collapse:collapse}td,th{border:1px solid #ccc;padding:3px 7px;text-align:start;"
    "vertical-align:top;max-width:13rem}td[colspan]:not([colspan='1']){max-width:none}th{background:#eee;font-weight:400;color:#555}td.n{text-align:end}"
    "p{margin:0;padding:6px 8px;background:#eee}p b{background:#fff;padding:3px 10px;margin-inline-end:4px}"
    "p span{padding:3px 10px;color:#555}"
)
ROWS = 26  # rows of the sheet that are shown


def as_page(workbook: bytes, place: int) -> str:
    """Return the sheet at `place`, counted from 0, as a page: its first rows and the names of all sheets."""
    book = load_workbook(BytesIO(workbook))
    sheet = book.worksheets[place]
    names = [html.escape(name) for name in book.sheetnames]
    marks = ["b" if at == place else "span" for at in range(len(names))]
    tabs = " ".join(f"<{mark}>{name}</{mark}>" for mark, name in zip(marks, names, strict=True))
    direction = "rtl" if sheet.sheet_view.rightToLeft else "ltr"
    return (
        f'<!doctype html><html dir="{direction}"><meta charset="utf-8"><style>{STYLE}</style>'
        f"<body><table>{''.join(_rows(sheet))}</table><p>{tabs}</p></body></html>"
    )


def name_of(workbook: bytes, place: int) -> str:
    """Return the name of the sheet at `place`, counted from 0."""
    return str(load_workbook(BytesIO(workbook), read_only=True).sheetnames[place])


def _rows(sheet: Worksheet) -> list[str]:
    """Return the first rows, with the letters of the columns and the numbers of the rows around them."""
    rows = list(sheet.iter_rows(max_row=min(sheet.max_row, ROWS)))
    letters = "".join(f"<th>{cell.column_letter}</th>" for cell in sheet[1] if hasattr(cell, "column_letter"))
    written = [f"<tr><th></th>{letters}</tr>"]
    for number, row in enumerate(rows, 1):
        if row[0].value and not any(cell.value for cell in row[1:]):
            row = row[:1]  # words run on over empty cells
        span = len(rows[0]) - len(row) + 1
        cells = "".join(_cell(cell.value, cell.number_format, bool(cell.font.b), span) for cell in row)
        written.append(f"<tr><th>{number}</th>{cells}</tr>")
    return written


def _cell(value: object, form: str, bold: bool, span: int) -> str:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return f'<td class="n">{f"{value:.0%}" if "%" in form else f"{value:g}"}</td>'
    words = html.escape("" if value is None else str(value))
    return f'<td colspan="{span}">{f"<strong>{words}</strong>" if bold else words}</td>'
