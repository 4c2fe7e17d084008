"""How much of what could be shown is shown: the other half of the promise."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

from conversations.session import Sheet
from reports.disclosure import release
from tests.disclosure.counting import Counting
from tests.disclosure.published import read
from tests.reports.population import asked, frame, sheets


@dataclass(frozen=True)
class Use:
    """Of the planned groups that have k people, how many are shown; and how long the release took."""

    people: int
    could: int
    shown: int
    whole: int
    """Groups of everybody who answered, or of a side of over 20 people."""
    whole_hidden: int
    seconds: float

    @property
    def share(self) -> float:
        """The share of groups shown, of those with k people."""
        return self.shown / self.could if self.could else 1.0


def use_of(those: Sequence[Sheet]) -> Use:
    """Release some sheets and count what is shown of what could be."""
    began = time.perf_counter()
    document = release(those, asked()).document
    seconds = time.perf_counter() - began
    published, counting = read(document), Counting(those, frame())
    exact = counting.figures()
    counting.close()
    could = shown = whole = whole_hidden = 0
    for (question, node), truth in exact.items():
        if truth.people < published.k or node not in published.groups.get(question, {}):
            continue
        could += 1
        said = published.said(question, node).people is not None
        shown += said
        large = not node or (len(node) == 1 and node[0][0] == "side" and truth.people > 20)
        whole += large
        whole_hidden += large and not said
    return Use(len(those), could, shown, whole, whole_hidden, seconds)


def use_at(people: int, seed: int = 1) -> Use:
    """Return the use of a release in which so many people, made of dice, answered."""
    return use_of(sheets(people, seed))
