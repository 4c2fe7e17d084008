"""The SQLite file format, read byte by byte: pages, cells and their places, chains, remains.

Source: https://sqlite.org/fileformat2.html
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache

INDEX_INTERIOR, TABLE_INTERIOR, INDEX_LEAF, TABLE_LEAF = 0x02, 0x05, 0x0A, 0x0D
FILE_HEADER = 100  # bytes before the first page's own header
Value = int | float | str | bytes | None


@dataclass(frozen=True, slots=True)
class Cell:
    """One row and where it lies: page, byte in the page, rowid (None in a table without), spill."""

    page: int
    offset: int
    rowid: int | None
    length: int
    payload: bytes = field(repr=False)
    values: tuple[Value, ...] = field(repr=False)
    overflow: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Image:
    """The pages of a database by number, as of one moment."""

    pages: Mapping[int, bytes]
    _read: dict[str, list[Cell]] = field(default_factory=dict, repr=False)

    @classmethod
    def of_file(cls, content: bytes) -> "Image":
        """Cut a database file into its pages."""
        if len(content) < FILE_HEADER:
            return cls({})
        size = int.from_bytes(content[16:18], "big")
        size = 65536 if size == 1 else size
        return cls(
            {
                number: content[start : start + size]
                for number, start in enumerate(range(0, len(content), size), 1)
            }
        )

    def with_pages(self, newer: Mapping[int, bytes]) -> "Image":
        """Return the image after some of its pages were written anew."""
        return Image({**self.pages, **newer})

    @cached_property
    def tables(self) -> dict[str, tuple[int, str]]:
        """The root page and the SQL of every table."""
        found: dict[str, tuple[int, str]] = {}
        if not self.pages:
            return found
        for cell in self.cells(1):
            kind, name, _, root, sql = cell.values
            if kind == "table":
                found[str(name)] = (int(str(root)), str(sql))
        return found

    def rows(self, table: str) -> list[Cell]:
        """Return the rows of a table in the order of its tree; none if there is no such table."""
        if table not in self._read:
            place = self.tables.get(table)
            self._read[table] = [] if place is None else list(self.cells(place[0]))
        return self._read[table]

    def cells(self, root: int) -> Iterator[Cell]:
        """Walk a tree from the left to the right."""
        parts, right = _parts(root, self.pages[root])
        for child, cell in parts:
            if child is not None:
                yield from self.cells(child)
            if cell is not None:
                yield self._with_chain(cell)
        if right is not None:
            yield from self.cells(right)

    def alone(self, number: int) -> list[Cell]:
        """Return the rows of one page, whatever tree it belongs to; none if it belongs to no tree."""
        try:
            parts, _ = _parts(number, self.pages[number])
        except (ValueError, IndexError):
            return []
        return [cell for _, cell in parts if cell is not None]

    def whole(self, cell: Cell) -> tuple[Value, ...]:
        """Return a row's values with what spilt over; in the cell itself the last ones are cut short."""
        return _record(cell.payload + b"".join(self.pages[number][4:] for number in cell.overflow))

    def _with_chain(self, cell: Cell) -> Cell:
        chain, number = [], cell.overflow[0] if cell.overflow else 0
        while number and number not in chain and number in self.pages:
            chain.append(number)
            number = int.from_bytes(self.pages[number][:4], "big")
        return replace(cell, overflow=tuple(chain)) if chain else cell

    def free(self) -> list[int]:
        """Return the pages of the freelist, trunks and leaves, in its order."""
        found: list[int] = []
        trunk = int.from_bytes(self.pages[1][32:36], "big") if self.pages else 0
        while trunk and trunk not in found and trunk in self.pages:
            page = self.pages[trunk]
            count = int.from_bytes(page[4:8], "big")
            found += [trunk, *(int.from_bytes(page[8 + 4 * n : 12 + 4 * n], "big") for n in range(count))]
            trunk = int.from_bytes(page[:4], "big")
        return found

    def remains(self) -> Iterator[bytes]:
        """Give what lies where nothing should: free pages, gaps and freeblocks of every tree's page."""
        free = self.free()
        for number in free:
            yield self.pages.get(number, b"")[8:]
        trees = [1, *(root for root, _ in self.tables.values())] if self.pages else []
        for number in (page for root in trees for page in self._tree(root)):
            yield from _dead(number, self.pages[number])

    def _tree(self, root: int) -> Iterator[int]:
        yield root
        page = self.pages[root]
        _, pointers, right = _header(root, page)
        if right is not None:
            for offset in pointers:
                yield from self._tree(int.from_bytes(page[offset : offset + 4], "big"))
            yield from self._tree(right)


@lru_cache(maxsize=10_000)
def _parts(number: int, page: bytes) -> tuple[list[tuple[int | None, Cell | None]], int | None]:
    """Return a page's cells, each with its left child, and the page's right-most child."""
    kind, pointers, right = _header(number, page)
    inner = kind in (INDEX_INTERIOR, TABLE_INTERIOR)
    parts: list[tuple[int | None, Cell | None]] = []
    for offset in pointers:
        child = int.from_bytes(page[offset : offset + 4], "big") if inner else None
        parts.append((child, None if kind == TABLE_INTERIOR else _cell(number, page, kind, offset)))
    return parts, right


def _cell(number: int, page: bytes, kind: int, offset: int) -> Cell:
    length, at = _varint(page, offset + (4 if kind == INDEX_INTERIOR else 0))
    rowid = None
    if kind == TABLE_LEAF:
        rowid, at = _varint(page, at)
    local = _local(length, len(page), kind)
    payload = page[at : at + local]
    spill = (int.from_bytes(page[at + local : at + local + 4], "big"),) if local < length else ()
    return Cell(number, offset, rowid, length, payload, _record(payload), spill)


def _header(number: int, page: bytes) -> tuple[int, list[int], int | None]:
    """Return a tree page's kind, where its cells begin, and its right-most child."""
    at = FILE_HEADER if number == 1 else 0
    kind = page[at]
    if kind not in (INDEX_INTERIOR, TABLE_INTERIOR, INDEX_LEAF, TABLE_LEAF):
        raise ValueError(f"page {number} is no page of a tree")
    inner = kind in (INDEX_INTERIOR, TABLE_INTERIOR)
    count = int.from_bytes(page[at + 3 : at + 5], "big")
    first = at + (12 if inner else 8)
    pointers = [int.from_bytes(page[p : p + 2], "big") for p in range(first, first + 2 * count, 2)]
    return kind, pointers, int.from_bytes(page[at + 8 : at + 12], "big") if inner else None


def _dead(number: int, page: bytes) -> Iterator[bytes]:
    """Give the gap between a page's pointers and its cells, and each of its freeblocks."""
    at = FILE_HEADER if number == 1 else 0
    kind, pointers, _ = _header(number, page)
    first = at + (12 if kind in (INDEX_INTERIOR, TABLE_INTERIOR) else 8)
    start = int.from_bytes(page[at + 5 : at + 7], "big") or 65536
    yield page[first + 2 * len(pointers) : start]
    block, seen = int.from_bytes(page[at + 1 : at + 3], "big"), set()
    while block and block not in seen:
        seen.add(block)
        size = int.from_bytes(page[block + 2 : block + 4], "big")
        yield page[block + 4 : block + size]
        block = int.from_bytes(page[block : block + 2], "big")


def _varint(content: bytes, at: int) -> tuple[int, int]:
    value = 0
    for step in range(9):
        byte = content[at + step]
        if step == 8:
            return (value << 8) | byte, at + 9
        value = (value << 7) | (byte & 0x7F)
        if byte < 0x80:
            return value, at + step + 1
    raise AssertionError


def _local(length: int, usable: int, kind: int) -> int:
    """Return how much of a payload stays in its page."""
    most = usable - 35 if kind == TABLE_LEAF else (usable - 12) * 64 // 255 - 23
    if length <= most:
        return length
    least = (usable - 12) * 32 // 255 - 23
    kept = least + (length - least) % (usable - 4)
    return kept if kept <= most else least


def _record(payload: bytes) -> tuple[Value, ...]:
    end, at = _varint(payload, 0)
    types, body = [], end
    while at < end:
        kind, at = _varint(payload, at)
        types.append(kind)
    values: list[Value] = []
    for kind in types:
        size = _size(kind)
        values.append(_value(kind, payload[body : body + size]))
        body += size
    return tuple(values)


def _size(kind: int) -> int:
    return (kind - 12) // 2 if kind >= 12 else (0, 1, 2, 3, 4, 6, 8, 8, 0, 0, 0, 0)[kind]


def _value(kind: int, content: bytes) -> Value:
    if kind == 0:
        return None
    if kind in (8, 9):
        return kind - 8
    if kind >= 12:
        return content if kind % 2 == 0 else content.decode("utf-8", "replace")
    return int.from_bytes(content, "big", signed=True)  # no table of ours holds a fraction
