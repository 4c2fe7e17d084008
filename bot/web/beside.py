"""Pages beside the conversation: privacy, help, codes to come back and to take answers out."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.markers import MARKER
from bot.web.site import SEE_OTHER, Site
from bot.web.telling import PAGE, Told, place_of
from bot.web.visitor import Visitor, account_of, withdrawal_digits
from conversations.wording import say

WITHDRAWN = "withdrawn"  # the notice after a right code


class Beside:
    """Shows notices, and takes the two kinds of code."""

    def __init__(self, site: Site) -> None:
        self._site = site

    async def privacy(self, request: Request) -> Response:
        """Say what is kept."""
        return await self._notice(request, "privacy", "web.privacy.cookie")

    async def help(self, request: Request) -> Response:
        """Say how to answer and where to find help."""
        return await self._notice(request, "help", "web.help.leave")

    async def ask_resume(self, request: Request) -> Response:
        """Ask for the code with which somebody wants to go on."""
        return await self._ask(request, "resume")

    async def resume(self, request: Request) -> Response:
        """Give a browser the place that a typed code names."""
        found = await self._site.posted(request)
        if isinstance(found, Response):
            return found
        visitor, form = found
        account = account_of(form.get("code", ""))
        if account is None:
            return self._wrong("resume", request, visitor)
        self._site.telling.forget(account)
        response = RedirectResponse("/", SEE_OTHER)
        helped = visitor.phone.arrival if visitor.phone.arrival.startswith(MARKER) else ""
        self._site.door.remember(response, account, helped)
        return response

    async def ask_withdraw(self, request: Request) -> Response:
        """Ask for a withdrawal code."""
        return await self._ask(request, "withdraw")

    async def withdraw(self, request: Request) -> Response:
        """Take out the answers that a withdrawal code names, and lead to where it is said."""
        found = await self._site.posted(request)
        if isinstance(found, Response):
            return found
        visitor, form = found
        digits = withdrawal_digits(form.get("code", ""))
        if digits is None:
            return self._wrong("withdraw", request, visitor)
        async with self._site.telling.lane(visitor.account):
            return await self._withdraw(request, visitor, digits, form.get("once", ""))

    async def _withdraw(self, request: Request, visitor: Visitor, digits: str, once: str) -> Response:
        """Withdraw, unless this very form did it before: then only lead to what was said of it."""
        if self._site.telling.known(visitor.account, once):
            return RedirectResponse("/", SEE_OTHER)
        heard = await self._site.listener.notice(visitor.address, None, f"withdraw {digits}", visitor.phone)
        assert heard.screen is not None
        if heard.screen.name != WITHDRAWN:
            return self._wrong("withdraw", request, visitor, heard.screen.texts[0].text)
        now = await self._site.listener.look(visitor.address, visitor.phone)
        told = Told(once=once, place=place_of(now.screen), toast=heard.screen.texts[0].text)
        self._site.telling.keep(visitor.account, PAGE, told)
        return RedirectResponse("/", SEE_OTHER)

    def _wrong(self, name: str, request: Request, visitor: Visitor, words: str | None = None) -> Response:
        """Lead back to the form of a code that was not taken, which then says so, once."""
        self._site.telling.keep(visitor.account, name, Told(toast=words))
        asked = self._site.asked_language(request)
        return RedirectResponse(f"/{name}?lang={asked}" if asked else f"/{name}", SEE_OTHER)

    async def _notice(self, request: Request, topic: str, more: str) -> Response:
        """Show a notice of the dialogue, and what is true of these pages besides."""
        visitor = self._site.reader(request)
        heard = await self._site.listener.notice(visitor.address, None, topic, visitor.phone)
        assert heard.screen is not None
        voice = self._site.catalogues.voice(heard.screen.tag)
        return self._site.page(
            "notice.html.jinja", voice, screen=heard.screen, title=f"web.nav.{topic}", more=more
        )

    async def _ask(self, request: Request, name: str) -> Response:
        """Show a form for one code, and what is wrong with the last one."""
        visitor = self._site.door.welcome(request)
        voice = await self._site.voice_for(request, visitor)
        told = self._site.telling.take(visitor.account, name)
        wrong = None
        if told is not None:
            wrong = told.toast or voice.say(say(f"web.{name}.wrong"))
        response = self._site.page(
            "ask_code.html.jinja",
            voice,
            account=visitor.account,
            status=200 if told is None else 422,
            name=name,
            wrong=wrong,
        )
        if not visitor.known:
            self._site.door.remember(response, visitor.account)
        return response
