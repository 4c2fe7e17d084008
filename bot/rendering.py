"""How a prompt or a notice becomes a screen in one language, and how typed words find their button."""

import unicodedata
from collections.abc import Mapping
from types import MappingProxyType

from bot.i18n import Voice
from bot.screens import Screen, ScreenButton, ScreenText
from conversations.ports import Notice
from conversations.prompts import Button, ButtonKind, Prompt, Takes
from conversations.wording import Words, say

PRIVACY = (
    "notice.privacy",
    "notice.privacy_sent",
    "notice.privacy_texts",
    "notice.privacy_code",
    "notice.privacy_telegram",
)

PARTS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "notice.privacy": (*PRIVACY, "notice.privacy_contact"),
        "notice.privacy_alone": PRIVACY,
        "notice.which_round_unnumbered": ("notice.which_round",),
        "notice.erased_older": ("notice.erased", "notice.older_stays"),
        "notice.declined_older": ("notice.declined", "notice.older_stays"),
        "notice.hidden": (),
        "notice.hidden_older": ("notice.older_stays",),
        "notice.help": ("notice.help", "notice.help_hide", "notice.help_contacts"),
        "notice.help_alone": ("notice.help", "notice.help_hide"),
    }
)
"""Notices whose words are not simply those under their key."""

NUMBERED = "notice.which_round"
"""The notice whose buttons can also be chosen by typing a number."""


def render(prompt: Prompt, voice: Voice, mark: str = "") -> Screen:
    """Return a prompt in words; what a button may be answered by is numbered in the voice's digits."""
    progress = None
    if prompt.progress is not None:
        position, total = prompt.progress
        progress = voice.say(say("question.progress", position=position, total=total))
    return Screen(
        name=prompt.name,
        tag=voice.tag,
        direction=voice.direction,
        texts=tuple(ScreenText(voice.say(part.words), part.role) for part in prompt.paragraphs),
        buttons=tuple(_button(button, voice) for button in prompt.buttons),
        takes=prompt.takes,
        turn=prompt.turn,
        mark=mark,
        progress=progress,
        steps=prompt.progress,
        question=prompt.question,
        max_length=prompt.max_length,
    )


def _button(button: Button, voice: Voice) -> ScreenButton:
    """Return a button in words."""
    number = None if button.number is None else voice.number(button.number)
    return ScreenButton(button.token, voice.say(button.label), button.kind, number, button.picked)


def render_notice(notice: Notice, voice: Voice) -> Screen:
    """Return a notice in words."""
    values = tuple(sorted(notice.values.items()))
    keys = PARTS.get(notice.key, (notice.key,))
    texts = [ScreenText(voice.say(Words(key, values=values)), "body") for key in keys]
    buttons = [
        ScreenButton(
            button.token,
            voice.say(Words(button.key, values=tuple(sorted(button.values.items())))),
            ButtonKind.ANSWER,
            voice.number(place) if notice.key == NUMBERED else None,
        )
        for place, button in enumerate(notice.buttons, start=1)
    ]
    return Screen(
        name=notice.key.removeprefix("notice."),
        tag=voice.tag,
        direction=voice.direction,
        texts=tuple(texts),
        buttons=tuple(buttons),
    )


def typed_token(screen: Screen, text: str) -> str | None:
    """Return the button that typed words mean: its number in any script's digits, or its label.

    Where a number or words are themselves the answer, numbers name no button.
    """
    wanted = folded(text)
    if not wanted:
        return None
    if wanted.isdecimal() and len(wanted) < 4 and screen.takes in (Takes.BUTTONS, Takes.MARKS):
        number = int(wanted)
        for button in screen.buttons:
            if button.number is not None and int(button.number) == number:
                return button.token
        return None
    for button in screen.buttons:
        if wanted in (folded(button.label), folded(button.caption)):
            return button.token
    return None


def folded(text: str) -> str:
    """Return words as they are compared: case, accents' composition, punctuation and space aside."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    kept = "".join(" " if unicodedata.category(sign)[0] in "PZC" else sign for sign in plain)
    return " ".join(kept.split())
