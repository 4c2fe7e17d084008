"""Groups that lie within one another whatever people answer: everybody knows these sums, too."""

from collections.abc import Collection, Iterable, Iterator, Mapping

from conversations.circumstances import ALONE, ASSISTED, CAME_BY, RELAY
from conversations.identifiers import Code, QuestionId
from conversations.relays import DIRECTLY
from reports.planned import NOT_STATED
from reports.tabulate import Node

ASSOCIATION = Code("association")
Levels = Mapping[frozenset[Code], Node]
Sum = tuple[Node, frozenset[Node]]


def nested(nodes: Iterable[Node]) -> Iterator[Sum]:
    """Yield sums across groups: who came through a named association came through an association; who was
    helped came through some relay. Both are true of everybody, so an attacker reckons with them.
    """
    known = dict.fromkeys(nodes)
    found: list[Sum] = []
    for whole in [node for node in known if not node.where]:
        if came := _levels(known, whole, CAME_BY):
            found += _named(came, _levels(known, whole, RELAY))
            found += _helped(came, _levels(known, whole, ASSISTED))
    yield from found
    yield from _across_sides({child for _, children in found for child in children} - known.keys())


def _levels(known: Iterable[Node], whole: Node, group: QuestionId) -> Levels:
    """Return the finest levels into which a group cuts a node, as far as anything is told of them."""
    found = {
        raws: node
        for node in known
        if node.sides == whole.sides and len(node.where) == 1
        for of, raws in node.where
        if of == group
    }
    return {raws: node for raws, node in found.items() if not any(other < raws for other in found)}


def _named(came: Levels, relays: Levels) -> Iterator[Sum]:
    """Yield what those who came through an association are the sum of: the named ones, and all others."""
    named = [node for raws, node in relays.items() if NOT_STATED not in raws]
    nameless = relays.get(frozenset({NOT_STATED}))
    if not named or nameless is None:
        return
    parts = []
    for raws, node in came.items():
        if ASSOCIATION in raws:
            others = _crossed(nameless, CAME_BY, raws)
            yield node, frozenset([*named, others])
        parts.append(others if ASSOCIATION in raws else node)
    yield nameless, frozenset(parts)


def _helped(came: Levels, assisted: Levels) -> Iterator[Sum]:
    """Yield what those who were alone are the sum of: all who came by themselves, and some of the others."""
    alone, directly = assisted.get(frozenset({ALONE})), came.get(frozenset({DIRECTLY}))
    if alone is None or directly is None:
        return
    others = frozenset(code for raws in came for code in raws) - {DIRECTLY}
    yield alone, frozenset([directly, _crossed(alone, CAME_BY, others)])


def _across_sides(crossed: Collection[Node]) -> Iterator[Sum]:
    """Yield cells of several sides with those of each side."""
    for node in crossed:
        children = frozenset(Node(frozenset({side}), node.where) for side in node.sides)
        if len(children) > 1 and all(child in crossed for child in children):
            yield node, children


def _crossed(node: Node, group: QuestionId, raws: frozenset[Code]) -> Node:
    return Node(node.sides, node.where | {(group, raws)})
