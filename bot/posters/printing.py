"""Sets posters and cards in type: one PDF, black on white, and never a sign that no font has."""

from collections.abc import Iterator, Sequence
from typing import Any

from typst import TypstError

from bot.i18n import Catalogues, Voice
from bot.posters.poster import CodeCard, Poster
from bot.posters.telling import codes_in, poster_in
from conversations.errors import RelayError
from reports.render.fonts import letters
from reports.render.typesetting import typeset

TEMPLATES = "bot.posters"
UNSEEN = frozenset("\n\u061c\u200b\u200c\u200d\u200e\u200f\u2066\u2067\u2068\u2069")
"""What needs no picture: ends of lines, joiners, and signs that keep directions apart."""
NAMED = 12
"""Signs without a font that are named at most: the first ones tell which script is missing."""
TOO_LONG = "does not fit"
"""What the templates say when even small letters leave words outside the page."""


def sheets(poster: Poster, catalogues: Catalogues) -> bytes:
    """Return one PDF: for each language an A4 poster, then an A4 page with four A6 hand cards.

    The catalogues must know the city's own words (`poster_of` sees to that).

    Raises:
        RelayError: a language has no link, no font has its letters, or a name is too long for a card.
    """
    papers = [poster_in(catalogues.voice(tag, poster.city.host_language), poster) for tag in poster.languages]
    for tag, paper in zip(poster.languages, papers, strict=True):
        _insist_on_letters(tag, paper)
    return _set("sheets.typ", {"name": poster.relay, "papers": papers})


def cards(codes: Sequence[CodeCard], poster: Poster, voice: Voice) -> bytes:
    """Return one PDF of small cards, ten to an A4 page, each with a code that works once.

    Raises:
        RelayError: no font has the letters of the language, or a name is too long for a card.
    """
    paper = codes_in(voice, poster, codes)
    _insist_on_letters(voice.tag, paper)
    return _set("codes.typ", {"name": poster.relay, **paper})


def _insist_on_letters(tag: str, paper: Any) -> None:
    """Refuse what would be printed as empty boxes."""
    needed = dict.fromkeys(sign for text in _texts(paper) for sign in text if sign not in UNSEEN)
    missing = [sign for sign in needed if ord(sign) not in letters()]
    if missing:
        named = " ".join(missing[:NAMED]) + (" …" if len(missing) > NAMED else "")
        raise RelayError(
            f"sheet: no font here has these letters of '{tag}': {named}; "
            "write the name without them, or leave the language out with --languages"
        )


def _texts(value: Any) -> Iterator[str]:
    """Yield every string of a paper that is set in type."""
    match value:
        case str():
            yield value
        case list() | tuple():
            for part in value:
                yield from _texts(part)
        case dict():
            for part in value.values():
                yield from _texts(part)


def _set(template: str, value: dict[str, Any]) -> bytes:
    """Set a paper in type.

    Raises:
        RelayError: words stay outside the page even in small letters.
    """
    try:
        return typeset(template, value, "pdf", package=TEMPLATES)
    except TypstError as error:
        if TOO_LONG not in str(error):
            raise
        raise RelayError(
            f"sheet of “{value['name']}”: the words do not fit on a card; "
            "shorten the names of the relay, the city or its office, or the address"
        ) from None
