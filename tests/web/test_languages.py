"""Pages in every language: which is offered where, what stands in which, where simpler words lead."""

import re
from contextlib import asynccontextmanager

import pytest

from bot.hearing import Heard
from bot.screens import Screen, ScreenButton, ScreenText
from bot.web.app import web_app
from bot.web.site import SiteLook
from conversations.identifiers import Locale
from conversations.prompts import ButtonKind
from tests.bot.test_languages import few_words
from tests.journeys.household import a_round, all_words, household, in_memory, open_round
from tests.web.house import SECRET, Shelf, serving
from tests.web.reading import Reader

ORDER = "fr nl ar en tr es it el ro bg ru uk fa bn kmr lv"
SIXTEEN = tuple(map(Locale, ORDER.split()))


def an_app(listener, words=None):
    return web_app(
        listener=listener,
        catalogues=words or all_words(),
        releases=Shelf(),
        look=SiteLook(
            names={"en": "Sunport", "fr": "Soleil"},
            colour="#1d625c",
            demonstration=True,
            offered=SIXTEEN,
        ),
        secret=SECRET,
        secure=False,
    )


@asynccontextmanager
async def reading(language):
    """Somebody whose browser asks for a language, in a city of sixteen."""
    async with household(in_memory()) as house:
        await open_round(house, a_round(languages=SIXTEEN))
        async with serving(an_app(house.dialogue)) as base, Reader(base, language) as reader:
            yield reader


async def test_the_first_screen_offers_five_languages_and_all_sixteen_are_one_tap_away():
    async with reading("bn") as reader:
        first = await reader.get()
        everything = await reader.press(first, "m")

    assert [one.value for one in first.choices] == ["l0", "l1", "l2", "l3", "l4", "m"]
    assert [one.value for one in everything.choices] == [*(f"l{place}" for place in range(16)), "b"]


@pytest.mark.parametrize("name, tag", [("עברית", None), ("عربي", "ar"), ("ফার্সি", "fa"), ("KURDISH", "kmr")])
async def test_a_name_that_is_written_below_is_searched(name, tag):
    async with reading("fr") as reader:
        page = await reader.write(await reader.get(), name)

    assert page.language == (tag or "fr")
    assert (len(page.choices) == 17) is (tag is None)


async def test_the_language_can_be_changed_by_its_command_too():
    async with reading("fr") as reader:
        page = await reader.press(await reader.get(), "l0")
        page = await reader.write(page, "/language")
        page = await reader.write(page, "farsi")

    assert (page.language, page.direction) == ("fa", "rtl")
    assert "g" in [one.value for one in page.choices]


@pytest.mark.parametrize("ways", [("l", "l1"), ("e",), ("w", "g")])
async def test_boxes_that_are_ticked_stay_when_the_words_change_or_something_is_asked(ways):
    async with reading("fr") as reader:
        page = await at_boxes(reader)
        boxes = [one.value for one in page.controls if one.name == "picked"]
        page = await reader.press(page, ways[0], ticked=[boxes[0], boxes[2]])
        for way in ways[1:]:
            page = await reader.press(page, way)

    ticked = [one.picked for one in page.controls if one.name == "picked"]
    assert ticked == [place in (0, 2) for place in range(len(boxes))]


async def at_boxes(reader):
    """Answer until several answers can be ticked."""
    page = await reader.press(await reader.get(), "l0")
    for value in ("g", "y", "a0"):
        page = await reader.press(page, value)
    while not any(one.name == "picked" for one in page.controls):
        page = await reader.press(page, "d0")
    return page


async def test_every_language_is_named_in_its_own_language_and_direction():
    async with reading("ar") as reader:
        page = await reader.press(await reader.get(), "m")

    assert '<button class="answer" name="press" value="l0">' in page.text
    for tag, direction in (("fa", "rtl"), ("bn", "ltr"), ("fr", "ltr"), ("kmr", "ltr")):
        assert len(re.findall(rf'<button [^>]*lang="{tag}" dir="{direction}"', page.text)) == 1


async def test_pages_beside_the_conversation_name_some_languages_and_unfold_the_others():
    async with reading("en") as reader:
        page = await reader.get("/help")

    before, unfolded = page.text.split("<details>")
    assert re.findall(r'hreflang="([a-z]+)"', before) == ["fr", "nl", "ar", "tr"]
    assert len(re.findall(r'hreflang="([a-z]+)"', unfolded)) == 11
    assert "<script" not in page.text


@pytest.mark.parametrize("tag", ["ar", "fa"])
async def test_a_scale_keeps_its_order_and_numbers_from_right_to_left(tag):
    voice = all_words().voice(tag)
    async with reading(tag) as reader:
        page = await reader.get()
        for value in ("l0", "g", "y", "a0", "a0", "a0", "d0"):
            page = await reader.press(page, value)

    scale = [one for one in page.choices if one.value[0] == "a"]
    assert [one.value for one in scale] == [f"a{place}" for place in range(5)]
    assert [one.caption.split(".")[0] for one in scale] == [voice.number(place) for place in range(1, 6)]


class Shows:
    """A listener with one thing to show."""

    def __init__(self, screen):
        self.screen = screen

    async def look(self, address, phone):
        return Heard(lambda: self.screen)


def a_screen(tag, direction):
    return Screen(
        name="consent",
        tag=tag,
        direction=direction,
        texts=(
            ScreenText("Please choose.", "notice", "en"),
            ScreenText("عنوان", "lead"),
            ScreenText("A body.", "body", "en"),
            ScreenText("One\ntwo", "item", "fr"),
        ),
        buttons=(ScreenButton("y", "Yes", ButtonKind.FORWARD, tag="en"),),
    )


async def test_what_stands_in_says_its_language_and_direction():
    async with serving(an_app(Shows(a_screen("ar", "rtl")))) as base, Reader(base) as reader:
        page = await reader.get()

    assert (page.language, page.direction) == ("ar", "rtl")
    for part in (
        '<p class="notice" role="status" lang="en" dir="ltr">Please choose.',
        '<h1 class="bubble lead" id="lead">عنوان',
        '<p class="bubble body" lang="en" dir="ltr">A body.',
        '<li lang="fr" dir="ltr"><span class="asked">One',
        'value="y" lang="en" dir="ltr">',
    ):
        assert part in page.text


@pytest.mark.parametrize("tag, direction", [("ar", "rtl"), ("lv", "ltr")])
async def test_a_pages_own_words_that_stand_in_say_their_language_too(tag, direction):
    words = few_words(tag, "web.nav.help")
    async with serving(an_app(Shows(a_screen(tag, direction)), words)) as base, Reader(base) as reader:
        pages = [await reader.get(), await reader.get(f"/withdraw?lang={tag}")]

    for page in pages:
        assert f'<a href="/help">{tag} web.nav.help</a>' in page.text
        assert '<a href="/results"><span lang="en" dir="ltr">Results</span></a>' in page.text
        assert not re.search('="[^"]*<', page.text), "an element within an attribute"
    assert '<label for="code"><span lang="en" dir="ltr">' in pages[1].text


async def test_simpler_words_have_the_names_and_the_addresses_of_their_language():
    screen = Screen(name="thanks", tag="fr-x-simple", direction="ltr", texts=(ScreenText("Merci", "lead"),))
    async with serving(an_app(Shows(screen))) as base, Reader(base) as reader:
        page = await reader.get()
        asked = await reader.get("/withdraw")

    assert page.language == "fr-x-simple"
    assert "/results?lang=fr" in page.links
    assert "Soleil" in page.text
    assert 'action="/withdraw?lang=fr"' in asked.text
