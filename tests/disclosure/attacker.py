"""The attack: what somebody can conclude from a release about a small group."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.random import Generator

from tests.disclosure.aims import COUNTS, SIZES, Claim, Target, claims_on, is_exempt, targets
from tests.disclosure.counting import PEOPLE, Counting, Figures, Node, Person
from tests.disclosure.knowledge import build
from tests.disclosure.program import Program
from tests.disclosure.published import Published, read, rules_broken

ROUNDS = 4  # programs thrown at all targets of a group, of a side, of a question, before single ones
EFFORT = 8  # targets of a question, of which there may be a hundred
PROGRAMS = 6  # at most for each of them


@dataclass(frozen=True)
class Break:
    """A place where the guarantee does not hold."""

    question: str
    nodes: tuple[Node, ...]
    attacker: str
    what: str

    def __str__(self) -> str:
        named = " and ".join("/".join(level for _, level in node) or "all" for node in self.nodes)
        return f"{self.question or 'people'}, {named}: {self.attacker} learns {self.what}"


@dataclass
class Attacked:
    """What came of attacking a release."""

    breaks: list[Break] = field(default_factory=list)
    bounds: int = 0
    programs: int = 0
    targets: int = 0
    undecided: int = 0

    def add(self, other: "Attacked") -> None:
        """Count another attack in."""
        self.breaks += other.breaks
        for name in ("bounds", "programs", "targets", "undecided"):
            setattr(self, name, getattr(self, name) + getattr(other, name))


def break_release(
    document: dict[str, Any],
    counting: Counting,
    exact: Figures,
    dice: Generator,
    questions: Sequence[str],
    effort: int = EFFORT,
) -> Attacked:
    """Attack a release over some of its questions: what is seen, what sums say, what programs find."""
    faults = rules_broken(document, exact, tuple(questions))
    found = Attacked([Break("", (), "anybody", fault) for fault in faults])
    published = read(document)
    for question in questions:
        found.add(attack(published, exact, counting.people(question), question, dice, effort))
    return found


def attack(
    published: Published,
    exact: Figures,
    people: list[Person],
    question: str,
    dice: Generator,
    effort: int = EFFORT,
) -> Attacked:
    """Attack small groups of one question: those of which simple sums already say most, and some others."""
    aims = [*targets(published, exact, question), *targets(published, exact, PEOPLE)]
    result = Attacked(targets=len(aims))
    if not aims:
        return result
    program = build(published, exact, question)
    room = {aim: _room(program, published, aim) for aim in aims}
    told = [aim for aim in aims if room[aim] < 0]
    by_sums = "its size or answers by sums alone"
    result.breaks += [Break(aim.question, aim.nodes, "an outsider", by_sums) for aim in told]
    aims = [aim for aim in aims if room[aim] >= 0]
    chosen = _chosen(room, aims, dice, effort)
    claims = [claim for aim in chosen for claim in claims_on(program, published, aim, people, dice)]
    result.bounds = len(claims)
    pool = [np.array(program.truth)]
    left = _thrown(program, claims, pool, dice)
    for claim in (left[place] for place in dice.permutation(len(left))):
        if _holds(claim, np.array(pool)):
            continue
        outcome = _single(program, claim, pool) if program.solved < PROGRAMS * effort else None
        if outcome is None:
            result.undecided += 1
        elif not outcome:
            result.breaks.append(Break(claim.target.question, claim.target.nodes, claim.attacker, claim.what))
    result.programs = program.solved
    return result


def _chosen(room: dict[Target, float], aims: list[Target], dice: Generator, most: int) -> list[Target]:
    """Return the targets that simple sums leave least room, and as many others."""
    order = [aims[place] for place in dice.permutation(len(aims))]
    near = sorted(order, key=lambda aim: room[aim])[: most // 2]
    return near + [aim for aim in order if aim not in near][: most - len(near)]


def _room(program: Program, published: Published, aim: Target) -> float:
    """Return by how much the closest of a target's figures is open, beyond what must be."""
    codes = [] if aim.question == PEOPLE else published.codes[aim.question]
    room = np.inf
    for code in ("", *(code for code in codes if not is_exempt(published, aim, code))):
        places = [program.place[aim.question, node, code] for node in aim.nodes]
        open_ = program.high[places].sum() - program.low[places].sum()
        room = min(room, open_ - ((COUNTS if code else SIZES) - 1))
    return float(room)


def _holds(claim: Claim, pool: np.ndarray) -> bool:
    """Say whether possible counts found so far keep open what must stay open."""
    places, weights = list(claim.weights), np.array(list(claim.weights.values()))
    if claim.also:
        least = np.array(list(claim.also.values()))
        pool = pool[(pool[:, list(claim.also)] >= least).all(axis=1)]
    values = pool[:, places] @ weights
    if claim.spread:
        return bool(values.size and values.max() - values.min() >= claim.least)
    return bool(values.size and values.max() >= claim.least)


def _thrown(program: Program, claims: list[Claim], pool: list[np.ndarray], dice: Generator) -> list[Claim]:
    """Aim programs at all that is open together, from one group to everything; return what is open still."""
    known = np.array(pool)
    left = [claim for claim in claims if not _holds(claim, known)]
    for scope in (_by_group, _by_side, _by_all):
        for names in sorted({scope(claim) for claim in left}, key=str):
            free = program.around(*names) if names else None
            for _ in range(ROUNDS):
                here = [claim for claim in left if scope(claim) == names]
                if not here:
                    break
                objective, also = _aim(here, dice)
                found = program.solve(objective, also, free, rough=True)
                if found.counts is not None:
                    pool.append(found.counts)
                    known = np.array(pool)
                    left = [claim for claim in left if not _holds(claim, known)]
    return left


def _aim(claims: list[Claim], dice: Generator) -> tuple[Counter[int], dict[int, int]]:
    """Return one objective for several claims, thrown anew each time, and what their attackers add."""
    some = [claims[place] for place in dice.permutation(len(claims))[: max(1, len(claims) // 2)]]
    objective: Counter[int] = Counter()
    also: dict[int, int] = {}
    for claim in some:
        sign = int(dice.choice((-1, 1))) if claim.spread else -1
        for place, weight in claim.weights.items():
            objective[place] += sign * weight * int(dice.integers(1, 4))
        for place, least in claim.also.items():
            also[place] = max(also.get(place, 0), least)
    return objective, also


def _by_group(claim: Claim) -> tuple[str, str | None] | None:
    """Return the side and the group that a claim is about, if it is about one of each."""
    groups = {tuple(by for by, _ in node[1:2]) for node in claim.target.nodes}
    side = _by_side(claim)
    return (side[0], *groups.pop()) if side and len(groups) == 1 and () not in groups else side


def _by_side(claim: Claim) -> tuple[str, str | None] | None:
    sides = {level for node in claim.target.nodes for by, level in node if by == "side"}
    return (sides.pop(), None) if len(sides) == 1 else None


def _by_all(claim: Claim) -> None:
    return None


def _single(program: Program, claim: Claim, pool: list[np.ndarray]) -> bool | None:
    """Say whether one thing is kept open; None where no program could decide it."""
    for free in (program.around(*named) if (named := _by_group(claim)) else None, None):
        bounds = []
        for sign in (-1, 1) if claim.spread else (-1,):
            weights = {place: sign * weight for place, weight in claim.weights.items()}
            found = program.solve(weights, claim.also, free)
            if found.counts is not None:
                pool.append(found.counts)
            bounds.append(found.bound)
        if _holds(claim, np.array(pool)):
            return True
    if any(bound is None for bound in bounds):
        return None
    return False
