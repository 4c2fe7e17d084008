"""A conversation on the web: the real server over HTTP, and a browser that knows no JavaScript."""

from html.parser import HTMLParser

from bot.web.app import web_app
from bot.web.site import SiteLook
from conversations.moves import Wish
from tests.journeys.household import CITY, household
from tests.journeys.transcripts import PICKED, Seen, lines_of, name_of, plain
from tests.journeys.ways import Way
from tests.web.house import Shelf, serving
from tests.web.reading import Page, Reader

CONTROLS = {Wish.LANGUAGE: "l", Wish.STOP: "x"}


class Words(HTMLParser):
    """What a page says to its reader: notices, bubbles, items; how far one is stands last."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.said, self.progress, self._open, self._into = [], [], [], []
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        classes = set((given.get("class") or "").split())
        if given.get("id") == "progress":
            self._begin(tag, self.progress)
        elif tag == "ul" and "items" in classes:
            self._open.append("ul.items")
        elif classes & {"notice", "bubble", "asked", "said"} or (
            tag == "li" and self._open[-1:] == ["ul.items"]
        ):
            self._begin(tag, self.said)

    def _begin(self, tag, into):
        into.append("")
        self._open.append(tag)
        self._into.append(into)

    def handle_data(self, text):
        if self._into:
            self._into[-1][-1] += text

    def handle_endtag(self, tag):
        if self._open[-1:] == [f"{tag}.items"]:
            self._open.pop()
        elif self._open[-1:] == [tag]:
            self._open.pop()
            self._into.pop()


class OnTheWeb(Way):
    """Somebody with a browser."""

    async def __aenter__(self):
        self.reader, self.base = Reader("", self.phone), ""
        return await super().__aenter__()

    async def __aexit__(self, *about):
        await super().__aexit__(*about)
        await self.reader.session.close()

    async def begin(self, running):
        self.house = await running.enter_async_context(household(self.opening))
        self.reader.base = await running.enter_async_context(serving(self._app()))
        self.page: Page = await self.reader.get()

    def _app(self):
        return web_app(
            listener=self.house.dialogue,
            catalogues=self.house.catalogues,
            releases=Shelf(),
            look=SiteLook(
                names={"en": CITY}, colour="#1d625c", demonstration=True, offered=("fr", "ar", "en")
            ),
            secret=self.house.stores.keyring.installation(),
            secure=False,
        )

    async def wish(self, wish):
        if wish is Wish.START:
            self.page = await self.reader.get()
        else:
            await self._use(next(one for one in self.page.choices if one.value == CONTROLS[wish]))

    async def write(self, text):
        self.page = await self.reader.write(self.page, text)

    async def press(self, name):
        await self._use(next(one for one in self.page.choices if name_of(one.caption) == name))

    async def mark(self, names):
        boxes = [one for one in self.page.controls if one.name == "picked"]
        for box in boxes:
            box.picked ^= name_of(box.caption) in names
        await self._use(next(one for one in self.page.controls if one.name == "done"))

    async def _use(self, control):
        """Send the form of a button, with the boxes that are ticked in it."""
        form = self.page.forms[control.form]
        ticked = [("picked", one.value) for one in self.page.controls if one.name == "picked" and one.picked]
        fields = [*form.hidden.items(), (control.name, control.value), *ticked]
        self.page = await self.reader.send(form.action, fields)
        assert self.page.status == 200

    def seen(self):
        words = Words(self.page.text)
        captions = [(PICKED if one.picked else "") + one.caption for one in self.page.choices]
        return Seen(lines_of([*words.said, *words.progress]), tuple(plain(caption) for caption in captions))
