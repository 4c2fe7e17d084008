"""A release as pages to print: A4, readable without colour, tagged so that it can be read aloud."""

from datetime import UTC, datetime, time
from typing import TYPE_CHECKING, Any

from typst import TypstError

from conversations.errors import ReleaseError
from conversations.wording import say
from reports.disclosure import Publishable
from reports.render.contents import contents
from reports.render.followed import followed
from reports.render.fonts import letters
from reports.render.measured import measured
from reports.render.paper import PAGE, PAGES, Paper, Printing
from reports.render.reading import Reading
from reports.render.typesetting import typeset
from reports.render.voice import Voice

if TYPE_CHECKING:
    from reports.representativity import Representation
    from reports.trends import Trends

STANDARD = "ua-1"
"""What the pages keep to: they can be read aloud. Source: ISO 14289-1 (PDF/UA-1)."""
MISSING = "\ufffd"
"""What stands for a sign that no font here has. Source: Unicode, replacement character."""
UNSEEN = frozenset("\n\t" + PAGE + PAGES + "\u061c\u200b\u200c\u200d\u200e\u200f\u2066\u2067\u2068\u2069")
"""What needs no picture: ends of lines, joiners, and signs that keep directions apart."""


def pdf_of(
    release: Publishable,
    voice: Voice,
    *,
    texts: Publishable | None = None,
    beside: "Representation | None" = None,
    trends: "Trends | None" = None,
) -> bytes:
    """Return a release as PDF; the same release in the same language is always the same bytes.

    Raises:
        ReleaseError: no font of the program has the letters of the language.
    """
    reading = Reading(release)
    told = contents(release, texts=texts, beside=beside, trends=trends)
    paper = Printing(voice).paper(
        told,
        release,
        measured(reading, beside) if beside else None,
        followed(reading, trends) if trends else None,
    )
    if MISSING in str(_printable(paper["who"]["title"])):
        raise ReleaseError(f"pdf: no font here has the letters of '{voice.tag}'; ask for html instead")
    printed: Paper = _printable(paper)
    is_whole = printed == paper
    printed["missing"] = None if is_whole else voice.say(say("paper.missing", sign=MISSING))
    return _set(printed, datetime.combine(reading.closed_on, time(), UTC))


def _printable(value: Any) -> Any:
    """Return strings, lists and tables with every sign that no font has put as MISSING."""
    match value:
        case str():
            return "".join(sign if sign in UNSEEN or ord(sign) in letters() else MISSING for sign in value)
        case list():
            return [_printable(part) for part in value]
        case dict():
            return {name: _printable(part) for name, part in value.items()}
        case _:
            return value


def _set(paper: Paper, at: datetime) -> bytes:
    """Set `paper` in type, as it would have been done at `at`.

    Signs that fonts have singly but not joined cannot keep to the standard: they are set without it.
    """
    paper["day"] = [at.year, at.month, at.day]
    try:
        return typeset("release.typ", paper, "pdf", at=at, standards=STANDARD)
    except TypstError:
        return typeset("release.typ", paper, "pdf", at=at)
