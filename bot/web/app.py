"""The web application: every address it answers, put together from its parts."""

from collections.abc import Callable
from time import monotonic

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from bot.assisting import Assisting
from bot.associations import Associations
from bot.hearing import Listener
from bot.i18n import Catalogues
from bot.receipts import Receipts
from bot.web.answers import Answers
from bot.web.arriving import Arriving
from bot.web.assisted import Assisted
from bot.web.association import AssociationPage
from bot.web.beside import Beside
from bot.web.conversation import Conversation
from bot.web.doorkeeper import Doorkeeper, safe_headers
from bot.web.errors import broken_page, closed_page, not_found_page, too_large_page, wrong_way_page
from bot.web.listening import Listening, Plays
from bot.web.pace import Pace
from bot.web.published import Published
from bot.web.puzzles import Puzzles
from bot.web.releases import PublicReleases
from bot.web.site import SEE_OTHER, Site, SiteLook
from bot.web.visitor import Door
from bot.web.waiting import SCRIPT, SCRIPT_PATH, Waiting

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
    tells: Callable[[], bool] = lambda: False,
    assisting: Assisting | None = None,
    associations: Associations | None = None,
    pace: Pace | None = None,
    receipts: Receipts | None = None,
) -> Starlette:
    """Return the web channel. `secret` outlasts restarts; `secure` says that participants come by https.

    `player` plays questions aloud; `tells` says whether people can write outside rounds now.
    `assisting` knows who may help several people with one browser; `associations` what stands on their pages.
    `pace` says how fast answers may come from one place on the network; `receipts` takes them in.
    """
    door = Door(secret, secure)
    site = Site(
        listener=listener, catalogues=catalogues, releases=releases, look=look, door=door, tells=tells
    )

    async def mend(request: Request) -> Response:
        return broken_page(site, site.door.welcome(request), request.method == "POST")

    async def refuse(request: Request, error: Exception) -> Response:
        page = wrong_way_page if getattr(error, "status_code", 404) == 405 else not_found_page
        return page(site, site.door.welcome(request))

    return Starlette(
        routes=[
            *_participants(site, Assisted(site, assisting), pace or Pace(monotonic)),
            _sounds(site, player),
            *_readers(site),
            *_of_relays(site, associations, receipts),
            *_machines(site),
        ],
        middleware=[Middleware(Doorkeeper, headers=safe_headers(look.refuge), mend=mend)],
        exception_handlers={HTTPException: refuse},
    )


def _participants(site: Site, assisted: Assisted, pace: Pace) -> list[Route]:
    """Return the addresses at which people answer."""
    waiting = Waiting(site, pace, Puzzles(monotonic))
    conversation, beside = Conversation(site, assisted, waiting), Beside(site)
    return [
        Route("/", conversation.show, name="conversation"),
        Route("/", conversation.hear, methods=["POST"], name="hear"),
        Route("/tell", conversation.tell, name="tell"),
        Route("/assist", assisted.ask, name="ask-assist"),
        Route("/assist", assisted.take, methods=["POST"], name="assist"),
        Route("/wait/{token}", waiting.show, name="wait"),
        Route("/leave", conversation.leave, methods=["POST"], name="leave"),
        Route("/r/{relay:path}", Arriving(site).show, name="relay"),
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
        Route("/results/{name}/answer", Answers(site).show, name="answer"),
    ]


def _of_relays(site: Site, associations: Associations | None, receipts: Receipts | None) -> list[Route]:
    """Return the addresses of associations."""
    page = AssociationPage(site, associations, receipts)
    return [
        Route("/relay/{secret}", page.show, name="association"),
        Route("/relay/{secret}/receipt", page.take_receipt, methods=["POST"], name="take-receipt"),
        Route("/relay/{secret}/{tag}.pdf", page.sheets, name="association-sheets"),
    ]


def _machines(site: Site) -> list[Route]:
    """Return the addresses that browsers and monitors ask for."""

    async def style(_request: Request) -> Response:
        return Response(site.style, media_type="text/css", headers={"Cache-Control": FOR_EVER})

    async def script(_request: Request) -> Response:
        return Response(SCRIPT, media_type="text/javascript", headers={"Cache-Control": FOR_EVER})

    async def robots(_request: Request) -> Response:
        return PlainTextResponse(ROBOTS)

    async def health(_request: Request) -> Response:
        return PlainTextResponse("ok")

    async def icon(_request: Request) -> Response:
        return Response(status_code=204)

    return [
        Route(site.style_path, style, name="style"),
        Route(SCRIPT_PATH, script, name="script"),
        Route("/robots.txt", robots, name="robots"),
        Route("/health", health, name="health"),
        Route("/favicon.ico", icon, name="icon"),
    ]


async def _to_start(_request: Request) -> Response:
    """Lead to the conversation, from an address that only takes forms."""
    return RedirectResponse("/", SEE_OTHER)
