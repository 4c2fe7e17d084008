"""What the next page tells a visitor after a form: kept in memory, so that no browser keeps the form."""

import asyncio
from collections import OrderedDict
from dataclasses import dataclass, field
from weakref import WeakValueDictionary

from bot.screens import Screen

PAGE = "conversation"
MOST = 1_000  # visitors with something to be told; each is some hundred bytes

Place = tuple[str, int | None, str]


def place_of(screen: Screen | None) -> Place:
    """Return where a visitor stands: what was told there holds until they move on."""
    return ("", None, "") if screen is None else (screen.name, screen.turn, screen.mark)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a page tells besides what it always shows.

    `once` names the form that it answers; `place` is where the visitor stood right after. `toast` is in
    words, `notice` a message key. `screen` is shown instead of the present one: words of ours, and a
    withdrawal code perhaps, but no answers. `code` says that the code to come back was asked for.
    """

    once: str = ""
    place: Place = ("", None, "")
    toast: str | None = None
    notice: str | None = None
    screen: Screen | None = field(default=None, repr=False)
    code: bool = False


class Telling:
    """Keeps, for each visitor and page, what that page is to tell; the program's end forgets it.

    Every form is answered by leading to a page, because a browser writes the form of a page that came as
    the answer to one, with every word in it, to its disk, to be able to show that page again.
    """

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[str, str], Told] = OrderedDict()
        self._lanes: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    def lane(self, account: str) -> asyncio.Lock:
        """Return what lets one form of a visitor through at a time, from whichever tab."""
        return self._lanes.setdefault(account, asyncio.Lock())

    def keep(self, account: str, page: str, told: Told) -> None:
        """Keep what a page is to tell; what it was to tell before is forgotten."""
        self._kept.pop((account, page), None)
        self._kept[account, page] = told
        while len(self._kept) > MOST:
            self._kept.popitem(last=False)

    def at(self, account: str, page: str, place: Place) -> Told | None:
        """Return what is to be told to a visitor who still stands at a place, or None."""
        told = self._kept.get((account, page))
        if told is not None and told.place != place:
            del self._kept[account, page]
            return None
        return told

    def take(self, account: str, page: str) -> Told | None:
        """Return what a page is to tell, for the last time."""
        return self._kept.pop((account, page), None)

    def known(self, account: str, once: str) -> bool:
        """Say whether a form of the conversation's page was answered before, and is still to be told of."""
        told = self._kept.get((account, PAGE))
        return told is not None and bool(once) and told.once == once

    def forget(self, account: str) -> None:
        """Forget everything that a visitor was to be told."""
        for known in [known for known in self._kept if known[0] == account]:
            del self._kept[known]
