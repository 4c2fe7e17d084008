"""What each person has in mind before they begin, and what is to be left of it in the end."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from random import Random

from bot.people import throw_people
from conversations.identifiers import Code, Fingerprint, Locale, ParticipantKey, QuestionId
from conversations.instrument import Instrument
from conversations.questionnaire import Question, QuestionType, Role
from conversations.relevance import path
from conversations.session import Answer, Session, Sheet, WrittenText
from conversations.sheets import finished

TAGS = ("en", "fr", "ar")


@dataclass(frozen=True, kw_only=True)
class Plan:
    """One person: language, answers by question, and what else they do on the way."""

    tag: str
    answers: Mapping[str, tuple[str, ...]] = field(repr=False)
    asks_why_at: str = ""
    goes_back_at: str = ""
    is_curious_at: str = ""
    leaves_at: str = ""
    first_says: tuple[str, tuple[str, ...]] = ("", ())
    """A question, and what is answered to it at first, to be changed in the review."""
    wants_code: bool = False
    withdraws: bool = False
    news: bool | None = None
    doubles: float = 0.0
    """How often, out of 1, a button is pressed twice."""

    @property
    def is_kept(self) -> bool:
        """Whether anything of this person is to be left."""
        return not self.leaves_at and not self.withdraws


def plans(instrument: Instrument, people: int, seed: int) -> list[Plan]:
    """Return what so many people have in mind; each does one special thing, in turn."""
    dice = Random(f"plans {seed}")
    crowd = throw_people(instrument, people, seed)
    return [_plan(instrument, dict(person.answers), number, dice) for number, person in enumerate(crowd)]


def _plan(instrument: Instrument, answers: dict[str, tuple[str, ...]], number: int, dice: Random) -> Plan:
    asked = [question for question in _path(instrument, answers) if question.role is Role.FACTOR]
    open_question = next(q for q in instrument.questionnaire.questions if q.type is QuestionType.TEXT)
    if number % 3 == 0:
        answers[open_question.id] = (f"Nothing, {number} × “thanks”",)
    at = dice.choice(asked[1:]).id
    special = [
        {},
        {"asks_why_at": at},
        {"goes_back_at": at},
        {"is_curious_at": at, "news": True},
        {"first_says": _otherwise(instrument, asked, answers, dice)},
        {"wants_code": True},
        {"leaves_at": at},
        {"wants_code": True, "withdraws": True, "news": False},
    ][number % 8]
    doubles = 0.15 if number % 2 else 0.0
    return Plan(tag=TAGS[number % 3], answers=answers, doubles=doubles, **special)  # type: ignore[arg-type]


def _otherwise(
    instrument: Instrument, asked: list[Question], answers: Mapping[str, tuple[str, ...]], dice: Random
) -> tuple[str, tuple[str, ...]]:
    """Return a question of one choice, and another answer to it than the one in mind."""
    question = dice.choice([question for question in asked if question.type is QuestionType.SELECT_ONE])
    codes = [choice.code for choice in instrument.questionnaire.choices_of(question)]
    return question.id, (next(code for code in codes if (code,) != answers.get(question.id)),)


def left_of(instrument: Instrument, plan: Plan) -> tuple[Sheet, tuple[WrittenText, ...]]:
    """Return the sheet and texts that this person's answers make."""
    session = Session(
        key=ParticipantKey("somebody"),
        round=instrument.round,
        fingerprint=Fingerprint("any"),
        mark="any",
        withdrawal_code="0" * 16,
        locale=Locale(plan.tag),
        touched_on=date(2027, 1, 18),
        answers=_answers(instrument, plan.answers),
    )
    return finished(instrument, session)


def _path(instrument: Instrument, answers: Mapping[str, tuple[str, ...]]) -> list[Question]:
    return list(path(instrument.questionnaire, _answers(instrument, answers)))


def _answers(instrument: Instrument, answers: Mapping[str, tuple[str, ...]]) -> dict[QuestionId, Answer]:
    return {QuestionId(name): _answer(instrument, name, codes) for name, codes in answers.items()}


def _answer(instrument: Instrument, name: str, codes: tuple[str, ...]) -> Answer:
    question = instrument.questionnaire.question(name)
    if question.type is QuestionType.TEXT:
        return Answer(text=codes[0])
    if question.type is QuestionType.INTEGER and codes[0].isdecimal():
        return Answer(number=int(codes[0]))
    return Answer(codes=tuple(Code(code) for code in codes))
