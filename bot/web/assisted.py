"""Somebody helps with one browser: a code opens it, and each person who answers is somebody new."""

from contextlib import suppress
from dataclasses import replace

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.assisting import CODE_LETTERS, Assisting
from bot.markers import MARKER
from bot.notices import BETWEEN, Notices
from bot.rendering import render_notice
from bot.screens import Screen
from bot.web.forms import Form
from bot.web.site import SEE_OTHER, Site
from bot.web.telling import PAGE, Told, place_of
from bot.web.visitor import Visitor, new_account
from conversations.errors import StorageError
from conversations.lettering import read_code
from conversations.moves import Asked, Wish
from conversations.prompting import NEXT
from conversations.wording import say

HELPING = "assist"  # the page of the code
END = BETWEEN[-1][0]
BETWEEN_TWO = "assisted_next"  # the name of the screen between two people
THANKS = "thanks"
GONE = '"cache", "storage"'  # what a browser may still hold of the person before


class Assisted:
    """Calls the next person: who was there before is gone from the browser, and from here if unsent."""

    def __init__(self, site: Site, assisting: Assisting | None) -> None:
        self._site = site
        self._assisting = assisting

    async def ask(self, request: Request) -> Response:
        """Ask for a facilitator's code, or show that somebody helps here already."""
        visitor = self._site.door.welcome(request)
        voice = await self._site.voice_for(request, visitor)
        told = self._site.telling.take(visitor.account, HELPING)
        response = self._site.page(
            "assist.html.jinja",
            voice,
            account=visitor.account,
            running=await self._marker(visitor) is not None,
            toast=told.toast if told else None,
            wrong=voice.say(say(told.notice)) if told and told.notice else None,
            status=422 if told and told.notice else 200,
        )
        if not visitor.known:
            self._site.door.remember(response, visitor.account)
        return response

    async def take(self, request: Request) -> Response:
        """Take a code, and call the first person; or what was pressed while somebody helps."""
        found = await self._site.posted(request)
        if isinstance(found, Response):
            return found
        visitor, form = found
        if (led := await self.pressed(visitor, form)) is not None:
            return led
        return await self._admit(request, visitor, form.get("code", ""))

    async def pressed(self, visitor: Visitor, form: Form) -> Response | None:
        """Take the buttons of who helps; None where none of them was pressed, or nobody helps here."""
        token = form.get("press", "")
        if token not in (NEXT, END):
            return None
        async with self._site.telling.lane(visitor.account):
            seen = (await self._site.listener.look(visitor.address, visitor.phone)).screen
            if not _is_helped(visitor, seen):
                return None
            if _is_answering(seen):  # unsent answers go only after they were asked
                await self._site.listener.hear(visitor.address, None, Asked(Wish.STOP), visitor.phone)
                return RedirectResponse("/", SEE_OTHER)
            return await (self.call_next(visitor) if token == NEXT else self._end(visitor, "assisted_ended"))

    async def call_next(self, visitor: Visitor) -> Response:
        """Forget who answered here, and lead to the page that waits for the next person."""
        marker = await self._marker(visitor)
        if marker is None:
            return await self._end(visitor, "assisted_over")
        await self._forget(visitor)
        return await self._begin(visitor, marker, BETWEEN_TWO)

    async def over(self, visitor: Visitor, seen: Screen | None) -> Response | None:
        """Lead away where an evening is over and nobody has begun to answer; None where it goes on."""
        if not visitor.phone.arrival.startswith(MARKER) or (seen is not None and seen.mark):
            return None
        return None if await self._marker(visitor) else await self._end(visitor, "assisted_over")

    async def _admit(self, request: Request, visitor: Visitor, code: str) -> Response:
        """Begin an evening with a right code; a wrong one is told so beside the field."""
        relay = await self._assisting.admit(code) if self._assisting is not None else None
        if relay is None or self._assisting is None:
            is_mistyped = read_code(code, CODE_LETTERS) is None
            notice = "web.assist.wrong" if is_mistyped else "notice.assisted_wrong"
            self._site.telling.keep(visitor.account, HELPING, Told(notice=notice))
            asked = self._site.asked_language(request)
            return RedirectResponse(f"/{HELPING}?lang={asked}" if asked else f"/{HELPING}", SEE_OTHER)
        self._site.telling.forget(visitor.account)
        return await self._begin(visitor, self._assisting.marker(relay), "assisted_begun")

    async def _begin(self, visitor: Visitor, marker: str, key: str) -> Response:
        """Give the browser a new account, from which nobody comes to another, and tell it something."""
        following = _anew(visitor, marker)
        now = await self._site.listener.look(following.address, following.phone)
        told = Told(place=place_of(now.screen), screen=self._between(following, key))
        self._site.telling.keep(following.account, PAGE, told)
        return self._led("/", following)

    async def _end(self, visitor: Visitor, key: str) -> Response:
        """Let nobody help with this browser any more; of the last person nothing stays, either."""
        await self._forget(visitor)
        following = _anew(visitor, "")
        words = self._site.phone_voice(visitor.phone).say(say(f"notice.{key}"))
        self._site.telling.keep(following.account, HELPING, Told(toast=words))
        return self._led(f"/{HELPING}", following)

    async def left(self, visitor: Visitor) -> None:
        """Erase what was not sent, where somebody helps: nobody comes back to it; a failure holds nobody."""
        if visitor.phone.arrival.startswith(MARKER):
            with suppress(StorageError):
                await self._site.listener.left(visitor.address)

    async def _forget(self, visitor: Visitor) -> None:
        """Erase what was not sent, and what was to be told."""
        await self._site.listener.left(visitor.address)
        self._site.telling.forget(visitor.account)

    def _led(self, path: str, following: Visitor) -> Response:
        """Lead to a page as somebody else; the browser forgets the pages of before."""
        response = RedirectResponse(path, SEE_OTHER)
        self._site.door.remember(response, following.account, following.phone.arrival)
        response.headers["Clear-Site-Data"] = GONE
        return response

    def _between(self, visitor: Visitor, key: str) -> Screen:
        """Return a screen in the language of the browser, which is no participant's."""
        catalogues = self._site.catalogues
        tag = catalogues.match(visitor.phone.languages, self._site.look.offered)
        return render_notice(Notices(catalogues, visitor.address, tag).between(key), catalogues.voice(tag))

    async def _marker(self, visitor: Visitor) -> str | None:
        """Return the marker of somebody who helps with this browser, while it counts."""
        marker = visitor.phone.arrival
        if self._assisting is None or not marker.startswith(MARKER):
            return None
        return marker if await self._assisting.helper(marker) is not None else None


def _anew(visitor: Visitor, marker: str) -> Visitor:
    """Return somebody new at the same browser."""
    return Visitor(new_account(), replace(visitor.phone, arrival=marker), known=True)


def is_between(told: Told | None) -> bool:
    """Say whether somebody stopped, so that the next person is to be called."""
    return told is not None and told.screen is not None and told.screen.name == BETWEEN_TWO


def _is_helped(visitor: Visitor, seen: Screen | None) -> bool:
    """Say whether somebody helps with this browser, or did when the present session began."""
    begun = seen is not None and seen.button(NEXT) is not None
    return begun or visitor.phone.arrival.startswith(MARKER)


def _is_answering(seen: Screen | None) -> bool:
    """Say whether somebody has begun to answer, and has not sent."""
    return seen is not None and bool(seen.mark) and seen.name != THANKS
