"""Pages beside the conversation: privacy, help, codes to come back and to take answers out."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.web.conversation import SEE_OTHER
from bot.web.errors import closed_page, too_large_page
from bot.web.forms import Form, read_form
from bot.web.site import Site
from bot.web.visitor import Visitor, account_of, typable, withdrawal_digits


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

    async def show_code(self, request: Request) -> Response:
        """Show the code with which a visitor can come back."""
        visitor = self._site.door.welcome(request)
        form = await read_form(request)
        if form is None:
            return too_large_page(self._site, visitor)
        if not self._site.door.trusts(request, visitor, form):
            return closed_page(self._site, visitor)
        voice = await self._site.voice_for(request, visitor)
        return self._site.page("code.html.jinja", voice, code=typable(visitor.account))

    async def ask_resume(self, request: Request) -> Response:
        """Ask for the code with which somebody wants to go on."""
        return await self._ask(request, "resume")

    async def resume(self, request: Request) -> Response:
        """Give a browser the place that a typed code names."""
        found = await self._posted(request)
        if isinstance(found, Response):
            return found
        _, form = found
        account = account_of(form.get("code", ""))
        if account is None:
            return await self._ask(request, "resume", wrong=True)
        response = RedirectResponse("/", SEE_OTHER)
        self._site.door.remember(response, account)
        return response

    async def ask_withdraw(self, request: Request) -> Response:
        """Ask for a withdrawal code."""
        return await self._ask(request, "withdraw")

    async def withdraw(self, request: Request) -> Response:
        """Take out the answers that a withdrawal code names, and say so."""
        found = await self._posted(request)
        if isinstance(found, Response):
            return found
        visitor, form = found
        digits = withdrawal_digits(form.get("code", ""))
        if digits is None:
            return await self._ask(request, "withdraw", wrong=True)
        heard = await self._site.listener.notice(visitor.address, None, f"withdraw {digits}", visitor.phone)
        assert heard.screen is not None
        voice = self._site.catalogues.voice(heard.screen.tag)
        return self._site.page("notice.html.jinja", voice, screen=heard.screen, title=None, more=None)

    async def _notice(self, request: Request, topic: str, more: str) -> Response:
        """Show a notice of the dialogue, and what is true of these pages besides."""
        visitor = self._site.reader(request)
        heard = await self._site.listener.notice(visitor.address, None, topic, visitor.phone)
        assert heard.screen is not None
        voice = self._site.catalogues.voice(heard.screen.tag)
        return self._site.page(
            "notice.html.jinja", voice, screen=heard.screen, title=f"web.nav.{topic}", more=more
        )

    async def _ask(self, request: Request, name: str, wrong: bool = False) -> Response:
        """Show a form for one code; `wrong` says that the last one cannot be right."""
        visitor = self._site.door.welcome(request)
        voice = await self._site.voice_for(request, visitor)
        status = 422 if wrong else 200
        response = self._site.page(
            "ask_code.html.jinja", voice, account=visitor.account, status=status, name=name, wrong=wrong
        )
        if not visitor.known:
            self._site.door.remember(response, visitor.account)
        return response

    async def _posted(self, request: Request) -> tuple[Visitor, Form] | Response:
        """Return who posted what, or the page that says why it was not taken."""
        visitor = self._site.door.welcome(request)
        form = await read_form(request)
        if form is None:
            return too_large_page(self._site, visitor)
        if not self._site.door.trusts(request, visitor, form):
            return closed_page(self._site, visitor)
        return visitor, form
