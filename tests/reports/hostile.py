"""A release whose every word tries to be a formula, in a city that does so, too."""

import json
from functools import cache
from itertools import cycle

from bot.i18n import Catalogues
from reports.disclosure.publishable import publishable
from tests.instruments import shipped
from tests.reports.few import few
from tests.reports.population import LOCALES

STARTS = (
    '=HYPERLINK("http://example.org","click")',
    "+cmd|' /C calc'!A0",
    "-2+3",
    "@SUM(1+1)*cmd",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    "  =1+1",
    "\u00a0=1+1",
    "\u200b\ufeff=1+1",
    "＝1+1",
    "＋1",
    "－1",
    "＠SUM(1)",
    "DDE;=cmd|'/C calc'!A0",
    "a\n=1+1",
    '","=1+1',
)
"""What a spreadsheet may run. Source: OWASP, "CSV Injection"."""


@cache
def hostile():
    """A release of 100 people whose labels and names begin like formulas, each in its turn."""
    turn = cycle(STARTS)
    document = json.loads(few().content)
    local = {"city_name": {"en": next(turn)}, "responsible": {"en": next(turn)}}
    document["round"] |= {"name": STARTS[0], **local}
    told = {table["question"] for table in document["tables"]}
    for question, label in zip(
        sorted(document["questions"], key=lambda question: question["id"] not in told), turn, strict=False
    ):
        question["label"] = f"{label} {question['id']}"
        for part in question["codes"]:
            part["label"] = f"{next(turn)} {part['code']}"
    for factor in document["benchmark"]["key_factors"]:
        factor |= {name: next(turn) for name in ("name", "statement", "why", "basis")}
        for part in (*factor["guide_questions"], *factor["evidence"]):
            part["text"] = next(turn)
    for part in document["context"]:
        part["text"] = next(turn)
    document["benchmark"] |= {name: next(turn) for name in ("theme", "purpose", "status")}
    return publishable(document)


@cache
def hostile_voice():
    """English, of a city whose own names begin like formulas."""
    turn = cycle(STARTS)
    city = shipped().city
    regions = tuple(region.model_copy(update={"label": {"en": next(turn)}}) for region in city.regions)
    named = {"name": {"en": next(turn)}, "responsible": {"en": next(turn)}, "regions": regions}
    catalogues = Catalogues.read(LOCALES)
    catalogues.add_city(city.model_copy(update=named))
    return catalogues.voice("en")
