"""What a city answered to a round, on a page of its own, in every language."""

from typing import Any
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response

from bot.i18n import LANGUAGES, Voice
from bot.web.errors import not_found_page
from bot.web.packing import pack, send
from bot.web.releases import PublicAnswer
from bot.web.site import Site
from conversations.city_answers import HEADS, FactorAnswer, Told, cautions, told
from conversations.identifiers import base_of
from conversations.wording import Words

HTML = "text/html; charset=utf-8"


class Answers:
    """Shows what cities answered; no cookie, no form but the way out."""

    def __init__(self, site: Site) -> None:
        self._site = site

    async def show(self, request: Request) -> Response:
        """Show the answer to a round in the reader's language."""
        visitor = self._site.door.welcome(request)
        name = request.path_params["name"]
        found = await self._site.releases.answer(name)
        if found is None:
            return not_found_page(self._site, visitor)
        voice = await self._site.voice_for(request, visitor)
        page = self._site.page("answer.html.jinja", voice, **_shown(found, name, voice))
        lasting = self._site.asked_language(request) is not None
        return send(request, pack(bytes(page.body), HTML), lasting=lasting)


def _shown(found: PublicAnswer, round_id: str, voice: Voice) -> dict[str, Any]:
    """Return what stands on the page."""
    answer = found.kept.answer
    tag = base_of(voice.tag)
    return {
        "about": {"city": found.city.get(tag) or found.city["en"], "round": found.name},
        "address": f"/results/{quote(round_id, safe='')}",
        "demonstration": found.demonstration,
        "cautions": [(words.key, dict(words.values)) for words in cautions(answer, voice.tag)],
        "answers": [_factor(one, found, voice) for one in answer.answers],
        "written_on": found.kept.written_on,
    }


def _factor(one: FactorAnswer, found: PublicAnswer, voice: Voice) -> dict[str, Any]:
    """Return what is answered about one key factor: its name, and each part under its head."""
    written_in = found.kept.answer.written_in
    parts = [(HEADS[part], _own(told(words, voice.tag, written_in), voice)) for part, words in one.parts()]
    return {"name": voice.say(found.factors.get(one.factor, Words("", one.factor))), "parts": parts}


def _own(here: Told, voice: Voice) -> dict[str, str]:
    """Return a city's words with their language, where that is not the one around them."""
    if base_of(here.tag) == base_of(voice.tag):
        return {"text": here.text, "lang": ""}
    return {"text": here.text, "lang": here.tag, "dir": LANGUAGES[here.tag].direction}
