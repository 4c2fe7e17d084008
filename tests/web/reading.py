"""Reads and uses pages as a browser without JavaScript does."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

import aiohttp

VOID = {"input", "meta", "link", "path", "br"}


@dataclass
class Control:
    """A button or a box to tick: what stands on it, what it sends, which form it belongs to."""

    kind: str
    name: str
    value: str
    form: int
    caption: str = ""
    picked: bool = False


@dataclass
class Form:
    """A form: where it leads, and what it carries unseen."""

    action: str
    hidden: dict = field(default_factory=dict)
    writes: bool = False


class Page(HTMLParser):
    """One page, read."""

    def __init__(self, text, status=200):
        super().__init__()
        self.text, self.status = text, status
        self.language = self.direction = None
        self.controls, self.forms, self.paragraphs, self.links = [], [], [], {}
        self._inside, self._texts = [], []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        said = dict(attributes)
        if tag == "html":
            self.language, self.direction = said["lang"], said["dir"]
        elif tag == "form":
            self.forms.append(Form(said["action"]))
        elif tag == "input" and said.get("type") == "hidden":
            self.forms[-1].hidden[said["name"]] = said["value"]
        elif tag == "textarea" or (tag == "input" and said.get("name") == "text"):
            self.forms[-1].writes = True
        elif tag == "button" or (tag == "input" and said.get("type") == "checkbox"):
            kind = "box" if tag == "input" else said.get("class", "")
            picked = "checked" in said or said.get("aria-pressed") == "true"
            place = len(self.forms) - 1
            control = Control(kind, said.get("name") or "", said.get("value") or "", place, "", picked)
            self.controls.append(control)
        if tag not in VOID:
            self._inside.append((tag, said))
            self._texts.append("")

    def handle_startendtag(self, tag, attributes):
        """Drawings hold no words."""

    def handle_data(self, text):
        self._texts = [before + text for before in self._texts]

    def handle_endtag(self, tag):
        (_, said), text = self._inside.pop(), " ".join(self._texts.pop().split())
        if tag in ("button", "label") and self.controls and not self.controls[-1].caption:
            self.controls[-1].caption = text
        if tag in ("h1", "p", "li") and {"bubble", "notice"} & set((said.get("class") or "").split()):
            self.paragraphs.append(text)
        if tag == "li" and self._inside and "items" in (self._inside[-1][1].get("class") or ""):
            self.paragraphs.append(text)
        if tag == "a":
            self.links[said["href"]] = text

    @property
    def choices(self):
        """What can be pressed or ticked, in the order of the conversation: the way forward first."""
        own = [control for control in self.controls if control.name in ("press", "done", "picked")]
        forward = [control for control in own if control.kind == "forward"]
        return forward + [control for control in own if control.kind != "forward"]

    @property
    def captions(self):
        return [control.caption for control in self.choices]

    def control(self, caption):
        return next(control for control in self.controls if caption in (control.caption, control.value))


class Reader:
    """Somebody with a browser that knows no JavaScript."""

    def __init__(self, base, language="en", jar=None):
        self.base = base
        self.headers = {"Accept-Language": language}
        self.session = aiohttp.ClientSession(cookie_jar=jar or aiohttp.CookieJar(unsafe=True))

    async def __aenter__(self):
        return self

    async def __aexit__(self, *_):
        await self.session.close()

    async def get(self, path="/"):
        async with self.session.get(self.base + path, headers=self.headers) as answer:
            return Page(await answer.text(), answer.status)

    async def send(self, action, fields, headers=None):
        """Post a form and follow where it leads, as a browser does."""
        sent = {**self.headers, **(headers or {})}
        async with self.session.post(self.base + action, data=fields, headers=sent) as answer:
            return Page(await answer.text(), answer.status)

    async def press(self, page, caption, ticked=()):
        """Press a button by its caption or its value, with some boxes ticked."""
        control = page.control(caption)
        form = page.forms[control.form]
        fields = (
            [*form.hidden.items(), (control.name, control.value)] if control.name else [*form.hidden.items()]
        )
        fields += [("picked", page.control(box).value) for box in ticked]
        return await self.send(form.action, fields)

    async def write(self, page, text):
        """Write words into the field of a page, and send them."""
        form = next(form for form in page.forms if form.writes)
        return await self.send(form.action, {**form.hidden, "text": text})
