"""Listening to a question: its sound at an address of its own, whole or in part."""

import re
from typing import Protocol

from starlette.requests import Request
from starlette.responses import Response

from bot.web.errors import not_found_page
from bot.web.site import Site
from conversations.errors import AppError

SOUND = "audio/ogg; codecs=opus"
AGAIN = "5"  # seconds after which a player may ask again
RANGE = re.compile(r"bytes=([0-9]{1,9})?-([0-9]{1,9})?")


class Plays(Protocol):
    """What plays questions that are asked now."""

    async def play(self, tag: str, question: str, fingerprint: str) -> bytes | None:
        """Return a sound as Opus in OGG, or None where no open round asks these words.

        Raises:
            AppError: it cannot be read aloud right now.
        """


class Listening:
    """Hands out sounds; no cookie is asked for, and no browser keeps them, as with every page."""

    def __init__(self, site: Site, player: Plays | None) -> None:
        self._site = site
        self._player = player

    async def sound(self, request: Request) -> Response:
        """Answer with a sound, "not here", or "not now"."""
        named = request.path_params
        if self._player is None:
            return not_found_page(self._site, self._site.door.welcome(request))
        try:
            sound = await self._player.play(named["tag"], named["question"], named["fingerprint"])
        except AppError:
            return Response(status_code=503, headers={"Retry-After": AGAIN})
        if sound is None:
            return not_found_page(self._site, self._site.door.welcome(request))
        return _part(request, sound)


def _part(request: Request, sound: bytes) -> Response:
    """Return the part that a player asks for: it jumps within a sound. Source: RFC 9110, section 14."""
    headers = {"Accept-Ranges": "bytes"}
    asked = RANGE.fullmatch(request.headers.get("range", ""))
    if asked is None or (asked[1] is None and asked[2] is None):
        return Response(sound, media_type=SOUND, headers=headers)
    size = len(sound)
    if asked[1] is None:  # so many bytes of the end
        first, last = max(0, size - int(asked[2])), size - 1
    else:
        first, last = int(asked[1]), min(int(asked[2] or size - 1), size - 1)
    if first > last:
        return Response(status_code=416, headers=headers | {"Content-Range": f"bytes */{size}"})
    headers["Content-Range"] = f"bytes {first}-{last}/{size}"
    return Response(sound[first : last + 1], 206, media_type=SOUND, headers=headers)
