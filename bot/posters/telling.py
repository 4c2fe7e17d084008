"""What stands on a poster and on cards: every word said in one language, ready to be set in type."""

from collections.abc import Sequence
from typing import Any

from bot.i18n import LANGUAGES, Voice
from bot.posters.poster import CodeCard, Poster, to_type
from bot.posters.squares import square
from conversations.city import english
from conversations.wording import Value, Words, city_key, say
from reports.render.fonts import families
from reports.render.foreign import Told, printed
from reports.render.voice import tongue

Paper = dict[str, Any]
"""Strings, numbers, lists and tables only, as JSON has them; `templates/` sets them."""


def poster_in(voice: Voice, poster: Poster) -> Paper:
    """Return everything that stands on the poster and the hand card of one language."""
    tell = _Telling(voice, poster)
    ways = poster.ways(voice.tag)
    promises = ("poster.easy", "poster.anonymous", "intro.no_effect", "poster.free")
    return {
        **_language(voice.tag),
        "title": tell("intro.who"),
        "about": tell("poster.about"),
        "both": tell("poster.both"),
        "promises": [tell(key) for key in promises],
        "scan": tell("poster.scan"),
        "ways": [
            {
                "label": tell(f"poster.{channel}"),
                "note": tell("poster.private") if channel == "web" and len(ways) > 1 else None,
                "square": square(address),
                "address": address,
            }
            for channel, address in ways
        ],
        "type": tell("poster.type" if ways[0][0] == "web" else "poster.type_telegram"),
        "typed": to_type(poster.typed),
        "opens": poster.typed,
        "help": tell("poster.help"),
        "small": [tell(key) for key in ("poster.until", "poster.age", "poster.relay", "intro.contact")],
        "honest": tell("intro.telegram") if "telegram" in dict(ways) else None,
        "caution": tell(voice.caution) if voice.caution else None,
        "demonstration": tell("web.banner.demo") if poster.city.demonstration else None,
        "languages": [
            {**_language(tag), "foreign": LANGUAGES[tag].own_name}
            for tag in poster.languages
            if tag in LANGUAGES
        ],
    }


def codes_in(voice: Voice, poster: Poster, codes: Sequence[CodeCard]) -> Paper:
    """Return everything that stands on small cards with codes, in one language."""
    tell = _Telling(voice, poster)
    return {
        **_language(voice.tag),
        "title": tell("intro.who"),
        "yours": tell("poster.code.yours"),
        "how": tell("poster.code.how"),
        "once": tell("poster.code.once"),
        "no_effect": tell("intro.no_effect"),
        "demonstration": tell("web.banner.demo") if poster.city.demonstration else None,
        "cards": [
            {"code": card.code, "typed": to_type(card.typed), "square": square(card.address)}
            for card in codes
        ],
    }


class _Telling:
    """Says the words of one poster in one language; what stands in another one says so."""

    def __init__(self, voice: Voice, poster: Poster) -> None:
        self._voice = voice
        city = poster.city
        self._values: dict[str, Value] = {
            "city": Words(city_key(city.key, "name"), english(city.name)),
            "responsible": Words(city_key(city.key, "responsible"), english(city.responsible)),
            "contact": city.data_protection_contact,
            "age": city.minimum_age,
            "theme": poster.theme,
            "relay": poster.relay,
            "day": poster.ends_on,
        }

    def __call__(self, key: str) -> Told:
        return printed(self._voice, say(key, **self._values))


def _language(tag: str) -> Paper:
    """Return what a typesetter needs of a language: its letters, its direction, its fonts."""
    known = LANGUAGES.get(tag)
    return {
        "lang": tongue(tag),
        "rtl": known is not None and known.direction == "rtl",
        "families": families(tag),
    }
