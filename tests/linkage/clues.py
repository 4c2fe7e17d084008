"""Orders that somebody with the files can read out of them: of people, and of boxes."""

import re
from collections.abc import Callable, Hashable, Iterable, Iterator
from functools import lru_cache
from typing import TypeVar

from storage.opening import CONTACTS, DATABASE
from tests.linkage.pages import Cell, Image
from tests.linkage.seizing import DRAFT_KEYS, Box, File, Person, Seizure

T = TypeVar("T", bound=Hashable)
PEOPLE, SHEETS, TEXTS = "took_part", "boxes", "text_boxes"
SEEN = ("seen_even", "seen_odd")
KEY = re.compile(rb"[0-9a-f]{64}")
OURS = (DATABASE, CONTACTS)


def distinct(found: Iterable[T]) -> list[T]:
    """Return what was found, each thing at its first place."""
    return list(dict.fromkeys(found))


def rows(image: Image, table: str) -> list[Cell]:
    """Return a table's rows in tree order; `boxes_7` counts as `boxes`, tables as they were made."""
    names = [name for name in image.tables if re.fullmatch(rf"{table}(_\d+)?", name)]
    return [cell for name in names for cell in image.rows(name)]


@lru_cache(maxsize=10_000)
def keys_in(content: bytes) -> list[Person]:
    """Return what looks like participants' keys, in order."""
    return [match.decode() for match in KEY.findall(content)]


def _place(cell: Cell) -> tuple[int, int]:
    return cell.page, -cell.offset  # a page fills from its end


# Orders of boxes


def boxes_in_rows(seizure: Seizure, table: str) -> list[Box]:
    """Boxes as their table's tree gives them."""
    return [box_of(cell) for cell in rows(seizure.newest, table)]


def boxes_in_places(seizure: Seizure, table: str) -> list[Box]:
    """Boxes as they lie: page by page, in each page the first written first."""
    return [box_of(cell) for cell in sorted(rows(seizure.newest, table), key=_place)]


def boxes_by_spill(seizure: Seizure, table: str) -> list[Box]:
    """Boxes by the first overflow page that they spill to."""
    spilling = [cell for cell in rows(seizure.newest, table) if cell.overflow]
    return [box_of(cell) for cell in sorted(spilling, key=lambda cell: cell.overflow)]


def boxes_by_id(seizure: Seizure, table: str) -> list[Box]:
    """Boxes by their ids, as numbers if they are numbers."""
    found = boxes_in_rows(seizure, table)
    return sorted(
        found, key=lambda box: (len(str(box)), str(box)) if isinstance(box, str) else (0, box.hex())
    )


def boxes_by_size(seizure: Seizure, table: str) -> list[Box]:
    """Boxes by their length."""
    return [box_of(cell) for cell in sorted(rows(seizure.newest, table), key=lambda cell: cell.length)]


def boxes_in_frames(seizure: Seizure, table: str) -> list[Box]:
    """Boxes by the frame of the log in which they stand first, then by their place in it."""
    wanted = set(boxes_in_rows(seizure, table))
    return [box for box in distinct(box_of(cell) for cell in _framed(seizure)) if box in wanted]


def boxes_in_files(seizure: Seizure, table: str) -> list[Box]:
    """Boxes by the change time of the file that is named after them or speaks of them, then by place."""
    names = {_spelt(box): box for box in boxes_in_rows(seizure, table)}
    return distinct(names[word] for word in _words(seizure, max(map(len, names), default=1)) if word in names)


def box_of(cell: Cell) -> Box:
    """Return a box's id."""
    value = cell.values[0]
    return value if isinstance(value, bytes) else str(value)


def _spelt(box: Box) -> bytes:
    return box.hex().encode() if isinstance(box, bytes) else box.encode()


# Orders of people


def people_in_rows(seizure: Seizure) -> list[Person]:
    """People as the tree of `took_part` gives them."""
    return [str(cell.values[0]) for cell in rows(seizure.newest, PEOPLE)]


def people_in_places(seizure: Seizure) -> list[Person]:
    """People as their took-part rows lie: page by page, in each page the first written first."""
    return [str(cell.values[0]) for cell in sorted(rows(seizure.newest, PEOPLE), key=_place)]


def people_in_frames(seizure: Seizure) -> list[Person]:
    """People by the frame of the log in which their key stands first, in whatever table."""
    found = distinct(key for frame in seizure.frames for key in keys_in(frame.content))
    return _only(found, people_in_rows(seizure))


def people_arrived(seizure: Seizure) -> list[Person]:
    """People in the order in which somebody outside saw them finish."""
    return _only(seizure.witness.arrived, people_in_rows(seizure))


def people_by_update(seizure: Seizure) -> list[Person]:
    """People by their last seen update id, for somebody who knows whose it was."""
    seen = [str(cell.values[0]) for table in SEEN for cell in rows(seizure.newest, table)]
    last_first = [
        seizure.witness.updates[update] for update in reversed(seen) if update in seizure.witness.updates
    ]
    return _only(reversed(distinct(last_first)), people_in_rows(seizure))


def people_in_contacts(seizure: Seizure) -> list[Person]:
    """People as the contacts' tree gives them, for somebody who knows whose contact is whose."""
    return _contacts(seizure, rows(seizure.contacts, "contacts"))


def people_in_contact_places(seizure: Seizure) -> list[Person]:
    """People as their contacts lie in the pages."""
    return _contacts(seizure, sorted(rows(seizure.contacts, "contacts"), key=_place))


def people_to_be_told(seizure: Seizure) -> list[Person]:
    """People as the outbox names them, in every version of it that is left."""
    cells = [cell for image in seizure.versions for cell in rows(image, "outbox")]
    return distinct(str(cell.values[1]) for cell in cells if cell.values[1])


def people_by_draft_size(seizure: Seizure) -> list[Person]:
    """People by how long their draft last was."""
    return [person for person, _ in sorted(draft_sizes(seizure).items(), key=lambda item: item[1])]


def draft_sizes(seizure: Seizure) -> dict[Person, int]:
    """Return how long each draft last was, in every version of the sessions that is left."""
    cells = [cell for image in seizure.versions for cell in rows(image, "open_sessions")]
    return {str(cell.values[0]): cell.length for cell in cells}


def people_by_key_file(by: Callable[[File], int]) -> Callable[[Seizure], list[Person]]:
    """Return the order of people by something that the directory says of their drafts' key files."""

    def people(seizure: Seizure) -> list[Person]:
        cells = [cell for image in seizure.versions for cell in rows(image, "open_sessions")]
        owner = {DRAFT_KEYS + str(cell.values[4]): str(cell.values[0]) for cell in cells}
        known = [name for name in seizure.files if name in owner]
        return distinct(owner[name] for name in sorted(known, key=lambda name: by(seizure.files[name])))

    return people


def people_by_key_name(seizure: Seizure) -> list[Person]:
    """People by the names of their drafts' key files."""
    cells = [cell for image in seizure.versions for cell in rows(image, "open_sessions")]
    owner = {DRAFT_KEYS + str(cell.values[4]): str(cell.values[0]) for cell in cells}
    return distinct(owner[name] for name in sorted(seizure.files) if name in owner)


def people_in_files(seizure: Seizure) -> list[Person]:
    """People by the change time of the file that speaks of them, then by place in it."""
    return _only((word.decode() for word in _words(seizure, 64)), people_in_rows(seizure))


def _contacts(seizure: Seizure, cells: Iterable[Cell]) -> list[Person]:
    known = seizure.witness.contacts
    return [known[id_] for cell in cells if isinstance(id_ := cell.values[0], bytes) and id_ in known]


def _only(found: Iterable[Person], wanted: Iterable[Person]) -> list[Person]:
    names = set(wanted)
    return distinct(person for person in found if person in names)


def _framed(seizure: Seizure) -> Iterator[Cell]:
    for frame in seizure.frames:
        yield from sorted(Image({frame.page: frame.content}).alone(frame.page), key=_place)


def _words(seizure: Seizure, length: int) -> Iterator[bytes]:
    """Give every hex word of that length in files that are no database, the file changed first first."""
    word = re.compile(rb"[0-9a-f]{%d}" % length)
    others = [name for name in seizure.files if not name.startswith(OURS)]
    for name in sorted(others, key=lambda name: seizure.files[name].changed):
        yield from word.findall(name.encode())
        yield from word.findall(seizure.files[name].content)
