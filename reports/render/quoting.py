"""What people wrote: reviewed texts of a release, by key factor and side, each in its own language."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from conversations.wording import Words, say
from reports.disclosure import Publishable
from reports.render.reading import Reading
from reports.render.voice import direction


@dataclass(frozen=True, slots=True)
class Quote:
    """One text as it was reviewed. A paraphrase is the reviewer's words, not the writer's."""

    text: str
    lang: str
    direction: str
    paraphrase: bool


@dataclass(frozen=True, slots=True)
class Quotes:
    """What one side wrote about one key factor, in no order."""

    side: Words
    texts: tuple[Quote, ...]


@dataclass(frozen=True, slots=True)
class Written:
    """Everything that was written, by key factor; `said` tells whether there is any, or may follow."""

    by_factor: Mapping[str, tuple[Quotes, ...]]
    said: Words
    writers_needed: int | None = None

    def of(self, factor: str) -> tuple[Quotes, ...]:
        """Return what was written about a key factor, side by side."""
        return self.by_factor.get(factor, ())


def written(reading: Reading, texts: Publishable | None) -> Written:
    """Read the texts document of a release; without one, the page says that they may follow."""
    if texts is None:
        return Written({}, say("release.texts.follow"))
    found: dict[str, tuple[Quotes, ...]] = {}
    for part in texts.document.get("texts", ()):
        if quotes := tuple(_quote(one) for one in part.get("texts", ()) if one.get("text")):
            key = str(part["key_factor"])
            found[key] = (*found.get(key, ()), Quotes(say(f"side.{part['side']}"), quotes))
    needed = texts.document.get("manifest", {}).get("writers_needed")
    said = say("release.texts.here") if found else say("release.texts.none")
    return Written({key: _in_order(reading, quotes) for key, quotes in found.items()}, said, needed)


def _in_order(reading: Reading, quotes: tuple[Quotes, ...]) -> tuple[Quotes, ...]:
    """Return the sides in the order in which they stand everywhere."""
    order = [say(f"side.{side}") for side in reading.sides]
    return tuple(sorted(quotes, key=lambda one: order.index(one.side) if one.side in order else len(order)))


def _quote(one: Mapping[str, Any]) -> Quote:
    lang = str(one.get("lang") or "und")
    towards = "auto" if lang == "und" else direction(lang)
    return Quote(str(one["text"]), lang, towards, bool(one.get("paraphrase")))
