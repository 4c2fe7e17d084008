"""Looks for planted words and numbers in bytes, also in what is compressed within them, in one pass."""

import bz2
import lzma
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from importlib import import_module

import numpy as np

from tests.canaries.forms import LONGEST, SHORTEST, Forms

ZLIB = (b"\x78\x01", b"\x78\x5e", b"\x78\x9c", b"\x78\xda")
GZIP, ZIP, BZ2, XZ, ZSTD = b"\x1f\x8b\x08", b"PK\x03\x04", b"BZh", b"\xfd7zXZ\x00", b"\x28\xb5\x2f\xfd"
MOST = 32 * 2**20  # bytes unpacked of one stream
DEEPEST = 3  # streams within streams
AT_ONCE = 2**20  # bytes compared at a time
PAGE = 4096  # bytes, as SQLite writes them
SIP = 256  # bytes fed at a time: of a stream that breaks off, what came before is kept


@dataclass(frozen=True)
class Hit:
    """Something planted that was found: what it is, in which encoding, where."""

    kind: str
    encoding: str
    where: str


class Scanner:
    """Knows everything planted by the first six bytes of each of its forms."""

    def __init__(self) -> None:
        self._known: dict[bytes, dict[int, dict[bytes, tuple[str, str]]]] = {}
        # Whether any form begins with these three bytes, and goes on with those.
        self._begins, self._goes_on = np.zeros(2**24, bool), np.zeros(2**24, bool)
        self.patterns = 0

    def plant(self, kind: str, forms: Forms) -> None:
        """Look for something of this kind from now on, in all these forms."""
        for encoding, found in forms.items():
            for form in found:
                assert len(form) >= SHORTEST, (kind, encoding)
                begin = form[:SHORTEST]
                self._begins[int.from_bytes(begin[:3], "big")] = True
                self._goes_on[int.from_bytes(begin[3:], "big")] = True
                self._known.setdefault(begin, {}).setdefault(len(form), {})[form] = (kind, encoding)
                self.patterns += 1

    def scan(self, content: bytes, where: str) -> set[Hit]:
        """Return what stands in `content`, or in what is compressed within it."""
        hits = {Hit(kind, encoding, where) for kind, encoding in self._in_clear(content)}
        return hits | self._in_packed(content, where)

    def _in_packed(self, content: bytes, where: str) -> set[Hit]:
        hits: set[Hit] = set()
        for name, inner in _unpacked(content, DEEPEST):
            hits |= {Hit(kind, encoding, f"{where} ({name})") for kind, encoding in self._in_clear(inner)}
        return hits

    def scan_all(self, files: Iterable[tuple[str, bytes]]) -> set[Hit]:
        """Return what stands in any of these files; a page that is there twice is read once."""
        seen: set[bytes] = set()
        hits: set[Hit] = set()
        for where, content in files:
            hits |= {Hit(kind, encoding, where) for kind, encoding in self._in_clear(_fresh(content, seen))}
            hits |= self._in_packed(content, where)
        return hits

    def _in_clear(self, content: bytes) -> Iterator[tuple[str, str]]:
        for place in self._places(content):
            for length, forms in self._known.get(content[place : place + SHORTEST], {}).items():
                found = forms.get(content[place : place + length])
                if found is not None:
                    yield found

    def _places(self, content: bytes) -> Iterator[int]:
        """Yield where known six bytes may begin: all places are compared without a loop of ours."""
        for first in range(0, len(content) - SHORTEST + 1, AT_ONCE):
            octets = np.frombuffer(content[first : first + AT_ONCE + SHORTEST - 1], np.uint8).astype(
                np.uint32
            )
            three = octets[:-2] << 16 | octets[1:-1] << 8 | octets[2:]
            may_begin = self._begins[three[:-3]] & self._goes_on[three[3:]]
            yield from (first + np.flatnonzero(may_begin)).tolist()


def _fresh(content: bytes, seen: set[bytes]) -> bytes:
    """Return the pages that nobody has seen, each with the beginning of the next."""
    fresh = []
    for place in range(0, len(content), PAGE):
        page = content[place : place + PAGE + LONGEST]
        if page not in seen:
            seen.add(page)
            fresh.append(page + b"\0")
    return b"".join(fresh)


def _unpacked(content: bytes, deep: int) -> Iterator[tuple[str, bytes]]:
    """Yield everything that can be unpacked from any place of `content`, and from what was unpacked."""
    if not deep:
        return
    for name, inner in _streams(content):
        yield name, inner
        for below, innermost in _unpacked(inner, deep - 1):
            yield f"{name} in {below}", innermost


def _streams(content: bytes) -> Iterator[tuple[str, bytes]]:
    makers: list[tuple[str, Iterable[bytes], Callable[[], object]]] = [
        ("gzip", (GZIP,), lambda: zlib.decompressobj(31)),
        ("zlib", ZLIB, lambda: zlib.decompressobj(15)),
        ("bzip2", (BZ2,), bz2.BZ2Decompressor),
        ("xz", (XZ,), lzma.LZMADecompressor),
    ]
    if (zstd := zstandard()) is not None:
        makers.append(("zstd", (ZSTD,), zstd))
    for name, magics, make in makers:
        for magic in magics:
            for place in _places(content, magic):
                if inner := _drink(make(), content, place):
                    yield name, inner
    for place in _places(content, ZIP):
        names, extras = content[place + 26 : place + 28], content[place + 28 : place + 30]
        begin = place + 30 + int.from_bytes(names, "little") + int.from_bytes(extras, "little")
        if inner := _drink(zlib.decompressobj(-15), content, begin):
            yield "zip", inner


def zstandard() -> Callable[[], object] | None:
    """Return what unpacks zstd, if this Python has it or somebody installed it."""
    for module, name in (("compression.zstd", "ZstdDecompressor"), ("zstandard", "ZstdDecompressor")):
        try:
            made = getattr(import_module(module), name)
        except ImportError:
            continue
        return made if module.startswith("compression") else lambda made=made: made().decompressobj()
    return None


def _places(content: bytes, magic: bytes) -> Iterator[int]:
    place = content.find(magic)
    while place >= 0:
        yield place
        place = content.find(magic, place + 1)


def _drink(unpacker: object, content: bytes, place: int) -> bytes:
    """Unpack in small sips until the stream ends or breaks; what came out until then counts."""
    out = bytearray()
    try:
        while place < len(content) and len(out) < MOST and not unpacker.eof:  # type: ignore[attr-defined]
            out += unpacker.decompress(content[place : place + SIP])  # type: ignore[attr-defined]
            place += SIP
    except (zlib.error, OSError, EOFError, lzma.LZMAError, ValueError):
        pass
    return bytes(out)
