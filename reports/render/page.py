"""A release as one page to read and to print: key factor by key factor, each side beside the other."""

from functools import partial
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from conversations.wording import Value, say
from reports.disclosure import Publishable
from reports.render.chart import notes
from reports.render.contents import contents
from reports.render.foreign import marked
from reports.render.reading import Reading, listed
from reports.render.since import since
from reports.render.sureness import between, in_ten
from reports.render.voice import Voice
from reports.representativity import Representation
from reports.trends import Trends

PAGES = Environment(
    loader=PackageLoader("reports.render"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
ROOM = 0.12
"""The part of a bar in which a share has room on a phone: 35 of 300 pixels."""
SOME_ROOM = 0.055
"""The part of a bar in which its number has room on a phone, and its share on a wider window."""


def html_of(
    release: Publishable,
    voice: Voice,
    *,
    texts: Publishable | None = None,
    beside: Representation | None = None,
    trends: Trends | None = None,
) -> bytes:
    """Return a release as one self-contained HTML page: no script, nothing from elsewhere."""
    told = contents(release, texts=texts, beside=beside, trends=trends)
    page = PAGES.get_template("page.html.jinja")
    before = since(Reading(release), voice)
    shown = {"contents": told, "beside": told.beside, "trends": told.trends, "since": before}
    return page.render(**shown, **spoken(voice)).encode()


def spoken(voice: Voice) -> dict[str, Any]:
    """Return what every template says its words and figures with.

    `bare` is for where no element can stand: in attributes, titles and drawings.
    """

    tell = partial(marked, voice)

    def told(key: str, **values: Value) -> str:
        return tell(say(f"release.{key}", **values))

    def say_key(key: str, **values: Value) -> str:
        return tell(say(key, **values))

    return {
        "voice": voice,
        "say": tell,
        "bare": voice.say,
        "wording": say,
        "say_key": say_key,
        "t": told,
        "in_ten": in_ten,
        "between": between,
        "notes": notes,
        "listed": listed,
        "room": ROOM,
        "some_room": SOME_ROOM,
    }
