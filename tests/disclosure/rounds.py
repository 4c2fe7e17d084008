"""One random round released and attacked, many times over; what came of it, added up."""

import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from random import Random
from typing import Any

import numpy as np

from reports.disclosure import release
from reports.disclosure.rules import USUAL, Rules
from reports.planned import Plan
from tests.disclosure.attacker import EFFORT, Attacked, break_release
from tests.disclosure.careless import Careless, carelessly
from tests.disclosure.counting import Counting, Exact, Figures, Node
from tests.disclosure.populations import population
from tests.disclosure.published import Published, read
from tests.reports.population import asked, frame

QUESTIONS = 1  # of a release are attacked, another one with every seed


def plan_of(seed: int) -> Plan:
    """Return a plan of some questions and groups, at times with merged bands, both apart, or a pair."""
    dice = Random(seed)
    usual = asked().plan
    questions = sorted(dice.sample(usual.questions, 4), key=usual.questions.index)
    groups = sorted(dice.sample(usual.groups, dice.randint(2, 3)), key=usual.groups.index)
    changes: dict[str, Any] = {"questions": tuple(questions), "groups": tuple(groups), "who": tuple(groups)}
    if "age" in groups and dice.random() < 0.4:
        changes["merge"] = {"age": {"under_35": ("a18_24", "a25_34"), "a50_plus": ("a50_64", "a65_plus")}}
    if dice.random() < 0.2:
        changes["merge_both_into_migrant"] = False
    if dice.random() < 0.15:
        changes |= {"pairs": (tuple(groups[:2]),), "questions": tuple(questions[:2])}
    return usual.model_copy(update=changes)


@dataclass
class Tally:
    """What came of many attacks."""

    populations: int = 0
    people: int = 0
    attacked: Attacked = field(default_factory=Attacked)
    broken: dict[int, list[str]] = field(default_factory=dict)
    untold: list[str] = field(default_factory=list)
    """Questions that 2 k people answered, of which neither the whole nor any side is shown."""
    fallbacks: Counter[str] = field(default_factory=Counter)
    """By shape: how many releases have their overall tables alone."""
    shapes: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0

    def add(self, other: "Tally") -> None:
        """Count another tally in."""
        self.populations += other.populations
        self.people += other.people
        self.attacked.add(other.attacked)
        self.broken |= other.broken
        self.untold += other.untold
        self.fallbacks += other.fallbacks
        self.shapes += other.shapes
        self.seconds += other.seconds


def attack_round(
    seed: int, rules: Rules = USUAL, careless: Careless | None = None, effort: int = EFFORT
) -> Tally:
    """Release the round of a seed, carefully or carelessly, and attack the release."""
    shape, sheets = population(seed)
    dice = np.random.default_rng(seed)
    planned_by = plan_of(seed)
    plan = frame(planned_by)
    began = time.perf_counter()
    document = release(sheets, asked(planned_by), rules=rules).document
    seconds = time.perf_counter() - began
    planned = planned_by.questions
    chosen = [planned[place] for place in dice.permutation(len(planned))[:QUESTIONS]]
    counting = Counting(sheets, plan, planned if careless else chosen)
    try:
        exact = counting.figures()
        if careless is not None:
            document = carelessly(document, exact, careless)
        attacked = break_release(document, counting, exact, dice, chosen, effort)
    finally:
        counting.close()
    published = read(document)
    untold = [f"seed {seed}, {question}" for question in chosen if is_untold(published, exact, question)]
    broken = {seed: [f"{shape}: {found}" for found in attacked.breaks]} if attacked.breaks else {}
    fell = Counter([shape] if published.fallback else [])
    return Tally(1, len(sheets), attacked, broken, untold, fell, Counter([shape]), seconds)


def attack_rounds(seeds: Iterable[int], careless: Careless | None = None, effort: int = EFFORT) -> Tally:
    """Release and attack the rounds of many seeds."""
    tally = Tally()
    for seed in seeds:
        tally.add(attack_round(seed, careless=careless, effort=effort))
    return tally


def is_untold(published: Published, exact: Figures, question: str) -> bool:
    """Say whether enough people answered a question, and yet neither the whole nor any side is shown.

    The whole alone may have to go, where a side is shown and hardly anybody stands beside it.
    """
    if exact.get((question, ()), Exact()).people < 2 * published.k:
        return False
    wholes: list[Node] = [(), *((("side", side),) for side in published.put_to(question))]
    return all(published.said(question, whole).people is None for whole in wholes)
