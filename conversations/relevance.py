"""Which questions concern this participant: audiences and conditions over the answers so far."""

from collections.abc import Iterable, Mapping

from conversations.identifiers import Code, QuestionId
from conversations.questionnaire import Condition, Question, Questionnaire, QuestionType, Role
from conversations.session import Answer

NOT_STATED = Code("not_stated")
"""The side of whoever did not say how they relate to the city."""

Answers = Mapping[QuestionId, Answer]


def path(questionnaire: Questionnaire, answers: Answers) -> tuple[Question, ...]:
    """Return the questions that concern this participant, or may still do, in order.

    A question whose relevance hangs on an answer not yet given is counted in: the path can grow shorter
    as answers come, never longer unless an earlier answer is changed.
    """
    found: list[Question] = []
    off: set[QuestionId] = set()
    whose = audience(questionnaire, answers)
    for question in questionnaire.questions:
        if question.audience and whose is not None and whose not in question.audience:
            off.add(question.id)
        elif question.relevant is None and (whose is not None or not question.audience):
            found.append(question)
        elif _concerns(questionnaire, question, answers, off, whose) is False:
            off.add(question.id)
        else:
            found.append(question)
    return tuple(found)


def next_question(questionnaire: Questionnaire, answers: Answers) -> Question | None:
    """Return the first question on the path without an answer, or None when all are answered."""
    return next((question for question in path(questionnaire, answers) if question.id not in answers), None)


def side(questionnaire: Questionnaire, answers: Answers) -> Code:
    """Return the side that was stated, or NOT_STATED."""
    return _mapped(questionnaire.with_role(Role.SIDE), answers) or NOT_STATED


def audience(questionnaire: Questionnaire, answers: Answers) -> str | None:
    """Return whose questions are to be asked, or None while that cannot be known."""
    stated = _mapped(questionnaire.with_role(Role.SIDE), answers)
    if stated is not None:
        return questionnaire.paths.get(stated, stated)
    if not any(question.id in answers for question in questionnaire.with_role(Role.SIDE)):
        return None
    return _mapped(questionnaire.with_role(Role.PATH), answers)


def _mapped(questions: Iterable[Question], answers: Answers) -> Code | None:
    """Return what the code answered to the first of `questions` stands for, if it stands for anything."""
    for question in questions:
        answer = answers.get(question.id)
        for code in answer.codes if answer else ():
            if code in question.side_of:
                return Code(question.side_of[code])
    return None


def _concerns(
    questionnaire: Questionnaire,
    question: Question,
    answers: Answers,
    off: set[QuestionId],
    whose: str | None,
) -> bool | None:
    """Say whether a question is put to this participant; None while that is open."""
    fits: bool | None = True
    if question.audience:
        fits = None if whose is None else whose in question.audience
        if whose is None and _path_is_passed(questionnaire, answers, off):
            fits = False
    if question.relevant is None:
        return fits
    return _every([fits, holds(question.relevant, answers, off)])


def _path_is_passed(questionnaire: Questionnaire, answers: Answers, off: set[QuestionId]) -> bool:
    """Say whether both side and path were answered without naming an audience."""
    deciding = questionnaire.with_role(Role.SIDE) + questionnaire.with_role(Role.PATH)
    return bool(deciding) and all(question.id in answers or question.id in off for question in deciding)


def holds(condition: Condition, answers: Answers, off: set[QuestionId]) -> bool | None:
    """Say whether a condition holds; None while it hangs on a question that may still be answered.

    `off` names the questions that are not on the path: a test on one of them does not hold.
    """
    if condition.all is not None:
        return _every([holds(part, answers, off) for part in condition.all])
    if condition.any is not None:
        return _some([holds(part, answers, off) for part in condition.any])
    if condition.none is not None:
        met = _some([holds(part, answers, off) for part in condition.none])
        return None if met is None else not met
    if condition.question is None or condition.question in off:
        return False
    answer = answers.get(condition.question)
    return None if answer is None else _test(condition, answer)


def _test(condition: Condition, answer: Answer) -> bool:
    """Say whether one test holds for an answer that was given."""
    if condition.any_of is not None:
        return any(code in condition.any_of for code in answer.codes)
    if condition.answered is not None:
        return condition.answered is not answer.skipped
    if answer.number is None:
        return False
    low = condition.at_least is None or answer.number >= condition.at_least
    return low and (condition.at_most is None or answer.number <= condition.at_most)


def _every(parts: Iterable[bool | None]) -> bool | None:
    """All of three-valued parts: False beats unknown, unknown beats True."""
    values = list(parts)
    return False if False in values else None if None in values else True


def _some(parts: Iterable[bool | None]) -> bool | None:
    """Any of three-valued parts: True beats unknown, unknown beats False."""
    values = list(parts)
    return True if True in values else None if None in values else False


def is_counted(question: Question) -> bool:
    """Say whether a question counts in the progress: notes are read, not answered."""
    return question.type is not QuestionType.NOTE
