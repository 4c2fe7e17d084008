"""Whom an attack is aimed at, what must stay possible for them, and what attackers know besides."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from numpy.random import Generator

from tests.disclosure.counting import PEOPLE, Exact, Figures, Node, Person
from tests.disclosure.knowledge import containing, parts
from tests.disclosure.program import Program
from tests.disclosure.published import Published

SIZES = 5  # values that the size of a small group must keep open
COUNTS = 3  # values that each of its answer counts must keep open
PLANTED = 3


@dataclass(frozen=True)
class Target:
    """A group of 1 to k - 1 people, or the rest of that size when shown groups are taken from a shown one."""

    question: str
    whole: Node
    nodes: tuple[Node, ...]
    people: int


@dataclass(frozen=True)
class Claim:
    """Something that must stay possible: `weights` over the counts, at least `more` than their `base`.

    With two weights to compare (`spread`), what must stay open is how far apart they can be.
    """

    target: Target
    attacker: str
    what: str
    weights: dict[int, int]
    least: int
    spread: bool = False
    also: dict[int, int] = field(default_factory=dict)


def targets(published: Published, exact: Figures, question: str) -> Iterator[Target]:
    """Return every group, and every rest, of 1 to k - 1 people that the guarantee speaks of."""
    ways = _ways(published, question)
    seen: set[tuple[Node, ...]] = set()
    for whole, parted in ways:
        hidden = tuple(node for node in parted if published.said(question, node).people is None)
        rest = [hidden] if published.said(question, whole).people is not None and len(hidden) > 1 else []
        for nodes in (*((node,) for node in parted), *rest):
            people = sum(exact.get((question, node), Exact()).people for node in nodes)
            named = any(by == "side" for node in nodes for by, _ in node)
            if 1 <= people < published.k and nodes not in seen and named:
                seen.add(nodes)
                yield Target(question, whole, nodes, people)


def _ways(published: Published, question: str) -> Iterator[tuple[Node, list[Node]]]:
    """Return every planned group with each way in which it is parted; the whole also by all sides' levels."""
    groups = published.of_questions
    if question == PEOPLE:
        groups, sides = tuple(published.crossed), published.sides
        yield (), [(("side", side),) for side in sides]
        for group, levels in published.crossed.items():
            for level in levels:
                yield ((group, level),), [(("side", s), (group, level)) for s in published.put_to(group)]
            for side in published.put_to(group):
                yield (("side", side),), [(("side", side), (group, level)) for level in levels]
    else:
        sides = published.put_to(question)
        yield from ((whole, way) for whole, ways in parts(published, question).items() for way in ways)
    for group in groups:
        here = [side for side in sides if side in published.put_to(group)]
        leaves = [(("side", s), (group, level)) for s in here for level in published.crossed[group]]
        yield (), [*leaves, *((("side", s),) for s in sides if s not in here)]


def claims_on(
    program: Program, published: Published, aim: Target, people: list[Person], dice: Generator
) -> Iterator[Claim]:
    size = {program.place[aim.question, node, ""]: 1 for node in aim.nodes}
    yield Claim(aim, "an outsider", "its size", size, SIZES - 1, spread=True)
    if aim.question == PEOPLE:
        return
    codes = [code for code in published.codes[aim.question] if not is_exempt(published, aim, code)]
    of = {
        code: {program.place[aim.question, node, code]: 1 for node in aim.nodes}
        for code in published.codes[aim.question]
    }
    for code in codes:
        yield Claim(aim, "an outsider", f"how many said {code}", of[code], COUNTS - 1, spread=True)
    inside = [person for person in people if any(person.stands_in(node) for node in aim.nodes)]
    outside = [person for person in people if not any(person.stands_in(node) for node in aim.nodes)]
    for attacker, members in _attackers(inside, outside, dice):
        own = [person for person in members if any(person.stands_in(node) for node in aim.nodes)]
        also = _known(program, aim.question, members)
        for code in published.codes[aim.question]:
            said = sum(code in person.codes for person in own)
            if code in codes:
                yield Claim(aim, attacker, f"that nobody else said {code}", of[code], said + 1, also=also)
            others = size | dict.fromkeys(of[code], -1)
            yield Claim(aim, attacker, f"that all others said {code}", others, len(own) - said + 1, also=also)


def _attackers(
    inside: list[Person], outside: list[Person], dice: Generator
) -> Iterator[tuple[str, list[Person]]]:
    """Return who attacks a group: nobody in it, one of it, and three that somebody planted."""
    yield "an outsider", []
    order = [inside[place] for place in dice.permutation(len(inside))]
    if len(order) > 1:
        yield "a member", order[:1]
        planted = order[: min(PLANTED, len(order) - 1)]
        elsewhere = dice.permutation(len(outside))[: PLANTED - len(planted)]
        yield "a planter", planted + [outside[place] for place in elsewhere]


def _known(program: Program, question: str, members: list[Person]) -> dict[int, int]:
    """Return what members add to what is known: so many people at least stand where they do, and said so."""
    known: Counter[int] = Counter()
    for (of, node, code), place in program.place.items():
        if "?" in code:
            continue
        for person in members:
            if of in (question, PEOPLE) and person.stands_in(node) and (not code or code in person.codes):
                known[place] += 1
    return dict(known)


def is_exempt(published: Published, aim: Target, code: str) -> bool:
    """Say whether a group that holds the target is shown with 0 for an answer: the release says so itself."""
    if aim.question in published.sensitive:
        return False
    around = [set(containing(node)) for node in aim.nodes] if len(aim.nodes) == 1 else []
    wholes = {aim.whole, *containing(aim.whole), *(set.intersection(*around) if around else ())}
    return any(published.said(aim.question, whole).answers.get(code) == 0 for whole in wholes)
