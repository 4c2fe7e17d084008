"""The conversation as a page: shown by GET, answered by POST, and back to one address."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.hearing import Heard
from bot.screens import Screen
from bot.web.errors import closed_page, too_large_page
from bot.web.forms import Form, read_form
from bot.web.site import Site
from bot.web.visitor import Visitor, is_from_here
from conversations.identifiers import RoundId, UpdateId
from conversations.moves import Asked, Marked, Pressed, Reply, Typed, Wish
from conversations.prompts import ButtonKind, Takes

ROUND = "n.round."  # begins the token of a button that chooses one of several open rounds
AGAIN = "n.start"  # the token of the button that starts again
NOTICE = "n."  # begins the token of a button that belongs to no turn
TOPICS = {"n.news.yes": "news_yes", "n.news.no": "news_no"}  # what such buttons say to `Listener.notice`
SEE_OTHER = 303  # the answer to a post that worked: reload and back then repeat nothing


class Conversation:
    """Shows the present screen, takes replies, and closes at once on "leave now"."""

    def __init__(self, site: Site) -> None:
        self._site = site

    async def show(self, request: Request) -> Response:
        """Show what a visitor sees now."""
        visitor = self._site.door.welcome(request)
        heard = await self._site.listener.look(visitor.address, visitor.phone)
        return self._shown(heard, visitor)

    async def hear(self, request: Request) -> Response:
        """Take one reply; then lead back to the page, or show what a reload would not show again."""
        visitor = self._site.door.welcome(request)
        form = await read_form(request)
        if form is None:
            return too_large_page(self._site, visitor)
        if not self._site.door.trusts(request, visitor, form):
            return closed_page(self._site, visitor)
        before = await self._site.listener.look(visitor.address, visitor.phone)
        if _is_old(form, before.screen):
            return self._shown(before, visitor, notice="web.notice.old_page")
        heard = await self._pass_on(_led_forward(form, before.screen), visitor)
        now = await self._site.listener.look(visitor.address, visitor.phone)
        if heard.screen is None or not heard.fresh or (heard.screen == now.screen and not heard.toast):
            return RedirectResponse("/", SEE_OTHER)
        return self._shown(heard, visitor)

    async def leave(self, request: Request) -> Response:
        """Forget the visitor's place and lead to a harmless page, at once and without asking."""
        response = RedirectResponse(self._site.look.refuge, SEE_OTHER)
        # The cookie comes along from our own pages only (SameSite), so nobody else can make a visitor leave.
        if self._site.door.welcome(request).known and is_from_here(request):
            self._site.door.forget(response)
            # Not "cookies": that would also sign a visitor out of the city's other pages.
            response.headers["Clear-Site-Data"] = '"cache", "storage"'
        return response

    def _shown(self, heard: Heard, visitor: Visitor, notice: str | None = None) -> Response:
        """Write the page of a screen."""
        assert heard.screen is not None
        voice = self._site.catalogues.voice(heard.screen.tag)
        response = self._site.page(
            "conversation.html.jinja",
            voice,
            account=visitor.account,
            screen=heard.screen,
            toast=heard.toast,
            notice=notice,
            own_names={self._site.catalogues.own_name(tag): tag for tag in self._site.catalogues.tags},
        )
        if not visitor.known:
            self._site.door.remember(response, visitor.account)
        return response

    async def _pass_on(self, form: Form, visitor: Visitor) -> Heard:
        """Hand what was posted to the dialogue."""
        listener, address, phone = self._site.listener, visitor.address, visitor.phone
        update = UpdateId(f"web-{form.get('once', '')[:32]}") if form.get("once") else None
        token = form.get("press", "")
        if token.startswith(ROUND):
            return await listener.join(address, update, RoundId(token.removeprefix(ROUND)), phone)
        if token == AGAIN:
            return await listener.hear(address, update, Asked(Wish.START), phone)
        if token in TOPICS:
            return await listener.notice(address, update, TOPICS[token], phone)
        return await listener.hear(address, update, _reply(form), phone, form.get("mark", ""))


def _is_old(form: Form, screen: Screen | None) -> bool:
    """Say whether words come from a page of an earlier turn, or a button from a page that is no more."""
    token = form.get("press", "")
    if token.startswith(NOTICE) and token != AGAIN and token not in TOPICS and not token.startswith(ROUND):
        return True
    if "text" not in form or form.number("turn") is None or screen is None:
        return False
    return (form.number("turn"), form.get("mark", "")) != (screen.turn, screen.mark)


def _led_forward(form: Form, screen: Screen | None) -> Form:
    """Take an empty field as the first button, where that goes on without words or a number."""
    if screen is None or screen.takes not in (Takes.TEXT, Takes.INTEGER) or not screen.buttons:
        return form
    first = screen.buttons[0]
    if "press" in form or form.get("text", "").strip() or first.kind is not ButtonKind.FORWARD:
        return form
    return form.pressing(first.token)


def _reply(form: Form) -> Reply:
    """Return what was posted as a reply of the conversation."""
    turn = form.number("turn")
    if turn is not None and "done" in form:
        return Marked(form.several("picked"), turn)
    if turn is not None and "press" in form:
        return Pressed(form["press"], turn)
    return Typed(form.get("text", ""))
