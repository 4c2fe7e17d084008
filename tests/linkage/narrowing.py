"""Attackers with two seizures, from before and after a completion: whom can each person still be?"""

from collections.abc import Callable
from itertools import groupby, product
from typing import TypeVar

from tests.linkage import clues
from tests.linkage.attackers import Guess
from tests.linkage.seizing import Box, Person, Seizure

Candidates = dict[Person, set[Box]]
T = TypeVar("T")
Narrower = Callable[[Seizure, Seizure, str], Candidates]


def by_news(before: Seizure, after: Seizure, table: str) -> Candidates:
    """Whoever took part meanwhile has one of the boxes that came meanwhile."""
    boxes = set(clues.boxes_in_rows(after, table)) - set(clues.boxes_in_rows(before, table))
    people = set(clues.people_in_rows(after)) - set(clues.people_in_rows(before))
    return dict.fromkeys(people, boxes)


def by_size(before: Seizure, after: Seizure, table: str) -> Candidates:
    """Of those, the box is as long among the new boxes as the draft was among the drafts of before."""
    news = by_news(before, after, table)
    sizes = {person: size for person, size in clues.draft_sizes(before).items() if person in news}
    new_boxes = next(iter(news.values()), set())
    lengths = {
        clues.box_of(cell): cell.length
        for cell in clues.rows(after.newest, table)
        if clues.box_of(cell) in new_boxes
    }
    candidates = dict(news)
    for people, boxes in _overlapping(_classes(sizes), _classes(lengths)):
        candidates |= dict.fromkeys(people, boxes)
    return candidates


def by_loss(before: Seizure, after: Seizure, table: str) -> Candidates:
    """Whoever is no more among those who took part had one of the boxes that are no more."""
    boxes = set(clues.boxes_in_rows(before, table)) - set(clues.boxes_in_rows(after, table))
    people = set(clues.people_in_rows(before)) - set(clues.people_in_rows(after))
    return dict.fromkeys(people, boxes)


def by_order(before: Seizure, after: Seizure, table: str) -> dict[str, Guess]:
    """Lay every order of the people who are new beside every order of the boxes that are new."""
    news = by_news(before, after, table)
    boxes = next(iter(news.values()), set())
    guesses = {}
    for (people_name, people), (box_name, ordered) in product(PEOPLE_BEFORE.items(), BOXES_AFTER.items()):
        known = [person for person in people(before) if person in news]
        found = [box for box in ordered(after, table) if box in boxes]
        guesses[f"{people_name} / {box_name}"] = list(zip(known, found, strict=False))
    return guesses


NARROWERS: dict[str, Narrower] = {"what is new": by_news, "sizes of drafts": by_size, "what is gone": by_loss}

PEOPLE_BEFORE: dict[str, Callable[[Seizure], list[Person]]] = {
    "sessions": lambda seizure: [str(cell.values[0]) for cell in clues.rows(seizure.newest, "open_sessions")],
    "frames": lambda seizure: clues.distinct(
        key for frame in seizure.frames for key in clues.keys_in(frame.content)
    ),
    "arrival": lambda seizure: list(seizure.witness.arrived),
    "key files": clues.people_by_key_file(lambda file: file.inode),
    "outbox": clues.people_to_be_told,
}

BOXES_AFTER: dict[str, Callable[[Seizure, str], list[Box]]] = {
    "rows": clues.boxes_in_rows,
    "places": clues.boxes_in_places,
    "frames": clues.boxes_in_frames,
}


def _classes(sizes: dict[T, int]) -> list[list[T]]:
    """Sort by size and put together what is of one size, the longest first."""
    ordered = sorted(sizes, key=lambda name: -sizes[name])
    return [list(group) for _, group in groupby(ordered, key=lambda name: sizes[name])]


def _overlapping(people: list[list[Person]], boxes: list[list[Box]]) -> list[tuple[list[Person], set[Box]]]:
    """Give, for each class of people, the classes of boxes that may hold theirs by rank."""
    ranked = [(rank, group) for group, rank in zip(boxes, _starts(boxes), strict=True)]
    found = []
    for group, start in zip(people, _starts(people), strict=True):
        end = start + len(group)
        near = [box for rank, some in ranked if rank < end and rank + len(some) > start for box in some]
        found.append((group, set(near)))
    return found


def _starts(groups: list[list[T]]) -> list[int]:
    return [sum(map(len, groups[:index])) for index in range(len(groups))]
