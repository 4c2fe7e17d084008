"""The site: what pages look like, and how one is written in somebody's language."""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from bot.hearing import Listener, Phone
from bot.i18n import LANGUAGES, Catalogues, Voice
from bot.web.colours import city_colours
from bot.web.forms import Form, read_form
from bot.web.releases import PublicReleases
from bot.web.telling import Telling
from bot.web.visitor import Door, Visitor, new_account
from conversations.wording import Value, say

SEE_OTHER = (
    303  # the answer to every form: reload and back then repeat nothing, and no browser keeps the form
)
PAGES = Path(__file__).parent / "pages"
FIRST = 4  # other languages that a page names at once; all others unfold, so that they do not fill a phone
FOREIGN = Markup('<span lang="{tag}" dir="{direction}">{text}</span>')  # words of another language
REFUGE = (
    "https://www.wikipedia.org/"  # where "leave now" leads: known everywhere, in every language, harmless
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteLook:
    """What the pages look like: the city's names by language tag, its colour, whether all is a demonstration.

    `offered` are the languages of the pages, the first for whoever asks for none of them. `refuge` is the
    page that "leave now" leads to.
    """

    names: Mapping[str, str]
    colour: str
    demonstration: bool
    offered: tuple[str, ...]
    refuge: str = REFUGE

    def name(self, tag: str) -> str:
        """Return the city's name in a language, or in the first there is."""
        return self.names.get(tag) or self.names.get("en") or next(iter(self.names.values()))


class Site:
    """Everything that the pages have in common; `tells` says whether people can write outside rounds now."""

    def __init__(
        self,
        *,
        listener: Listener,
        catalogues: Catalogues,
        releases: PublicReleases,
        look: SiteLook,
        door: Door,
        tells: Callable[[], bool] = lambda: False,
    ) -> None:
        self.listener = listener
        self.catalogues = catalogues
        self.releases = releases
        self.look = look
        self.door = door
        self.telling = Telling()
        self._templates = Environment(
            loader=FileSystemLoader(PAGES),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        self._templates.globals["tells"] = tells
        self._templates.globals["direction_of"] = lambda tag: LANGUAGES[tag].direction
        self.style = self._templates.get_template("style.css.jinja").render(city_colours(look.colour))
        self.style_path = f"/style-{sha256(self.style.encode()).hexdigest()[:12]}.css"

    def page(
        self, template: str, voice: Voice, *, account: str | None = None, status: int = 200, **shown: Any
    ) -> HTMLResponse:
        """Write a page in the language of `voice`; `account` is needed where it holds a form."""
        hidden = {"proof": self.door.token(account), "once": secrets.token_hex(8)} if account else {}
        return HTMLResponse(self.part(template, voice, hidden=hidden, **shown), status)

    def part(self, template: str, voice: Voice, **shown: Any) -> str:
        """Write a page, or a part of one, in the language of `voice`.

        Templates say `words` where no element can stand, and `told` where what stands in gets its language.
        """

        tag = LANGUAGES[voice.tag].base  # in links and for names: simpler words are no language of their own

        def words(key: str, **values: Value) -> str:
            return voice.say(say(key, **values))

        def told(key: str, **values: Value) -> Markup:
            said = voice.said(say(key, **values))
            language = LANGUAGES[said.tag]
            if language.base == tag:
                return escape(said.text)
            return FOREIGN.format(tag=said.tag, direction=language.direction, text=said.text)

        return self._templates.get_template(template).render(
            words=words,
            told=told,
            voice=voice,
            look=self.look,
            tag=tag,
            own_name=self.catalogues.own_name(tag),
            city=self.look.name(tag),
            style_path=self.style_path,
            languages=[
                (other, self.catalogues.own_name(other)) for other in self.look.offered if other != tag
            ],
            first=FIRST,
            **shown,
        )

    async def posted(self, request: Request) -> tuple[Visitor, Form] | Response:
        """Return who posted what, or where it is said why it was not taken."""
        visitor = self.door.welcome(request)
        form = await read_form(request)
        if form is None:
            return RedirectResponse("/too-much", SEE_OTHER)
        if not self.door.trusts(request, visitor, form):
            return RedirectResponse("/closed", SEE_OTHER)
        return visitor, form

    async def voice_for(self, request: Request, visitor: Visitor) -> Voice:
        """Return the voice of a page beside the conversation: as asked for, chosen there, or the phone's."""
        if (asked := self.asked_language(request)) is not None:
            return self.catalogues.voice(asked)
        if visitor.known:
            heard = await self.listener.look(visitor.address, visitor.phone)
            if heard.screen is not None:
                return self.catalogues.voice(heard.screen.tag)
        return self.phone_voice(visitor.phone)

    def asked_language(self, request: Request) -> str | None:
        """Return the language that a link of ours asks for, if we offer it."""
        asked = request.query_params.get("lang", "")
        return asked if asked in self.look.offered else None

    def phone_voice(self, phone: Phone) -> Voice:
        """Return the voice of the language that a phone asks for first."""
        return self.catalogues.voice(self.catalogues.match(phone.languages, self.look.offered))

    def reader(self, request: Request) -> Visitor:
        """Return who reads a page beside the conversation; a language asked for goes first."""
        visitor = self.door.welcome(request)
        if (asked := self.asked_language(request)) is None:
            return visitor
        return Visitor(new_account(), Phone((asked,)), known=False)
