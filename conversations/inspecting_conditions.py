"""What can be wrong between questions: sides, audiences, and conditions on earlier answers."""

from collections.abc import Iterator

from conversations.errors import Finding, Rule
from conversations.inspecting_parts import numbered, reserved
from conversations.inspecting_ways import codes_of, specials_of, tests_of
from conversations.questionnaire import Condition, Question, Questionnaire, QuestionType, Role

TESTS = ("any_of", "at_least", "at_most", "answered")
GROUPINGS = ("all", "any", "none")


def inspect_sides(questionnaire: Questionnaire, where: str) -> Iterator[Finding]:
    """Find what keeps the program from knowing to which side, and on which path, somebody is."""
    sides = questionnaire.with_role(Role.SIDE)
    if len(sides) != 1:
        advice = f"{len(sides)} questions have the role side; exactly one asks for the relation to the city"
        yield Finding(Rule.NO_SIDE_QUESTION, f"{where} question", advice)
    if len(questionnaire.with_role(Role.PATH)) > 1:
        advice = "several questions have the role path; one decides for all who did not say their side"
        yield Finding(Rule.NO_SIDE_QUESTION, f"{where} question", advice)
    for index, question in enumerate(questionnaire.questions):
        if question.role in (Role.SIDE, Role.PATH):
            yield from _side_of(questionnaire, question, numbered(where, "question", index, question.id))
    yield from _paths(questionnaire, where)


def _side_of(questionnaire: Questionnaire, question: Question, place: str) -> Iterator[Finding]:
    """Every answer to a question that decides the way leads to an audience."""
    codes = codes_of(questionnaire, question)
    for code, side in question.side_of.items():
        if codes and code not in codes:
            advice = f"the question offers no code '{code}'"
            yield Finding(Rule.UNKNOWN_CODE, f"{place}.side_of.{code}", advice)
        yield from reserved(side, f"{place}.side_of.{code}")
        audience = questionnaire.paths.get(side, side) if question.role is Role.SIDE else side
        if audience not in questionnaire.audiences:
            advice = f"'{side}' leads to no audience; add it to 'audiences', or a side to 'paths'"
            yield Finding(Rule.NO_SIDE_QUESTION, f"{place}.side_of.{code}", advice)
    caught = question.role is Role.SIDE and questionnaire.with_role(Role.PATH)
    for code in codes:
        if code not in question.side_of and not caught:
            advice = f"does not say where the answer '{code}' leads; add it"
            yield Finding(Rule.NO_SIDE_QUESTION, f"{place}.side_of", advice)
    if question.audience:
        advice = "is asked of everybody, since it decides the audience; remove it"
        yield Finding(Rule.LOOKS_FORWARD, f"{place}.audience", advice)


def _paths(questionnaire: Questionnaire, where: str) -> Iterator[Finding]:
    """Each side that is no audience itself takes the path of one."""
    sides = {side for question in questionnaire.with_role(Role.SIDE) for side in question.side_of.values()}
    for side, audience in questionnaire.paths.items():
        if audience not in questionnaire.audiences:
            advice = f"'{audience}' is not one of 'audiences'; add or correct it"
            yield Finding(Rule.UNKNOWN_AUDIENCE, f"{where} paths.{side}", advice)
        if sides and side not in sides:
            yield Finding(Rule.UNKNOWN_CODE, f"{where} paths.{side}", f"no answer leads to the side '{side}'")


def inspect_audience(questionnaire: Questionnaire, index: int, where: str) -> Iterator[Finding]:
    """Find audiences that do not exist, and questions for one before it can be known."""
    question = questionnaire.questions[index]
    place = f"{numbered(where, 'question', index, question.id)}.audience"
    for at, audience in enumerate(question.audience):
        if audience not in questionnaire.audiences:
            advice = f"'{audience[:40]}' is not one of 'audiences'; add or correct it"
            yield Finding(Rule.UNKNOWN_AUDIENCE, f"{place}[{at + 1}]", advice)
    deciding = (Role.SIDE, Role.PATH)
    later = [other.id for other in questionnaire.questions[index + 1 :] if other.role in deciding]
    if question.audience and question.role not in deciding and later:
        advice = f"is known only after '{later[-1]}'; move this question behind it"
        yield Finding(Rule.LOOKS_FORWARD, place, advice)


def inspect_condition(questionnaire: Questionnaire, index: int, where: str) -> Iterator[Finding]:
    """Find what is wrong with the condition of one question."""
    question = questionnaire.questions[index]
    if question.relevant is not None:
        place = f"{numbered(where, 'question', index, question.id)}.relevant"
        yield from _shape(question.relevant, place)
        yield from _references(questionnaire, index, place)


def _shape(condition: Condition, place: str) -> Iterator[Finding]:
    """A condition is one test on one question, or one grouping of other conditions."""
    groupings = [name for name in GROUPINGS if getattr(condition, name) is not None]
    tests = [name for name in TESTS if getattr(condition, name) is not None]
    if condition.question is not None and len(tests) != 1:
        told = f"has {' and '.join(tests)}" if tests else "tests nothing"
        advice = f"{told}; a test has exactly one of {', '.join(TESTS)} (put several tests into 'all')"
        yield Finding(Rule.WRONG_VALUE, place, advice)
    if len(groupings) + (condition.question is not None) != 1 or (tests and condition.question is None):
        advice = "a condition has either 'question' with its test, or exactly one of all, any, none"
        yield Finding(Rule.WRONG_VALUE, place, advice)
    if condition.any_of == ():
        yield Finding(Rule.WRONG_VALUE, f"{place}.any_of", "is empty, so it never holds; name codes")
    for name in groupings:
        parts = getattr(condition, name)
        if not parts:
            yield Finding(Rule.WRONG_VALUE, f"{place}.{name}", "is empty; put conditions in or remove it")
        for at, part in enumerate(parts):
            yield from _shape(part, f"{place}.{name}[{at + 1}]")


def _references(questionnaire: Questionnaire, index: int, place: str) -> Iterator[Finding]:
    """A test looks back at a question that exists, at codes that it offers, in its own type."""
    order = {question.id: at for at, question in enumerate(questionnaire.questions)}
    for test in tests_of(questionnaire.questions[index].relevant):
        at = order.get(test.question) if test.question is not None else None
        if at is None:
            advice = f"there is no question '{str(test.question)[:40]}'; correct the id"
            yield Finding(Rule.UNKNOWN_QUESTION, place, advice)
        elif at >= index:
            yield _forward(questionnaire, index, at, place)
        else:
            yield from _fits(questionnaire, test, questionnaire.questions[at], place)


def _forward(questionnaire: Questionnaire, index: int, at: int, place: str) -> Finding:
    """Say whether a condition that looks forward bites its own tail."""
    here, there = questionnaire.questions[index], questionnaire.questions[at]
    if here.id == there.id:
        return Finding(Rule.LOOP, place, "hangs on its own answer; name an earlier question")
    if _hangs_on(questionnaire, there, here):
        advice = f"and '{there.id}' hang on each other's answers; remove one of the conditions"
        return Finding(Rule.LOOP, place, advice)
    advice = f"'{there.id}' comes later; move it, or this question, so that it is asked first"
    return Finding(Rule.LOOKS_FORWARD, place, advice)


def _hangs_on(questionnaire: Questionnaire, question: Question, other: Question) -> bool:
    """Say whether a condition leads from `question`, over others, to `other`."""
    by_id = {part.id: part for part in questionnaire.questions}
    seen: set[str] = set()
    hanging = [question.id]
    while hanging:
        name = hanging.pop()
        if name == other.id:
            return True
        if name in by_id and name not in seen:
            seen.add(name)
            hanging += [test.question for test in tests_of(by_id[name].relevant) if test.question]
    return False


def _fits(questionnaire: Questionnaire, test: Condition, asked: Question, place: str) -> Iterator[Finding]:
    """The test is one that answers to `asked` can meet."""
    if asked.type is QuestionType.NOTE:
        yield Finding(Rule.WRONG_VALUE, place, f"'{asked.id}' is a note, which nobody answers")
        return
    if asked.type is not QuestionType.INTEGER and (test.at_least is not None or test.at_most is not None):
        advice = f"'{asked.id}' is no whole number; test its codes with 'any_of'"
        yield Finding(Rule.WRONG_VALUE, place, advice)
    offered = codes_of(questionnaire, asked)
    unknown_yet = not offered and (asked.city_list is not None or asked.scale is not None)
    for code in test.any_of or ():
        if code not in offered and code not in specials_of(asked) and not unknown_yet:
            advice = f"'{asked.id}' offers no code '{code[:40]}'; correct it"
            yield Finding(Rule.UNKNOWN_CODE, place, advice)
