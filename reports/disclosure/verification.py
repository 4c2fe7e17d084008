"""Does a release keep its own rules? Asked before anything is destroyed, and of every frozen release."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from conversations.errors import ReleaseError
from conversations.rounds import LOWEST_K
from reports.disclosure.protection import BASE, DOMINANT, MANY, SHARES_FROM
from reports.disclosure.publishable import FORMAT, Publishable, of_bytes

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
    for table in document["tables"]:
        for group in table["groups"]:
            if fault := next(_faults(group, document["k"], who=table["who"]), None):
                raise ReleaseError(
                    f"the release breaks its rules in table {table['id']}, {group['group']}: {fault}"
                )
    return of_bytes(content)


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
    if people + BASE // 2 < k:
        yield f"fewer than {k} people are shown"
    if who and any(count + BASE // 2 < k for count in counts if count is not None):
        yield f"fewer than {k} people are shown at a level"
    if people < SHARES_FROM and any(share is not None for share in shares):
        yield f"shares of fewer than {SHARES_FROM} people are shown"
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
