"""Every screen that a questionnaire can show in one language: to be read by translators, and measured."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

from bot.hearing import Address
from bot.i18n import Catalogues, Voice
from bot.lobby import WITHOUT
from bot.notices import TELL, Notices
from bot.rendering import render, render_notice
from bot.screens import Screen
from conversations.conduct import Conduct
from conversations.identifiers import Code, Fingerprint, Locale, ParticipantKey, QuestionId
from conversations.instrument import Instrument
from conversations.listening import listening_questionnaire
from conversations.ports import Notice
from conversations.prompting import prompt_of
from conversations.question_types import Reason
from conversations.questionnaire import Question, QuestionType
from conversations.relevance import path
from conversations.session import Answer, Place, Session
from conversations.wording import say

TODAY = date(2027, 2, 1)
NOBODY = Address("preview", "0")
WORDS = "…"  # stands for what somebody would write
NUMBER = 12
PLACE = "https://city.example/results/round/answer"
SKIPPED = Answer()

PLAIN_NOTICES = (
    "none_open",
    "group",
    "unreadable",
    "sent_before",
    "news_yes",
    "news_no",
    "news_none",
    "withdrawn",
    "withdraw_unknown",
    "withdraw_how",
    "hidden_older",
)
HELPING = (
    "assisted_begun",
    "assisted_next",
    "assisted_ended",
    "assisted_over",
    "assisted_wrong",
    "assisted_how",
)
"""Notices to who helps several people with one phone."""
AGAIN = ("erased", "erased_older", "declined", "declined_older")
"""Notices from which a button starts again."""


@dataclass(frozen=True, slots=True)
class Scene:
    """One screen, and the name under which a translator finds it: place, question, what is special."""

    name: str
    screen: Screen


def scenes(instrument: Instrument, catalogues: Catalogues, tag: str) -> Iterator[Scene]:
    """Yield every screen, in the order in which people meet them; each question once.

    All ways through the questionnaire are walked, with the first and with the last choice of each question;
    also that of whoever passes over what decides the way.
    """
    voice = catalogues.voice(tag, instrument.city.host_language)
    for name, session in _sessions(instrument, Locale(tag)):
        yield Scene(name, render(prompt_of(instrument, session), voice, session.mark))
    telling = _listening(instrument)
    for name, session in _told(telling, Locale(tag)):
        yield Scene(name, render(prompt_of(telling, session), voice, session.mark))
    for name, notice in _notices(instrument, catalogues, tag):
        yield Scene(f"notice-{name}", render_notice(notice, voice))


def toasts(voice: Voice) -> Iterator[tuple[str, str]]:
    """Yield the short words that a pressed button can answer with, by key."""
    for key in ("session.moved_on", "session.lost", "trouble.not_kept", "aloud.not_now"):
        yield key, voice.say(say(key))


def _sessions(instrument: Instrument, locale: Locale) -> Iterator[tuple[str, Session]]:
    """Yield a session at each place, in the order in which people come there."""
    blank = _blank(instrument, locale)

    def at(place: Place, **more: object) -> Session:
        return blank.model_copy(update={"place": place, **more})

    yield "language", at(Place.LANGUAGE)
    yield "languages", at(Place.LANGUAGE, aside="languages")
    yield "language-not-found", at(Place.LANGUAGE, aside="languages", notice="language.not_found")
    yield "intro", at(Place.INTRO)
    yield "consent", at(Place.CONSENT)
    yield "code", at(Place.CODE)
    for notice in ("mistyped", "unknown"):
        yield f"code-{notice}", at(Place.CODE, notice=f"code.{notice}")
    longest: dict[QuestionId, Answer] = {}
    seen: set[str] = set()
    for question, answers in _walks(instrument):
        if question.id not in seen:
            seen.add(question.id)
            here = at(Place.QUESTION, question=question.id, answers=answers)
            yield f"question-{question.id}", here
            yield from _aside(instrument, question, here)
        longest = max(longest, {**answers, question.id: _answer(instrument, question, 0)}, key=len)
    yield "review", at(Place.REVIEW, answers=longest)
    yield "review-change", at(Place.REVIEW, aside="change", answers=longest)
    yield "stop", at(Place.REVIEW, aside="stop", answers=longest)
    yield "pause", at(Place.REVIEW, aside="pause", answers=longest)
    yield "thanks", at(Place.THANKS)
    yield "thanks-code", at(Place.THANKS, wants_code=True)
    yield "intro-helped", at(Place.INTRO, assisted=True)
    yield "review-helped", at(Place.REVIEW, answers=longest, assisted=True)
    yield "thanks-helped", at(Place.THANKS, wants_code=True, assisted=True)
    yield "thanks-receipt", at(Place.THANKS, receipt="0123456789ABCDEF")
    yield "code-used-meanwhile", at(Place.REVIEW, answers=longest, notice="code.used_meanwhile")


def _blank(instrument: Instrument, locale: Locale) -> Session:
    """Return a session that has only just begun."""
    return Session(
        key=ParticipantKey("0" * 32),
        round=instrument.round,
        fingerprint=Fingerprint("0" * 64),
        mark="0000000000",
        withdrawal_code="0123456789012345",
        locale=locale,
        touched_on=TODAY,
    )


def _listening(instrument: Instrument) -> Instrument:
    """Return the same benchmark as a listening round asks about it."""
    asked = listening_questionnaire(instrument.questionnaire, instrument.benchmark)
    return replace(instrument, questionnaire=asked, conduct=Conduct(listening=True))


def _told(telling: Instrument, locale: Locale) -> Iterator[tuple[str, Session]]:
    """Yield what is special in a listening round: its beginning, the topic, one text, its end."""
    blank = _blank(telling, locale)
    side, about, *texts = telling.questionnaire.questions
    longest = max(texts, key=lambda question: len(question.label))
    for name, question in (("side", side), ("topic", about), ("text", longest)):
        here = {"place": Place.QUESTION, "question": question.id}
        yield f"tell-{name}", blank.model_copy(update=here)
    yield "tell-intro", blank.model_copy(update={"place": Place.INTRO})
    yield "tell-thanks", blank.model_copy(update={"place": Place.THANKS})


def _aside(instrument: Instrument, question: Question, here: Session) -> Iterator[tuple[str, Session]]:
    """Yield what can be said about one question: why it is asked, an earlier answer, what was no answer."""
    if question.key_factor is not None:
        yield f"question-{question.id}-why", here.model_copy(update={"aside": "why"})
    if question.type in (QuestionType.TEXT, QuestionType.INTEGER):
        answered = {**here.answers, question.id: _answer(instrument, question, 0)}
        yield f"question-{question.id}-again", here.model_copy(update={"answers": answered})
    for reason in REJECTED.get(question.type, ()):
        notice = {"notice": f"reject.{reason.value}"}
        yield f"question-{question.id}-{reason.value}", here.model_copy(update=notice)


REJECTED = {
    QuestionType.SELECT_MULTIPLE: (Reason.NOT_A_CHOICE, Reason.PRESS_A_BUTTON),
    QuestionType.INTEGER: (Reason.NOT_A_NUMBER, Reason.OUT_OF_RANGE, Reason.EMPTY),
    QuestionType.TEXT: (Reason.TOO_LONG, Reason.UNREADABLE),
}
"""Under which types of question each kind notice is shown once, so that each is read somewhere."""


def _walks(instrument: Instrument) -> Iterator[tuple[Question, dict[QuestionId, Answer]]]:
    """Yield each question of each way through, with the answers given before it."""
    asked = instrument.questionnaire
    deciding = next((question for question in asked.questions if question.side_of), None)
    ways = len(asked.choices_of(deciding)) if deciding else 1
    for way in (*range(ways), None):
        for last in (0, -1):
            answers: dict[QuestionId, Answer] = {}
            while (question := _next(instrument, answers)) is not None:
                yield question, dict(answers)
                place = way if question is deciding else last
                answers[question.id] = SKIPPED if place is None else _answer(instrument, question, place)


def _next(instrument: Instrument, answers: dict[QuestionId, Answer]) -> Question | None:
    way = path(instrument.questionnaire, answers)
    return next((question for question in way if question.id not in answers), None)


def _answer(instrument: Instrument, question: Question, place: int) -> Answer:
    """Return an answer to a question: the choice at `place`, a number, or a word."""
    match question.type:
        case QuestionType.NOTE:
            return Answer()
        case QuestionType.TEXT:
            return Answer(text=WORDS)
        case QuestionType.INTEGER:
            return Answer(number=NUMBER)
        case _:
            choices = instrument.questionnaire.choices_of(question)
            return Answer(codes=(Code(choices[place].code),))


def _notices(instrument: Instrument, catalogues: Catalogues, tag: str) -> Iterator[tuple[str, Notice]]:
    """Yield what is said outside a questionnaire."""
    said = Notices(catalogues, NOBODY, tag)
    for key in PLAIN_NOTICES:
        yield key, said.plain(key)
    for key in HELPING:
        yield key, said.between(key)
    for key in AGAIN:
        yield key, said.again(key)
    for key in ("next_opens", "already"):
        yield key, said.on_day(key, TODAY + timedelta(days=90))
    for key in ("link_strange", "link_unplanned"):
        yield key, said.plain(key, WITHOUT)
    yield "link_later", said.on_day("link_later", TODAY + timedelta(days=90), WITHOUT)
    yield "which_round", said.which_round([instrument, instrument])
    yield "news_ask", said.news_ask(TELL)
    yield "tell_ask", said.tell("tell_ask", instrument, TELL)
    for key in ("tell_already", "tell_off"):
        yield key, said.tell(key, instrument)
    for key in ("invitation", "reminder", "last_reminder"):
        yield key, said.letter(key, instrument.round, TODAY + timedelta(days=14))
    yield from _answered(said, instrument)
    yield "privacy", said.privacy(instrument)
    yield "help", said.help(instrument)


def _answered(said: Notices, instrument: Instrument) -> Iterator[tuple[str, Notice]]:
    """Yield the letters about what the city answered: with a page, without one, and cut short."""
    values = {"city": instrument.city.name["en"], "round": instrument.name, "answer": WORDS}
    no_more = [("n.news.no", "notice.news_end_button")]
    yield "city_answered", said.plain("city_answered", no_more, **values)
    yield "city_answered_at", said.plain("city_answered_at", no_more, place=PLACE, **values)
    yield "city_answered_cut", said.plain("city_answered_cut", no_more, **values)
