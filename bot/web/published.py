"""Released rounds for everybody: the list, each release's page, and its files."""

import asyncio
import base64
import re
from hashlib import sha256
from math import ceil
from typing import Any
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response

from bot.i18n import LANGUAGES
from bot.web.errors import not_found_page, unverified_page
from bot.web.packing import SHORT, Packed, Room, pack, send
from bot.web.releases import Format, PublicRelease
from bot.web.site import Site
from conversations.errors import ReleaseError

HTML = "text/html; charset=utf-8"
FILES: dict[Format, str] = {
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
}
"""The forms that are handed out as files."""
EACH = 20  # rounds on one page of the list, so that it stays under 30 KB


class Published:
    """Shows what earlier rounds found; no cookie, no form."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._room = Room()
        self._at_work = asyncio.Lock()  # one form is made at a time, however many readers come at once

    async def list(self, request: Request) -> Response:
        """Show the list of released rounds, newest first, and when the next results come."""
        voice = await self._site.voice_for(request, self._site.door.welcome(request))
        place = _place(request)
        found = await self._site.releases.list(place * EACH, EACH + 1)
        page = self._site.page(
            "results.html.jinja",
            voice,
            rows=[await self._row(release, LANGUAGES[voice.tag].base) for release in found[:EACH]],
            expected=await self._site.releases.expected() if place == 0 else (),
            newer=place if place else None,
            older=place + 2 if len(found) > EACH else None,
        )
        return send(request, pack(bytes(page.body), HTML), lasting=False)

    async def release(self, request: Request) -> Response:
        """Show one release in the reader's language, or hand out one of its files."""
        visitor = self._site.door.welcome(request)
        asked = self._site.asked_language(request)
        tag = asked or LANGUAGES[(await self._site.voice_for(request, visitor)).tag].base
        try:
            packed = await self._named(request.path_params["name"], tag)
        except ReleaseError:
            return unverified_page(self._site, visitor)
        if packed is None:
            return not_found_page(self._site, visitor)
        return send(request, packed, lasting=asked is not None)

    async def _named(self, name: str, tag: str) -> Packed | None:
        """Return what an address names: a round's file where it ends in a form, else a round's page."""
        round_id, _, ending = name.rpartition(".")
        for form, media in FILES.items():
            if ending == form:
                return await self._form(round_id, form, tag, media)
        return await self._form(name, "html", tag, HTML)

    async def _form(self, round_id: str, form: Format, tag: str, media: str) -> Packed | None:
        """Return one form of a release in a language, made and packed when first asked for."""
        edition = await self._site.releases.edition(round_id)
        if edition is None:
            return None
        answer = await self._site.releases.answer(round_id) if form == "html" else None
        key = (round_id, edition, form, tag, "answered" if answer else "")
        if self._room.find(*key) is None:
            async with self._at_work:
                if self._room.find(*key) is None:
                    content = await self._site.releases.content(round_id, form, tag)
                    if content is None:
                        return None
                    if form == "html":
                        content = self._with_ways(content, round_id, tag, answered=answer is not None)
                    headers = _headers(content, round_id, form, tag)
                    self._room.keep(await asyncio.to_thread(pack, content, media, headers), *key)
        return self._room.find(*key)

    async def _row(self, release: PublicRelease, tag: str) -> dict[str, Any]:
        """Return what the list shows of a release: also how large its page is, in KB as it is sent."""
        row = {"release": release, "address": _address(release.round_id), "page": None, "size": 0}
        try:
            page = await self._form(release.round_id, "html", tag, HTML) if release.figures else None
        except ReleaseError:
            page = None
        if page is not None:
            row |= {"page": page.print[:SHORT], "size": ceil(len(page.kept) / 1000)}
        return row

    def _with_ways(self, content: bytes, round_id: str, tag: str, *, answered: bool) -> bytes:
        """Put the ways to the list, other languages, the PDF and the city's answer above a release's page."""
        ways = self._site.part(
            "ways.html.jinja",
            self._site.catalogues.voice(tag),
            address=_address(round_id),
            answered=answered,
        )
        style, nav = ways.split("<nav", 1)
        page = content.decode().replace("</head>", f"{style}</head>", 1)
        return page.replace("<body>", f"<body>\n<nav{nav}", 1).encode()


def _place(request: Request) -> int:
    """Return which page of the list is asked for, counted from 0; the address counts from 1."""
    asked = request.query_params.get("page", "")
    return int(asked) - 1 if re.fullmatch(r"[1-9][0-9]{0,2}", asked) else 0


def _address(round_id: str) -> str:
    return f"/results/{quote(round_id, safe='')}"


def _headers(content: bytes, round_id: str, form: Format, tag: str) -> dict[str, str]:
    """Return what a form is sent with: a page with a policy of its own, a file with a name."""
    if form == "html":
        return {"Content-Security-Policy": _policy(content.decode())}
    name = re.sub(r"[^A-Za-z0-9._-]", "-", f"{round_id}-{tag}.{form}")
    return {"Content-Disposition": f'attachment; filename="{name}"'}


def _policy(page: str) -> str:
    """Return a content policy that allows a frozen page its own style sheets, by hash, and nothing else."""
    sheets = re.findall(r"<style[^>]*>(.*?)</style>", page, re.DOTALL)
    hashes = [f"'sha256-{base64.b64encode(sha256(sheet.encode()).digest()).decode()}'" for sheet in sheets]
    styles = " ".join(hashes) or "'none'"
    return (
        f"default-src 'none'; style-src {styles}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
