"""How a finished session becomes a sheet and texts that nobody stands in."""

from conversations.identifiers import Code, QuestionId, base_of
from conversations.instrument import Instrument
from conversations.questionnaire import QuestionType, Role
from conversations.relevance import path, side
from conversations.session import Session, Sheet, WrittenText


def finished(instrument: Instrument, session: Session) -> tuple[Sheet, tuple[WrittenText, ...]]:
    """Return the answers on the path, as codes, and the texts, with side, key factor and language only."""
    stated = side(instrument.questionnaire, session.answers)
    answers: dict[QuestionId, tuple[Code, ...]] = {}
    texts: list[WrittenText] = []
    for question in path(instrument.questionnaire, session.answers):
        answer = session.answers.get(question.id)
        if answer is None or answer.skipped or question.role is Role.PATH:
            continue
        if answer.text is not None and question.key_factor is not None:
            texts.append(
                WrittenText(
                    side=stated,
                    key_factor=question.key_factor,
                    question=question.id,
                    text=answer.text,
                    language=base_of(session.locale),
                )
            )
        elif question.type is QuestionType.INTEGER and answer.number is not None:
            answers[question.id] = (Code(str(answer.number)),)
        elif answer.codes:
            answers[question.id] = answer.codes
    sheet = Sheet(
        side=stated,
        answers=answers,
        relay=session.relay,
        came_by=session.came_by,
        assisted=session.assisted,
    )
    return sheet, tuple(texts)
