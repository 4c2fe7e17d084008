"""How a prompt or a notice becomes a screen in one language, and how typed words find their button."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from types import MappingProxyType

from bot.i18n import LANGUAGES, Voice
from bot.i18n.folding import folded, forgiven
from bot.screens import Role, Screen, ScreenButton, ScreenText
from conversations.ports import Notice
from conversations.prompts import Button, ButtonKind, Prompt, Takes
from conversations.wording import Words, say

PRIVACY = (
    "notice.privacy",
    "notice.privacy_sent",
    "notice.privacy_way",
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
        "notice.assisted_begun": ("web.assist.running", "notice.assisted_begun"),
        "notice.assisted_next": ("notice.assisted_next", "notice.assisted_clear"),
        "letter.invitation": ("notice.opened", "letter.until", "letter.why"),
        "letter.reminder": ("letter.still_open", "letter.answered", "letter.why"),
        "letter.last_reminder": ("letter.last_days", "letter.answered", "letter.why"),
        "notice.hidden_older": ("notice.older_stays",),
        "notice.help": ("notice.help", "notice.help_words", "notice.help_hide", "notice.help_contacts"),
        "notice.tell_ask": ("listening.help", "listening.urgent", "notice.tell_ask"),
        "notice.tell_ask_alone": ("listening.urgent", "notice.tell_ask"),
        "notice.tell_already": ("notice.tell_already", "listening.help"),
        "notice.tell_already_alone": ("notice.tell_already",),
        "notice.tell_off": ("notice.tell_off", "listening.help"),
        "notice.tell_off_alone": ("notice.tell_off",),
        "notice.help_alone": ("notice.help", "notice.help_words", "notice.help_hide"),
    }
)
"""Notices whose words are not simply those under their key."""

LONGEST_LABEL = 500
"""Characters; what is typed and longer is no label of a button."""

NAME = "language.name"
CAUTIOUS = "intro"  # the prompt that says which words nobody has signed
CITY, NAMES = "city.", (".name", ".responsible")  # keys of what a city is called, which is not translated

LEADS_ON = frozenset({"notice.assisted_begin", "notice.link_without"})
"""Labels of a notice's buttons that lead on: they stand out, so that nobody presses another by mistake."""

NUMBERED = "notice.which_round"
"""The notice whose buttons can also be chosen by typing a number."""


def render(prompt: Prompt, voice: Voice, mark: str = "") -> Screen:
    """Return a prompt in words; what a button may be answered by is numbered in the voice's digits."""
    progress = None
    if prompt.progress is not None:
        position, total = prompt.progress
        progress = say("question.progress", position=position, total=total)
    texts = [_text(part.words, part.role, voice) for part in prompt.paragraphs]
    all_words = [part.words for part in prompt.paragraphs] + [button.label for button in prompt.buttons]
    return Screen(
        name=prompt.name,
        tag=voice.tag,
        direction=voice.direction,
        texts=(
            *_cautioned(prompt, texts, voice),
            *_stands_in(all_words + ([progress] if progress else []), voice),
        ),
        buttons=tuple(_button(button, voice) for button in prompt.buttons),
        takes=prompt.takes,
        turn=prompt.turn,
        mark=mark,
        progress=None if progress is None else voice.say(progress),
        steps=prompt.progress,
        question=prompt.question,
        max_length=prompt.max_length,
        paced=prompt.paced,
    )


def _cautioned(prompt: Prompt, texts: list[ScreenText], voice: Voice) -> list[ScreenText]:
    """Say, where it is told who asks, that nobody has signed these words yet, or not all of them."""
    if prompt.name != CAUTIOUS or voice.caution is None:
        return texts
    place = next((place for place, text in enumerate(texts) if text.role == "body"), len(texts))
    return [*texts[:place], _text(say(voice.caution), "hint", voice), *texts[place:]]


def _button(button: Button, voice: Voice) -> ScreenButton:
    """Return a button in words."""
    number = None if button.number is None else voice.number(button.number)
    said = voice.said(button.label)
    tag = _other(said.tag, voice)
    return ScreenButton(button.token, said.text, button.kind, number, button.picked, tag=tag)


def _text(words: Words, role: Role, voice: Voice) -> ScreenText:
    """Return a paragraph in words, with its language where another one stands in."""
    said = voice.said(words)
    return ScreenText(said.text, role, _other(said.tag, voice))


def _other(tag: str, voice: Voice) -> str:
    """Return a tag where it is another language's; plain words may be said in usual ones of the same."""
    return "" if LANGUAGES[tag].base == LANGUAGES[voice.tag].base else tag


def _stands_in(words: Iterable[Words], voice: Voice) -> Iterator[ScreenText]:
    """Yield a hint which names the languages that stand in for this one, if any does."""
    others = dict.fromkeys(tag for part in words for tag in _tags(part, voice))
    if named := tuple(say(NAME, tag=tag) for tag in others if _other(tag, voice)):
        yield _text(say("language.stands_in", language=named), "hint", voice)


def _tags(words: Words, voice: Voice) -> Iterator[str]:
    """Yield the languages that a sentence and those within it stand in; names are nobody's translation."""
    if words.key == NAME or (words.key.startswith(CITY) and words.key.endswith(NAMES)):
        return
    yield voice.said(words).tag
    for _, value in words.values:
        for part in value if isinstance(value, tuple) else (value,):
            if isinstance(part, Words):
                yield from _tags(part, voice)


def render_notice(notice: Notice, voice: Voice) -> Screen:
    """Return a notice in words."""
    values = tuple(sorted(notice.values.items()))
    keys = PARTS.get(notice.key, (notice.key,))
    words = [Words(key, values=values) for key in keys]
    labels = [Words(button.key, values=tuple(sorted(button.values.items()))) for button in notice.buttons]
    numbered = notice.key == NUMBERED
    buttons = [
        _button(Button(button.token, label, _kind(button.key), place if numbered else None), voice)
        for place, (button, label) in enumerate(zip(notice.buttons, labels, strict=True), start=1)
    ]
    return Screen(
        name=notice.key.removeprefix("notice."),
        tag=voice.tag,
        direction=voice.direction,
        texts=(*(_text(part, "body", voice) for part in words), *_stands_in([*words, *labels], voice)),
        buttons=tuple(buttons),
    )


def _kind(key: str) -> ButtonKind:
    """Return how a notice's button stands out."""
    return ButtonKind.FORWARD if key in LEADS_ON else ButtonKind.ANSWER


def typed_token(screen: Screen, text: str) -> str | None:
    """Return the button that typed words mean: its number in any script's digits, or its label.

    Where a number or words are themselves the answer, numbers name no button. Labels are compared as their
    language does it; at a second look accents are forgiven, where that leaves one button only.
    """
    wanted = folded(text) if len(text) <= LONGEST_LABEL else ""
    if not wanted:
        return None
    if wanted.isdecimal() and len(wanted) < 4 and screen.takes in (Takes.BUTTONS, Takes.MARKS):
        number = int(wanted)
        for button in screen.buttons:
            if button.number is not None and int(button.number) == number:
                return button.token
        return None
    if found := _labelled(screen, text, folded):
        return found[0]
    found = _labelled(screen, text, forgiven)
    return found[0] if len(found) == 1 else None


def _labelled(screen: Screen, text: str, compared: Callable[[str, str], str]) -> list[str]:
    """Return the buttons whose label, with its number or without, is the same as typed words."""
    tags = {button.token: button.tag or screen.tag for button in screen.buttons}
    wanted = {tag: compared(text, tag) for tag in set(tags.values())}
    return [
        button.token
        for button in screen.buttons
        if wanted[tag := tags[button.token]] in (compared(button.label, tag), compared(button.caption, tag))
    ]
