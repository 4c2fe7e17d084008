"""Two cities on one benchmark, side by side, for one to learn from the other; neither is set above."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from conversations.errors import ReleaseError
from reports.disclosure import Publishable
from reports.figures import Figures


@dataclass(frozen=True, slots=True)
class BothAsked:
    """One question as both cities asked it, or one of them; `alike` says whether in the same words."""

    question: str
    by_mentor: bool
    by_learner: bool
    alike: bool


@dataclass(frozen=True, slots=True)
class Shared:
    """One key factor and what was asked about it, in the order of the questionnaires."""

    factor: str
    asked: tuple[BothAsked, ...]


@dataclass(frozen=True, slots=True)
class Brief:
    """What two cities take to a visit: the mentor, who is visited, and the learner."""

    mentor: Publishable
    learner: Publishable
    factors: tuple[Shared, ...]


def brief(mentor: Publishable, learner: Publishable) -> Brief:
    """Return the learning brief of two releases.

    Raises:
        ReleaseError: they are of different benchmarks or versions, or of the same city.
    """
    one, other = Figures(mentor), Figures(learner)
    _check(one.document, other.document)
    listed = one.document["benchmark"]["key_factors"]
    return Brief(
        mentor, learner, tuple(Shared(part["key"], _asked(one, other, part["key"])) for part in listed)
    )


def _check(one: Mapping[str, Any], other: Mapping[str, Any]) -> None:
    """Refuse releases that do not speak of the same key factors, or of two cities."""
    keys = [document["benchmark"]["key"] for document in (one, other)]
    if keys[0] != keys[1]:
        raise ReleaseError(
            f"{keys[0]} and {keys[1]} are different benchmarks; compare releases on the same one"
        )
    versions = [document["benchmark"]["version"] for document in (one, other)]
    if versions[0] != versions[1]:
        raise ReleaseError(
            f"the releases stand on versions {versions[0]} and {versions[1]} of {keys[0]}; compare releases"
            " on the same version"
        )
    prints = [str(document["benchmark"]["fingerprint"]) for document in (one, other)]
    if prints[0] != prints[1]:
        raise ReleaseError(
            f"both releases call their benchmark {keys[0]} {versions[0]}, but its words differ (fingerprints"
            f" {prints[0][:12]} and {prints[1][:12]}); compare releases on the same words"
        )
    if one["round"]["city"] == other["round"]["city"]:
        raise ReleaseError(
            f"both releases are of {one['round']['city']}; a learning brief is for two cities. For"
            " rounds of one city: portevoix release trends ROUND"
        )


def _asked(one: Figures, other: Figures, factor: str) -> tuple[BothAsked, ...]:
    """Return the questions about a key factor that either city has tables of, the mentor's order first."""
    found = []
    for question in dict.fromkeys((*one.plan["questions"], *other.plan["questions"])):
        tabled = [question in figures.plan["questions"] for figures in (one, other)]
        asked = [
            figures.questions[question] for figures, has in zip((one, other), tabled, strict=True) if has
        ]
        if asked[0]["key_factor"] == factor:
            alike = all(_words(part) == _words(asked[0]) for part in asked)
            found.append(BothAsked(question, tabled[0], tabled[1], alike))
    return tuple(found)


def _words(question: Mapping[str, Any]) -> tuple[Any, ...]:
    return question["label"], question["scale"], question["codes"], question["type"]
