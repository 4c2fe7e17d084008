"""The prompt that a session waits at, for each place and each thing said beside the way."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType

from conversations.asking import build, changeable, forward, question_prompt, shown
from conversations.identifiers import Locale, base_of
from conversations.instrument import Instrument
from conversations.lettering import in_groups
from conversations.prompts import Button, ButtonKind, Paragraph, Prompt, Takes
from conversations.rounds import IDLE
from conversations.session import Place, Session
from conversations.telling import has_words, intro_of_listening, thanks_of_listening
from conversations.wording import Words, say

NEXT = "j"
"""The token under the thanks that calls the next person, where somebody helps several with one phone."""
FIRST = 5  # languages on the first screen: with the question above them they fit on a small phone


def prompt_of(instrument: Instrument, session: Session) -> Prompt:
    """Return what a session says at its present turn; the first button leads forward."""
    if session.aside is not None:
        return _with_notice(ASIDES[session.aside](instrument, session), session)
    return _with_notice(PLACES[session.place](instrument, session), session)


def languages(instrument: Instrument, session: Session) -> tuple[Locale, ...]:
    """Return the languages on offer: the one in use first, then the others in the city's order.

    Simpler words are no language of their own: who uses them uses their language.
    """
    used = base_of(session.locale)
    return (used, *(tag for tag in instrument.languages if tag != used))


def is_choosing(session: Session) -> bool:
    """Say whether a session waits for a language, so that words are its name and no answer."""
    if session.aside is None:
        return session.place is Place.LANGUAGE
    return session.aside in ("language", "languages")


def _with_notice(prompt: Prompt, session: Session) -> Prompt:
    """Put the kind sentence of this turn, if there is one, before everything else."""
    if session.notice is None:
        return prompt
    notice = Paragraph(say(session.notice), "notice")
    return replace(prompt, paragraphs=(notice, *prompt.paragraphs))


def _language(instrument: Instrument, session: Session) -> Prompt:
    """Which language? The one in use, the city's first ones, and a quiet way to all others.

    Where somebody helps, all at once: the phone's own language is that of the helper.
    """
    buttons = _named(instrument, session)
    if session.assisted and session.place is Place.LANGUAGE:
        return build(instrument, session, "languages", [Paragraph(say("language.ask"), "lead")], buttons)
    if len(buttons) > FIRST:
        buttons[FIRST:] = [Button("m", say("language.more"), ButtonKind.CONTROL)]
    return build(instrument, session, "language", [Paragraph(say("language.ask"), "lead")], buttons)


def _languages(instrument: Instrument, session: Session) -> Prompt:
    """All languages; whoever does not see theirs can write its name."""
    paragraphs = [Paragraph(say("language.all"), "lead"), Paragraph(say("language.search"), "hint")]
    return build(instrument, session, "languages", paragraphs, _named(instrument, session), "b")


def _named(instrument: Instrument, session: Session) -> list[Button]:
    """Return a button for each language, in its own script; its token is its place in the whole offer."""
    return [
        Button(f"l{place}", say("language.name", tag=tag), ButtonKind.ANSWER, place + 1)
        for place, tag in enumerate(languages(instrument, session))
    ]


def _intro(instrument: Instrument, session: Session) -> Prompt:
    """Who asks, why, what is kept. Source of the promises: ANONYMITY.md, "What a person is told first"."""
    if instrument.conduct.listening:
        said = intro_of_listening(instrument)
        return build(instrument, session, "intro", said, [forward("g", say("intro.go"))], "blx")
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
    if session.relay:
        words.insert(2, say("intro.came"))
    if session.assisted:
        words.insert(0, say("assisted.intro"))
    lead = Paragraph(say("intro.who", city=instrument.city_words("name")), "lead")
    body = _demonstration(instrument) + [Paragraph(part, "body") for part in words]
    return build(instrument, session, "intro", [lead, *body], [forward("g", say("intro.go"))], "blx")


def _demonstration(instrument: Instrument) -> list[Paragraph]:
    """Say that it is a demonstration, if it is one."""
    return [Paragraph(say("intro.demonstration"), "hint")] if instrument.demonstration else []


def _consent(instrument: Instrument, session: Session) -> Prompt:
    """Consent, which holds the age."""
    age = instrument.city.minimum_age
    buttons = [
        forward("y", say("consent.yes", age=age), 1),
        Button("o", say("consent.no"), ButtonKind.ANSWER, 2),
    ]
    return build(
        instrument, session, "consent", [Paragraph(say("consent.ask", age=age), "lead")], buttons, "bl"
    )


def _code(instrument: Instrument, session: Session) -> Prompt:
    """The one-use code of the card, in a round that takes no answers without one."""
    paragraphs = [
        Paragraph(say("code.ask"), "lead"),
        Paragraph(say("code.hint"), "hint"),
        Paragraph(say("code.why"), "body"),
    ]
    return build(instrument, session, "code", paragraphs, [], "blpx", Takes.TEXT)


def _review(instrument: Instrument, session: Session) -> Prompt:
    """All answers, to be sent or changed."""
    paragraphs = [Paragraph(say("assisted.hand_over"), "lead")] if session.assisted else []
    paragraphs.append(Paragraph(say("review.lead"), "lead"))
    for place, question in enumerate(changeable(instrument, session)):
        answers = shown(instrument, question, session.answers.get(question.id))
        line = say("review.item", number=place + 1, question=instrument.label(question), answers=answers)
        paragraphs.append(Paragraph(line, "item"))
    paragraphs.append(Paragraph(say("review.final"), "body"))
    buttons = [
        forward("y", say("review.send"), 1),
        forward("z", say("review.send_with_code"), 2),
        Button("c", say("review.change"), ButtonKind.ANSWER, 3),
    ]
    if instrument.conduct.listening and not has_words(session):
        buttons = [Button("c", say("review.change"), ButtonKind.ANSWER, 1)]
    prompt = build(instrument, session, "review", paragraphs, buttons, "blpx")
    return replace(prompt, paced=not instrument.conduct.codes)


def _thanks(instrument: Instrument, session: Session) -> Prompt:
    """Thanks; the withdrawal code, where it was asked for, and a receipt; then when the results will come.

    What has to be written down now comes first: on a small phone the rest is below the screen.
    """
    paragraphs = [
        Paragraph(say("thanks.lead"), "lead"),
        *_demonstration(instrument),
        Paragraph(_results(instrument), "body"),
    ]
    if instrument.conduct.listening:
        paragraphs = thanks_of_listening(instrument)
    paragraphs[1:1] = _to_write_down(session)
    if not session.assisted:
        return build(instrument, session, "thanks", paragraphs, [])
    paragraphs.append(Paragraph(say("assisted.give_back"), "hint"))
    return build(instrument, session, "thanks", paragraphs, [forward(NEXT, say("assisted.next"))])


def _to_write_down(session: Session) -> list[Paragraph]:
    """The withdrawal code and the receipt, which are shown this once."""
    paragraphs = []
    if session.wants_code:
        digits = session.withdrawal_code
        code = " ".join(digits[place : place + 4] for place in range(0, len(digits), 4))
        paragraphs.append(Paragraph(say("thanks.code", code=code), "body"))
    if session.receipt:
        paragraphs.append(Paragraph(say("receipt.code", code=in_groups(session.receipt)), "body"))
    return paragraphs


def _results(instrument: Instrument) -> Words:
    """When the results can be read and, where it is known, at which address."""
    key = "thanks.results_later" if instrument.by_hand else "thanks.results"
    if not instrument.results_at:
        return say(key, day=instrument.closes_on)
    return say(f"{key}_at", day=instrument.closes_on, place=instrument.results_at)


PLACES: Mapping[Place, Callable[[Instrument, Session], Prompt]] = MappingProxyType(
    {
        Place.LANGUAGE: _language,
        Place.INTRO: _intro,
        Place.CONSENT: _consent,
        Place.CODE: _code,
        Place.QUESTION: question_prompt,
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
    return build(instrument, session, "why", paragraphs, [forward("g", say("aside.back"))], "l")


def _pause(instrument: Instrument, session: Session) -> Prompt:
    """Until when one can come back: as long as an idle session is kept, and the round is open."""
    until = min(session.touched_on + IDLE, instrument.closes_on)
    paragraphs = [Paragraph(say("pause.lead"), "lead"), Paragraph(say("pause.body", day=until), "body")]
    return build(instrument, session, "pause", paragraphs, [forward("g", say("aside.go_on"))], "l")


def _stop(instrument: Instrument, session: Session) -> Prompt:
    """Really stop? The first button leads forward."""
    buttons = [forward("g", say("stop.no"), 1), Button("y", say("stop.yes"), ButtonKind.ANSWER, 2)]
    return build(instrument, session, "stop", [Paragraph(say("stop.lead"), "lead")], buttons, "l")


def _change(instrument: Instrument, session: Session) -> Prompt:
    """Which answer is to be changed?"""
    buttons = [forward("g", say("change.back"))]
    for place, question in enumerate(changeable(instrument, session)):
        label = instrument.label(question)
        buttons.append(Button(f"q{place}", label, ButtonKind.ANSWER, place + 1))
    return build(instrument, session, "change", [Paragraph(say("change.lead"), "lead")], buttons, "l")


ASIDES: Mapping[str, Callable[[Instrument, Session], Prompt]] = MappingProxyType(
    {
        "why": _why,
        "language": _language,
        "languages": _languages,
        "pause": _pause,
        "stop": _stop,
        "change": _change,
    }
)
