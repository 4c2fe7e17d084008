"""What is too long for Telegram or too wide for a phone is found in every language."""

from dataclasses import replace
from pathlib import Path

import pytest

from bot.fitting import misfits, wide_words
from bot.i18n import LANGUAGES, OFFERABLE, Catalogues
from bot.i18n.catalogue import Catalogue
from bot.i18n.pofiles import State
from bot.i18n.sources import benchmark_sources, questionnaire_sources
from bot.i18n.voice import Entry
from bot.scenes import scenes
from bot.screens import Screen, ScreenButton, ScreenText
from bot.telegram.speaking import speak
from conversations.prompts import ButtonKind
from conversations.question_types import Reason
from conversations.wording import Words
from reports.render.widths import width_of
from tests.instruments import city, plain, shipped, small

LOCALES = Path(__file__).parents[2] / "locales"


@pytest.fixture(scope="module")
def words():
    found = Catalogues.read(LOCALES).insist()
    found.add_sources([*questionnaire_sources(plain()), *benchmark_sources(shipped().benchmark)])
    found.add_city(city())
    return found


def with_changed(words, tag, key, text):
    """The catalogues with one translation replaced."""
    source = words.sources[key].text
    voice = words.voice(tag)
    entries = {
        name: Entry(one.text, (voice.say(Words(name, one.text)),), lambda n: 0)
        for name, one in words.sources.items()
        if one.plural is None
    }
    entries[key] = Entry(source, (text,), lambda n: 0)
    found = Catalogues(words.sources, [Catalogue(LANGUAGES[tag], entries, State.DRAFT)])
    found.add_city(city())
    return found


def codes(instrument, catalogues):
    return {finding.rule.value for finding in misfits(instrument, catalogues)}


def test_everything_shipped_fits_in_all_languages(words):
    instrument = replace(shipped(), languages=tuple(OFFERABLE))

    assert [str(finding) for finding in misfits(instrument, words)] == []
    assert [str(finding) for finding in wide_words(words)] == []


@pytest.mark.parametrize(
    "key,text,said",
    [
        ("control.why", "Почему вы задаёте мне этот странный вопрос сейчас", "fit on a button"),
        ("intro.who", "Человеконенавистничествовавшему {city}", "fit on a phone"),
        ("special.dont_know", "Превысокомногорассмотрительствующий", "fit on a phone"),
        ("control.listen", "Послушать этот вопрос и все ответы на него", "fit on a button"),
        ("language.more", "Показать все остальные языки этого опроса", "fit on a button"),
        ("aloud.not_now", "а" * 201, "beside a pressed button"),
    ],
)
def test_what_does_not_fit_is_found_with_its_place(words, key, text, said):
    found = [str(finding) for finding in misfits(shipped(), with_changed(words, "ru", key, text))]

    assert any(said in finding and "ru" in finding for finding in found), found


@pytest.mark.parametrize("key", ["web.nav.withdraw", "results.expected", "release.people_answered"])
def test_a_word_too_wide_for_a_page_is_found_with_its_key(words, key):
    found = wide_words(with_changed(words, "ru", key, "Превысокомногорассмотрительствующий"))

    assert [str(finding).split(" “")[0] for finding in found] == [f"ru: {key}: W015"]


def test_a_text_longer_than_one_message_is_found(words):
    longer = with_changed(words, "ru", "intro.why", "слово " * 700 + "{city}")

    assert any("4096 in one message" in str(finding) for finding in misfits(shipped(), longer))


def test_every_kind_notice_is_seen_in_some_scene(words):
    shown = {scene.name for scene in scenes(small(), words, "en")} | {
        scene.name for scene in scenes(shipped(), words, "en")
    }

    assert {reason.value for reason in Reason} - {name.rsplit("-", 1)[-1] for name in shown} == set()


def test_every_question_of_the_questionnaire_is_among_the_scenes(words):
    shown = {scene.screen.question for scene in scenes(shipped(), words, "lv")}

    assert {question.id for question in shipped().questionnaire.questions} <= shown


def test_captions_that_a_phone_may_cut_off_stand_in_the_text_too():
    long = "At least one of my parents came from another country"
    buttons = (
        ScreenButton("a0", "I came here", ButtonKind.ANSWER, "1"),
        ScreenButton("a1", long, ButtonKind.ANSWER, "2"),
        ScreenButton("b", "Back", ButtonKind.CONTROL),
    )
    screen = Screen(
        name="question",
        tag="en",
        direction="ltr",
        texts=(ScreenText("Which?", "lead"),),
        buttons=buttons,
        turn=1,
        mark="m",
    )

    assert speak(screen).parts == (f"<b>Which?</b>\n\n1. I came here\n2. {long}",)
    short = replace(screen, buttons=buttons[:1] + buttons[2:])
    assert speak(short).parts == ("<b>Which?</b>",)


def test_widths_are_those_of_the_fonts():
    assert width_of("iiii", 10) < width_of("mmmm", 10)
    assert width_of("mm", 20) == pytest.approx(2 * width_of("mm", 10))
    assert 0 < width_of("বাংলা", 18) < 80
    assert 0 < width_of("العربية", 18) < 100
