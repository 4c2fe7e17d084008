"""Somebody on the web while nothing can be stored: the page says so, and the same form can be sent again."""

import re

import aiohttp
import pytest

from conversations.wording import say
from tests.faults.injection import KINDS
from tests.journeys.household import a_round, household, on_disk, open_round
from tests.web.house import House, app_of, serving

pytestmark = pytest.mark.slow


def form_of(page: str) -> dict[str, str]:
    """Return the fields of the first form that belongs to the conversation, its first button pressed."""
    form = next(form for form in re.findall(r"<form.*?</form>", page, re.DOTALL) if 'name="press"' in form)
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form))
    (press, *_) = re.findall(r'name="press" value="([^"]*)"', form)
    return fields | {"press": press}


@pytest.mark.parametrize("kind", KINDS)
async def test_what_could_not_be_kept_is_said_and_can_be_sent_again(tmp_path, faults, kind):
    async with household(on_disk(tmp_path)) as house:
        await open_round(house, a_round())
        async with serving(app_of(house, look=House().look)) as address, aiohttp.ClientSession(
            address, headers={"Accept-Language": "en", "Origin": address},
            cookie_jar=aiohttp.CookieJar(unsafe=True),
        ) as browser:  # fmt: skip
            before = await (await browser.get("/")).text()
            fields = form_of(before)

            faults.break_everything(kind)
            answer = await browser.post("/", data=fields)
            page = await answer.text()
            assert answer.status == 500
            assert house.catalogues.voice("en").say(say("web.error.broken_body")).split(".")[0] in page

            faults.mend()
            answer = await browser.post("/", data=fields)
            page = await answer.text()
            assert answer.status == 200
            assert form_of(page)["press"] != fields["press"] or form_of(page)["turn"] != fields["turn"]
            again = await (await browser.post("/", data=fields)).text()
            assert form_of(again).get("turn") == form_of(page).get("turn")
