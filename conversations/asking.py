"""How one question is asked: its words, choices, special codes, controls and progress."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from types import MappingProxyType

from conversations.identifiers import Code, Locale, base_of, simpler
from conversations.instrument import Instrument
from conversations.prompts import Button, ButtonKind, Paragraph, Prompt, Takes
from conversations.question_types import longest
from conversations.questionnaire import Question, QuestionType
from conversations.relevance import audience, is_counted, path
from conversations.session import Answer, Session
from conversations.wording import Words, say

CONTROLS: Mapping[str, str] = MappingProxyType(
    {
        "k": "keep",
        "b": "back",
        "s": "skip",
        "h": "listen",
        "w": "why",
        "l": "language",
        "e": "simpler",
        "u": "usual",
        "p": "pause",
        "x": "stop",
    }
)
"""Tokens of the controls, and the last part of their message keys, in the order in which they stand."""

CONTROL_BUTTONS: Mapping[str, Button] = MappingProxyType(
    {token: Button(token, say(f"control.{word}"), ButtonKind.CONTROL) for token, word in CONTROLS.items()}
)

HOW: Mapping[Takes, str] = MappingProxyType(
    {Takes.MARKS: "question.several", Takes.TEXT: "question.write", Takes.INTEGER: "question.write_number"}
)
"""How to answer where it is not only by pressing one button."""


def changeable(instrument: Instrument, session: Session) -> tuple[Question, ...]:
    """Return the questions whose answers can be changed, in order."""
    return tuple(
        question for question in path(instrument.questionnaire, session.answers) if is_counted(question)
    )


def build(
    instrument: Instrument,
    session: Session,
    name: str,
    paragraphs: list[Paragraph],
    buttons: list[Button],
    controls: str = "",
    takes: Takes = Takes.BUTTONS,
    progress: tuple[int, int] | None = None,
) -> Prompt:
    """Put a prompt together: its own buttons first, controls after them.

    Wherever the language can be changed, simpler words of it can be had, if there are any. Nobody pauses on
    a phone that goes to the next person.
    """
    if session.assisted:
        controls = controls.replace("p", "")
    if "l" in controls:
        controls += wordings(instrument, session.locale)
    quiet = [button for token, button in CONTROL_BUTTONS.items() if token in controls]
    return Prompt(
        name=name,
        turn=session.turn,
        locale=session.locale,
        paragraphs=tuple(paragraphs),
        buttons=(*buttons, *quiet),
        takes=takes,
        progress=progress,
        question=session.question if name == "question" else None,
    )


def wordings(instrument: Instrument, locale: Locale) -> str:
    """Return the control that leads to simpler words of a language, or back to its usual ones; or none."""
    if base_of(locale) != locale:
        return "u"
    return "e" if simpler(locale) in instrument.variants else ""


def forward(token: str, words: Words, number: int | None = None) -> Button:
    """Return a button that leads forward."""
    return Button(token, words, ButtonKind.FORWARD, number)


def question_prompt(instrument: Instrument, session: Session) -> Prompt:
    """One question with its choices, special codes and controls."""
    question = instrument.questionnaire.question(session.question or "")
    answer = session.answers.get(question.id)
    paragraphs = [Paragraph(instrument.label(question), "lead")]
    if (hint := instrument.hint(question)) is not None:
        paragraphs.append(Paragraph(hint, "hint"))
    buttons, takes = BUTTONS[question.type](instrument, question, session)
    buttons += _specials(instrument, question, answer, len([b for b in buttons if b.number is not None]))
    if answer is not None and takes in (Takes.TEXT, Takes.INTEGER) and not answer.skipped:
        paragraphs.append(
            Paragraph(say("question.so_far", answer=shown(instrument, question, answer)[0]), "item")
        )
    if takes is not Takes.BUTTONS:
        paragraphs.append(Paragraph(say(HOW[takes]), "hint"))
    progress = _progress(instrument, session, question)
    heard = (session.locale, question.id) in instrument.heard
    controls = _controls(question, answer, buttons) + ("h" if heard else "")
    prompt = build(instrument, session, "question", paragraphs, buttons, controls, takes, progress)
    return replace(prompt, max_length=longest(question)) if takes is Takes.TEXT else prompt


def _controls(question: Question, answer: Answer | None, buttons: list[Button]) -> str:
    """Return which controls a question has."""
    own = {button.token for button in buttons}
    skip = "" if question.required or question.type is QuestionType.NOTE or "s" in own else "s"
    keep = "k" if answer is not None and "k" not in own else ""
    return keep + "b" + skip + ("w" if question.key_factor else "") + "lpx"


def _one(instrument: Instrument, question: Question, session: Session) -> tuple[list[Button], Takes]:
    """Buttons of select_one: each answers and leads on."""
    answer = session.answers.get(question.id)
    return [
        Button(
            f"a{place}",
            instrument.choice_label(question, Code(choice.code)),
            ButtonKind.ANSWER,
            place + 1,
            answer is not None and choice.code in answer.codes,
        )
        for place, choice in enumerate(instrument.questionnaire.choices_of(question))
    ], Takes.BUTTONS


def _several(instrument: Instrument, question: Question, session: Session) -> tuple[list[Button], Takes]:
    """Buttons of select_multiple: first the one that goes on, then a mark to set or take back each."""
    buttons = [forward("g", say("question.done"))]
    for place, choice in enumerate(instrument.questionnaire.choices_of(question)):
        marked = choice.code in session.marks
        label = instrument.choice_label(question, Code(choice.code))
        sign = "-" if marked else "+"
        buttons.append(Button(f"{sign}{place}", label, ButtonKind.ANSWER, place + 1, marked))
    return buttons, Takes.MARKS


def marked(instrument: Instrument, question: Question, tokens: Collection[str]) -> tuple[Code, ...]:
    """Return the codes that tokens of marks stand for, in the order of the question."""
    places = {token[1:] for token in tokens}
    choices = instrument.questionnaire.choices_of(question)
    return tuple(Code(choice.code) for place, choice in enumerate(choices) if str(place) in places)


def _typed(instrument: Instrument, question: Question, session: Session) -> tuple[list[Button], Takes]:
    """Buttons of text and integer: going on without words, or with those given before."""
    answered = session.answers.get(question.id)
    takes = Takes.TEXT if question.type is QuestionType.TEXT else Takes.INTEGER
    buttons = []
    if answered is not None and not answered.skipped:
        buttons.append(forward("k", say("control.keep")))
    if not question.required:
        buttons.append(forward("s", say("question.without")))
    return buttons, takes


def _note(instrument: Instrument, question: Question, session: Session) -> tuple[list[Button], Takes]:
    """A note has one button: on."""
    return [forward("g", say("question.go_on"))], Takes.BUTTONS


BUTTONS: Mapping[QuestionType, Callable[[Instrument, Question, Session], tuple[list[Button], Takes]]] = (
    MappingProxyType(
        {
            QuestionType.SELECT_ONE: _one,
            QuestionType.SELECT_MULTIPLE: _several,
            QuestionType.INTEGER: _typed,
            QuestionType.TEXT: _typed,
            QuestionType.NOTE: _note,
        }
    )
)


def _specials(instrument: Instrument, question: Question, answer: Answer | None, before: int) -> list[Button]:
    """The special codes; they are numbered after the choices, except where a number is itself an answer."""
    numbered = question.type is not QuestionType.INTEGER
    return [
        Button(
            f"d{place}",
            instrument.choice_label(question, code),
            ButtonKind.SPECIAL,
            before + place + 1 if numbered else None,
            answer is not None and code in answer.codes,
        )
        for place, code in enumerate(instrument.specials(question))
    ]


def _progress(instrument: Instrument, session: Session, question: Question) -> tuple[int, int] | None:
    """Return (position, total) in questions, or None while it is not known whose questions will come.

    A listening round has too few questions to count, and which text is asked is known late.
    """
    questionnaire = instrument.questionnaire
    if (
        instrument.conduct.listening
        or audience(questionnaire, session.answers) is None
        or not is_counted(question)
    ):
        return None
    counted = changeable(instrument, session)
    return [other.id for other in counted].index(question.id) + 1, len(counted)


def shown(instrument: Instrument, question: Question, answer: Answer | None) -> tuple[Words, ...]:
    """Return an answer as words, one for each code."""
    if answer is None or answer.skipped:
        return (say("review.skipped"),)
    if answer.text is not None:
        return (say("review.text", text=answer.text),)
    if answer.number is not None:
        return (say("review.number", number=answer.number),)
    return tuple(instrument.choice_label(question, code) for code in answer.codes)
