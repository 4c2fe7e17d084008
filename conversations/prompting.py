"""The prompt that a session waits at, for each place and each thing said beside the way."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType

from conversations.identifiers import Code, Locale
from conversations.instrument import Instrument
from conversations.prompts import Button, ButtonKind, Paragraph, Prompt, Takes
from conversations.question_types import longest
from conversations.questionnaire import Question, QuestionType
from conversations.relevance import audience, is_counted, path
from conversations.session import Answer, Place, Session
from conversations.wording import Words, say

CONTROLS: Mapping[str, str] = MappingProxyType(
    {"k": "keep", "b": "back", "s": "skip", "w": "why", "l": "language", "p": "pause", "x": "stop"}
)
"""Tokens of the controls, and the last part of their message keys, in the order in which they stand."""

HOW: Mapping[Takes, str] = MappingProxyType(
    {Takes.MARKS: "question.several", Takes.TEXT: "question.write", Takes.INTEGER: "question.write_number"}
)
"""How to answer where it is not only by pressing one button."""


def prompt_of(instrument: Instrument, session: Session) -> Prompt:
    """Return what a session says at its present turn; the first button leads forward."""
    if session.aside is not None:
        return _with_notice(ASIDES[session.aside](instrument, session), session)
    return _with_notice(PLACES[session.place](instrument, session), session)


def languages(instrument: Instrument, session: Session) -> tuple[Locale, ...]:
    """Return the languages on offer: the one in use first, then the others in the city's order."""
    return (session.locale, *(tag for tag in instrument.languages if tag != session.locale))


def changeable(instrument: Instrument, session: Session) -> tuple[Question, ...]:
    """Return the questions whose answers can be changed, in order."""
    return tuple(
        question for question in path(instrument.questionnaire, session.answers) if is_counted(question)
    )


def _with_notice(prompt: Prompt, session: Session) -> Prompt:
    """Put the kind sentence of this turn, if there is one, before everything else."""
    if session.notice is None:
        return prompt
    notice = Paragraph(say(session.notice), "notice")
    return replace(prompt, paragraphs=(notice, *prompt.paragraphs))


def _build(
    session: Session,
    name: str,
    paragraphs: list[Paragraph],
    buttons: list[Button],
    controls: str = "",
    takes: Takes = Takes.BUTTONS,
    progress: tuple[int, int] | None = None,
) -> Prompt:
    """Put a prompt together: its own buttons first, controls after them."""
    quiet = [
        Button(token, say(f"control.{word}"), ButtonKind.CONTROL)
        for token, word in CONTROLS.items()
        if token in controls
    ]
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


def _forward(token: str, words: Words, number: int | None = None) -> Button:
    return Button(token, words, ButtonKind.FORWARD, number)


def _language(instrument: Instrument, session: Session) -> Prompt:
    """Which language? Each is offered in its own script."""
    buttons = [
        Button(f"l{place}", say("language.name", tag=tag), ButtonKind.ANSWER, place + 1)
        for place, tag in enumerate(languages(instrument, session))
    ]
    return _build(session, "language", [Paragraph(say("language.ask"), "lead")], buttons)


def _intro(instrument: Instrument, session: Session) -> Prompt:
    """Who asks, why, what is kept. Source of the promises: ANONYMITY.md, "What a person is told first"."""
    city = instrument.city
    words = [
        say("intro.why", city=instrument.city_words("name")),
        say("intro.kept"),
        say("intro.no_effect"),
        say("intro.free"),
        say("intro.telegram"),
        say("intro.final"),
        say(
            "intro.contact",
            responsible=instrument.city_words("responsible"),
            contact=city.data_protection_contact,
        ),
    ]
    lead = Paragraph(say("intro.who", city=instrument.city_words("name")), "lead")
    body = [Paragraph(part, "body") for part in words]
    return _build(session, "intro", [lead, *body], [_forward("g", say("intro.go"))], "blx")


def _consent(instrument: Instrument, session: Session) -> Prompt:
    """Consent, which holds the age."""
    age = instrument.city.minimum_age
    buttons = [
        _forward("y", say("consent.yes", age=age), 1),
        Button("o", say("consent.no"), ButtonKind.ANSWER, 2),
    ]
    return _build(session, "consent", [Paragraph(say("consent.ask", age=age), "lead")], buttons, "bl")


def _question(instrument: Instrument, session: Session) -> Prompt:
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
    controls = _controls(question, answer, buttons)
    prompt = _build(session, "question", paragraphs, buttons, controls, takes, progress)
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
    buttons = [_forward("g", say("question.done"))]
    for place, choice in enumerate(instrument.questionnaire.choices_of(question)):
        marked = choice.code in session.marks
        label = instrument.choice_label(question, Code(choice.code))
        sign = "-" if marked else "+"
        buttons.append(Button(f"{sign}{place}", label, ButtonKind.ANSWER, place + 1, marked))
    return buttons, Takes.MARKS


def _typed(instrument: Instrument, question: Question, session: Session) -> tuple[list[Button], Takes]:
    """Buttons of text and integer: going on without words, or with those given before."""
    answered = session.answers.get(question.id)
    takes = Takes.TEXT if question.type is QuestionType.TEXT else Takes.INTEGER
    buttons = []
    if answered is not None and not answered.skipped:
        buttons.append(_forward("k", say("control.keep")))
    if not question.required:
        buttons.append(_forward("s", say("question.without")))
    return buttons, takes


def _note(instrument: Instrument, question: Question, session: Session) -> tuple[list[Button], Takes]:
    """A note has one button: on."""
    return [_forward("g", say("question.go_on"))], Takes.BUTTONS


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
    """Return (position, total) in questions, or None while it is not known whose questions will come."""
    questionnaire = instrument.questionnaire
    if audience(questionnaire, session.answers) is None or not is_counted(question):
        return None
    counted = changeable(instrument, session)
    return counted.index(question) + 1, len(counted)


def shown(instrument: Instrument, question: Question, answer: Answer | None) -> tuple[Words, ...]:
    """Return an answer as words, one for each code."""
    if answer is None or answer.skipped:
        return (say("review.skipped"),)
    if answer.text is not None:
        return (say("review.text", text=answer.text),)
    if answer.number is not None:
        return (say("review.number", number=answer.number),)
    return tuple(instrument.choice_label(question, code) for code in answer.codes)


def _review(instrument: Instrument, session: Session) -> Prompt:
    """All answers, to be sent or changed."""
    paragraphs = [Paragraph(say("review.lead"), "lead")]
    for place, question in enumerate(changeable(instrument, session)):
        answers = shown(instrument, question, session.answers.get(question.id))
        line = say("review.item", number=place + 1, question=instrument.label(question), answers=answers)
        paragraphs.append(Paragraph(line, "item"))
    paragraphs.append(Paragraph(say("review.final"), "body"))
    buttons = [
        _forward("y", say("review.send"), 1),
        _forward("z", say("review.send_with_code"), 2),
        Button("c", say("review.change"), ButtonKind.ANSWER, 3),
    ]
    return _build(session, "review", paragraphs, buttons, "blpx")


def _thanks(instrument: Instrument, session: Session) -> Prompt:
    """Thanks, when the results will come, and the withdrawal code where it was asked for."""
    after = say("thanks.results", day=instrument.closes_on)
    if instrument.results_at:
        after = say("thanks.results_at", day=instrument.closes_on, place=instrument.results_at)
    paragraphs = [Paragraph(say("thanks.lead"), "lead"), Paragraph(after, "body")]
    if session.wants_code:
        digits = session.withdrawal_code
        code = " ".join(digits[place : place + 4] for place in range(0, len(digits), 4))
        paragraphs.append(Paragraph(say("thanks.code", code=code), "body"))
    return _build(session, "thanks", paragraphs, [])


PLACES: Mapping[Place, Callable[[Instrument, Session], Prompt]] = MappingProxyType(
    {
        Place.LANGUAGE: _language,
        Place.INTRO: _intro,
        Place.CONSENT: _consent,
        Place.QUESTION: _question,
        Place.REVIEW: _review,
        Place.THANKS: _thanks,
    }
)


def _why(instrument: Instrument, session: Session) -> Prompt:
    """Why this question: the key factor's name and reason."""
    question = instrument.questionnaire.question(session.question or "")
    paragraphs = [Paragraph(say("why.lead"), "lead")]
    for part in ("name", "why"):
        if (words := instrument.factor_words(question, part)) is not None:
            paragraphs.append(Paragraph(words, "body"))
    return _build(session, "why", paragraphs, [_forward("g", say("aside.back"))])


def _pause(instrument: Instrument, session: Session) -> Prompt:
    """How to come back, within the days a session is kept."""
    paragraphs = [Paragraph(say("pause.lead"), "lead"), Paragraph(say("pause.body", days=14), "body")]
    return _build(session, "pause", paragraphs, [_forward("g", say("aside.go_on"))])


def _stop(instrument: Instrument, session: Session) -> Prompt:
    """Really stop? The first button leads forward."""
    buttons = [_forward("g", say("stop.no"), 1), Button("y", say("stop.yes"), ButtonKind.ANSWER, 2)]
    return _build(session, "stop", [Paragraph(say("stop.lead"), "lead")], buttons)


def _change(instrument: Instrument, session: Session) -> Prompt:
    """Which answer is to be changed?"""
    buttons = [_forward("g", say("change.back"))]
    for place, question in enumerate(changeable(instrument, session)):
        label = instrument.label(question)
        buttons.append(Button(f"q{place}", label, ButtonKind.ANSWER, place + 1))
    return _build(session, "change", [Paragraph(say("change.lead"), "lead")], buttons)


ASIDES: Mapping[str, Callable[[Instrument, Session], Prompt]] = MappingProxyType(
    {"why": _why, "language": _language, "pause": _pause, "stop": _stop, "change": _change}
)
