"""Five people in five languages at one browser: whoever comes next finds nothing of who was there before."""

import sqlite3

import pytest

from conversations.lettering import in_groups
from conversations.session import Status
from tests.journeys.household import on_disk
from tests.web.evenings import LANGUAGES, an_evening
from tests.web.test_in_chromium import PHONE, TOO_WIDE, press
from tests.web.test_leaving import found_in, history, own_browser

pytestmark = [pytest.mark.browser, pytest.mark.slow]

WRITTEN = {tag: f"telling{tag}{place * 7919}words" for place, tag in enumerate(LANGUAGES, start=1)}
"""What each person types: found in no other bytes by chance."""
SEND = ("fr", "ar")  # the others stop in the middle, which is shorter


class Person:
    """Somebody at the browser: what they chose, typed, and were known by."""

    def __init__(self, page, base, tag):
        self.page, self.base, self.tag, self.secrets = page, base, tag, {WRITTEN[tag]}

    async def answer(self):
        """Choose a language, consent, write words wherever one can, and send or stop."""
        own = self.page.locator(f"button[lang={self.tag}]")
        own = own if await own.count() else self.page.locator("button[value=l0]")
        async with self.page.expect_navigation():
            await own.first.click()
        assert await self.page.locator("html").get_attribute("lang") == self.tag
        for token in ("g", "y", "a0"):
            await press(self.page, f"button[value={token}]")
        (cookie,) = await self.page.context.cookies(self.base)
        account = cookie["value"].partition(".")[0]
        self.secrets |= {account, in_groups(account)}
        await self.page.locator(".composer [name=text]").fill(WRITTEN[self.tag])
        async with self.page.expect_navigation():
            await self.page.locator(".composer [name=text]").press("Enter")
        if self.tag not in SEND:
            await press(self.page, "button[value=x]")
            await press(self.page, "button[value=y]")
            return
        for _ in range(40):
            if await self.page.locator("button[value=z]").count():
                break
            await self._answer_one()
        assert await self.page.evaluate(TOO_WIDE) <= 0
        await press(self.page, "button[value=z]")
        assert await self.page.evaluate(TOO_WIDE) <= 0
        await press(self.page, "button[value=j]")

    async def _answer_one(self):
        if await self.page.locator("[type=checkbox]").count():
            await self.page.locator("label.answer").first.click()
            await press(self.page, "button[name=done]")
        elif await self.page.locator("#text").count():
            words = await self.page.locator("textarea").count()
            await self.page.locator("#text").fill(WRITTEN[self.tag] if words else "43")
            await press(self.page, ".writing button")
        else:
            await press(self.page, "button.answer", 1)


async def test_five_people_in_five_languages_leave_nothing_for_the_next(chromium, tmp_path):
    secrets, profile = set(), tmp_path / "profile"
    async with an_evening(on_disk(tmp_path / "data")) as evening:
        base = evening.base
        async with own_browser(chromium, profile) as (context, page):
            await page.set_viewport_size(PHONE)
            other = await context.new_page()
            await page.goto(f"{base}/assist")
            await page.locator("#code").fill(evening.code)
            await press(page, "button.forward")
            for tag in LANGUAGES:
                await press(page, "button[value='n.start']")
                assert await page.locator("button[value^=l]").count() == len(LANGUAGES)
                person = Person(page, base, tag)
                await other.goto(base)  # a second tab, which stays open behind
                await person.answer()
                secrets |= person.secrets

                await shows_nobody(page, secrets)
                for step in (page.reload, page.go_back, page.go_forward):
                    await step()
                    await shows_nobody(page, secrets)
                    if not page.url.startswith(base) or page.url != f"{base}/":
                        await page.goto(base)
                await act_in_old_tab(other, secrets)
                await page.goto(base)
            await press(page, "button[value='n.end']")
            await shows_nobody(page, secrets)
            (cookie,) = await context.cookies(base)
            assert "." not in cookie["value"]

        assert len(secrets) == 3 * len(LANGUAGES)
        assert found_in(profile, secrets) == []
        ours = {url for url, _ in history(profile) if url.startswith(base)}
        assert ours == {f"{base}/", f"{base}/assist", f"{base}/closed"}
        await the_server_keeps_what_was_sent_alone(evening, tmp_path / "data", secrets)


async def shows_nobody(page, secrets):
    """Nothing of anybody is on the page, nor in its fields."""
    shown = await page.content()
    assert not [secret for secret in secrets if secret in shown]
    for field in await page.locator("textarea, input[name=text]").all():
        assert await field.input_value() == ""


async def act_in_old_tab(other, secrets):
    """The tab that stayed open shows nothing new, and what is pressed there is not taken."""
    button = other.locator(".choosing button").last
    if await button.count():
        async with other.expect_navigation():
            await button.click()
        assert other.url.endswith("/closed")
    await shows_nobody(other, secrets)


async def the_server_keeps_what_was_sent_alone(evening, folder, secrets):
    """Sent sessions wait to be boxed, the others are gone with their keys; no file holds a word."""
    with sqlite3.connect(folder / "portevoix.db") as database:
        states = [state for (state,) in database.execute("SELECT state FROM open_sessions")]
    assert states == [Status.SENT.value] * len(SEND)
    assert len(list((folder / "keys" / "drafts").iterdir())) == len(states)
    assert found_in(folder, secrets) == []
