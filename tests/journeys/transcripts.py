"""Conversations as files that a city officer can read: what somebody does, what is then said and offered."""

import json
import re
import tomllib
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

INVISIBLE = re.compile(
    "[\u200e\u200f\u2066-\u2069]"
)  # marks of direction: a phone needs them, a reader does not
CODE = re.compile(r"(?:\d{4} ){3}\d{4}")
NUMBERED = re.compile(r"(?:✓ )?(?:\d+\. )?")
PICKED = "✓ "


@dataclass(frozen=True)
class Seen:
    """What is on the screen: every line that is said, every choice in its order."""

    says: tuple[str, ...]
    choices: tuple[str, ...]


@dataclass(frozen=True)
class Kept:
    """What a finished conversation leaves behind: no person, no order, no time."""

    side: str
    answers: dict[str, tuple[str, ...]]
    texts: tuple[str, ...] = ()


@dataclass
class Turn:
    """Something that a person does, and what is then seen."""

    does: str
    seen: Seen = Seen((), ())

    @property
    def verb(self) -> str:
        return self.does.partition(":")[0]

    @property
    def words(self) -> str:
        return self.does.partition(":")[2].strip()


@dataclass
class Journey:
    """A whole conversation of somebody whose phone speaks `phone`.

    `offers` are the languages of its round, where they are not those of most journeys; `listening` says that
    it is a listening round.
    """

    title: str
    phone: str
    turns: list[Turn]
    kept: list[Kept] = field(default_factory=list)
    offers: tuple[str, ...] = ()
    listening: bool = False


def lines_of(texts: Iterable[str]) -> tuple[str, ...]:
    """What is said, line by line, as people read it; a withdrawal code is always another one."""
    lines = [plain(line) for text in texts for line in text.split("\n")]
    return tuple(CODE.sub("0000 0000 0000 0000", line) for line in lines if line)


def plain(text: str) -> str:
    """Text without marks of direction, every kind of space as a simple one."""
    return " ".join(INVISIBLE.sub("", unicodedata.normalize("NFC", text)).split())


def name_of(caption: str) -> str:
    """What a caption says, without its number and whether it is picked."""
    return NUMBERED.sub("", plain(caption), count=1)


def read(path: Path) -> Journey:
    """Read a journey."""
    found = tomllib.loads(path.read_text("utf-8"))
    turns = [
        Turn(turn["does"], Seen(tuple(turn.get("says", ())), tuple(turn.get("choices", ()))))
        for turn in found["turn"]
    ]
    kept = [
        Kept(box["side"], {name: tuple(codes) for name, codes in box["answers"].items()}, tuple(box["texts"]))
        for box in found.get("kept", ())
    ]
    offers, listening = tuple(found.get("offers", ())), found.get("listening", False)
    return Journey(found["title"], found["phone"], turns, kept, offers, listening)


def write(path: Path, journey: Journey) -> None:
    """Write a journey, so that it reads well."""
    offers = ", ".join(_quoted(tag) for tag in journey.offers)
    head = f"title = {_quoted(journey.title)}\nphone = {_quoted(journey.phone)}\n"
    head += "listening = true\n" if journey.listening else ""
    parts = [head + (f"offers = [{offers}]\n" if offers else "")]
    for turn in journey.turns:
        lists = _list("says", turn.seen.says) + _list("choices", turn.seen.choices)
        parts.append(f"[[turn]]\ndoes = {_quoted(turn.does)}\n{lists}")
    for box in journey.kept:
        answers = "".join(
            f"{name} = [{', '.join(_quoted(code) for code in codes)}]\n"
            for name, codes in box.answers.items()
        )
        head = f"[[kept]]\nside = {_quoted(box.side)}\n{_list('texts', box.texts)}"
        parts.append(f"{head}\n[kept.answers]\n{answers}")
    path.write_text("\n".join(parts), "utf-8")


def _list(name: str, items: tuple[str, ...]) -> str:
    lines = "".join(f"    {_quoted(item)},\n" for item in items)
    return f"{name} = [\n{lines}]\n" if items else f"{name} = []\n"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
