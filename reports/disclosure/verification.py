"""Does a release keep its own rules? Asked before anything is destroyed, and of every frozen release."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import ValidationError

from conversations.city_answers import SinceLast
from conversations.errors import ReleaseError
from conversations.rounds import LOWEST_K
from reports.disclosure.publishable import FORMAT, Publishable, publishable
from reports.disclosure.rules import BASE, DOMINANT, MANY, SHARES_FROM
from reports.planned import Plan

KEYS = ("format", "round", "benchmark", "k", "questions", "tables", "context", "manifest")


def reopen(content: bytes) -> Publishable:
    """Return a frozen release after checking that it keeps its own rules.

    Raises:
        ReleaseError: names the first table that does not, or what else is wrong.
    """
    try:
        document = json.loads(content)
    except (ValueError, UnicodeDecodeError):
        raise ReleaseError("the release is no JSON; its bytes were changed") from None
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise ReleaseError(f"the release is not of the format {FORMAT}")
    if missing := [key for key in KEYS if key not in document]:
        raise ReleaseError(f"the release lacks {', '.join(missing)}")
    if document["k"] < LOWEST_K:
        raise ReleaseError(
            f"the release shows groups from {document['k']} people; at least {LOWEST_K} are needed"
        )
    _check_tables(document)
    _check_since(document)
    opened = publishable(document)
    if opened.content != content:
        raise ReleaseError("the release is not written as this program writes it; its bytes were changed")
    for table in document["tables"]:
        for group in table["groups"]:
            if fault := next(_faults(group, document["k"], who=table["who"]), None):
                raise ReleaseError(
                    f"the release breaks its rules in table {table['id']}, {group['group']}: {fault}"
                )
    return opened


def _check_tables(document: Mapping[str, Any]) -> None:
    """Refuse a release whose tables are not exactly those of its plan."""
    try:
        planned = [table.id for table in Plan.model_validate(document["manifest"]["plan"]).tables()]
    except (KeyError, TypeError, ValidationError):
        raise ReleaseError("the release carries no plan that can be read") from None
    if [table["id"] for table in document["tables"]] != planned:
        raise ReleaseError("the tables of the release are not those of its plan")


def _check_since(document: Mapping[str, Any]) -> None:
    """Refuse a release that tells of the round before what cannot be read; earlier versions told nothing."""
    try:
        if "since_last" in document:
            SinceLast.model_validate(document["since_last"])
    except ValidationError:
        raise ReleaseError("what the release tells of the round before cannot be read") from None


def _faults(group: Mapping[str, Any], k: int, *, who: bool) -> Iterator[str]:
    """Yield what is wrong with one group."""
    people = group["people"]
    counts = [answer["count"] for answer in group["answers"]]
    shares = [answer["share"] for answer in group["answers"]]
    if people is None:
        if any(value is not None for value in (*counts, *shares)):
            yield "it is withheld, yet answers are shown"
        return
    if people % BASE or any(count % BASE for count in counts if count is not None):
        yield f"a number is not rounded to {BASE}"
    if any(count > people for count in counts if count is not None):
        yield "an answer counts more people than the group has"
    if people + BASE // 2 < k:
        yield f"fewer than {k} people are shown"
    if who and any(count + BASE // 2 < k for count in counts if count is not None):
        yield f"fewer than {k} people are shown at a level"
    if people < SHARES_FROM and any(share is not None for share in shares):
        yield f"shares of fewer than {SHARES_FROM} people are shown"
    most = max((count for count in counts if count is not None), default=0)
    if not who and most > DOMINANT * people:
        yield "nearly everybody gave one answer, and its spread is shown"
    yield from _wrong_shares(group, people)


def _wrong_shares(group: Mapping[str, Any], people: int) -> Iterator[str]:
    """Yield shares that are not computed from the published counts."""
    dominant = "ninety_or_more" in group["flags"]
    if dominant and people < MANY:
        yield f"a homogeneous group of fewer than {MANY} people is shown"
    for answer in group["answers"]:
        count, share = answer["count"], answer["share"]
        if share is None or (dominant and count is None and share == DOMINANT):
            continue
        if count is None or abs(share - min(1.0, count / people)) > 0.0051:
            yield f"the share of {answer['code']} does not follow from the published counts"
