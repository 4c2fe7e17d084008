"""Whoever reads words that nobody has signed is told so: in the banner, and where it is said who asks."""

import pytest

from conversations.wording import say
from tests.journeys.household import all_words
from tests.web.test_languages import reading


@pytest.mark.parametrize("tag,said", [("fr", "Français (traduction"), ("lv", "Latviešu ("), ("fa", "فارسی")])
async def test_the_banner_of_a_demonstration_names_a_draft_beside_the_conversation(tag, said):
    async with reading(tag) as reader:
        page = await reader.get("/privacy")

    assert said in page.text.replace("\u2068", "").replace("\u2069", "").split("<main>")[0]


async def test_english_is_the_source_and_no_draft():
    async with reading("en") as reader:
        page = await reader.get("/privacy")

    assert "draft" not in page.text.split("<main>")[0]


@pytest.mark.parametrize("tag", ["fr", "bn", "en"])
async def test_who_asks_says_which_words_nobody_has_signed(tag):
    async with reading(tag) as reader:
        page = await reader.press(await reader.get(), "l0")

    told = all_words().voice(tag).say(say("language.draft"))
    assert (told in page.text) is (tag != "en")
