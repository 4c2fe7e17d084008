"""A release as one tidy table: a row for every answer of every group, an empty cell for what is withheld."""

import csv
import io
from collections.abc import Iterator

from reports.disclosure import Publishable
from reports.render.reading import SIDE, Group, Reading, Table

COLUMNS = (
    "round", "demonstration", "table", "key_factor", "question", "question_label",
    "side", "group", "level", "people",
    "code", "code_label", "count", "share", "flags", "release_sha256",
)  # fmt: skip
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet may take for a formula at the start of a cell. Source: OWASP, "CSV Injection"."""


def csv_of(release: Publishable) -> bytes:
    """Return a release as CSV in UTF-8; the codes are equal in all languages, labels are English."""
    reading = Reading(release)
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for table in reading.tables:
        for group in table.groups:
            writer.writerows([_cell(value) for value in row] for row in _rows(reading, table, group))
    return out.getvalue().encode()


def _rows(reading: Reading, table: Table, group: Group) -> Iterator[tuple[object, ...]]:
    """Yield the rows of one group."""
    asked = reading.questions[table.question]
    labels = {part["code"]: part["label"] for part in asked["codes"]}
    release = reading.document["round"]
    crossed = next((name for name in table.by if name != SIDE), None)
    for answer in group.answers:
        yield (
            release["id"],
            "yes" if release["demonstration"] else "no",
            table.id,
            asked["key_factor"],
            table.question,
            asked["label"],
            group.values.get(SIDE),
            crossed,
            group.values.get(crossed) if crossed else None,
            group.people,
            answer.code,
            labels.get(answer.code) or answer.code.replace("_", " "),
            answer.count,
            answer.share,
            " ".join(group.flags),
            reading.sha256,
        )


def _cell(value: object) -> str:
    """Return a cell that no spreadsheet takes for a formula."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(FORMULA) else text
