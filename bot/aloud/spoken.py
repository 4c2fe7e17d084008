"""What is spoken of a question: its words as they stand on the screen, each choice with its number."""

import re
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from hashlib import sha256

from bot.i18n import LANGUAGES, Said, Voice
from conversations.asking import question_prompt
from conversations.identifiers import Fingerprint, Locale, ParticipantKey
from conversations.instrument import Instrument
from conversations.prompts import ButtonKind
from conversations.questionnaire import Question
from conversations.session import Place, Session

MARKS = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")  # of direction: nobody reads them aloud
PRINT = 16  # hex digits of a fingerprint
CHOICES = (ButtonKind.ANSWER, ButtonKind.SPECIAL)


@dataclass(frozen=True)
class Spoken:
    """The words of one question in one language, line by line, each with the language it really stands in.

    `key` names the question: questionnaire and question id.
    """

    tag: str
    key: str
    lines: tuple[Said, ...]

    @cached_property
    def text(self) -> str:
        """All of it, as somebody reads it aloud."""
        return "\n".join(line.text for line in self.lines)

    @cached_property
    def fingerprint(self) -> str:
        """The fingerprint of these very words in this language: of other words there is another one.

        Simpler words have their language's, so that one recording serves wherever the words are the same.
        """
        language = LANGUAGES[self.tag].base if self.tag in LANGUAGES else self.tag
        return sha256(f"{language}\n{self.text}".encode()).hexdigest()[:PRINT]


def spoken(instrument: Instrument, question: Question, voice: Voice) -> Spoken:
    """Return what is spoken of a question: what its screen says to somebody who has not answered yet."""
    prompt = question_prompt(instrument, _nobody(instrument, question, voice.tag))
    lines = [_line("", voice.said(paragraph.words)) for paragraph in prompt.paragraphs]
    for button in prompt.buttons:
        if button.kind in CHOICES:
            number = "" if button.number is None else f"{voice.number(button.number)}: "
            lines.append(_line(number, voice.said(button.label)))
    return Spoken(voice.tag, f"{instrument.questionnaire.key}.{question.id}", tuple(lines))


def _line(before: str, said: Said) -> Said:
    return Said(before + " ".join(MARKS.sub("", said.text).split()), said.tag)


def _nobody(instrument: Instrument, question: Question, tag: str) -> Session:
    """Return a session that has just come to a question and holds no answer: nobody's are ever spoken."""
    return Session(
        key=ParticipantKey(""),
        round=instrument.round,
        fingerprint=Fingerprint(""),
        mark="",
        withdrawal_code="",
        locale=Locale(tag),
        place=Place.QUESTION,
        question=question.id,
        touched_on=date.min,
    )
