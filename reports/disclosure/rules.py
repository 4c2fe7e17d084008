"""The rules of a release: its numbers, and what one group shows by its own size and answers."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from conversations.identifiers import Code

BASE = 5
"""Every published count is the nearest multiple of this. Source: ANONYMITY.md, "Releases" 4."""
SHARES_FROM = 20
"""People from which shares are shown. Source: ANONYMITY.md, "Releases" 4."""
MANY = 50
"""People below which answers are marked as few, and homogeneous groups are withheld."""
DOMINANT = 0.9
"""A larger share of one answer makes a group homogeneous. Source: ANONYMITY.md, "Releases" 5."""
PEOPLE_VALUES, ANSWER_VALUES = 5, 3
"""So many values must stay possible for a hidden rest and its answers. Source: ANONYMITY.md, "Releases" 6."""
PLANTED = 3
"""So many people of a small group may belong to the attacker. Source: ANONYMITY.md, "Releases" 6."""


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules that protection follows; every release is made with these defaults.

    Tests switch one off to see that the attack, which never does, notices.
    """

    complementary: bool = True
    """Whether groups are withheld so that others cannot be computed."""
    homogeneity: bool = True
    """Whether a spread is withheld where nearly everybody gave one answer."""
    shares_of_published: bool = True
    """Whether shares are computed from rounded numbers."""
    fewer: int = 0
    """By how many people the threshold is missed."""


USUAL = Rules()


@dataclass(frozen=True, slots=True)
class Shown:
    """One group as it is published: None for what is withheld. `rules` say why, or how to read it."""

    people: int | None = None
    counts: Mapping[Code, int | None] = field(default_factory=dict)
    shares: Mapping[Code, float | None] = field(default_factory=dict)
    rules: tuple[str, ...] = ()


def rounded(count: int) -> int:
    """Return the nearest multiple of BASE."""
    return (count + BASE // 2) // BASE * BASE


def rounded_all(counts: Any) -> Any:
    """Return the nearest multiples of BASE of an array of counts."""
    return (counts + BASE // 2) // BASE * BASE


def hidden(codes: Iterable[Code], rule: str) -> Shown:
    """Return a group that is withheld: it looks like an empty one."""
    nothing = dict.fromkeys(codes)
    return Shown(None, nothing, dict(nothing), (rule,))


def show(people: int, answers: Mapping[Code, int], *, k: int, sensitive: bool, rules: Rules = USUAL) -> Shown:
    """Return a group by its own rules: threshold, rounding, shares, homogeneity.

    Source: ANONYMITY.md, "Releases" 3 to 5.
    """
    if people < k - rules.fewer:
        return hidden(answers, "threshold")
    published = rounded(people)
    few = ("few_answers",) if published < MANY else ()
    if not answers:
        return Shown(published, {}, {}, few)
    nothing: dict[Code, int | None] = dict.fromkeys(answers)
    if rules.homogeneity and is_homogeneous(people, answers):
        if people < MANY or published < MANY or sensitive:
            return Shown(published, nothing, dict.fromkeys(answers), ("homogeneous", *few))
        dominant = max(answers, key=lambda code: answers[code])
        shares: dict[Code, float | None] = {**dict.fromkeys(answers), dominant: DOMINANT}
        return Shown(published, nothing, shares, ("ninety_or_more", *few))
    counts: dict[Code, int | None] = {code: rounded(count) for code, count in answers.items()}
    if rules.shares_of_published:
        return Shown(published, counts, shares_of(published, counts), few)
    exact = {code: round(count / people, 2) for code, count in answers.items()}
    return Shown(published, counts, {**exact}, few)


def is_homogeneous(people: int, answers: Mapping[Code, int]) -> bool:
    """Say whether one answer holds nearly everybody, by exact or by published numbers."""
    return bool(are_homogeneous(people, max(answers.values(), default=0)))


def are_homogeneous(people: Any, most: Any) -> Any:
    """Say the same of groups, each by its people and the people of its most frequent answer: two arrays."""
    return (most > DOMINANT * people) | (rounded_all(most) > DOMINANT * rounded_all(people))


def shares_of(people: int, counts: Mapping[Code, int | None]) -> dict[Code, float | None]:
    """Return shares computed from published numbers alone, where there are people enough."""
    if people < SHARES_FROM:
        return dict.fromkeys(counts)
    return {
        code: None if count is None else min(1.0, round(count / people, 2)) for code, count in counts.items()
    }
