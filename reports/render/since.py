"""What a release tells of the round before: what changed, and "you said, the city did", in one language."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any
from unicodedata import category

from conversations.city_answers import HEADS, FactorAnswer, SinceLast, Told, cautions, told
from conversations.identifiers import base_of
from conversations.wording import Words, factor_key, say
from reports.render.fonts import families
from reports.render.foreign import Told as Typed
from reports.render.foreign import printed
from reports.render.reading import Reading
from reports.render.voice import Voice, direction, tongue


@dataclass(frozen=True, slots=True)
class Own:
    """A city's own words as they stand; `lang` is empty where they are in the language around them."""

    text: str
    lang: str
    direction: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What a city answered about one key factor: its name, and each part under its head."""

    name: Words
    parts: tuple[tuple[Words, Own], ...]


@dataclass(frozen=True, slots=True)
class Since:
    """Everything that is told of the round before.

    `lead` says which round that was, None where there was none; `reason` why the city gave no answer;
    `cautions` what has to be said of translations; `changed` what changed since.
    """

    lead: Words | None
    reason: Own | None
    changed: Own | None
    cautions: tuple[Words, ...]
    answers: tuple[Answer, ...]


def since(reading: Reading, voice: Voice) -> Since | None:
    """Return what a release tells of the round before, in one language; None where it tells nothing."""
    document: Mapping[str, Any] | None = reading.document.get("since_last")
    if document is None:
        return None
    found = SinceLast.model_validate(document)
    note = told(found.note, voice.tag)
    return Since(
        lead=_lead(found),
        reason=_own(Told(found.without_answer, ""), voice) if _has_reason(found) else None,
        changed=_own(note, voice) if note.text else None,
        cautions=tuple(_cautions(found, voice)),
        answers=tuple(_answer(one, found, voice) for one in found.answer.answers) if found.answer else (),
    )


def _has_reason(found: SinceLast) -> bool:
    return found.answer is None and bool(found.without_answer)


def _lead(found: SinceLast) -> Words | None:
    """Return which round was before, and whether the city answered it."""
    if not found.round:
        return None
    key = "without" if _has_reason(found) else "none" if found.answer is None else "since_lead"
    return say(f"answers.{key}", round=found.name)


def _cautions(found: SinceLast, voice: Voice) -> Iterator[Words]:
    """Yield what has to be said of the language of the city's words: unchecked, or another one."""
    said = list(cautions(found.answer, voice.tag)) if found.answer else []
    other = told(found.note, voice.tag).tag
    if other and base_of(other) != base_of(voice.tag):
        said.append(say("language.stands_in", language=(say("language.name", tag=other),)))
    return iter(dict.fromkeys(said))


def _answer(one: FactorAnswer, found: SinceLast, voice: Voice) -> Answer:
    written_in = found.answer.written_in if found.answer else ""
    return Answer(
        Words(factor_key(found.benchmark, one.factor, "name"), found.factors.get(one.factor, one.factor)),
        tuple(
            (say(HEADS[part]), _own(told(words, voice.tag, written_in), voice)) for part, words in one.parts()
        ),
    )


def _own(here: Told, voice: Voice) -> Own:
    """Return a city's words with their language, where that is not the one around them."""
    text = "".join(sign if category(sign) != "Cc" else " " for sign in here.text)
    if not here.tag:
        return Own(text, "und", "auto")
    same = base_of(here.tag) == base_of(voice.tag)
    return Own(text, "" if same else here.tag, voice.direction if same else direction(here.tag))


def since_paper(of: Since | None, voice: Voice) -> dict[str, Any] | None:
    """Return the same for the typesetter, as JSON has it."""
    if of is None:
        return None
    own, tell = partial(_set, voice), partial(printed, voice)
    return {
        "title": tell(say("answers.since")),
        "lead": None if of.lead is None else tell(of.lead),
        "reason": None if of.reason is None else own(of.reason),
        "cautions": [tell(words) for words in of.cautions],
        "answers": [
            {"name": tell(one.name), "parts": [[tell(head), own(words)] for head, words in one.parts]}
            for one in of.answers
        ],
        "changed": None if of.changed is None else own(of.changed),
        "changed_title": tell(say("answers.changed")),
    }


def _set(voice: Voice, own: Own) -> Typed:
    """Return a city's words for the typesetter; those in another language come with that."""
    if own.lang in ("", "und"):
        return own.text
    return {
        "foreign": own.text,
        "lang": tongue(own.lang),
        "rtl": own.direction == "rtl",
        "families": families(own.lang),
    }


def since_lines(of: Since | None, voice: Voice) -> Iterator[str]:
    """Yield the same as plain text for a terminal."""
    if of is None:
        return
    yield voice.say(say("answers.since"))
    yield from (f"  {voice.say(words)}" for words in (of.lead, *of.cautions) if words)
    if of.reason:
        yield f"  {of.reason.text}"
    for one in of.answers:
        yield f"  {voice.say(one.name)}"
        yield from (f"    {voice.say(head)}: {words.text}" for head, words in one.parts)
    if of.changed:
        yield f"  {voice.say(say('answers.changed'))}: {of.changed.text}"
