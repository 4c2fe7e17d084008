"""The form on an association's page that takes receipts in; the address of the page is what opens it."""

import hmac
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.receipts import Receipts, Taking
from bot.web.forms import read_form
from bot.web.site import SEE_OTHER, Site
from bot.web.visitor import is_from_here
from conversations.relays import Relay


class ReceiptForm:
    """Shows the form where rounds give receipts, and says afterwards what became of one; no cookie."""

    def __init__(self, site: Site, receipts: Receipts | None) -> None:
        self._site = site
        self._receipts = receipts

    async def shown(self, request: Request, relay: Relay) -> dict[str, Any] | None:
        """Return what the form shows, or None where the rounds of a relay give no receipts."""
        if self._receipts is None or not await self._receipts.are_given(relay):
            return None
        said = request.query_params.get("receipt", "")
        week = request.query_params.get("week", "")[:8]
        return {"proof": self._proof(request), "said": said if said in set(Taking) else "", "week": week}

    async def take(self, request: Request, relay: Relay) -> Response:
        """Take a receipt in, and lead back to the page, which says what became of it."""
        form, address = await read_form(request), f"/relay/{request.path_params['secret']}"
        if form is None:
            return RedirectResponse("/too-much", SEE_OTHER)
        is_ours = hmac.compare_digest(form.get("proof", "").encode(), self._proof(request).encode())
        if self._receipts is None or not is_ours or not is_from_here(request):
            return RedirectResponse("/closed", SEE_OTHER)
        taken = await self._receipts.take(form.get("receipt", ""), relay)
        # What became of it stands in the address, never the receipt itself.
        return RedirectResponse(f"{address}?receipt={taken.taking}&week={taken.week}#receipt", SEE_OTHER)

    def _proof(self, request: Request) -> str:
        """Return what the form carries as proof that it came from this page."""
        return self._site.door.token(f"relay:{request.path_params['secret'].upper()}")
