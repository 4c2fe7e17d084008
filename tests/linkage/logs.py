"""The write-ahead log, read frame by frame, with what it still holds of earlier generations.

Source: https://sqlite.org/fileformat2.html, "The Write-Ahead Log".
"""

from collections.abc import Sequence
from dataclasses import dataclass

from tests.linkage.pages import Image

HEADER, FRAME_HEADER = 32, 24


@dataclass(frozen=True, slots=True)
class Frame:
    """One page as it was written into the log: which, when in order, and whether that ended a commit."""

    index: int
    page: int
    commits: bool
    salt: bytes
    content: bytes


def frames(log: bytes) -> list[Frame]:
    """Return every frame that lies in the log, also those of a generation that is over."""
    if len(log) < HEADER:
        return []
    size = int.from_bytes(log[8:12], "big")
    step = FRAME_HEADER + size
    found = []
    for index, start in enumerate(range(HEADER, len(log) - step + 1, step)):
        head = log[start : start + FRAME_HEADER]
        page, committed = int.from_bytes(head[:4], "big"), int.from_bytes(head[4:8], "big")
        content = log[start + FRAME_HEADER : start + step]
        found.append(Frame(index, page, committed > 0, head[8:16], content))
    return found


def commits(log: bytes) -> list[dict[int, bytes]]:
    """Return what each commit of the present generation wrote: page number to content, oldest first."""
    done: list[dict[int, bytes]] = []
    writing: dict[int, bytes] = {}
    for frame in frames(log):
        if frame.salt != log[16:24]:
            break
        writing[frame.page] = frame.content
        if frame.commits:
            done.append(writing)
            writing = {}
    return done


def versions(content: bytes, log: bytes) -> Sequence[Image]:
    """Return the database as it was before the log, and after each of its commits."""
    images = [Image.of_file(content)]
    for written in commits(log):
        images.append(images[-1].with_pages(written))
    return images


def cut(log: bytes, frames_kept: int) -> bytes:
    """Return the log as it lies after a kill that let only so many of its frames reach the disk."""
    if len(log) < HEADER:
        return log
    step = FRAME_HEADER + int.from_bytes(log[8:12], "big")
    return log[: HEADER + step * frames_kept]
