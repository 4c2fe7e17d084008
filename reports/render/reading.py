"""A release read for showing: its questions, groups and key factors, each with its words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property, reduce
from typing import Any

from conversations.identifiers import SPECIAL_CODES
from conversations.wording import Words, city_key, context_key, factor_key, question_key, say, scale_key
from reports.disclosure import Publishable

SIDE = "side"
MERGED = ", "
"""What stands between the English names of levels that the plan merged into one."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer of a group as it was published; None is withheld.

    `low` and `high` are the 95 % interval of the share; releases of earlier versions have none.
    """

    code: str
    count: int | None
    share: float | None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """One group of a table as it was published: who it is, how many, what they answered."""

    values: Mapping[str, str]
    people: int | None
    answers: tuple[Answer, ...]
    flags: tuple[str, ...]

    @property
    def has_shares(self) -> bool:
        """Whether any share of it is published."""
        return any(answer.share is not None for answer in self.answers)

    def answer(self, code: str) -> Answer:
        """Return one of its answers."""
        return next(answer for answer in self.answers if answer.code == code)


@dataclass(frozen=True, slots=True)
class Table:
    """One planned table as it was published."""

    id: str
    question: str
    by: tuple[str, ...]
    who: bool
    groups: tuple[Group, ...]

    def of_side(self, side: str) -> tuple[Group, ...]:
        """Return the groups of one side."""
        return tuple(group for group in self.groups if group.values.get(SIDE) == side)


@dataclass(frozen=True, slots=True)
class Difference:
    """One answer on which two sides differ clearly, with the interval of the difference of their shares."""

    code: str
    sides: tuple[str, ...]
    low: float
    high: float


class Reading:
    """A release, read: figures as they were published and nothing more, words as keys with English."""

    def __init__(self, release: Publishable) -> None:
        self.document: Mapping[str, Any] = release.document
        self.sha256 = release.sha256
        self.round: Mapping[str, Any] = self.document["round"]
        self.benchmark: Mapping[str, Any] = self.document["benchmark"]
        self.manifest: Mapping[str, Any] = self.document["manifest"]
        self.key = str(self.benchmark["key"])

    @cached_property
    def tables(self) -> tuple[Table, ...]:
        """Every table, in the release's order."""
        return tuple(_table(table) for table in self.document["tables"])

    @cached_property
    def questions(self) -> dict[str, Mapping[str, Any]]:
        """Every question, by id."""
        return {question["id"]: question for question in self.document["questions"]}

    @cached_property
    def side_question(self) -> str:
        """The question that asks for the side."""
        return next(id_ for id_, question in self.questions.items() if question["role"] == SIDE)

    @cached_property
    def sides(self) -> tuple[str, ...]:
        """The sides of the round that are named; the side not stated is none of them."""
        codes = self.questions[self.side_question]["codes"]
        return tuple(code["code"] for code in codes if code["code"] != "not_stated")

    @cached_property
    def differences(self) -> dict[str, tuple[Difference, ...]]:
        """The differences between sides that are clear, by question; earlier versions marked none."""
        found: dict[str, tuple[Difference, ...]] = {}
        for part in self.document.get("differences", ()):
            one = Difference(part["code"], tuple(part["sides"]), part["low"], part["high"])
            found[part["question"]] = (*found.get(part["question"], ()), one)
        return found

    @cached_property
    def whole(self) -> Group:
        """Everybody who answered, by side."""
        return next(table.groups[0] for table in self.tables if table.who and not table.by)

    @property
    def opened_on(self) -> date:
        """The day on which the round opened."""
        return date.fromisoformat(self.round["opened_on"])

    @property
    def closed_on(self) -> date:
        """The day on which the round closed."""
        return date.fromisoformat(self.round["closed_on"])

    def table(self, question: str, by: Sequence[str] = ()) -> Table | None:
        """Return the table of a question by these groups, if it was planned."""
        wanted = (question, tuple(by))
        return next((table for table in self.tables if (table.question, table.by) == wanted), None)

    def crossed(self, question: str) -> list[Table]:
        """Return the tables of a question by side and one more group."""
        return [table for table in self.tables if table.question == question and len(table.by) > 1]

    def asked_for(self, factor: str) -> list[str]:
        """Return the questions of a key factor that have tables."""
        planned = {table.question for table in self.tables if not table.who}
        of_factor = [id_ for id_, question in self.questions.items() if question["key_factor"] == factor]
        return [id_ for id_ in of_factor if id_ in planned]

    # Words

    def city(self, part: str = "name") -> Words:
        """Return the city's name, or another of its own words."""
        local: Mapping[str, str] = self.round["city_name" if part == "name" else part]
        return Words(city_key(self.round["city"], part), local.get("en") or next(iter(local.values())))

    def of_benchmark(self, part: str) -> Words:
        """Return the benchmark's theme, purpose or status."""
        return Words(f"{self.key}.{part}", self.benchmark[part])

    def of_factor(self, factor: Mapping[str, Any], part: str) -> Words:
        """Return a key factor's name, statement, why or basis."""
        return Words(factor_key(self.key, factor["key"], part), factor[part])

    def listed(self, factor: Mapping[str, Any], kind: str) -> list[tuple[Words, str]]:
        """Return a key factor's guide questions or evidence: the words, and the kind of evidence."""
        field = {"guide": "guide_questions"}.get(kind, kind)
        key = factor["key"]
        return [
            (Words(factor_key(self.key, key, f"{kind}.{part['key']}"), part["text"]), part.get("kind", ""))
            for part in factor[field]
        ]

    def context(self) -> list[Words]:
        """Return the contextual factors."""
        return [Words(context_key(self.key, part["key"]), part["text"]) for part in self.document["context"]]

    def label(self, question: str) -> Words:
        """Return a question's own words."""
        return Words(question_key(self.key, question, "label"), self.questions[question]["label"])

    def answer(self, question: str, code: str) -> Words:
        """Return what an answer, a level or a side is called."""
        if code in SPECIAL_CODES:
            return say(f"special.{code}")
        asked = self.questions[question]
        if asked["role"] == SIDE:
            return say(f"side.{code}")
        if code == "not_stated":
            return say("level.not_stated")
        named: Mapping[str, Any] = next((part for part in asked["codes"] if part["code"] == code), {})
        source, merged = named.get("label") or code, named.get("merged", ())
        labels = source.split(MERGED)
        if not merged or len(labels) != len(merged):  # a label may itself hold what stands between two
            return self._level(asked, code, source)
        return _folded(
            "release.level.merged",
            [self._level(asked, part, label) for part, label in zip(merged, labels, strict=True)],
        )

    def _level(self, asked: Mapping[str, Any], code: str, source: str) -> Words:
        """Return what one code of a question is called, a merged one by its English."""
        if asked["scale"]:
            return Words(scale_key(self.key, asked["scale"], code), source)
        if asked["city_list"]:
            return Words(city_key(self.round["city"], f"{asked['city_list']}.{code}"), source)
        return Words(question_key(self.key, asked["id"], f"choice.{code}"), source)


def listed(parts: Sequence[Words]) -> Words:
    """Return several names as one list; they may hold commas, so stronger signs stand between them."""
    return _folded("release.list", parts)


def _folded(key: str, parts: Sequence[Words]) -> Words:
    """Return several words as one, each two joined as the language joins them."""
    return reduce(lambda one, other: say(key, one=one, other=other), parts)


def _table(table: Mapping[str, Any]) -> Table:
    groups = tuple(
        Group(
            group["group"],
            group["people"],
            tuple(
                Answer(part["code"], part["count"], part["share"], part.get("low"), part.get("high"))
                for part in group["answers"]
            ),
            tuple(group["flags"]),
        )
        for group in table["groups"]
    )
    return Table(table["id"], table["question"], tuple(table["by"]), table["who"], groups)
