"""Whether words fit where they stand: Telegram's limits, and a phone 360 pixels wide."""

import html
import re
from collections.abc import Iterator
from dataclasses import replace

from bot.i18n import OFFERABLE, Catalogues
from bot.i18n.inspecting import PLACEHOLDER, WordsFinding, WordsRule
from bot.scenes import Scene, scenes, toasts
from bot.screens import Screen
from bot.telegram.buttons import MAX_DATA
from bot.telegram.speaking import MAX_TEXT, is_told, speak
from conversations.errors import PromptRefused
from conversations.identifiers import Locale
from conversations.instrument import Instrument
from conversations.wording import Words
from reports.render.widths import width_of

MAX_TOAST = 200  # characters; Source: Bot API, answerCallbackQuery
BUTTON = 300.0
"""Pixels that a caption has beside nothing else: a screen of 360 less the margins of chat and button.

Source: an estimate (about 30 each), as no Telegram client could be looked at; what is wider may be cut off.
"""
BUTTON_SIZE = 15.0  # pixels of a letter on Telegram's buttons
WORD = 290.0
"""Pixels that one word has in a headline of the web page: 360 less the margins of page and bubble."""
WORD_SIZES = {"lead": 24.3, "hint": 17.0}
TEXT_SIZE = 18.0  # pixels of a letter on the web page. Source: bot/web/pages/style.css.jinja
BUTTON_WORD = 240.0  # pixels that one word has on a button of the web page, beside its number
SPACES = re.compile(r"[\s\u200b]+")
ISOLATES = re.compile("[\u2066-\u2069\u200e\u200f]")


def misfits(instrument: Instrument, catalogues: Catalogues) -> Iterator[WordsFinding]:
    """Yield every screen and toast of every language that does not fit, with its place and the cure."""
    instrument = _fullest(instrument, catalogues)
    for tag in catalogues.voices:
        seen: set[str] = set()
        for scene in scenes(instrument, catalogues, tag):
            for rule, what, advice in _misfits(scene):
                if what not in seen:  # the same button stands under many questions
                    seen.add(what)
                    yield WordsFinding(rule, f"{instrument.questionnaire.key} in {tag}: {scene.name}", advice)
        for key, said in toasts(catalogues.voice(tag)):
            if len(said) > MAX_TOAST:
                advice = f"{len(said)} characters; Telegram shows {MAX_TOAST} beside a pressed button"
                yield WordsFinding(WordsRule.TOO_LONG, f"{tag}: {key}", advice)


def _fullest(instrument: Instrument, catalogues: Catalogues) -> Instrument:
    """Return an instrument with every button and banner that some round can have."""
    voices = [Locale(tag) for tag in catalogues.voices]
    return replace(
        instrument,
        languages=tuple(Locale(tag) for tag in OFFERABLE),
        variants=frozenset(voices) - frozenset(map(Locale, OFFERABLE)),
        heard=frozenset(
            (tag, question.id) for tag in voices for question in instrument.questionnaire.questions
        ),
        demonstration=True,
    )


def wide_words(catalogues: Catalogues) -> Iterator[WordsFinding]:
    """Yield the words of every sentence of every language, of pages and releases too, wider than a phone."""
    for tag in catalogues.voices:
        voice = catalogues.voice(tag)
        for key, source in catalogues.sources.items():
            said = PLACEHOLDER.sub(" ", voice.say(Words(key, source.text)))
            for rule, _, advice in _wide_words(said, TEXT_SIZE, WORD):
                yield WordsFinding(rule, f"{tag}: {key}", advice)


Misfit = tuple[WordsRule, str, str]
"""What is wrong, the words that it is wrong with, and what to do."""


def _misfits(scene: Scene) -> Iterator[Misfit]:
    yield from _on_telegram(scene.screen)
    yield from _on_the_web(scene.screen)


def _on_telegram(screen: Screen) -> Iterator[Misfit]:
    """The text in one message; what buttons carry in 64 bytes; captions that can be read to their end."""
    try:
        speech = speak(screen)
    except PromptRefused:
        advice = f"a button carries more than {MAX_DATA} bytes; shorten the round's name or id"
        yield WordsRule.TOO_LONG, "data", advice
        return
    if len(speech.parts) > 1:
        length = sum(len(html.unescape(part)) for part in speech.parts)
        yield WordsRule.TOO_LONG, "text", f"{length} characters; Telegram shows {MAX_TEXT} in one message"
    for button in screen.buttons:
        width = width_of(_plain(button.caption), BUTTON_SIZE)
        if width > BUTTON and not is_told(screen, button):
            advice = (
                f"“{button.label}” is {width:.0f} pixels wide; {BUTTON:.0f} fit on a button; say it shorter"
            )
            yield WordsRule.TOO_WIDE, button.label, advice


def _on_the_web(screen: Screen) -> Iterator[Misfit]:
    """No word is wider than the page; a browser would cut it anywhere."""
    for text in screen.texts:
        size = WORD_SIZES.get(text.role, TEXT_SIZE)
        yield from _wide_words(text.text, size, WORD)
    for button in screen.buttons:
        yield from _wide_words(button.label, TEXT_SIZE, BUTTON_WORD)


def _wide_words(text: str, size: float, room: float) -> Iterator[Misfit]:
    for word in SPACES.split(_plain(text)):
        if "@" in word or "/" in word:  # addresses break anywhere, and are read letter by letter
            continue
        width = width_of(word, size)
        if width > room:
            advice = f"“{word}” is {width:.0f} pixels wide; {room:.0f} fit on a phone; use shorter words"
            yield WordsRule.TOO_WIDE, word, advice


def _plain(text: str) -> str:
    return ISOLATES.sub("", text)
