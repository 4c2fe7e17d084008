"""Sentences in another language than what is around them: each says so, on the page and on paper."""

from typing import Any

from markupsafe import Markup

from conversations.wording import Words
from reports.render.fonts import families
from reports.render.voice import Said, Voice, direction, tongue

Told = str | dict[str, Any]
"""A sentence as it goes to the typesetter: as it is, or with its language where that is another."""


def printed(voice: Voice, words: Words) -> Told:
    """Return a sentence for the typesetter; one that stands in another language comes with that."""
    other = _other(voice, words)
    if other is None:
        return voice.say(words)
    return {
        "foreign": other.text,
        "lang": tongue(other.tag),
        "rtl": direction(other.tag) == "rtl",
        "families": families(other.tag),
    }


def marked(voice: Voice, words: Words) -> str:
    """Return a sentence for a page; one that stands in another language is marked as such."""
    other = _other(voice, words)
    if other is None:
        return voice.say(words)
    opening = Markup('<span lang="{}" dir="{}">').format(other.tag, direction(other.tag))
    return opening + other.text + Markup("</span>")


def _other(voice: Voice, words: Words) -> Said | None:
    """Return words with their language if it is another than the voice's; a name without a key has none."""
    said = voice.said(words)
    return said if words.key and said.tag != voice.tag else None
