"""The page of an association, behind an address that nobody guesses."""

import re
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from bot.associations import Association, Associations
from bot.i18n import LANGUAGES
from bot.receipts import Receipts
from bot.web.errors import not_found_page
from bot.web.receipts import ReceiptForm
from bot.web.site import Site

SECRET = re.compile(r"[0-9A-HJKMNP-TV-Z]{26,40}")
HIDDEN = {"X-Robots-Tag": "noindex, nofollow"}
"""What every answer carries beside the usual headers: not to be kept, not to be named to other pages."""


class AssociationPage:
    """Shows one relay's page; no cookie. Receipts are checked there, too (bot/web/receipts.py)."""

    def __init__(
        self, site: Site, associations: Associations | None, receipts: Receipts | None = None
    ) -> None:
        self._site = site
        self._associations = associations
        self._receipts = ReceiptForm(site, receipts)

    async def show(self, request: Request) -> Response:
        """Show the page, or the ordinary page for addresses that lead nowhere."""
        found = await self._found(request)
        if found is None:
            return not_found_page(self._site, self._site.door.welcome(request))
        asked = self._site.asked_language(request)
        visitor = self._site.door.welcome(request)
        voice = self._site.catalogues.voice(asked) if asked else self._site.phone_voice(visitor.phone)
        receipt = await self._receipts.shown(request, found.relay)
        shown = self._shown(request, found)
        page = self._site.page("association.html.jinja", voice, receipt=receipt, **shown)
        page.headers.update(HIDDEN)
        return page

    async def sheets(self, request: Request) -> Response:
        """Hand out posters and cards in one language."""
        found, tag = await self._found(request), request.path_params["tag"]
        content = await self._associations.sheets(found.relay, tag) if found and self._associations else None
        if content is None:
            return not_found_page(self._site, self._site.door.welcome(request))
        headers = HIDDEN | {"Content-Disposition": f'attachment; filename="sheets-{tag}.pdf"'}
        return Response(content, media_type="application/pdf", headers=headers)

    async def take_receipt(self, request: Request) -> Response:
        """Take a receipt in."""
        found = await self._found(request)
        if found is None:
            return not_found_page(self._site, self._site.door.welcome(request))
        return await self._receipts.take(request, found.relay)

    async def _found(self, request: Request) -> Association | None:
        secret = request.path_params["secret"].upper()
        if self._associations is None or not SECRET.fullmatch(secret):
            return None
        return await self._associations.at(secret)

    def _shown(self, request: Request, found: Association) -> dict[str, Any]:
        """Return what the page tells."""
        links = [
            {
                "tag": tag,
                "direction": LANGUAGES[tag].direction,
                "name": self._site.catalogues.own_name(tag),
                "links": links,
            }
            for tag, links in found.links
        ]
        address = f"/relay/{request.path_params['secret'].upper()}"
        return {"relay": found.relay, "came": found.came, "spoken": links, "answered": found.answered,
                "address": address}  # fmt: skip
