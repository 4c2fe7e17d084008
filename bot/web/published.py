"""Released rounds for everybody: the list, each release's page, and its bytes."""

import base64
import re
from hashlib import sha256

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from bot.web.errors import not_found_page
from bot.web.releases import Format
from bot.web.site import Site

MEDIA: dict[Format, str] = {"json": "application/json", "csv": "text/csv; charset=utf-8"}


class Published:
    """Shows what earlier rounds found; no cookie, no form."""

    def __init__(self, site: Site) -> None:
        self._site = site

    async def list(self, request: Request) -> Response:
        """Show the list of released rounds."""
        voice = await self._site.voice_for(request, self._site.door.welcome(request))
        return self._site.page("results.html.jinja", voice, releases=await self._site.releases.list())

    async def release(self, request: Request) -> Response:
        """Show one release in the reader's language, or hand out its bytes."""
        name: str = request.path_params["name"]
        for form, media in MEDIA.items():
            if name.endswith(f".{form}"):
                return await self._bytes(request, name.removesuffix(f".{form}"), form, media)
        visitor = self._site.door.welcome(request)
        voice = await self._site.voice_for(request, visitor)
        page = await self._site.releases.page(name, voice.tag)
        if page is None:
            return not_found_page(self._site, visitor)
        return HTMLResponse(page, headers={"Content-Security-Policy": _policy(page)})

    async def _bytes(self, request: Request, round_id: str, form: Format, media: str) -> Response:
        content = await self._site.releases.content(round_id, form)
        if content is None:
            return not_found_page(self._site, self._site.door.welcome(request))
        filename = re.sub(r"[^A-Za-z0-9._-]", "-", f"{round_id}.{form}")
        disposition = {"Content-Disposition": f'attachment; filename="{filename}"'}
        return Response(content, media_type=media, headers=disposition)


def _policy(page: str) -> str:
    """Return a content policy that allows a frozen page its own style sheets, by hash, and nothing else."""
    sheets = re.findall(r"<style[^>]*>(.*?)</style>", page, re.DOTALL)
    hashes = [f"'sha256-{base64.b64encode(sha256(sheet.encode()).digest()).decode()}'" for sheet in sheets]
    styles = " ".join(hashes) or "'none'"
    return (
        f"default-src 'none'; style-src {styles}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
