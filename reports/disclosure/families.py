"""What the published numbers of a total and its parts tell about the part that is hidden, and its cure."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Generic, Literal, TypeVar

from conversations.identifiers import Code
from reports.disclosure.protection import (
    ANSWER_VALUES,
    MANY,
    PEOPLE_VALUES,
    Shown,
    bounds,
    hidden,
    is_homogeneous,
)
from reports.tabulate import Exact

Place = TypeVar("Place", bound=Hashable)


@dataclass(slots=True)
class Family(Generic[Place]):
    """A total and the parts it is made of, as they are to be published; every step only withholds more.

    `gives_way` says what is withheld where too much is told: `parts`, the smallest first, or the `total`.
    `k` is the threshold, `sensitive` whether an answer may hurt who gave it.
    Source: ANONYMITY.md, "Releases" 5 and 6, for one total and its parts at a time.
    """

    total: Shown
    parts: dict[Place, Shown]
    exact: Mapping[Place, Exact]
    gives_way: Literal["parts", "total"]
    k: int
    sensitive: bool = False

    def protect(self) -> None:
        """Withhold until nothing of a hidden rest is told too closely."""
        while self._hide_size() or self._withhold_unanimous_rest() or self._unsay_answers():
            pass

    def _shown(self) -> list[Place]:
        return [place for place, part in self.parts.items() if part.people is not None]

    def _hide_size(self) -> bool:
        """Withhold a group where the size of the hidden rest could have too few values."""
        unseen = [part for part in self.parts.values() if part.people is None]
        if self.total.people is None or not unseen:
            return False
        low, high = self._rest_people(self._shown())
        if all("threshold" in part.rules for part in unseen):
            others = (len(unseen) - 1) * (self.k - 1)
            low, high = max(0, low - others), min(high, self.k - 1)
        if low >= self.k or high - low + 1 >= PEOPLE_VALUES:
            return False
        smallest = self._smallest(self._shown())
        if self.gives_way == "total" or smallest is None:
            self.total = hidden(self.total.counts, "complementary")
        else:
            self.parts[smallest] = hidden(self.parts[smallest].counts, "complementary")
        return True

    def _withhold_unanimous_rest(self) -> bool:
        """Withhold a distribution where taking parts from their total leaves people who nearly all agree."""
        if not _speaks(self.total):
            return False
        speaking = [place for place in self._shown() if _speaks(self.parts[place])]
        rest = [self.exact[place] for place in self.parts if place not in speaking]
        people = sum(group.people for group in rest)
        answers = {code: sum(group.answers.get(code, 0) for group in rest) for code in self.total.counts}
        if people < self.k or not is_homogeneous(people, answers) or (people >= MANY and not self.sensitive):
            return False
        smallest = self._smallest(speaking)
        if self.gives_way == "total" or smallest is None:
            self.total = _silent(self.total)
        else:
            self.parts[smallest] = _silent(self.parts[smallest])
        return True

    def _unsay_answers(self) -> bool:
        """Withhold single answers whose count in a small hidden rest could have too few values."""
        if self.total.people is None or all(part.people is not None for part in self.parts.values()):
            return False
        low, most = self._rest_people(self._shown())
        changed = False
        for code, count in self.total.counts.items():
            if count is None or (count == 0 and not self.sensitive) or low >= self.k:
                continue
            counts = [self.parts[place].counts.get(code) for place in self._shown()]
            if any(part is None for part in counts):
                continue
            least, greatest = rest(count, [part or 0 for part in counts])
            if min(greatest, most) - least + 1 < ANSWER_VALUES:
                self._unsay(code)
                changed = True
        return changed

    def _unsay(self, code: Code) -> None:
        telling = [place for place in self._shown() if self.parts[place].counts.get(code)]
        smallest = self._smallest(telling)
        if self.gives_way == "total" or smallest is None:
            self.total = unsaid(self.total, code)
        else:
            self.parts[smallest] = unsaid(self.parts[smallest], code)

    def _rest_people(self, shown: Sequence[Place]) -> tuple[int, int]:
        low, high = self._at_least_k(self.total.people or 0)
        for place in shown:
            part_low, part_high = self._at_least_k(self.parts[place].people or 0)
            low, high = low - part_high, high - part_low
        return max(0, low), max(0, high)

    def _at_least_k(self, published: int) -> tuple[int, int]:
        """Return the bounds of a shown group's size: rounding, and that it is shown at all."""
        low, high = bounds(published)
        return max(self.k, low), high

    def _smallest(self, places: Sequence[Place]) -> Place | None:
        """Return the place whose published group is smallest; the first of equal ones."""
        return min(places, key=lambda place: self.parts[place].people or 0, default=None)


def rest(total: int, parts: Sequence[int]) -> tuple[int, int]:
    """Return the bounds of what is left of a total, from published numbers."""
    low, high = bounds(total)
    for part in parts:
        part_low, part_high = bounds(part)
        low, high = low - part_high, high - part_low
    return max(0, low), max(0, high)


def unsaid(shown: Shown, code: Code) -> Shown:
    """Return a group without one answer's count."""
    rules = shown.rules if "unsaid" in shown.rules else (*shown.rules, "unsaid")
    return replace(
        shown, counts={**shown.counts, code: None}, shares={**shown.shares, code: None}, rules=rules
    )


def _silent(shown: Shown) -> Shown:
    """Return a group without its distribution."""
    nothing = dict.fromkeys(shown.counts)
    return replace(shown, counts=nothing, shares=dict(nothing), rules=(*shown.rules, "homogeneous"))


def _speaks(shown: Shown) -> bool:
    return any(count is not None for count in shown.counts.values())
