"""Protection: which groups are shown, and with which numbers; everything else looks empty."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from conversations.identifiers import Code

BASE = 5
"""Every published count is the nearest multiple of this. Source: ANONYMITY.md, "Releases" 4."""
SHARES_FROM = 20
"""People from which shares are shown. Source: ANONYMITY.md, "Releases" 4."""
MANY = 50
"""People below which answers are marked as few, and homogeneous groups are withheld."""
DOMINANT = 0.9
"""A larger share of one answer makes a group homogeneous. Source: ANONYMITY.md, "Releases" 5."""
PEOPLE_VALUES, ANSWER_VALUES = 5, 3
"""So many values must stay possible for a hidden rest and its answers. Source: ANONYMITY.md, "Releases" 6."""


@dataclass(frozen=True, slots=True)
class Shown:
    """One group as it is published: None for what is withheld. `rules` say why, or how to read it."""

    people: int | None = None
    counts: Mapping[Code, int | None] = field(default_factory=dict)
    shares: Mapping[Code, float | None] = field(default_factory=dict)
    rules: tuple[str, ...] = ()


def rounded(count: int) -> int:
    """Return the nearest multiple of BASE."""
    return (count + BASE // 2) // BASE * BASE


def bounds(published: int) -> tuple[int, int]:
    """Return the smallest and largest exact count that is published as this."""
    return max(0, published - BASE // 2), published + BASE // 2


def hidden(codes: Iterable[Code], rule: str) -> Shown:
    """Return a group that is withheld: it looks like an empty one."""
    nothing = dict.fromkeys(codes)
    return Shown(None, nothing, dict(nothing), (rule,))


def show(people: int, answers: Mapping[Code, int], *, k: int, sensitive: bool) -> Shown:
    """Return a group by its own rules: threshold, rounding, shares, homogeneity.

    Source: ANONYMITY.md, "Releases" 3 to 5.
    """
    if people < k:
        return hidden(answers, "threshold")
    published = rounded(people)
    few = ("few_answers",) if published < MANY else ()
    dominant = max(answers, key=lambda code: answers[code])
    nothing: dict[Code, int | None] = dict.fromkeys(answers)
    if answers[dominant] > DOMINANT * people:
        if people < MANY or sensitive:
            return Shown(published, nothing, dict.fromkeys(answers), ("homogeneous", *few))
        shares: dict[Code, float | None] = {**dict.fromkeys(answers), dominant: DOMINANT}
        return Shown(published, nothing, shares, ("ninety_or_more", *few))
    counts: dict[Code, int | None] = {code: rounded(count) for code, count in answers.items()}
    return Shown(published, counts, shares_of(published, counts), few)


def shares_of(people: int, counts: Mapping[Code, int | None]) -> dict[Code, float | None]:
    """Return shares computed from published numbers alone, where there are people enough."""
    if people < SHARES_FROM:
        return dict.fromkeys(counts)
    return {
        code: None if count is None else min(1.0, round(count / people, 2)) for code, count in counts.items()
    }


def guard_rest(total: Shown, parts: Sequence[Shown], exact: Sequence[int]) -> int | None:
    """Return which part to withhold so that what remains of a total stays open, or None if it does.

    The rest is what is left when the shown parts are taken from the shown total, each known only up to
    rounding. Of the shown parts the smallest goes first: the least loss.
    """
    shown = [place for place, part in enumerate(parts) if part.people is not None]
    if total.people is None or not shown or len(shown) == len(parts):
        return None
    low, high = _rest(total.people, [parts[place].people or 0 for place in shown])
    if high - low + 1 >= PEOPLE_VALUES and _answers_open(total, [parts[place] for place in shown]):
        return None
    return min(shown, key=lambda place: exact[place])


def _rest(total: int, parts: Sequence[int]) -> tuple[int, int]:
    """Return the bounds of a rest, from published numbers."""
    low, high = bounds(total)
    for part in parts:
        part_low, part_high = bounds(part)
        low, high = low - part_high, high - part_low
    return max(0, low), max(0, high)


def _answers_open(total: Shown, parts: Sequence[Shown]) -> bool:
    """Say whether each answer's count in the rest may have several values; one shown as 0 in all is said."""
    for code, count in total.counts.items():
        counts = [part.counts.get(code) for part in parts]
        if not count or any(part is None for part in counts):
            continue
        low, high = _rest(count, [part or 0 for part in counts])
        if high - low + 1 < ANSWER_VALUES:
            return False
    return True
