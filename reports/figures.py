"""The figures of a release, looked up by question, side and level; None is what is withheld."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from reports.disclosure import Publishable
from reports.planned import NOT_STATED, SIDE


@dataclass(frozen=True, slots=True)
class Figure:
    """One group as it was published: how many people, and each answer's count and share."""

    people: int | None
    counts: Mapping[str, int | None]
    shares: Mapping[str, float | None]

    def shown(self, code: str) -> tuple[int, int] | None:
        """Return the count of an answer and the people of the group, where a share of it is published."""
        count = self.counts.get(code)
        if count is None or self.people is None or self.shares.get(code) is None:
            return None
        return count, self.people


class Figures:
    """A release's published figures, and nothing that was not published."""

    def __init__(self, release: Publishable) -> None:
        self.document: Mapping[str, Any] = release.document
        self.sha256 = release.sha256

    @cached_property
    def questions(self) -> Mapping[str, Mapping[str, Any]]:
        """Every question that the release tells of, by id."""
        return {question["id"]: question for question in self.document["questions"]}

    @property
    def plan(self) -> Mapping[str, Any]:
        """The plan of the release."""
        plan: Mapping[str, Any] = self.document["manifest"]["plan"]
        return plan

    @cached_property
    def sides(self) -> tuple[str, ...]:
        """The sides that are named; the side not stated is none of them."""
        codes = self.questions[self.plan["side"]]["codes"]
        return tuple(part["code"] for part in codes if part["code"] != NOT_STATED)

    def levels(self, group: str) -> tuple[str, ...]:
        """Return the levels of a group that people can name themselves by; `side` is a group, too."""
        if group == SIDE:
            return self.sides
        return tuple(part["code"] for part in self.questions[group]["codes"] if part["code"] != NOT_STATED)

    @cached_property
    def _groups(self) -> Mapping[tuple[str, tuple[tuple[str, str], ...]], Figure]:
        return {
            (table["question"], tuple(sorted(group["group"].items()))): _figure(group)
            for table in self.document["tables"]
            for group in table["groups"]
        }

    def figure(self, question: str, **place: str) -> Figure | None:
        """Return what was published of a question in one group, such as side="migrant", gender="woman"."""
        return self._groups.get((question, tuple(sorted(place.items()))))

    def who(self, group: str, side: str = "") -> Figure | None:
        """Return who answered, by a group, over all or of one side."""
        question = self.plan["side"] if group == SIDE else group
        return self.figure(question, **({SIDE: side} if side else {}))


def _figure(group: Mapping[str, Any]) -> Figure:
    return Figure(
        group["people"],
        {answer["code"]: answer["count"] for answer in group["answers"]},
        {answer["code"]: answer["share"] for answer in group["answers"]},
    )
