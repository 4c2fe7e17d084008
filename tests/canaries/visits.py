"""How the crowd comes by: with a phone that types, with a browser behind a proxy."""

import asyncio

from tests.canaries.carrying import Carried
from tests.canaries.crowd import Somebody, Step
from tests.fake_bot_api import FakeBotApi
from tests.fake_bot_api.people import Person as Phone
from tests.web.reading import Form, Page, Reader

MOST_WAITING = 200  # updates; Telegram would hand out no more than 100 at once anyway
AT_ONCE = 12  # browsers


def phone_of(api: FakeBotApi, person: Somebody) -> Phone:
    """A phone that tells Telegram, and so the bot, everything that phones tell."""
    phone = api.person(account_id=person.account, language_code="en", first_name=person.first_name)
    names = {"username": person.username, "last_name": person.last_name, "first_name": person.first_name}
    phone._user.update(names)
    phone._room.described.update(names)
    return phone


async def on_telegram(api: FakeBotApi, person: Somebody, link: str = "", *, send: bool = True) -> None:
    """Type everything, without waiting for what the bot says; with `send` up to the very end.

    Who does not finish comes by a relay's link, where there is one.
    """
    phone = phone_of(api, person)
    await _send(api, phone, f"/start {(not person.steps and link) or person.username}")
    if not person.steps:
        await _send(api, phone, person.text)
        await _share_contact(phone, person)
        return
    for words in ("/start", "english", "go on", "1"):  # that link was none
        await _send(api, phone, words)
    for step in person.steps:
        for words in _typed(step):
            await _send(api, phone, words)
    if send:
        await _send(api, phone, "1")
        await phone.press_data("n.news.yes", 1)


async def _send(api: FakeBotApi, phone: Phone, words: str) -> None:
    while len(api.pending) > MOST_WAITING:
        await asyncio.sleep(0.01)
    await phone.send(words)


async def _share_contact(phone: Phone, person: Somebody) -> None:
    contact = {"phone_number": person.phone, "first_name": person.first_name, "user_id": person.account}
    await phone._write(media={"contact": contact | {"last_name": person.last_name}})


def _typed(step: Step) -> list[str]:
    match step.kind:
        case "choice":
            return [str(step.places[0] + 1)]
        case "marks":
            return [*(str(place + 1) for place in step.places), "Continue"]
        case "number" | "text":
            return [step.value]
        case "skip":
            return ["skip"]
        case _:
            return ["1"]


class Browser(Reader):
    """A browser behind a proxy that tells everything that proxies tell."""

    def __init__(self, base: str, person: Somebody) -> None:
        super().__init__(base, "en")
        self.person = person
        four, six = person.addresses
        self.headers |= {
            "X-Forwarded-For": f"{four}, {six}",
            "X-Real-IP": four,
            "Forwarded": f'for="[{six}]";proto=https',
            "CF-Connecting-IP": six,
            "User-Agent": f"Phone of {person.username}",
            "Referer": f"https://chat.example/{person.username}",
            "From": f"{person.username}@chat.example",
            "Connection": "close",
        }

    async def forward(self, page: Page, value: str | None = None, ticked: tuple[int, ...] = ()) -> Page:
        """Press the button that carries `value`, or the first."""
        boxes = [one for one in page.controls if one.name == "picked"]
        usable = [one for one in page.choices if one.name in ("press", "done")]
        button = next(one for one in usable if value is None or value in (one.value, one.name))
        fields = [*page.forms[button.form].hidden.items(), (button.name, button.value)]
        fields += [("picked", boxes[place].value) for place in ticked]
        return await self.send(page.forms[button.form].action, fields)

    def keep_cookies(self) -> None:
        """Let the scan look for what this browser was given."""
        self.person.cookies |= {cookie.value for cookie in self.session.cookie_jar if len(cookie.value) > 8}


async def on_the_web(base: str, person: Somebody, *, send: bool = True) -> None:
    """Visit by a link that is none, choose a language, agree; answer and send if this person does."""
    async with Browser(base, person) as browser:
        page = await browser.forward(await browser.get(f"/r/{person.username}?who={person.username}"))
        page = await browser.forward(page)  # that link was none
        browser.keep_cookies()
        if person.steps:
            page = await browser.forward(await browser.forward(page))
        for step in person.steps:
            page = await _step(browser, page, step)
        if person.steps and send:
            await browser.forward(page)
        if not person.steps:
            await browser.send("/withdraw", {"code": person.phone, "text": person.text})


async def _step(browser: Browser, page: Page, step: Step) -> Page:
    match step.kind:
        case "choice":
            return await browser.forward(page, _token(page, step.places[0]))
        case "marks":
            return await browser.forward(page, "done", step.places)
        case "number" | "text":
            return await browser.write(page, step.value)
        case "skip":
            return await browser.forward(page, "s")
        case _:
            return await browser.forward(page)


def _token(page: Page, place: int) -> str:
    """The token of the choice at this place, special answers after the others."""
    choices = [one.value for one in page.controls if one.name == "press" and one.value[:1] in "ad"]
    return choices[place]


async def by_a_relay(base: str, person: Somebody, carried: Carried) -> None:
    """Come by a relay's link and by a card, help others, and look at what only associations see."""
    async with Browser(base, person) as browser:
        await browser.get(f"/r/{carried.link}")
        await browser.get(f"/r/c{carried.cards[0]}")
        asked = await browser.get("/assist")
        page = await browser.send("/assist", {**own_form(asked).hidden, "code": carried.facilitator})
        page = await browser.forward(page)
        assert page.choices, "nobody can be helped"
        page = await browser.get(f"/relay/{carried.page}")
        assert carried.start in page.text
        await browser.send(f"/relay/{carried.page}/receipt", {"receipt": carried.cards[1]})


def own_form(page: Page) -> Form:
    """The form of a page that is not the way out; an empty one where there is none."""
    return next((form for form in page.forms if form.action != "/leave"), Form(""))


async def all_on_the_web(
    base: str, people: list[Somebody], carried: Carried | None = None, *, send: bool = True
) -> None:
    """Let many browsers visit, a few at a time; one of them comes by what a relay was given."""
    gate = asyncio.Semaphore(AT_ONCE)

    async def visit(person: Somebody) -> None:
        async with gate:
            await on_the_web(base, person, send=send)

    await asyncio.gather(*map(visit, people))
    if carried is not None:
        await by_a_relay(base, people[-1], carried)
