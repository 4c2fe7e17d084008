"""One random round released and attacked, many times over; what came of it, added up."""

import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from reports.disclosure import release
from reports.disclosure.rules import USUAL, Rules
from tests.disclosure.attacker import EFFORT, Attacked, break_release
from tests.disclosure.careless import Careless, carelessly
from tests.disclosure.counting import Counting
from tests.disclosure.populations import population
from tests.disclosure.published import read
from tests.reports.population import asked, frame

QUESTIONS = 1  # of a release are attacked, another one with every seed


@dataclass
class Tally:
    """What came of many attacks."""

    populations: int = 0
    people: int = 0
    attacked: Attacked = field(default_factory=Attacked)
    broken: dict[int, list[str]] = field(default_factory=dict)
    hidden_overall: list[str] = field(default_factory=list)
    """Questions that k people answered and whose overall table is not shown: the release is of less use."""
    shapes: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0

    def add(self, other: "Tally") -> None:
        """Count another tally in."""
        self.populations += other.populations
        self.people += other.people
        self.attacked.add(other.attacked)
        self.broken |= other.broken
        self.hidden_overall += other.hidden_overall
        self.shapes += other.shapes
        self.seconds += other.seconds


def attack_round(
    seed: int, rules: Rules = USUAL, careless: Careless | None = None, effort: int = EFFORT
) -> Tally:
    """Release the round of a seed, carefully or carelessly, and attack the release."""
    shape, sheets = population(seed)
    plan, dice = frame(), np.random.default_rng(seed)
    began = time.perf_counter()
    document = release(sheets, asked(), rules=rules).document
    seconds = time.perf_counter() - began
    planned = plan.plan.questions
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
    answered = {question: exact[question, ()].people for question in chosen if (question, ()) in exact}
    unshown = [
        f"seed {seed}, {question}: {people} people"
        for question, people in answered.items()
        if people >= published.k and published.said(question, ()).people is None
    ]
    broken = {seed: [f"{shape}: {found}" for found in attacked.breaks]} if attacked.breaks else {}
    return Tally(1, len(sheets), attacked, broken, unshown, Counter([shape]), seconds)


def attack_rounds(seeds: Iterable[int], careless: Careless | None = None) -> Tally:
    """Release and attack the rounds of many seeds."""
    tally = Tally()
    for seed in seeds:
        tally.add(attack_round(seed, careless=careless))
    return tally
