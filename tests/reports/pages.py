"""Pages for tests of releases: taken apart, and made of documents that were changed or completed."""

import gzip
import json
import re
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

from reports.disclosure import reopen
from reports.disclosure.publishable import publishable
from reports.intervals import share_interval
from reports.render import html_of
from tests.reports.population import released, voice

FROZEN = Path(__file__).parent / "frozen"
VOID = ("meta", "rect", "circle", "line", "br")
FIGURES = ("people", "share", "near", "between")


class Page(HTMLParser):
    """A page taken apart: its tags, its text, and the words inside each class that tells a figure."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.words, self.figures, self._open = [], [], {name: [] for name in FIGURES}, []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        found = dict(attributes)
        self.tags.append((tag, found))
        if tag not in VOID:
            self._open.append((tag, (found.get("class") or "").split()))
            for name in set(self._open[-1][1]) & set(self.figures):
                self.figures[name].append("")

    def handle_startendtag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))

    def handle_endtag(self, tag):
        assert self._open.pop()[0] == tag, "every tag is closed where it was opened"

    def handle_data(self, text):
        if any(tag == "style" for tag, _ in self._open):
            return
        self.words.append(text)
        for _, classes in self._open:
            for name in set(classes) & set(self.figures):
                self.figures[name][-1] += text

    @property
    def text(self):
        return re.sub(r"\s+", " ", " ".join(self.words))

    def numbers(self, name):
        """Every number that stands in words of this class."""
        return {int(number) for words in self.figures[name] for number in re.findall(r"\d+", words)}


PAGES = {}
"""Pages that were made before, by the bytes of their release and texts: a page is a function of these."""


def html(release, tag="en", texts=None):
    """The page of a release as HTML."""
    made_of = (release.content, tag, texts and texts.content)
    if made_of not in PAGES:
        PAGES[made_of] = html_of(release, voice(tag), texts=texts).decode()
    return PAGES[made_of]


@cache
def _parted(text):
    return Page(text)


def page_of(release, tag="en", texts=None):
    """The page of a release, taken apart."""
    return _parted(html(release, tag, texts))


def page(people=300, tag="en"):
    """The page of a round in which so many people answered."""
    return page_of(released(people), tag)


def question(release, id_, tag="en"):
    """One question of a page, as HTML."""
    start = f'<section class="question" aria-labelledby="q-{id_}">'
    return re.search(rf"{start}.*?</section>", html(release, tag), re.DOTALL)[0]


def changed(release, change):
    """A release whose document was changed."""
    document = json.loads(release.content)
    change(document)
    return publishable(document)


@cache
def with_a_difference(looked_at=13):
    """A release on which the sides differ plainly: how often they talk together, and only two marks."""

    def change(document):
        table = next(table for table in document["tables"] if table["id"] == "talk_together.side")
        host = next(group for group in table["groups"] if group["group"]["side"] == "host")
        for answer, count in zip(host["answers"], (45, 25, 15, 10, 10), strict=False):
            low, high = share_interval(count, host["people"])
            answer |= {"count": count, "share": round(count / host["people"], 2), "low": low, "high": high}
        document["differences"] = [
            {
                "question": "talk_together",
                "code": code,
                "sides": ["migrant", "host"],
                "low": low,
                "high": high,
            }
            for code, low, high in (("never", -0.6, -0.2), ("every_day", 0.05, 0.48))
        ]
        document["manifest"]["looked_at"] = looked_at

    return changed(released(300), change)


@cache
def old(name):
    """A release that an earlier version froze."""
    return reopen(gzip.decompress((FROZEN / f"{name}.json.gz").read_bytes()))


def quoted(texts):
    """A release of written answers."""
    return publishable(
        {"format": "portevoix-texts/1", "k": 10, "texts": texts, "manifest": {"writers_needed": 10}}
    )
