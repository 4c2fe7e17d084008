"""Releases as a careless program makes them: one rule is forgotten, and nothing looks at them afterwards."""

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tests.disclosure.counting import PEOPLE, Exact, Figures, Node
from tests.disclosure.published import BASE, HALF, NINETY


@dataclass(frozen=True)
class Careless:
    """What a careless program remembers; nothing is ever withheld for the sake of other groups."""

    fewer: int = 0
    """By how many people the threshold is missed."""
    shares_of_published: bool = True
    homogeneity: bool = True


def carelessly(document: Mapping[str, Any], exact: Figures, careless: Careless) -> dict[str, Any]:
    """Return a release with every group filled in from exact counts, by its own size and answers alone."""
    made: dict[str, Any] = copy.deepcopy(dict(document))
    side = made["manifest"]["plan"]["side"]
    sensitive = {question["id"] for question in made["questions"] if question["sensitive"]}
    for table in made["tables"]:
        for group in table["groups"]:
            node: Node = tuple((by, group["group"][by]) for by in table["by"])
            if table["who"]:
                named = "side" if table["question"] == side else table["question"]
                people = exact.get((PEOPLE, node), Exact()).people
                codes = [answer["code"] for answer in group["answers"]]
                truth = {code: exact.get((PEOPLE, (*node, (named, code))), Exact()).people for code in codes}
                least = made["k"] - careless.fewer
            else:
                found = exact.get((table["question"], node), Exact())
                people, truth, least = found.people, found.answers, 0
            shown = people >= made["k"] - careless.fewer
            group["people"] = rounded(people) if shown else None
            group["flags"] = []
            _fill(group, truth if shown else None, people, least, careless)
            if shown and not table["who"] and careless.homogeneity:
                _withhold(group, truth, people, table["question"] in sensitive)
    return made


def rounded(count: int) -> int:
    """Return the nearest multiple of the base."""
    return (count + HALF) // BASE * BASE


def _fill(
    group: dict[str, Any], truth: Mapping[str, int] | None, people: int, least: int, careless: Careless
) -> None:
    for answer in group["answers"]:
        count = None if truth is None else truth.get(answer["code"], 0)
        hidden = count is None or count < least
        answer |= {"count": None, "share": None}
        if "low" in answer:
            answer |= {"low": None, "high": None}
        if hidden or count is None:
            continue
        answer["count"] = rounded(count)
        if group["people"] >= 4 * BASE:
            of = (answer["count"], group["people"]) if careless.shares_of_published else (count, people)
            answer["share"] = min(1.0, round(of[0] / of[1], 2))


def _withhold(group: dict[str, Any], truth: Mapping[str, int], people: int, sensitive: bool) -> None:
    """Withhold a spread in which nearly everybody gave one answer."""
    most = max(truth.values(), default=0)
    if 10 * most <= 9 * people and 10 * rounded(most) <= 9 * group["people"]:
        return
    few = sensitive or people < 50 or group["people"] < 50
    group["flags"] = ["homogeneous" if few else "ninety_or_more"]
    for answer in group["answers"]:
        dominant = not few and truth.get(answer["code"], 0) == most
        answer |= {"count": None, "share": NINETY if dominant else None}
