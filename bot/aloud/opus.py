"""Whether bytes are Opus in OGG, and how long they sound. Source: RFC 3533 (OGG), RFC 7845 (Opus in OGG)."""

import struct
from collections.abc import Iterator

from conversations.errors import AppError

MAX_BYTES = 1_000_000  # bytes; three minutes of clear speech take half of it
MAX_SECONDS = 180.0
HEADER = 27  # bytes of a page before the table of its segments
RATE = 48_000  # Opus counts time in these steps, whatever it was recorded at; Source: RFC 7845, 4
MARK = b"OggS"


class NotOpus(AppError):
    """Bytes that cannot be played; the words say why."""


def seconds_of(content: bytes) -> float:
    """Return for how many seconds a recording sounds.

    Raises:
        NotOpus: it is too large or too long, broken, or something else.
    """
    if len(content) > MAX_BYTES:
        raise NotOpus(f"is larger than {MAX_BYTES:,} bytes")
    pages = list(_pages(content))
    if not pages or not pages[0][1].startswith(b"OpusHead") or len(pages[0][1]) < 19:
        raise NotOpus("is no Opus in OGG")
    skipped = int.from_bytes(pages[0][1][10:12], "little")
    last = max(position for position, _ in pages)
    seconds = max(0, last - skipped) / RATE
    if seconds <= 0:
        raise NotOpus("holds no sound")
    if seconds > MAX_SECONDS:
        raise NotOpus(f"is longer than {MAX_SECONDS:.0f} seconds")
    return seconds


def _pages(content: bytes) -> Iterator[tuple[int, bytes]]:
    """Give the position in time and the bytes of each page."""
    at = 0
    while at < len(content):
        if content[at : at + 4] != MARK or at + HEADER > len(content):
            raise NotOpus("is no Opus in OGG" if at == 0 else "is broken or was cut off")
        (position,) = struct.unpack_from("<q", content, at + 6)
        count = content[at + HEADER - 1]
        table = content[at + HEADER : at + HEADER + count]
        start = at + HEADER + count
        at = start + sum(table)
        if len(table) < count or at > len(content):
            raise NotOpus("is broken or was cut off")
        yield position, content[start:at]
