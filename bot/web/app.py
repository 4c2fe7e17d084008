"""The web application: every address it answers, put together from its parts."""

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from bot.hearing import Listener
from bot.i18n import Catalogues
from bot.web.beside import Beside
from bot.web.conversation import Conversation
from bot.web.doorkeeper import Doorkeeper, safe_headers
from bot.web.errors import broken_page, closed_page, not_found_page, too_large_page, wrong_way_page
from bot.web.listening import Listening, Plays
from bot.web.published import Published
from bot.web.releases import PublicReleases
from bot.web.site import SEE_OTHER, Site, SiteLook
from bot.web.visitor import Door

ROBOTS = "User-agent: *\nAllow: /results\nDisallow: /\n"
FOR_EVER = "public, max-age=31536000, immutable"  # the address of the stylesheet changes with its words


def web_app(
    *,
    listener: Listener,
    catalogues: Catalogues,
    releases: PublicReleases,
    look: SiteLook,
    secret: bytes,
    secure: bool,
    player: Plays | None = None,
) -> Starlette:
    """Return the web channel. `secret` outlasts restarts; `secure` says that participants come by https.

    `player` plays questions aloud.
    """
    site = Site(
        listener=listener, catalogues=catalogues, releases=releases, look=look, door=Door(secret, secure)
    )

    async def mend(request: Request) -> Response:
        return broken_page(site, site.door.welcome(request), request.method == "POST")

    async def refuse(request: Request, error: Exception) -> Response:
        page = wrong_way_page if getattr(error, "status_code", 404) == 405 else not_found_page
        return page(site, site.door.welcome(request))

    return Starlette(
        routes=[*_participants(site), _sounds(site, player), *_readers(site), *_machines(site)],
        middleware=[Middleware(Doorkeeper, headers=safe_headers(look.refuge), mend=mend)],
        exception_handlers={HTTPException: refuse},
    )


def _participants(site: Site) -> list[Route]:
    """Return the addresses at which people answer."""
    conversation, beside = Conversation(site), Beside(site)
    return [
        Route("/", conversation.show, name="conversation"),
        Route("/", conversation.hear, methods=["POST"], name="hear"),
        Route("/leave", conversation.leave, methods=["POST"], name="leave"),
        Route("/r/{relay:path}", _to_start, name="relay"),
        Route("/code", _to_start, name="code-again"),
        Route("/code", conversation.show_code, methods=["POST"], name="code"),
        Route("/resume", beside.ask_resume, name="ask-resume"),
        Route("/resume", beside.resume, methods=["POST"], name="resume"),
        Route("/withdraw", beside.ask_withdraw, name="ask-withdraw"),
        Route("/withdraw", beside.withdraw, methods=["POST"], name="withdraw"),
        Route("/privacy", beside.privacy, name="privacy"),
        Route("/help", beside.help, name="help"),
        *_refusals(site),
    ]


def _refusals(site: Site) -> list[Route]:
    """Return the addresses where a form that was not taken leads to, so that no browser keeps it."""

    async def closed(request: Request) -> Response:
        return closed_page(site, site.door.welcome(request))

    async def too_much(request: Request) -> Response:
        return too_large_page(site, site.door.welcome(request))

    return [Route("/closed", closed, name="closed"), Route("/too-much", too_much, name="too-much")]


def _sounds(site: Site, player: Plays | None) -> Route:
    """Return the address at which a question can be heard."""
    return Route("/aloud/{tag}/{question}/{fingerprint:str}.ogg", Listening(site, player).sound, name="aloud")


def _readers(site: Site) -> list[Route]:
    """Return the addresses at which releases are read."""
    published = Published(site)
    return [
        Route("/results", published.list, name="results"),
        Route("/results/{name}", published.release, name="release"),
    ]


def _machines(site: Site) -> list[Route]:
    """Return the addresses that browsers and monitors ask for."""

    async def style(_request: Request) -> Response:
        return Response(site.style, media_type="text/css", headers={"Cache-Control": FOR_EVER})

    async def robots(_request: Request) -> Response:
        return PlainTextResponse(ROBOTS)

    async def health(_request: Request) -> Response:
        return PlainTextResponse("ok")

    async def icon(_request: Request) -> Response:
        return Response(status_code=204)

    return [
        Route(site.style_path, style, name="style"),
        Route("/robots.txt", robots, name="robots"),
        Route("/health", health, name="health"),
        Route("/favicon.ico", icon, name="icon"),
    ]


async def _to_start(_request: Request) -> Response:
    """Lead to the conversation: a link of an association, or an address that only takes forms."""
    return RedirectResponse("/", SEE_OTHER)
