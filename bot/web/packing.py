"""Forms of releases ready to be sent: compressed once, named by their SHA-256, fresh or not changed."""

import gzip
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256

from starlette.requests import Request
from starlette.responses import Response

ROOM = 16_000_000  # bytes kept in memory; as they are kept, a page has some 30 KB, a PDF some 400 KB
SHORT = 16  # hex digits of a print in an address: no two forms of a release share them by chance
COMPRESSED = ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",)
"""Media that are compressed in themselves; a tagged PDF is not, and shrinks to a fifth."""
FOR_EVER = "public, max-age=31536000, immutable"
ASK_AGAIN = "public, no-cache"  # kept, but asked for each time: the answer is 304 while nothing has changed


@dataclass(frozen=True, slots=True)
class Packed:
    """One form of a release as it is kept and sent; `print` is the SHA-256, in hex, of what a reader sees."""

    kept: bytes = field(repr=False)
    gzipped: bool
    media: str
    print: str
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def content(self) -> bytes:
        """The bytes that a reader sees."""
        return gzip.decompress(self.kept) if self.gzipped else self.kept


def pack(content: bytes, media: str, headers: Mapping[str, str] | None = None) -> Packed:
    """Make a form ready to be sent; the same bytes always give the same parcel."""
    small = media not in COMPRESSED
    kept = gzip.compress(content, 9, mtime=0) if small else content
    return Packed(kept, small, media, sha256(content).hexdigest(), headers or {})


class Room:
    """Keeps what was packed, as long as there is room; what was asked for longest ago goes first."""

    def __init__(self, room: int = ROOM) -> None:
        self._room = room
        self._kept: OrderedDict[tuple[str, ...], Packed] = OrderedDict()

    def find(self, *key: str) -> Packed | None:
        """Return what is kept under a key."""
        if key in self._kept:
            self._kept.move_to_end(key)
        return self._kept.get(key)

    def keep(self, packed: Packed, *key: str) -> None:
        """Keep something, and let go of the oldest where there is too much."""
        self._kept[key] = packed
        while len(self._kept) > 1 and sum(len(one.kept) for one in self._kept.values()) > self._room:
            self._kept.popitem(last=False)


def send(request: Request, packed: Packed, *, lasting: bool) -> Response:
    """Answer with a form: compressed where the reader takes that, or "not changed" where they have it.

    `lasting` says that the address settles form and language, so that a browser may keep the answer; an
    address that names the print, too, holds for ever.
    """
    small = packed.gzipped and takes_gzip(request)
    headers = {**packed.headers, "Vary": "Accept-Encoding"}
    if lasting:
        headers["ETag"] = f'"{packed.print}{"-gzip" if small else ""}"'
        headers["Cache-Control"] = FOR_EVER if _names_print(request, packed) else ASK_AGAIN
        if headers["ETag"] in _known_tags(request):
            return Response(status_code=304, headers=headers)
    if small:
        headers["Content-Encoding"] = "gzip"
    return Response(packed.kept if small else packed.content, media_type=packed.media, headers=headers)


def takes_gzip(request: Request) -> bool:
    """Say whether a reader takes what was compressed with gzip. Source: RFC 9110, section 12.5.3."""
    for part in request.headers.get("accept-encoding", "").lower().split(","):
        name, _, weight = part.partition(";")
        if name.strip() == "gzip":
            return weight.replace(" ", "").rstrip("0").rstrip(".") != "q="
    return False


def _names_print(request: Request, packed: Packed) -> bool:
    named = request.query_params.get("v", "")
    return len(named) == SHORT and packed.print.startswith(named)


def _known_tags(request: Request) -> set[str]:
    """Return the tags of what a reader has; a weak one counts as well. Source: RFC 9110, section 13.1.2."""
    named = request.headers.get("if-none-match", "").split(",")
    return {tag.strip().removeprefix("W/") for tag in named}
