"""The conversation as a page: shown by GET, answered by POST, and back to one address."""

from contextlib import suppress
from dataclasses import replace

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.hearing import Heard
from bot.screens import Screen
from bot.web.arriving import is_of_link
from bot.web.assisted import Assisted, is_between
from bot.web.forms import Form
from bot.web.site import SEE_OTHER, Site
from bot.web.telling import PAGE, Told, place_of
from bot.web.visitor import Visitor, is_from_here
from bot.web.waiting import Waiting
from conversations.errors import StorageError
from conversations.identifiers import RoundId, UpdateId
from conversations.lettering import in_groups
from conversations.moves import Asked, Marked, Pressed, Reply, Typed, Wish
from conversations.prompts import ButtonKind, Takes

ROUND = "n.round."  # begins the token of a button that chooses one of several open rounds
AGAIN = "n.start"  # the token of the button that starts again
NOTICE = "n."  # begins the token of a button that belongs to no turn
# What such buttons say to `Listener.notice`.
TOPICS = {"n.news.yes": "news_yes", "n.news.no": "news_no", "n.tell": "tell"}
THANKS = "thanks"
COMMAND, TELL = "/language", "/tell"  # work here, too, for whoever knows them from a chat


class Conversation:
    """Shows the present screen, takes replies, and closes at once on "leave now"."""

    def __init__(self, site: Site, assisted: Assisted, waiting: Waiting) -> None:
        self._site = site
        self._assisted = assisted
        self._waiting = waiting

    async def show(self, request: Request) -> Response:
        """Show what a visitor sees now, and what their last form is still to be told."""
        visitor = self._site.door.welcome(request)
        heard = await self._site.listener.look(visitor.address, visitor.phone)
        if (led := await self._assisted.over(visitor, heard.screen)) is not None:
            return led
        told = self._site.telling.at(visitor.account, PAGE, place_of(heard.screen))
        return self._shown(heard, visitor, told or Told())

    async def tell(self, request: Request) -> Response:
        """Show where help is to be found, and the button that leads to where one can write, if one can."""
        visitor = self._site.door.welcome(request)
        heard = await self._site.listener.notice(visitor.address, None, "tell_ask", visitor.phone)
        return self._shown(heard, visitor, Told(), "web.nav.tell")

    async def hear(self, request: Request) -> Response:
        """Take one reply; then lead back to the page."""
        found = await self._site.posted(request)
        if isinstance(found, Response):
            return found
        visitor, form = found
        if (led := await self._assisted.pressed(visitor, form)) is not None:
            return led
        async with self._site.telling.lane(visitor.account):
            if (held := await self._waiting.held_up(request, visitor, form)) is not None:
                return held
            told = await self._told(form, visitor)
            if is_between(told):
                return await self._assisted.call_next(visitor)
            if told is not None:
                self._site.telling.keep(visitor.account, PAGE, told)
            response = RedirectResponse("/", SEE_OTHER)
            if is_of_link(visitor.phone) and await self._has_begun(form, visitor):
                self._site.door.remember(response, visitor.account)
        return response

    async def _has_begun(self, form: Form, visitor: Visitor) -> bool:
        """Say whether what a link carried has done its work: a conversation has begun, or goes on without."""
        if form.get("press") == AGAIN:
            return True
        with suppress(StorageError):
            now = await self._site.listener.look(visitor.address, visitor.phone)
            return now.screen is not None and bool(now.screen.mark)
        return False

    async def leave(self, request: Request) -> Response:
        """Forget the visitor's place and lead to a harmless page, at once and without asking."""
        response = RedirectResponse(self._site.look.refuge, SEE_OTHER)
        # The cookie comes along from our own pages only (SameSite), so nobody else can make a visitor leave.
        visitor = self._site.door.welcome(request)
        if visitor.known and is_from_here(request):
            await self._assisted.left(visitor)
            self._site.telling.forget(visitor.account)
            self._site.door.forget(response)
            # Not "cookies": that would also sign a visitor out of the city's other pages.
            response.headers["Clear-Site-Data"] = '"cache", "storage"'
        return response

    async def show_code(self, request: Request) -> Response:
        """Lead to the code with which a visitor can come back; it stands there until they go on."""
        found = await self._site.posted(request)
        if isinstance(found, Response):
            return found
        visitor, form = found
        now = await self._site.listener.look(visitor.address, visitor.phone)
        told = Told(once=form.get("once", ""), place=place_of(now.screen), code=True)
        self._site.telling.keep(visitor.account, PAGE, told)
        return RedirectResponse("/", SEE_OTHER)

    def _shown(self, heard: Heard, visitor: Visitor, told: Told, title: str = "") -> Response:
        """Write the page of a screen, with what is to be told besides; `title` is the key of a headline."""
        screen = told.screen or heard.screen
        assert screen is not None
        response = self._site.page(
            "conversation.html.jinja",
            self._site.catalogues.voice(screen.tag),
            account=visitor.account,
            screen=screen,
            title=title,
            toast=told.toast,
            notice=told.notice,
            code=in_groups(visitor.account) if told.code else None,
        )
        if not visitor.known:
            self._site.door.remember(response, visitor.account)
        return response

    async def _told(self, form: Form, visitor: Visitor) -> Told | None:
        """Take what was posted, and return what the page has to tell of it that it would not show anyway."""
        once = form.get("once", "")
        before = await self._site.listener.look(visitor.address, visitor.phone)
        if _is_old(form, before.screen):
            return Told(once=once, place=place_of(before.screen), notice="web.notice.old_page")
        heard = await self._pass_on(_led_forward(form, before.screen), visitor)
        try:
            now = await self._site.listener.look(visitor.address, visitor.phone)
        except StorageError:  # what was said is kept: whatever goes wrong now, the page must not deny it
            return None
        if not heard.fresh:
            return self._told_again(form, now.screen, visitor)
        screen, toast = _told_more(heard, now.screen)
        if screen is None and toast is None:
            return None
        return Told(once=once, place=place_of(now.screen), toast=toast, screen=screen)

    def _told_again(self, form: Form, now: Screen | None, visitor: Visitor) -> Told | None:
        """Return what a form that came twice is told, if it ended what it belongs to and nobody said so."""
        told = self._site.telling.at(visitor.account, PAGE, place_of(now))
        if told is not None or now is None or not form.get("mark") or now.mark or now.turn is None:
            return None
        return Told(once=form.get("once", ""), place=place_of(now), notice="session.lost")

    async def _pass_on(self, form: Form, visitor: Visitor) -> Heard:
        """Hand what was posted to the dialogue."""
        listener, address, phone = self._site.listener, visitor.address, visitor.phone
        update = UpdateId(f"web-{form.get('once', '')[:32]}") if form.get("once") else None
        token = form.get("press", "")
        if token.startswith(ROUND):
            return await listener.join(address, update, RoundId(token.removeprefix(ROUND)), phone)
        if token == AGAIN:  # without the link, if one led nowhere
            without = replace(phone, arrival="") if is_of_link(phone) else phone
            return await listener.hear(address, update, Asked(Wish.START), without)
        if form.get("text", "").strip().lower() == TELL:
            return await listener.notice(address, update, "tell", phone)
        if token in TOPICS:
            return await listener.notice(address, update, TOPICS[token], phone)
        return await listener.hear(address, update, _reply(form), phone, form.get("mark", ""))


def _told_more(heard: Heard, now: Screen | None) -> tuple[Screen | None, str | None]:
    """Return the notice or thanks that a page would not show by itself, and words to stand above it."""
    screen = heard.screen
    if screen is None or screen == now or not (screen.turn is None or screen.name == THANKS):
        return None, heard.toast
    if not screen.buttons:  # nothing leads on from it: it stands above what is there
        return None, heard.toast or screen.texts[0].text
    return screen, heard.toast


def _is_old(form: Form, screen: Screen | None) -> bool:
    """Say whether words come from a page of an earlier turn, or a button from a page that is no more.

    Words under a notice belong to no turn: they are welcome only while no session waits that could take
    them for an answer.
    """
    token = form.get("press", "")
    if token.startswith(NOTICE) and token != AGAIN and token not in TOPICS and not token.startswith(ROUND):
        return True
    if "text" not in form or screen is None:
        return False
    if form.number("turn") is None:
        return bool(screen.mark)
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
        return Pressed(form["press"], turn, form.several("picked"))
    text = form.get("text", "")
    return Asked(Wish.LANGUAGE) if text.strip().lower() == COMMAND else Typed(text)
