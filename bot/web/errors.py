"""Pages for what goes wrong: a kind sentence, the right status, nothing else."""

from starlette.responses import Response

from bot.web.site import Site
from bot.web.visitor import Visitor


def error_page(site: Site, visitor: Visitor, status: int, name: str, body: str = "go_on_body") -> Response:
    """Write the page of one mishap in the phone's language, looking nothing up that could fail again."""
    voice = site.phone_voice(visitor.phone)
    return site.page(
        "mishap.html.jinja", voice, status=status, lead=f"web.error.{name}", body=f"web.error.{body}"
    )


def not_found_page(site: Site, visitor: Visitor) -> Response:
    """Say that there is no such page."""
    return error_page(site, visitor, 404, "not_found")


def unverified_page(site: Site, visitor: Visitor) -> Response:
    """Say that a release is not shown, because its bytes are not what they were."""
    return error_page(site, visitor, 503, "unverified", "unverified_body")


def wrong_way_page(site: Site, visitor: Visitor) -> Response:
    """Say that a page is not used like this."""
    return error_page(site, visitor, 405, "wrong_way")


def too_large_page(site: Site, visitor: Visitor) -> Response:
    """Say that too much was sent."""
    return error_page(site, visitor, 413, "too_large", "too_large_body")


def closed_page(site: Site, visitor: Visitor) -> Response:
    """Say that a form came without its cookie, or from elsewhere."""
    return error_page(site, visitor, 403, "closed", "closed_body")


def broken_page(site: Site, visitor: Visitor, posted: bool) -> Response:
    """Say that the program failed: an answer may not have been kept, or only the page cannot be shown."""
    return error_page(site, visitor, 500, "broken", "broken_body" if posted else "unread_body")
