"""A release as one tidy table: a row for every answer of every group, an empty cell for what is withheld."""

import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from conversations.wording import Words
from reports.disclosure import Publishable
from reports.render.reading import SIDE, Reading
from reports.render.voice import Voice


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name, its type in the words of Frictionless, what it means, its HXL hashtag."""

    name: str
    type: str
    meaning: str
    hashtag: str


COLUMNS = (
    Column("round", "string", "Id of the round", "#activity+code"),
    Column("demonstration", "boolean", "Whether city and people are invented", "#meta+demonstration"),
    Column("table", "string", "Id of the planned table", "#meta+table+id"),
    Column("part", "integer", "Number of the part of the release, from 1", "#meta+part+num"),
    Column("key_factor", "string", "Key of the factor; empty where it is told who answered", "#sector+code"),
    Column("question", "string", "Id of the question", "#indicator+question+code"),
    Column("question_label", "string", "The question in words", "#indicator+question+name"),
    Column("side", "string", "migrant, host, both or not_stated; empty over all", "#respondee+side+code"),
    Column("side_label", "string", "The side in words", "#respondee+side+name"),
    Column("group", "string", "The further group, such as gender", "#respondee+group+type"),
    Column("level", "string", "Its level", "#respondee+group+code"),
    Column("level_label", "string", "The level in words", "#respondee+group+name"),
    Column("group_2", "string", "A second group, where the plan crosses two", "#respondee+group2+type"),
    Column("level_2", "string", "Its level", "#respondee+group2+code"),
    Column("level_2_label", "string", "That level in words", "#respondee+group2+name"),
    Column("people", "integer", "People in the group, rounded; empty: withheld", "#indicator+people+num"),
    Column("code", "string", "The answer; the same in all languages", "#indicator+answer+code"),
    Column("code_label", "string", "The answer in words", "#indicator+answer+name"),
    Column("count", "integer", "People who gave it, rounded; empty: withheld", "#indicator+answer+num"),
    Column("share", "number", "Them as a part of 1; empty: withheld", "#indicator+answer+share"),
    Column("low", "number", "Lower end of the 95 % interval of the share", "#indicator+answer+share+min"),
    Column("high", "number", "Upper end of the 95 % interval of the share", "#indicator+answer+share+max"),
    Column("flags", "string", "How to read the group, separated by spaces", "#status+code"),
    Column("release_sha256", "string", "The release that the row was computed from", "#meta+source+sha256"),
)  # fmt: skip
"""Source of the hashtags: HXL 1.1, hashtag dictionary; attributes of our own where it has none."""
LANGUAGE = "+i_"
"""How HXL says in which language words are. Source: HXL 1.1, tagging conventions."""
ISOLATES = dict.fromkeys(map(ord, "\u200e\u200f\u2066\u2067\u2068\u2069"))
"""Marks of direction around words within words; in a table of data they would stand in the way."""
UNSEEN = r"[\s\x00-\x1f\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufeff]"
FORMULA = re.compile(rf"(^|[;\t\r\n])(?={UNSEEN}*[=+\-@＝＋－＠﹦﹢﹣﹫])|^(?=[\t\r\n])")
"""Where a spreadsheet may see a formula begin: at the start, or behind what it may take for a separator.

White space and marks that nobody sees may stand before it, and its sign may be a wide one.
Source: OWASP, "CSV Injection".
"""


def csv_of(release: Publishable, voice: Voice | None = None, *, hxl: bool = False) -> bytes:
    """Return a release as CSV in UTF-8; the codes are equal in all languages.

    Labels are in the language of `voice`, or as the release's own English has them. With `hxl`, a row of
    hashtags follows the names of the columns.
    """
    reading = Reading(release)
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(column.name for column in COLUMNS)
    if hxl:
        writer.writerow(_hashtag(column, voice.tag if voice else "en") for column in COLUMNS)
    label = Labels(reading, voice)
    for table in reading.document["tables"]:
        for group in table["groups"]:
            for row in _rows(reading, label, table, group):
                writer.writerow(plain(_cell(row.get(column.name))) for column in COLUMNS)
    return out.getvalue().encode()


@lru_cache(maxsize=4_096)  # most cells of a table are the words of another
def plain(text: str) -> str:
    """Return a cell in which no spreadsheet sees a formula: an apostrophe stands where one would begin."""
    return FORMULA.sub(r"\1'", text)


class Labels:
    """The words beside codes, in one language or in the release's own English."""

    def __init__(self, reading: Reading, voice: Voice | None) -> None:
        self._reading = reading
        self._voice = voice

    def question(self, question: str) -> str:
        """Return a question in words."""
        return self._say(self._reading.label(question), self._reading.questions[question]["label"])

    def answer(self, question: str | None, code: str | None) -> str | None:
        """Return an answer, a side or a level in words."""
        if question is None or code is None:
            return None
        words = self._reading.answer(question, code)
        return self._say(words, words.source or code.replace("_", " "))

    def _say(self, words: Words, english: str) -> str:
        return english if self._voice is None else self._voice.say(words).translate(ISOLATES)


def _rows(
    reading: Reading, label: Labels, table: Mapping[str, Any], group: Mapping[str, Any]
) -> Iterator[dict[str, object]]:
    """Yield the rows of one group, by the names of the columns."""
    values, question = group["group"], table["question"]
    further = [*(name for name in table["by"] if name != SIDE), None, None]
    shared: dict[str, object] = {
        "round": reading.round["id"],
        "part": reading.document.get("part", 1),
        "demonstration": "yes" if reading.round["demonstration"] else "no",
        "table": table["id"],
        "key_factor": reading.questions[question]["key_factor"],
        "question": question,
        "question_label": label.question(question),
        "side": values.get(SIDE),
        "side_label": label.answer(reading.side_question, values.get(SIDE)),
        "people": group["people"],
        "flags": " ".join(group["flags"]),
        "release_sha256": reading.sha256,
    }
    for name, place in zip(further, ("", "_2"), strict=False):
        level = None if name is None else values.get(name)
        shared |= {f"group{place}": name, f"level{place}": level}
        shared[f"level{place}_label"] = label.answer(name, level)
    for answer in group["answers"]:
        yield shared | answer | {"code_label": label.answer(question, answer["code"])}


def _hashtag(column: Column, tag: str) -> str:
    """Return a column's hashtag; that of words says which language they are in."""
    return f"{column.hashtag}{LANGUAGE}{tag}" if column.name.endswith("_label") else column.hashtag


def _cell(value: object) -> str:
    return "" if value is None else str(value)
