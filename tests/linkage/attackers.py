"""Attackers with one seizure: each says which took-part row belongs to which box."""

from collections.abc import Callable, Iterator

from tests.linkage import clues
from tests.linkage.clues import PEOPLE
from tests.linkage.logs import Frame
from tests.linkage.pages import Image
from tests.linkage.seizing import Box, Person, Seizure

Guess = list[tuple[Person, Box]]
Attacker = Callable[[Seizure, str], Guess]
PeopleClue = Callable[[Seizure], list[Person]]
BoxClue = Callable[[Seizure, str], list[Box]]


def aligned(people: PeopleClue, boxes: BoxClue) -> Attacker:
    """Return the attacker who lays an order of people beside an order of boxes."""
    return lambda seizure, table: list(zip(people(seizure), boxes(seizure, table), strict=False))


def of_the_waiting(people: PeopleClue, boxes: BoxClue) -> Attacker:
    """Return the attacker who knows an order of those who waited: their boxes came with the present log.

    Where the log brought nobody, those who wait were put into boxes long ago: all boxes are compared.
    """

    def attack(seizure: Seizure, table: str) -> Guess:
        first, newest = seizure.versions[0], seizure.newest
        known, found = people(seizure), boxes(seizure, table)
        if came := set(_new_people(first, newest)):
            known = [person for person in known if person in came]
            new = set(_new_boxes(first, newest, table))
            found = [box for box in found if box in new]
        return list(zip(known, found, strict=False))

    return attack


def by_commit(seizure: Seizure, table: str) -> Guess:
    """Lay beside each other what each commit of the present log added, versions of pages compared."""
    guess: Guess = []
    for before, after in zip(seizure.versions, seizure.versions[1:], strict=False):
        if people := _new_people(before, after):
            guess += zip(people, _new_boxes(before, after, table), strict=False)
    return guess


def by_earlier_generations(seizure: Seizure, table: str) -> Guess:
    """Read the frames whose salt is not the log's: what a log that only begins anew still holds."""
    latest = seizure.newest
    rounds = {cell.values[1] for cell in clues.rows(latest, PEOPLE)}
    lengths = {cell.length for cell in clues.rows(latest, table)}
    seen_people: set[Person] = set()
    seen_boxes: set[Box] = set()
    guess: Guess = []
    for commit in _stale_commits(seizure):
        cells = [cell for frame in commit for cell in Image({frame.page: frame.content}).alone(frame.page)]
        cells = [cell for cell in cells if len(cell.values) > 1 and cell.values[1] in rounds]
        people = clues.distinct(str(cell.values[0]) for cell in cells if len(cell.values) == 2)
        boxes = clues.distinct(
            clues.box_of(cell) for cell in cells if len(cell.values) == 4 and cell.length in lengths
        )
        new_people = [person for person in people if person not in seen_people]
        new_boxes = [box for box in boxes if box not in seen_boxes]
        guess += zip(new_people, new_boxes, strict=False)
        seen_people.update(people)
        seen_boxes.update(boxes)
    return guess


def by_remains(seizure: Seizure, table: str) -> Guess:
    """Look for a person's key close before a box's id, where only deleted things lie."""
    boxes = {
        box: box if isinstance(box, bytes) else box.encode() for box in clues.boxes_in_rows(seizure, table)
    }
    dead = [remains for remains in seizure.newest.remains() if any(remains)]
    guess: Guess = []
    for box, needle in boxes.items():
        for remains in dead:
            at = remains.find(needle)
            keys = clues.keys_in(remains[:at]) if at >= 0 else []
            if keys:
                guess.append((keys[-1], box))
                break
    return guess


def _new_people(before: Image, after: Image) -> list[Person]:
    old = {cell.values[0] for cell in clues.rows(before, PEOPLE)}
    return [str(cell.values[0]) for cell in clues.rows(after, PEOPLE) if cell.values[0] not in old]


def _new_boxes(before: Image, after: Image, table: str) -> list[Box]:
    old = {clues.box_of(cell) for cell in clues.rows(before, table)}
    return [box for cell in clues.rows(after, table) if (box := clues.box_of(cell)) not in old]


def _stale_commits(seizure: Seizure) -> Iterator[list[Frame]]:
    """Give the frames of every commit of earlier generations, in the order of the log."""
    present = seizure.frames[0].salt if seizure.frames else b""
    commit: list[Frame] = []
    for frame in seizure.frames:
        if frame.salt == present:
            continue
        commit.append(frame)
        if frame.commits:
            yield commit
            commit = []


ONE_SEIZURE: dict[str, Attacker] = {
    "rowids and row order": aligned(clues.people_in_rows, clues.boxes_in_rows),
    "page order, cell offsets": aligned(clues.people_in_places, clues.boxes_in_places),
    "overflow pages": aligned(clues.people_arrived, clues.boxes_by_spill),
    "arrival and row order": aligned(clues.people_arrived, clues.boxes_in_rows),
    "arrival and cell offsets": aligned(clues.people_arrived, clues.boxes_in_places),
    "log: frame order": aligned(clues.people_in_frames, clues.boxes_in_frames),
    "log: versions of pages": by_commit,
    "log: earlier salts": by_earlier_generations,
    "free pages, unallocated space": by_remains,
    "outbox": of_the_waiting(clues.people_to_be_told, clues.boxes_in_rows),
    "seen update ids": aligned(clues.people_by_update, clues.boxes_by_id),
    "order of contacts": aligned(clues.people_in_contacts, clues.boxes_in_rows),
    "cell offsets of contacts": aligned(clues.people_in_contact_places, clues.boxes_in_places),
    "key files: names": of_the_waiting(clues.people_by_key_name, clues.boxes_in_rows),
    "key files: inodes": of_the_waiting(
        clues.people_by_key_file(lambda file: file.inode), clues.boxes_in_rows
    ),
    "key files: changed": of_the_waiting(
        clues.people_by_key_file(lambda file: file.changed), clues.boxes_in_rows
    ),
    "key files: modified": of_the_waiting(
        clues.people_by_key_file(lambda file: file.modified), clues.boxes_in_rows
    ),
    "key files: read": of_the_waiting(clues.people_by_key_file(lambda file: file.read), clues.boxes_in_rows),
    "key files: directory": of_the_waiting(
        clues.people_by_key_file(lambda file: file.position), clues.boxes_in_rows
    ),
    "sizes of drafts": of_the_waiting(clues.people_by_draft_size, clues.boxes_by_size),
    "files and logs, their times": aligned(clues.people_in_files, clues.boxes_in_files),
}
