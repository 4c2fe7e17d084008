"""What every answer of the web carries, and what becomes of a failure: headers, and no traceback."""

import logging
from collections.abc import Awaitable, Callable, Mapping
from urllib.parse import urlsplit

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

log = logging.getLogger(__name__)

PERMISSIONS = ("camera", "microphone", "geolocation", "payment", "usb", "browsing-topics", "interest-cohort")


def safe_headers(refuge: str) -> dict[str, str]:
    """Return the headers of every answer; a form may lead to our own pages and, on leaving, to `refuge`."""
    away = urlsplit(refuge)
    return {
        "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; media-src 'self'; "
        f"base-uri 'none'; form-action 'self' {away.scheme}://{away.netloc}; frame-ancestors 'none'",
        "Cache-Control": "no-store",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": ", ".join(f"{name}=()" for name in PERMISSIONS),
    }


class Doorkeeper:
    """Puts the headers on, and turns a failure into a kind page; logs its type and the page's name only."""

    def __init__(
        self, app: ASGIApp, headers: Mapping[str, str], mend: Callable[[Request], Awaitable[Response]]
    ) -> None:
        self._app = app
        self._headers = headers
        self._mend = mend

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass one request on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun = False

        async def send_safely(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
            await send(message)

        try:
            await self._app(scope, receive, send_safely)
        except Exception as error:
            # The one catch-all of this channel: the words of an error may hold what somebody wrote.
            place = getattr(scope.get("route"), "name", "unknown")
            log.error("web request failed", extra={"action": place, "failure": type(error).__name__})
            if not begun:
                response = await self._mend(Request(scope))
                await response(scope, receive, send_safely)
