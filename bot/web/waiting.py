"""The page that asks to wait a moment before sending, where many answers just came from the same place."""

from hashlib import sha256

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.rendering import typed_token
from bot.screens import Screen, ScreenButton
from bot.web.doorkeeper import safe_headers
from bot.web.forms import Form
from bot.web.pace import Pace
from bot.web.puzzles import Puzzles
from bot.web.site import PAGES, SEE_OTHER, Site
from bot.web.visitor import Visitor

SENDING = ("y", "z")
"""What is pressed to send, where a screen is one to send from."""
SCRIPT = (PAGES / "wait.js").read_text("utf-8")
SCRIPT_PATH = f"/wait-{sha256(SCRIPT.encode()).hexdigest()[:12]}.js"


class Waiting:
    """Holds answers up where too many come from one place; a solved puzzle is a faster way through."""

    def __init__(self, site: Site, pace: Pace, puzzles: Puzzles) -> None:
        self._site = site
        self._pace = pace
        self._puzzles = puzzles
        policy = "Content-Security-Policy"
        # The only page with a script, and the only script is this one, from here.
        self._headers = {policy: f"{safe_headers(site.look.refuge)[policy]}; script-src 'self'"}

    async def held_up(self, request: Request, visitor: Visitor, form: Form) -> Response | None:
        """Return the way to the page that asks to wait, or None where a form may go on."""
        token = form.get("press", "")
        if not form.get("text", "").strip() and token not in SENDING:
            return None
        screen = (await self._site.listener.look(visitor.address, visitor.phone)).screen
        if screen is None or not screen.paced:
            return None
        token = token or typed_token(screen, form.get("text", "")) or ""
        if token not in SENDING or form.number("turn") not in (None, screen.turn):
            return None
        if self._pace.take(request):
            return None
        if self._puzzles.accept(visitor.account, form.get("puzzle", ""), form.get("solution", "")):
            self._pace.buy(request)
            return None
        return RedirectResponse(f"/wait/{token}", SEE_OTHER)

    async def show(self, request: Request) -> Response:
        """Show how long to wait, with the button to press then; who has nothing to send goes to the start."""
        visitor = self._site.door.welcome(request)
        screen = (await self._site.listener.look(visitor.address, visitor.phone)).screen
        button = _sending(screen, request.path_params["token"])
        if screen is None or button is None or not visitor.known:
            return RedirectResponse("/", SEE_OTHER)
        response = self._site.page(
            "wait.html.jinja",
            self._site.catalogues.voice(screen.tag),
            account=visitor.account,
            screen=screen,
            button=button,
            seconds=max(1, self._pace.wait(request)),
            puzzle=self._puzzles.new(visitor.account, self._pace.price(request)),
            script_path=SCRIPT_PATH,
        )
        response.headers.update(self._headers)
        return response


def _sending(screen: Screen | None, token: str) -> ScreenButton | None:
    """Return the button that sends, where a screen is one to send from."""
    return screen.button(token) if screen is not None and screen.paced and token in SENDING else None
