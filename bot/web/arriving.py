"""Links of relays: what one carries goes along in the one cookie until somebody begins; nothing is kept."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.hearing import Phone
from bot.links import LINK
from bot.markers import MARKER
from bot.web.site import SEE_OTHER, Site

CODE = "c"
"""Begins a one-use code."""
UNREADABLE = LINK
"""Stands for a payload that is none: it says nothing, and so it is answered kindly."""


class Arriving:
    """Takes what a link carries."""

    def __init__(self, site: Site) -> None:
        self._site = site

    async def show(self, request: Request) -> Response:
        """Lead to the conversation, with what the link carries; a conversation that goes on stays as it is.

        Programs that look at links to show a preview get a cookie that they throw away.
        """
        visitor, written = self._site.door.welcome(request), request.path_params["relay"]
        response = RedirectResponse("/", SEE_OTHER)
        payload = written if written.startswith((LINK, CODE)) else UNREADABLE
        if visitor.phone.arrival.startswith(MARKER):  # somebody helps here, whoever shows the way
            payload = visitor.phone.arrival
        self._site.door.remember(response, visitor.account, payload)
        return response


def is_of_link(phone: Phone) -> bool:
    """Say whether a browser brings what a link carried, to be let go when somebody has begun."""
    return phone.arrival.startswith((LINK, CODE))
