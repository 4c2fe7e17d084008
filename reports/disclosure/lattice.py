"""How groups of people are made of one another: which nodes add up to which."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from conversations.identifiers import Code, QuestionId
from reports.disclosure.nesting import nested
from reports.tabulate import Node

Numbers = NDArray[np.int64]


@dataclass(frozen=True)
class Family:
    """A node and the nodes that it is the sum of, by their places in the lattice."""

    parent: int
    children: tuple[int, ...]


@dataclass(frozen=True)
class Lattice:
    """The nodes of one subject, and every sum among them that is known to everybody."""

    nodes: tuple[Node, ...]
    families: tuple[Family, ...]
    index: dict[Node, int] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "index", {node: place for place, node in enumerate(self.nodes)})

    @cached_property
    def children(self) -> Numbers:
        """The children of all families, one family after the other."""
        return np.array([child for family in self.families for child in family.children], dtype=np.int64)

    @cached_property
    def parents(self) -> Numbers:
        """The parent of each family."""
        return np.array([family.parent for family in self.families], dtype=np.int64)

    @cached_property
    def sizes(self) -> Numbers:
        """How many children each family has, at least one."""
        return np.array([len(family.children) for family in self.families], dtype=np.int64)

    @cached_property
    def starts(self) -> Numbers:
        """Where the children of each family begin."""
        return np.cumsum(self.sizes) - self.sizes

    @cached_property
    def family_of(self) -> Numbers:
        """The family to which each of the children belongs."""
        return np.repeat(np.arange(len(self.families)), self.sizes)

    @cached_property
    def parent_of(self) -> Numbers:
        """The parent of each of the children."""
        return self.parents.take(self.family_of)

    @cached_property
    def by_child(self) -> tuple[Numbers, Numbers, Numbers]:
        """The order that brings `children` node by node, where each node begins in it, and the nodes."""
        order = np.argsort(self.children, kind="stable")
        nodes, starts = np.unique(self.children[order], return_index=True)
        return order, starts.astype(np.int64), nodes

    @cached_property
    def families_of(self) -> tuple[tuple[int, ...], ...]:
        """The families in which each node is a child."""
        found: list[list[int]] = [[] for _ in self.nodes]
        for number, family in enumerate(self.families):
            for child in family.children:
                found[child].append(number)
        return tuple(tuple(numbers) for numbers in found)

    @cached_property
    def families_under(self) -> tuple[tuple[int, ...], ...]:
        """The families of which each node is the parent."""
        found: list[list[int]] = [[] for _ in self.nodes]
        for number, family in enumerate(self.families):
            found[family.parent].append(number)
        return tuple(tuple(numbers) for numbers in found)

    @cached_property
    def above(self) -> NDArray[np.bool_]:
        """Whether node j contains node i (itself included), as a table of truth."""
        found = np.eye(len(self.nodes), dtype=bool)
        order = sorted(range(len(self.nodes)), key=lambda place: len(self.nodes[place].where))
        known = 0
        while (now := int(found.sum())) != known:
            known = now
            for place in order:
                for number in self.families_of[place]:
                    found[place] |= found[self.families[number].parent]
        return found

    def below(self, place: int) -> list[int]:
        """Return the nodes that lie within a node, itself left out."""
        return [int(other) for other in np.flatnonzero(self.above[:, place]) if other != place]


def lattice(parts: Sequence[Iterable[Node]]) -> Lattice:
    """Return how nodes add up that several parts publish; their finest common cells are nodes, too."""
    nodes: dict[Node, None] = {}
    found: dict[tuple[Node, frozenset[Node]], None] = {}
    cuts: dict[tuple[Node, QuestionId], dict[frozenset[frozenset[Code]], None]] = {}
    for part in parts:
        own = dict.fromkeys(part)
        for node in list(own):
            for element in sorted(node.where, key=lambda part: part[0]):
                own.setdefault(Node(node.sides, node.where - {element}))
        for node in list(own):
            own.update((other, None) for other in _but_one(node))
        nodes |= own
        for parent, children in _sums(own):
            found[parent, children] = None
        for parent, group, levels in _levels(own):
            cuts.setdefault((parent, group), {})[levels] = None
    for (parent, group), partitions in cuts.items():
        for whole, cells in _refined(parent, group, list(partitions)):
            nodes |= dict.fromkeys([whole, *cells])
            found[whole, frozenset(cells)] = None
    for parent, children in list(nested(nodes)):
        nodes |= dict.fromkeys(children)
        found[parent, children] = None
    listed = tuple(nodes)
    index = {node: place for place, node in enumerate(listed)}
    families = [
        Family(index[parent], tuple(sorted(index[child] for child in children)))
        for parent, children in found
        if children != {parent}
    ]
    return Lattice(listed, tuple(families))


def _but_one(node: Node) -> list[Node]:
    """Return, of people of three sides or more, everybody but one side: what is left where it is shown."""
    if len(node.sides) < 3:
        return []
    return [Node(node.sides - {side}, node.where) for side in sorted(node.sides)]


def _sums(nodes: Iterable[Node]) -> Iterable[tuple[Node, frozenset[Node]]]:
    """Yield what a node is the sum of: its sides, and its levels of one group."""
    known = dict.fromkeys(nodes)
    for node in known:
        if len(node.sides) > 1:
            children = frozenset(Node(frozenset({side}), node.where) for side in node.sides)
            if children <= known.keys():
                yield node, children
        for other in _but_one(node):
            if other in known and Node(node.sides - other.sides, node.where) in known:
                yield node, frozenset([other, Node(node.sides - other.sides, node.where)])
    yield from _across(known)
    for parent, group, levels in _levels(known):
        yield parent, frozenset(Node(parent.sides, parent.where | {(group, raws)}) for raws in levels)


def _across(known: Mapping[Node, None]) -> Iterable[tuple[Node, frozenset[Node]]]:
    """Yield what everybody is the sum of across sides: the levels of one group on each side, or the side."""
    groups = dict.fromkeys(group for node in known for group, _ in sorted(node.where, key=lambda at: at[0]))
    for whole in [node for node in known if len(node.sides) > 1 and not node.where]:
        for group in groups:
            cells = [
                node
                for node in known
                if len(node.sides) == 1
                and node.sides <= whole.sides
                and len(node.where) == 1
                and next(iter(node.where))[0] == group
            ]
            cut = frozenset(side for node in cells for side in node.sides)
            rest = [Node(frozenset({side})) for side in sorted(whole.sides - cut)]
            if cells and all(node in known for node in rest):
                yield whole, frozenset([*cells, *rest])


def _levels(nodes: Iterable[Node]) -> Iterable[tuple[Node, QuestionId, frozenset[frozenset[Code]]]]:
    """Yield the levels into which a group cuts a node."""
    found: dict[tuple[Node, QuestionId], set[frozenset[Code]]] = {}
    for node in nodes:
        for group, raws in sorted(node.where, key=lambda part: part[0]):
            parent = Node(node.sides, node.where - {(group, raws)})
            found.setdefault((parent, group), set()).add(raws)
    for (parent, group), levels in found.items():
        yield parent, group, frozenset(levels)


def _refined(
    parent: Node, group: QuestionId, partitions: Sequence[frozenset[frozenset[Code]]]
) -> Iterable[tuple[Node, list[Node]]]:
    """Yield each level of differing partitions with the finest cells that it is made of."""
    if len(partitions) < 2:
        return
    cells = {frozenset(codes) for codes in partitions[0]}
    for partition in partitions[1:]:
        cells = {cell & other for cell in cells for other in partition if cell & other}
    for level in sorted({level for partition in partitions for level in partition}, key=sorted):
        inside = [cell for cell in cells if cell <= level]
        if len(inside) > 1:
            yield (
                Node(parent.sides, parent.where | {(group, level)}),
                [Node(parent.sides, parent.where | {(group, cell)}) for cell in inside],
            )


def sums(lattice: Lattice, numbers: Numbers) -> Any:
    """Return, for each family, the sum of its children's rows; `numbers` has a row a node, of any width."""
    return np.add.reduceat(numbers.take(lattice.children, axis=0), lattice.starts, axis=0)
