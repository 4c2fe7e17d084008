"""What is known of a question's exact counts: what is published, the rules, how counts hang together."""

import numpy as np

from tests.disclosure.counting import PEOPLE, Exact, Figures, Node
from tests.disclosure.program import SKIPPED, Program
from tests.disclosure.published import BASE, HALF, Published, Said

SPECIAL = ("dont_know", "does_not_apply", "prefer_not_to_say")


def build(published: Published, exact: Figures, question: str) -> Program:
    """Return all that is known of a question, together with how many people stand where."""
    ceiling = exact.get((PEOPLE, ()), Exact()).people + 10
    program = Program(exact, ceiling, published.several)
    _people(program, published)
    if question != PEOPLE:
        _question(program, published, question)
    program.ready()
    return program


def _range(published: Published, node: Node, said: int | None, exact: int) -> tuple[float, float]:
    """Return what is known of one count of people: rounded if shown, and otherwise why it is not."""
    k = published.k
    if said is not None:
        return max(said - HALF, min(k, exact)), said + HALF  # a careless release may show fewer than k
    if published.fallback and any(by == "side" for by, _ in node):
        return 0, np.inf
    return (0, k - 1) if exact < k else (k, np.inf)


def _people(program: Program, published: Published) -> None:
    """Add how many people stand on each level of each side, and how they add up."""
    nodes: list[Node] = [(), *((("side", side),) for side in published.sides)]
    for group, levels in published.crossed.items():
        nodes += [((group, level),) for level in levels]
        nodes += [(("side", s), (group, level)) for s in published.put_to(group) for level in levels]
    for node in nodes:
        said = published.groups[PEOPLE].get(node)
        exact = program.truth_of.get((PEOPLE, node), Exact()).people
        known = (0, np.inf) if said is None else _range(published, node, said.people, exact)
        if said is not None and said.people is None and _within(program, published, PEOPLE, node):
            known = (0, np.inf)
        program.variable((PEOPLE, node, ""), *known)
    of = {node: program.place[PEOPLE, node, ""] for node in nodes}
    program.sums(of[()], [of[("side", side),] for side in published.sides])
    for group, levels in published.crossed.items():
        for level in levels:
            program.sums(
                of[(group, level),], [of[("side", s), (group, level)] for s in published.put_to(group)]
            )
        for side in published.put_to(group):
            program.sums(of[("side", side),], [of[("side", side), (group, level)] for level in levels])


def parts(published: Published, question: str) -> dict[Node, list[list[Node]]]:
    """Return, for every group of a question that is parted, each way in which it is."""
    sides = published.put_to(question)
    found: dict[Node, list[list[Node]]] = {(): [[(("side", side),) for side in sides]]}
    for side in sides:
        here = [group for group in published.of_questions if side in published.put_to(group)]
        top: Node = (("side", side),)
        found[top] = [[(*top, (group, level)) for level in published.crossed[group]] for group in here]
        for one, other in published.pairs:
            if one not in here or other not in here:
                continue
            for level in published.crossed[one]:
                cells: list[Node] = [(*top, (one, level), (other, to)) for to in published.crossed[other]]
                found.setdefault((*top, (one, level)), []).append(cells)
            for to in published.crossed[other]:
                cells = [(*top, (one, level), (other, to)) for level in published.crossed[one]]
                found.setdefault((*top, (other, to)), []).append(cells)
    return found


def containing(node: Node) -> list[Node]:
    """Return the planned groups that hold a group, largest first."""
    found: list[Node] = [(), node[:1], node[:2], (*node[:1], *node[2:])]
    return [whole for whole in dict.fromkeys(found) if set(whole) < set(node)]


def _question(program: Program, published: Published, question: str) -> None:
    parted = parts(published, question)
    nodes = list(dict.fromkeys([(), *(node for ways in parted.values() for way in ways for node in way)]))
    for node in nodes:
        said = published.groups.get(question, {}).get(node)
        exact = program.truth_of.get((question, node), Exact())
        known = (0, np.inf) if said is None else _range(published, node, said.people, exact.people)
        there = program.truth_of.get((PEOPLE, node), Exact()).people if node else published.k
        if said is not None and there >= published.k and published.away(node, question):
            known = (0, np.inf)  # withheld in several questions together, or as if it were
        if said is not None and _within(program, published, question, node):
            known = (0, np.inf)  # hidden whatever its own size
        program.variable((question, node, ""), *known)
        for code in published.codes[question]:
            count = said.answers.get(code) if said else None
            low, high = (0, np.inf) if count is None else (max(0, count - HALF), count + HALF)
            program.variable((question, node, code), low, high)
            for whole in containing(node):
                program.cap((question, node, code), (question, whole, code))
        if (PEOPLE, node, "") in program.place and (node or published.put_to(question) == published.sides):
            everybody, people = program.place[PEOPLE, node, ""], program.place[question, node, ""]
            skipped = program.skipped((question, node, SKIPPED), everybody, people)
            program.sums(everybody, [people, skipped])
        _answers(program, published, question, node)
        if said is not None and said.people is not None:
            _homogeneity(program, said, question, node)
    for whole, ways in parted.items():
        for way in ways:
            everywhere = all((question, node, SKIPPED) in program.place for node in (whole, *way))
            for code in ("", *published.codes[question], *((SKIPPED,) if everywhere else ())):
                program.sums(
                    program.place[question, whole, code], [program.place[question, p, code] for p in way]
                )


def _within(program: Program, published: Published, question: str, node: Node) -> bool:
    """Say whether a group lies in one that is hidden although people enough are in it."""
    return any(
        whole
        and published.said(question, whole).people is None
        and program.truth_of.get((question, whole), Exact()).people >= published.k
        for whole in containing(node)
    )


def _answers(program: Program, published: Published, question: str, node: Node) -> None:
    """Say how the answers of a group hang together with its people."""
    people = program.place[question, node, ""]
    of = {code: program.place[question, node, code] for code in published.codes[question]}
    if question not in published.several:
        program.sums(people, of.values())
        return
    alone = {place: 1 for code, place in of.items() if code in SPECIAL}  # given alone, or not at all
    for code, place in of.items():
        if code not in SPECIAL:
            program.row({place: 1, people: -1} | alone, -np.inf, 0)
    program.row({people: 1} | dict.fromkeys(of.values(), -1), -np.inf, 0)
    program.row({people: -1} | alone, -np.inf, 0)


def _homogeneity(program: Program, said: Said, question: str, node: Node) -> None:
    """Say what showing or withholding a group's answers tells: whether one holds over 90 % of it.

    It may do so by exact or by published counts; where a group's answers are withheld, either will do.
    """
    people = program.place[question, node, ""]
    of = {code: program.place[question, node, code] for code in said.answers}
    if not said.flags or not {"homogeneous", "ninety_or_more"} & {*said.flags}:
        if all(count is not None for count in said.answers.values()):
            # In a careless release more than that may be shown; the rule is then found broken as it stands.
            for place in (
                place for place in of.values() if 10 * program.truth[place] <= 9 * program.truth[people]
            ):
                program.row({place: 10, people: -9}, -np.inf, 0)
        return
    rounded = (9 * (said.people or 0) // 10) // BASE * BASE + BASE - HALF
    least = int(min(rounded, 9 * program.low[people] // 10 + 1))
    could = [code for code in of if code in said.shares or "homogeneous" in said.flags]
    could = [code for code in could if program.high[of[code]] >= least]
    held = [program.truth[of[code]] >= least for code in could]
    if not any(held):
        return  # withheld for another group's sake
    if len(could) > 1:
        program.one_of((question, node, ""), [of[code] for code in could], least)
        return
    program.low[of[could[0]]] = max(program.low[of[could[0]]], least)
    for code in of.keys() - could if question not in program.several else ():
        program.high[of[code]] = min(program.high[of[code]], program.high[people] - least)
