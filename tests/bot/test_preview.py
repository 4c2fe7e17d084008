"""Translators see every screen of a questionnaire in their language, as it will look on both channels."""

import html
import re

import pytest

from bot.app import memory_house
from bot.commands.preview import planned_instrument
from bot.config import Settings
from bot.preview import preview, site_of
from bot.scenes import scenes
from tests.bot.programs import command, logs_as_before, refused
from tests.conftest import CHROMIUM

pytestmark = pytest.mark.slow


@pytest.fixture
async def house(tmp_path):
    async with memory_house(Settings(_env_file=None, data_dir=tmp_path / "data")) as house:
        yield house


async def shown(house, out, tag, chromium=None, only=""):
    instrument = await planned_instrument(house, "language-learning", "", tag)
    site = await site_of(house)
    return preview(instrument, house.catalogues, site, tag, out, chromium, only), instrument


async def test_every_screen_stands_on_both_sheets_in_its_direction(house, tmp_path):
    made, instrument = await shown(house, tmp_path / "out", "fa")
    names = [scene.name for scene in scenes(instrument, house.catalogues, "fa")]
    telegram, web = (page.read_text("utf-8") for page in made.pages)

    assert made.screens == len(names) > 60
    for page in (telegram, web):
        assert '<html lang="fa" dir="rtl">' in page
        assert re.findall(r"<figcaption>([^<]+)</figcaption>", page) == names
    question = house.catalogues.voice("fa").say(instrument.label(instrument.questionnaire.questions[0]))
    assert question in telegram
    assert question in html.unescape(html.unescape(web))
    assert web.count("<iframe") == len(names)
    assert "http-equiv" not in web
    assert made.pictures == ()


async def test_nothing_of_it_is_kept(house, tmp_path):
    await shown(house, tmp_path / "out", "el")

    assert {file.name for file in (tmp_path / "out").iterdir()} == {"telegram.html", "web.html"}


@pytest.mark.browser
async def test_pictures_are_taken_where_chromium_is(house, tmp_path):
    made, _ = await shown(house, tmp_path / "out", "bn", str(CHROMIUM), "talk_together")

    assert (made.screens, len(made.pictures)) == (2, 2)
    for picture in made.pictures:
        assert picture.read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"
        assert picture.stat().st_size > 10_000


BROWSERS = {"one that breaks off": "exit 3", "one that takes no picture": "exit 0"}


@pytest.mark.parametrize("kind", BROWSERS)
async def test_a_picture_that_was_not_taken_is_not_claimed(house, tmp_path, kind):
    browser = tmp_path / "browser"
    browser.write_text(f"#!/bin/sh\n{BROWSERS[kind]}\n")
    browser.chmod(0o755)
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "web-01.png").write_bytes(b"an earlier one")

    made, _ = await shown(house, tmp_path / "out", "fr", str(browser))

    assert made.pictures == ()
    assert {file.name for file in (tmp_path / "out").iterdir()} == {"telegram.html", "web.html"}


async def test_a_browser_that_is_none_takes_no_page_away(house, tmp_path):
    made, _ = await shown(house, tmp_path / "out", "fr", str(tmp_path / "gone"))

    assert made.pictures == ()
    assert all(page.is_file() for page in made.pages)


@pytest.fixture
def portevoix(monkeypatch, capsys, tmp_path):
    """Run a command on an empty data folder."""
    monkeypatch.setenv("PORTEVOIX_DATA_DIR", str(tmp_path / "data"))
    with logs_as_before():
        yield lambda *words: command(capsys, *words)


def test_the_command_says_where_to_look(portevoix, tmp_path):
    done = portevoix("preview", "--lang", "lv", "--out", str(tmp_path / "out"), "--html")

    assert "screens in Latviešu" in done.stdout
    assert (tmp_path / "out" / "web.html").is_file()


def test_a_place_that_cannot_be_written_is_refused_in_one_line(portevoix, tmp_path):
    (tmp_path / "out").write_text("a file")

    done = portevoix("preview", "--lang", "lv", "--out", str(tmp_path / "out"), "--html")

    refused(done, "cannot be written (File exists); name another folder")


def test_a_language_without_words_is_refused_in_one_line(portevoix, tmp_path):
    done = portevoix("preview", "--lang", "xx", "--out", str(tmp_path / "out"))

    refused(done, "there are no words in 'xx'; there are en, fr")


def test_a_name_that_no_screen_has_is_refused(portevoix, tmp_path):
    done = portevoix("preview", "--lang", "lv", "--out", str(tmp_path / "out"), "--only", "nowhere")

    refused(done, "no screen's name holds 'nowhere'")
