"""One subject of a release, people or a question: what is shown of its groups, and what that tells."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from conversations.identifiers import Code, QuestionId
from reports.disclosure.bounds import ANY, Bounds, unknown
from reports.disclosure.lattice import Lattice, Numbers
from reports.disclosure.rules import (
    BASE,
    DOMINANT,
    USUAL,
    Rules,
    Shown,
    are_homogeneous,
    hidden,
    rounded_all,
    shares_of,
    show,
)

Truths = NDArray[np.bool_]
TOGETHER = "together"
"""The reason of a group that is withheld in several questions, because one of them would tell too much."""
WITHIN = "within_hidden"
"""The reason of a group that lies in a hidden one: it is hidden whatever its own size."""
UNTOLD = frozenset([("fallback",), (TOGETHER,), (WITHIN,)])
"""Reasons that do not tell whether a group has fewer people than the threshold."""
Memory = tuple[Truths, Truths, dict[int, int], dict[int, tuple[str, ...]]]
"""What is shown of a subject: groups, single answers, dominant answers, and why."""
HALF = BASE // 2


@dataclass(slots=True)
class Subject:
    """People, or those who answered one question, group by group; what is shown can only become less.

    Arrays have a row a node of the lattice and a column an answer. `exact` has the people in front, as in
    `Bounds`; None where only published numbers are at hand. `own` are the nodes that this part of the release
    publishes, `known` what earlier parts, or other rounds, tell beside it: bounds, and which nodes and
    answers they show (as zero, too). `several`: people could give several answers. Groups of fewer than `k`
    people are protected; shown are those of at least `needs`, which is never less.
    """

    id: QuestionId
    lattice: Lattice
    codes: tuple[Code, ...]
    exact: Numbers | None
    own: frozenset[int]
    k: int
    sensitive: bool = False
    several: bool = False
    rules: Rules = USUAL
    needs: int = 0
    known: Bounds = field(init=False)
    people: Truths = field(init=False)
    said: Truths = field(init=False)
    published: Numbers = field(init=False)
    dominant: dict[int, int] = field(default_factory=dict)
    """Of groups shown as "90 % or more": the answer that so many gave."""
    reasons: dict[int, tuple[str, ...]] = field(default_factory=dict)
    known_people: Truths = field(init=False)
    known_zero: Truths = field(init=False)
    is_own: Truths = field(init=False)
    """Of each node: whether it is one of `own`."""
    of_one_mind: Truths = field(init=False)
    """Of each node: whether nearly all of its people gave one answer; False where no exact numbers are."""

    def __post_init__(self) -> None:
        self.needs = max(self.k, self.needs)
        rows, columns = len(self.lattice.nodes), len(self.codes)
        self.known = unknown(rows, columns)
        self.people = np.zeros(rows, bool)
        self.said = np.zeros((rows, columns), bool)
        self.known_people = np.zeros(rows, bool)
        self.known_zero = np.zeros((rows, columns), bool)
        self.published = np.zeros((rows, 1 + columns), np.int64)
        self.is_own = np.zeros(rows, bool)
        self.is_own[list(self.own)] = True
        self.of_one_mind = np.zeros(rows, bool)
        if self.exact is not None and columns:
            self.of_one_mind = are_homogeneous(self.exact[:, 0], self.exact[:, 1:].max(axis=1))

    # What is shown

    def show_all(self) -> None:
        """Show every own group as far as its own size and answers allow."""
        assert self.exact is not None
        self.published = rounded_all(self.exact)
        for place in sorted(self.own):
            self.show_alone(place)

    def show_alone(self, place: int) -> None:
        """Show one group as far as its own size and answers allow."""
        assert self.exact is not None
        people = int(self.exact[place, 0])
        answers = dict(zip(self.codes, self.exact[place, 1:].tolist(), strict=True))
        alone = show(people, answers, k=self.needs, sensitive=self.sensitive, rules=self.rules)
        self.take(place, alone)

    def take(self, place: int, shown: Shown) -> None:
        """Show one group as it was published."""
        self.people[place] = shown.people is not None
        self.said[place] = [shown.counts.get(code) is not None for code in self.codes]
        self.dominant.pop(place, None)
        if "ninety_or_more" in shown.rules:
            told = [column for column, code in enumerate(self.codes) if shown.shares.get(code) is not None]
            self.dominant |= {place: told[0]} if told else {}
        self.reasons[place] = shown.rules
        if self.exact is None:
            counts = [shown.counts.get(code) or 0 for code in self.codes]
            self.published[place] = [shown.people or 0, *counts]

    def conceal(self, place: int, rule: str) -> None:
        """Withhold one group by itself."""
        self.people[place] = False
        self.said[place] = False
        self.dominant.pop(place, None)
        self.reasons[place] = (rule,)

    def hide(self, place: int, rule: str) -> None:
        """Withhold a group; where it stands on one side, everything within it, too."""
        self.conceal(place, rule)
        if len(self.lattice.nodes[place].sides) == 1:
            for inside in self.lattice.below(place):
                if inside in self.own:
                    self.conceal(inside, rule if rule == TOGETHER else WITHIN)

    def remembered(self) -> Memory:
        """Return what is shown now, to come back to."""
        return self.people.copy(), self.said.copy(), dict(self.dominant), dict(self.reasons)

    def restore(self, before: Memory) -> None:
        """Show again what was shown before."""
        self.people, self.said, self.dominant, self.reasons = before

    def show_again(self, place: int) -> None:
        """Show a group that was withheld; what is hidden within it is so no longer because it lies there."""
        assert self.exact is not None
        self.show_alone(place)
        for inside in self.lattice.below(place):
            if inside in self.own and self.reasons[inside] == (WITHIN,):
                small = self.exact[inside, 0] < self.needs
                self.reasons[inside] = ("threshold",) if small else ("complementary",)

    def unsay(self, place: int, column: int) -> None:
        """Withhold one answer of a group."""
        self.said[place, column] = False
        self._note(place, "unsaid")

    def silence(self, place: int) -> None:
        """Withhold the answers of a group, and show that it is there."""
        self.said[place] = False
        self.dominant.pop(place, None)
        self._note(place, "homogeneous")

    def _note(self, place: int, rule: str) -> None:
        if rule not in self.reasons[place]:
            self.reasons[place] = (*self.reasons[place], rule)

    def shown(self, place: int) -> Shown:
        """Return a group as it is published."""
        rules = self.reasons.get(place, ())
        if not self.people[place]:
            return hidden(self.codes, rules[0] if rules else "threshold")
        counts: dict[Code, int | None] = {
            code: int(self.published[place, 1 + column]) if self.said[place, column] else None
            for column, code in enumerate(self.codes)
        }
        shares = shares_of(int(self.published[place, 0]), counts)
        if not self.rules.shares_of_published and self.exact is not None:
            exact = self.exact[place]
            shares = {
                code: round(int(exact[1 + at]) / int(exact[0]), 2) for at, code in enumerate(self.codes)
            }
        if place in self.dominant:
            shares = {**dict.fromkeys(counts), self.codes[self.dominant[place]]: DOMINANT}
        return Shown(int(self.published[place, 0]), counts, shares, rules)

    # What that tells

    def told(self) -> Bounds:
        """Return what is known of each node alone: rounding, threshold, and why it is hidden."""
        found = self.known.copied()
        places = np.flatnonzero(self.is_own)
        if places.size == 0:
            return found
        low, high = found.low, found.high
        shown, published = self.people[places], self.published[places]
        low[places, 0] = np.maximum(
            low[places, 0], np.where(shown, np.maximum(self.needs, published[:, 0] - HALF), 0)
        )
        high[places, 0] = np.minimum(high[places, 0], np.where(shown, published[:, 0] + HALF, ANY))
        if self.exact is not None:  # the attacker knows why a group is hidden; in a fallback, all are
            why = ~shown
            why[why] = [self.reasons.get(place) not in UNTOLD for place in places[why].tolist()]
            small = why & (self.exact[places, 0] < self.needs)
            high[places, 0] = np.minimum(high[places, 0], np.where(small, self.needs - 1, ANY))
            low[places, 0] = np.maximum(low[places, 0], np.where(why & ~small, self.needs, 0))
        said = self.said[places]
        least, most = np.maximum(0, published[:, 1:] - HALF), published[:, 1:] + HALF
        spread = np.floor(DOMINANT * high[places, :1] + 1e-9).astype(np.int64)
        low[places, 1:] = np.maximum(low[places, 1:], np.where(said, least, 0))
        high[places, 1:] = np.minimum(high[places, 1:], np.where(said, np.minimum(most, spread), ANY))
        for place, column in self.dominant.items():
            low[place, 1 + column] = max(low[place, 1 + column], self._at_least_ninety(place, low))
        return found

    def _at_least_ninety(self, place: int, low: Numbers) -> int:
        """Return how many at least gave the answer of a group shown as "90 % or more"."""
        by_exact = int(DOMINANT * int(low[place, 0]) + 1e-9) + 1
        by_rounded = int(DOMINANT * int(self.published[place, 0]) / BASE + 1e-9) * BASE + BASE - HALF
        return min(by_exact, by_rounded)

    def unseen(self) -> Truths:
        """Say of each node whether nobody is told how many people it has."""
        return ~(self.people | self.known_people)

    def exempt(self) -> Truths:
        """Say of each node and answer whether a group around it shows that almost nobody gave it.

        Source: ANONYMITY.md, "Releases" 6: what the release says anyway, unless it may hurt.
        """
        if self.sensitive:
            return np.zeros_like(self.said)
        return np.asarray(self.lattice.above.astype(np.int64) @ self._zero().astype(np.int64) > 0)

    def exempt_at(self, place: int) -> Truths:
        """Say the same of the answers of one node."""
        if self.sensitive:
            return np.zeros_like(self.said[place])
        return np.asarray(self._zero()[self.lattice.above[place]].any(axis=0))

    def _zero(self) -> Truths:
        """Say of each node and answer whether it is shown that almost nobody gave it."""
        return np.asarray((self.said & (self.published[:, 1:] == 0)) | self.known_zero)

    def state(self) -> tuple[object, ...]:
        """Return everything that an attack depends on and that can change: equal states tell the same."""
        arrays = (self.people, self.said, self.published, self.known_people, self.known_zero)
        told = (array.tobytes() for array in (*arrays, self.known.low, self.known.high))
        return *told, tuple(sorted(self.dominant.items())), tuple(sorted(self.reasons.items()))

    def is_of_one_mind(self, places: list[int]) -> bool:
        """Say whether nearly all people of these nodes together gave one answer, by exact numbers."""
        assert self.exact is not None
        total = self.exact[places].sum(axis=0)
        return bool(are_homogeneous(total[0], total[1:].max()))

    def take_in(self, other: "Subject") -> None:
        """Take in what another part tells of the same people: it stays published whatever this one does.

        Both have the same lattice and answers.
        """
        told = other.told()
        np.maximum(self.known.low, told.low, out=self.known.low)
        np.minimum(self.known.high, told.high, out=self.known.high)
        self.known_people |= other.people
        self.known_zero |= other.said & (other.published[:, 1:] == 0)
