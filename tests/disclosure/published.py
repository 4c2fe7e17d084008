"""A release as the world reads it: what is published of each planned group, and nothing else."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.disclosure.counting import PEOPLE, Exact, Figures, Node

BASE = 5
NINETY = 0.9  # said of an answer that holds more, without its count
HALF = BASE // 2  # a published count is at most so far from the exact one


@dataclass(frozen=True)
class Said:
    """What a release says of one group: people and answers, None where it says nothing."""

    people: int | None = None
    answers: Mapping[str, int | None] = field(default_factory=dict)
    flags: tuple[str, ...] = ()
    shares: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Published:
    """A release's groups by question; people whatever they answered stand under PEOPLE."""

    k: int
    groups: Mapping[str, Mapping[Node, Said]]
    codes: Mapping[str, tuple[str, ...]]
    several: frozenset[str]
    """Questions to which one person may give several answers."""
    sensitive: frozenset[str]
    audience: Mapping[str, tuple[str, ...]]
    crossed: Mapping[str, tuple[str, ...]]
    """The levels of each group that the plan crosses with side, for questions or for who answered."""
    of_questions: tuple[str, ...]
    pairs: tuple[tuple[str, str], ...]
    sides: tuple[str, ...]
    fallback: bool
    """Whether the release says that it has its overall tables alone: all else is withheld in any case."""

    def said(self, question: str, node: Node) -> Said:
        """Return what is said of a group; nothing, where no table has it."""
        return self.groups.get(question, {}).get(node, Said())

    def away(self, node: Node, question: str) -> bool:
        """Say whether a group is hidden in three questions or more, though people enough are there.

        Then it may have been withheld together: nobody is told which question too few of it answered.
        """
        named = node[:1] if node[:1] and self._together(node[:1], question) else node
        return self._together(named, question)

    def _together(self, node: Node, question: str) -> bool:
        asked = self.put_to(question)
        tables = [
            said[node]
            for of, said in self.groups.items()
            if of != PEOPLE and node in said and (node or self.put_to(of) == asked)
        ]
        return sum(said.people is None for said in tables) >= 3

    def put_to(self, question: str) -> tuple[str, ...]:
        """Return the sides that may have answered a question."""
        audience = self.audience[question]
        return tuple(
            side
            for side in self.sides
            if not audience
            or side in audience
            or side == "not_stated"
            or (side == "both" and "migrant" in audience)
        )


def read(document: Mapping[str, Any]) -> Published:
    """Read a release's JSON as an attacker does."""
    questions = {question["id"]: question for question in document["questions"]}
    plan = document["manifest"]["plan"]
    groups: dict[str, dict[Node, Said]] = {PEOPLE: {}}
    for table in document["tables"]:
        for group in table["groups"]:
            for question, node, said in _said(table, group, plan["side"]):
                groups.setdefault(question, {})[node] = said
    codes = {id_: tuple(part["code"] for part in question["codes"]) for id_, question in questions.items()}
    return Published(
        k=document["k"],
        groups=groups,
        codes=codes,
        several=frozenset(
            id_ for id_, question in questions.items() if question["type"] == "select_multiple"
        ),
        sensitive=frozenset(id_ for id_, question in questions.items() if question["sensitive"]),
        audience={id_: tuple(question["audience"]) for id_, question in questions.items()},
        crossed={group: codes[group] for group in dict.fromkeys((*plan["groups"], *plan["who"]))},
        of_questions=tuple(plan["groups"]),
        pairs=tuple((first, second) for first, second in plan.get("pairs", ())),
        sides=codes[plan["side"]],
        fallback=document["manifest"]["fallback"],
    )


def _said(table: Mapping[str, Any], group: Mapping[str, Any], side: str) -> Iterator[tuple[str, Node, Said]]:
    """Return what one row of a table says: of its group, or, where it tells who answered, of several."""
    node: Node = tuple((by, group["group"][by]) for by in table["by"])
    answers = {part["code"]: part["count"] for part in group["answers"]}
    shares = {part["code"]: part["share"] for part in group["answers"] if part["share"] is not None}
    if not table["who"]:
        yield table["question"], node, Said(group["people"], answers, tuple(group["flags"]), shares)
        return
    yield PEOPLE, node, Said(group["people"])
    named = "side" if table["question"] == side else table["question"]
    for code, count in answers.items():
        yield PEOPLE, (*node, (named, code)), Said(count)


def rules_broken(document: Mapping[str, Any], exact: Figures, questions: tuple[str, ...]) -> list[str]:
    """Return each published figure that is no function of rounded counts, and each group shown under k."""
    found: list[str] = []
    published = read(document)
    said_of: dict[tuple[Any, ...], Any] = {}
    for question in (PEOPLE, *questions):
        for node, said in published.groups.get(question, {}).items():
            truth = exact.get((question, node), Exact())
            place = f"{question or 'people'} {node}"
            found += [f"{place}: {fault}" for fault in _faults(said, truth, published.k)]
    for table in document["tables"]:
        for group in table["groups"]:
            for answer in group["answers"]:
                seen = (answer["share"], answer.get("low"), answer.get("high"))
                key = (table["who"], answer["count"], group["people"], table["question"] in published.several)
                found += _share_fault(table["id"], group, answer)
                if "ninety_or_more" in group["flags"]:
                    continue  # a share in words, beside no count
                if said_of.setdefault(key, seen) != seen:
                    found.append(
                        f"{table['id']} {group['group']}: {answer} beside the same counts said otherwise"
                    )
    return found


def _faults(said: Said, truth: Exact, k: int) -> Iterator[str]:
    if said.people is None:
        if any(count is not None for count in said.answers.values()) or said.flags:
            yield "says something of a hidden group"
        return
    if truth.people < k:
        yield f"shown with {truth.people} people"
    most = max(truth.answers.values(), default=0)
    spread = any(count is not None for count in said.answers.values())
    if spread and 10 * most > 9 * truth.people:
        yield f"a spread is shown in which {most} of {truth.people} gave one answer"
    for count, exact in (
        (said.people, truth.people),
        *((v, truth.answers.get(c, 0)) for c, v in said.answers.items()),
    ):
        if count is not None and (count % BASE or abs(count - exact) > HALF):
            yield f"{exact} is published as {count}"


def _share_fault(table: str, group: Mapping[str, Any], answer: Mapping[str, Any]) -> Iterator[str]:
    """A share may be said only where both its counts are, and must be theirs."""
    share, count, people = answer["share"], answer["count"], group["people"]
    if share is None or (share == NINETY and "ninety_or_more" in group["flags"] and count is None):
        return
    if not people or count is None or abs(share - min(1.0, count / people)) > 0.005 + 1e-9:
        yield f"{table} {group['group']}: a share of {share} beside {count} of {people}"
